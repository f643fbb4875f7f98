/* SPDX-License-Identifier: MIT */
/* log.c - the hypervisor's own lines, noted down and made into text: see log.h. */
#include <hv/log.h>
#include <hv/console.h>
#include <hv/domain.h>
#include <hv/lib.h>
#include <hv/time.h>

#define LINES       64u /* a power of two */
#define STEP_ROOM   64u /* the most that a step puts into the ring */
#define GUEST_LINES 12u /* log_guest(): a second and domain */

struct line {
	uintptr_t name;        /* of whom it speaks; 0: nobody */
	const char *format;
	uintptr_t words[FORMAT_WORDS];
};

static struct {
	struct line lines[LINES];
	uint32_t head, tail;   /* free running: [tail, head) wait */
	uint32_t lost;
	bool patient;
	enum { LINE_NONE, LINE_NAME, LINE_TEXT } part; /* of the oldest, that is being made */
	struct format format;
} queue;

bool log_waits(void)
{
	return queue.head != queue.tail || screen_busy();
}

bool log_step(void)
{
	const struct line *l = &queue.lines[queue.tail % LINES];
	char text[FORMAT_PIECE];
	int n;

	if (console_room() < STEP_ROOM)
		return false;
	if (screen_busy()) {
		screen_step();
		return true;
	}
	if (queue.head == queue.tail)
		return false;
	if (queue.part == LINE_NONE) {
		screen_line_begin();
		format_begin(&queue.format, l->name ? "(bantam) %s: " : "(bantam) ", &l->name);
		queue.part = LINE_NAME;
		return true;
	}
	n = format_next(&queue.format, text);
	if (n != FORMAT_END) {
		console_put(text, (uint32_t)n);
	} else if (queue.part == LINE_NAME) {
		format_begin(&queue.format, l->format, l->words);
		queue.part = LINE_TEXT;
	} else {
		screen_line_end();
		queue.part = LINE_NONE;
		queue.tail++;
	}
	return true;
}

void log_finish(void)
{
	while (log_waits()) {
		if (!log_step())
			console_flush();
	}
}

void log_forget(void)
{
	queue.part = LINE_NONE;
	queue.tail = queue.head;
	screen_forget();
}

void log_set_patient(bool on)
{
	queue.patient = on;
}

static struct line *line_add(const char *name, const char *format)
{
	struct line *l = &queue.lines[queue.head++ % LINES];

	l->name = (uintptr_t)name;
	l->format = format;
	return l;
}

void log_named(const char *name, unsigned int count, const char *format, va_list args)
{
	uint32_t room = LINES - (queue.head - queue.tail);
	struct line *l;

	if (!room && !queue.patient) {
		queue.lost++;
		return;
	}
	if (!room)
		log_finish();
	if (queue.lost && room >= 2) {
		line_add(NULL, "%u lines lost")->words[0] = queue.lost;
		queue.lost = 0;
	}
	l = line_add(name, format);
	for (unsigned int i = 0; i < count; i++)
		l->words[i] = va_arg(args, uintptr_t);
	if (console_polls())
		log_finish();
	else
		console_kick();
}

void log_words(unsigned int count, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_named(NULL, count, format, args);
	va_end(args);
}

/* True if d may cause another line now. */
static bool guest_line_allowed(struct domain *d)
{
	struct console_domain *con = &d->console;
	uint32_t second = (uint32_t)(time_now() >> 30); /* about */

	if (con->log_second != second) {
		con->log_second = second;
		con->log_count = 0;
	}
	if (con->log_count < GUEST_LINES) {
		con->log_count++;
		return true;
	}
	if (con->log_dropped < UINT16_MAX)
		con->log_dropped++;
	return false;
}

void log_guest_words(struct domain *d, unsigned int count, const char *format, ...)
{
	struct console_domain *con = &d->console;
	va_list args;

	if (!guest_line_allowed(d))
		return;
	if (con->log_dropped && con->log_count < GUEST_LINES && LINES - (queue.head - queue.tail) >= 2) {
		line_add(d->name, "%u such lines dropped")->words[0] = con->log_dropped;
		con->log_dropped = 0;
	}
	va_start(args, format);
	log_named(d->name, count, format, args);
	va_end(args);
}
