/* SPDX-License-Identifier: MIT */
/* screen.c - the line discipline of the shared console: see screen.h. */
#include <hv/screen.h>
#include <hv/console.h>
#include <hv/domain.h>
#include <hv/lib.h>

#define ESC '\033'

enum escape_state {
	STATE_TEXT,
	STATE_ESCAPE,  /* after ESC */
	STATE_CSI,     /* after ESC [ */
	STATE_CHARSET, /* after ESC ( or ): one more */
	STATE_STRING,  /* after ESC ] and the like: up to BEL or ESC */
};

#define PUT_PIECE 32u /* characters of a line that is put */

static struct {
	struct domain *focus; /* its unfinished line may be on the screen */
	bool open;            /* ... and is */
	struct domain *whose; /* line is being put, in pieces; NULL: nobody's */
	uint32_t next;        /* ... and the next character of it */
	bool ends;            /* ... and it is finished */
} screen;

static void put_text(const char *text)
{
	console_put(text, strlen(text));
}

static void put_char(char c)
{
	console_put(&c, 1);
}

static void put_prefix(const struct domain *d)
{
	const struct screen_line *l = &d->console.screen;

	console_put(l->prefix, l->prefix_length);
}

static void put_new_line(void)
{
	console_put("\r\n", 2);
}

/* Ends an unfinished line on the screen, so that another line can come. */
static void screen_close(void)
{
	struct screen_line *l;

	if (!screen.open)
		return;
	l = &screen.focus->console.screen;
	if (l->coloured)
		put_text("\033[m");
	put_new_line();
	screen.open = false;
}

static void put_left(unsigned int count)
{
	char text[] = "\033[000D";

	_Static_assert(SCREEN_LINE < 1000u, "digits");
	for (; count >= 100u; count -= 100u)
		text[2]++;
	for (; count >= 10u; count -= 10u)
		text[3]++;
	text[4] = (char)(text[4] + (int)count);
	console_put(text, sizeof(text) - 1);
}

static bool has_focus(const struct domain *d)
{
	return d == screen.focus;
}

static void line_reset(struct screen_line *l)
{
	l->length = 0;
	l->column = 0;
	l->returned = false;
}

/* Puts d's line from its begin: screen_step() goes on with it, nobody else writes before its end. */
static void line_begin(struct domain *d, bool ends)
{
	put_prefix(d);
	screen.whose = d;
	screen.next = 0;
	screen.ends = ends;
}

bool screen_busy(void)
{
	return screen.whose != NULL;
}

void screen_step(void)
{
	struct screen_line *l = &screen.whose->console.screen;
	uint32_t n = l->length - screen.next;

	if (n) {
		n = n < PUT_PIECE ? n : PUT_PIECE;
		console_put(l->text + screen.next, n);
		screen.next += n;
		return;
	}
	if (screen.ends) {
		put_new_line();
		line_reset(l);
	} else {
		if (l->column < l->length)
			put_left((unsigned int)(l->length - l->column));
		screen.open = true;
	}
	screen.whose = NULL;
}

void screen_forget(void)
{
	screen.whose = NULL;
}

/* Of the domain with the focus, whose line is empty if it is not on the screen. */
static void screen_open(void)
{
	if (!screen.open)
		put_prefix(screen.focus);
	screen.open = true;
}

/* The line is finished. */
static void line_end(struct domain *d)
{
	struct screen_line *l = &d->console.screen;

	if (has_focus(d) && screen.open) {
		screen_close();
		line_reset(l);
	} else {
		screen_close();
		line_begin(d, true);
	}
	if (has_focus(d))
		l->coloured = false;
}

/* A CR is carried out when something other than LF follows: the domain's column 0 is
 * behind its name. */
static void line_return(struct domain *d)
{
	struct screen_line *l = &d->console.screen;

	if (!l->returned)
		return;
	l->returned = false;
	if (has_focus(d) && screen.open) {
		put_char('\r');
		put_prefix(d);
	}
}

/* What comes before d's next character: false if nothing does. */
static bool line_open(struct domain *d)
{
	struct screen_line *l = &d->console.screen;
	bool opens = has_focus(d) && !screen.open;

	if (!l->returned && !opens)
		return false;
	line_return(d);
	if (opens)
		screen_open();
	return true;
}

/* How many of them have room in the line, 0 if it ends first. */
static uint32_t line_room(struct domain *d, uint32_t size)
{
	uint32_t room = SCREEN_LINE - 1 - d->console.screen.column;

	if (!room)
		line_end(d);
	return size < room ? size : room;
}

/* The next characters of the line, which has room for them, are put. */
static void line_advance(struct domain *d, uint32_t size)
{
	struct screen_line *l = &d->console.screen;

	(void)line_open(d);
	if (has_focus(d))
		console_put(l->text + l->column, size);
	l->column = (uint16_t)(l->column + size);
	if (l->column > l->length)
		l->length = l->column;
}

/* As many as have room in the line, 0 if it ends first. */
static uint32_t line_put(struct domain *d, const char *text, uint32_t size)
{
	struct screen_line *l = &d->console.screen;

	size = line_room(d, size);
	if (size) {
		memcpy(l->text + l->column, text, size);
		line_advance(d, size);
	}
	return size;
}

/* To the next column of eight, over what is there. */
static void line_tab(struct domain *d)
{
	struct screen_line *l = &d->console.screen;
	uint32_t count = line_room(d, 8u - l->column % 8u);

	if (!count)
		return;
	if (l->column + count > l->length)
		memset(l->text + l->length, ' ', l->column + count - l->length);
	line_advance(d, count);
}

static void line_back(struct domain *d)
{
	struct screen_line *l = &d->console.screen;

	line_return(d);
	if (!l->column)
		return;
	l->column--;
	if (has_focus(d) && screen.open)
		put_char('\b');
}

static void line_forward(struct screen_line *l, unsigned int count)
{
	unsigned int to = l->column + count;

	if (to > SCREEN_LINE - 1)
		to = SCREEN_LINE - 1;
	if (to > l->length) {
		memset(l->text + l->length, ' ', to - l->length);
		l->length = (uint16_t)to;
	}
	l->column = (uint16_t)to;
}

/* Passes the collected escape sequence on. */
static void escape_put(struct domain *d)
{
	const struct screen_line *l = &d->console.screen;

	if (!has_focus(d))
		return;
	line_return(d);
	screen_open();
	console_put(l->escape, l->escape_length);
}

/* The first number of a control sequence: 1 if there is none. */
static unsigned int escape_count(const struct screen_line *l)
{
	unsigned int value = 0, i;

	for (i = 2; i < l->escape_length; i++) {
		if (l->escape[i] < '0' || l->escape[i] > '9' || value > SCREEN_LINE)
			break;
		value = value * 10 + (unsigned int)(l->escape[i] - '0');
	}
	return value ? value : 1;
}

/* A complete control sequence: applied to the line as it is known here. */
static void escape_control(struct domain *d, char final)
{
	struct screen_line *l = &d->console.screen;
	unsigned int count = escape_count(l);

	switch (final) {
	case 'D':
		if (count > l->column) { /* never over the name: as a CR */
			l->returned = true;
			count = l->column;
		} else {
			escape_put(d);
		}
		l->column = (uint16_t)(l->column - count);
		return;
	case 'C':
		escape_put(d);
		line_forward(l, count);
		return;
	case 'J':
	case 'K':
		escape_put(d);
		if (l->escape_length == 3 || l->escape[2] == '0')
			l->length = l->column;
		return;
	case 'm':
		l->coloured = true;
		break;
	case 'H': /* a full-screen program: there is no line */
	case 'f':
	case 'A':
	case 'B':
	case 'd':
		escape_put(d);
		line_reset(l);
		return;
	default:
		break;
	}
	escape_put(d);
}

static void escape_begin(struct screen_line *l)
{
	l->state = STATE_ESCAPE;
	l->escape[0] = ESC;
	l->escape_length = 1;
}

/* The character after ESC. */
static void escape_first(struct domain *d, char c)
{
	struct screen_line *l = &d->console.screen;

	l->escape[l->escape_length++] = c;
	l->state = STATE_TEXT;
	switch (c) {
	case '[':
		l->state = STATE_CSI;
		break;
	case '(':
	case ')':
		l->state = STATE_CHARSET;
		break;
	case ']':
	case 'P':
	case 'X':
	case '^':
	case '_':
		l->state = STATE_STRING;
		break;
	case '7':
	case '8':
	case '=':
	case '>':
	case 'M':
		escape_put(d);
		break;
	default:
		break;
	}
}

static void escape_char(struct domain *d, char c)
{
	struct screen_line *l = &d->console.screen;

	if (c == ESC) {
		escape_begin(l);
	} else if (l->state == STATE_STRING) {
		if (c == '\a' || c == '\n')
			l->state = STATE_TEXT;
	} else if (c < ' ' || c > '~' || l->escape_length >= SCREEN_ESCAPE) {
		l->state = STATE_TEXT; /* no such sequence */
		if (c == '\n')
			line_end(d);
	} else if (l->state == STATE_ESCAPE) {
		escape_first(d, c);
	} else {
		l->escape[l->escape_length++] = c;
		if (l->state == STATE_CHARSET) {
			l->state = STATE_TEXT;
			escape_put(d);
		} else if (c >= '@') {
			l->state = STATE_TEXT;
			escape_control(d, c);
		}
	}
}

static void write_control(struct domain *d, char c)
{
	struct screen_line *l = &d->console.screen;

	switch (c) {
	case '\n':
		line_end(d);
		break;
	case '\r':
		l->returned = true;
		l->column = 0;
		break;
	case '\b':
		line_back(d);
		break;
	case '\t':
		line_tab(d);
		break;
	case '\a':
		if (has_focus(d) && screen.open)
			put_char(c);
		break;
	case ESC:
		escape_begin(l);
		break;
	default:
		break;
	}
}

uint32_t screen_write(struct domain *d, const char *text, uint32_t size)
{
	const struct screen_line *l = &d->console.screen;
	uint32_t run = 0;

	if (has_focus(d) && !screen.open && l->length) {
		line_begin(d, false);
		return 0;
	}
	if (l->state == STATE_TEXT)
		while (run < size && is_printable(text[run]))
			run++;
	if ((run || (l->state == STATE_TEXT && (*text == ESC || *text == '\t'))) && line_open(d))
		return 0;
	if (run)
		return line_put(d, text, run);
	if (l->state != STATE_TEXT)
		escape_char(d, *text);
	else if ((uint8_t)*text >= 0x80) /* of others: may be a C1 control */
		return line_put(d, has_focus(d) ? text : "?", 1);
	else
		write_control(d, *text);
	return 1;
}

void screen_domain_init(struct domain *d)
{
	struct screen_line *l = &d->console.screen;
	const uintptr_t name = (uintptr_t)d->name;

	l->state = STATE_TEXT;
	if (l->length)
		line_end(d);
	else
		line_reset(l);
	if (!l->prefix_length)
		l->prefix_length = (uint8_t)format_text(l->prefix, sizeof(l->prefix), "(%s) ", &name);
}

void screen_line_begin(void)
{
	screen_close();
}

void screen_line_end(void)
{
	put_new_line();
}

void screen_focus(struct domain *d)
{
	if (screen.whose && !screen.ends) {
		screen.whose = NULL;
		screen.open = true;
	}
	screen_close();
	screen.focus = d;
}

bool screen_idle(void)
{
	if (!screen.focus || screen.open || !screen.focus->console.screen.length)
		return false;
	line_begin(screen.focus, false);
	return true;
}
