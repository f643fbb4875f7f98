/* SPDX-License-Identifier: MIT */
/* test_console.c - lines, focus, forging attempts, console_io. */
#include "../fake/host.h"

#include "../../lib/format.c"
#include "../../kernel/screen.c"
#include "../../kernel/log.c"
#include "../../kernel/console.c"

#define GUEST_BASE 0x10000u

static char wire[65536];           /* what the UART has sent */
static size_t wire_length;
static bool wire_ready = true;
static const char *typed = "";     /* what it will receive */
static char keyed[64];             /* what the debug keys got */
static size_t keyed_length;
static nsec_t now;
static bool preempted, irq_waits;
static unsigned int virqs[3], continued, looks;
static uint32_t continuation[5];
static uint8_t guest[0x4000];

static struct domain fake_domains[2] = {
	{ .id = 0, .name = "linux", .state = DOMAIN_RUNNING },
	{ .id = 1, .name = "bb", .state = DOMAIN_RUNNING },
};
struct domain *domains[2];
unsigned int domain_count;

static bool listens;

static void uart_init(const struct uart *u) { (void)u; }
static size_t uart_write(const struct uart *u, const char *text, size_t size)
{
	(void)u;
	if (!wire_ready)
		return 0;
	assert_true(size < sizeof(wire) - wire_length);
	memcpy(wire + wire_length, text, size);
	wire_length += size;
	wire[wire_length] = '\0';
	return size;
}
static int uart_rx(const struct uart *u) { (void)u; return *typed ? (uint8_t)*typed++ : -1; }
static void uart_listen(const struct uart *u, bool on) { (void)u; listens = on; }
static const struct uart_ops uart_ops = {
	.init = uart_init, .write = uart_write, .rx = uart_rx,
	.listen = uart_listen,
};
static const struct uart uart = { .name = "fake", .irq = 12, .ops = &uart_ops };

/* From the second look on. */
bool irq_pending(void) { return irq_waits && looks++; }
nsec_t time_now(void) { return now; }
void timer_init(struct timer *t, void (*expired)(struct timer *t)) { t->expired = expired; }
tick_t time_to_ticks(nsec_t duration) { return duration; }
/* The counter stands still, in the second half of its turn. */
static uint32_t counter = 0x90000000u;
struct time_base time_base = { .counter = &counter };
/* What is long past would be to come, by its low word. */
void timer_set_ticks(struct timer *t, tick_t expires)
{
	assert_true(expires >= time_ticks());
	t->expires = now + expires - time_ticks();
	t->armed = true;
}
void timer_cancel(struct timer *t) { t->armed = false; }
static bool put_off;
bool timer_put_off(struct timer *t)
{
	t->armed = t->armed || put_off;
	return put_off;
}
void irq_attach(unsigned int line, void (*handler)(void))
{
	assert_int_equal(line, 12);
	assert_ptr_equal(handler, console_interrupt);
}
static unsigned int dump_lines, answer_lines; /* left */
bool dump_line(void)
{
	if (dump_lines)
		log_line("dump %u", dump_lines);
	return dump_lines && dump_lines--;
}
bool keys_line(void)
{
	if (answer_lines)
		log_line("answer %u", answer_lines);
	return answer_lines && answer_lines--;
}
void keys_input(char c) { keyed[keyed_length++] = c; keyed[keyed_length] = '\0'; }
void event_send_virq(struct domain *d, unsigned int virq)
{
	assert_int_equal(virq, VIRQ_CONSOLE);
	virqs[d->id]++;
}
/* From the second look of each call on: what was pending is done when the call is made again. */
bool hypercall_preempted(void) { return preempted && looks++; }
int32_t hypercall_continue(struct domain *d, const uint32_t arg[5])
{
	looks = 0;
	(void)d;
	memcpy(continuation, arg, sizeof(continuation));
	continued++;
	return HYPERCALL_CONTINUED;
}

static uint8_t *guest_at(vaddr_t va, size_t size)
{
	if (va < GUEST_BASE || va - GUEST_BASE > sizeof(guest) ||
	    size > sizeof(guest) - (va - GUEST_BASE))
		return NULL;
	return guest + (va - GUEST_BASE);
}

int copy_from_guest(void *to, vaddr_t from, size_t size)
{
	uint8_t *p = guest_at(from, size);

	if (size && !p)
		return -XEN_EFAULT;
	memcpy(to, p ? p : guest, size);
	return 0;
}

int copy_to_guest(vaddr_t to, const void *from, size_t size)
{
	uint8_t *p = guest_at(to, size);

	if (size && !p)
		return -XEN_EFAULT;
	memcpy(p ? p : guest, from, size);
	return 0;
}

/* ---- helpers --------------------------------------------------------------- */

/* Lets the timer run until nothing waits. */
static void drain_all(void)
{
	unsigned int i;

	console_kick();
	for (i = 0; i < 10000 && console.timer.armed; i++) {
		now = console.timer.expires;
		console.timer.armed = false;
		drain_expired(&console.timer);
	}
	assert_true(i < 10000);
}

static void forget(void)
{
	drain_all();
	wire_length = 0;
	wire[0] = '\0';
}

static int32_t io(unsigned int id, uint32_t cmd, uint32_t count, uint32_t buffer)
{
	const uint32_t arg[5] = { cmd, count, buffer };

	return do_console_io(&fake_domains[id], arg);
}

static void write_bytes(unsigned int id, const char *text, size_t size)
{
	memcpy(guest, text, size);
	assert_int_equal(io(id, CONSOLEIO_write, (uint32_t)size, GUEST_BASE), 0);
}

static void say(unsigned int id, const char *text)
{
	write_bytes(id, text, strlen(text));
}

static void type(const char *text)
{
	const char *before;

	typed = text;
	while (*typed) {
		before = typed;
		console_interrupt();
		if (typed == before)
			now += INPUT_PACE * PACE; /* held in the UART */
	}
}

/* What is on the wire, since it was forgotten. */
#define expect(text) do { drain_all(); assert_string_equal(wire, text); forget(); } while (0)

static int setup(void **state)
{
	(void)state;
	memset(&console, 0, sizeof(console));
	memset(&screen, 0, sizeof(screen));
	memset(&queue, 0, sizeof(queue));
	domains[0] = &fake_domains[0];
	domains[1] = &fake_domains[1];
	domain_count = 2;
	memset(&fake_domains[0].console, 0, sizeof(fake_domains[0].console));
	memset(&fake_domains[1].console, 0, sizeof(fake_domains[1].console));
	fake_domains[0].state = fake_domains[1].state = DOMAIN_RUNNING;
	memset(virqs, 0, sizeof(virqs));
	keyed_length = 0;
	continued = 0;
	preempted = false;
	wire_ready = true;
	now = 0;
	typed = "";
	console_early_init(&uart);
	console_init();
	console_domain_init(&fake_domains[0]);
	console_domain_init(&fake_domains[1]);
	forget();
	return 0;
}

/* ---- lines ----------------------------------------------------------------- */

static void test_lines(void **state)
{
	(void)state;
	say(0, "hello\n");
	expect("(linux) hello\r\n");
	say(1, "ready\r\n");
	expect("(bb) ready\r\n");
	log_line("x %u %s", 5u, "y");
	expect("(bantam) x 5 y\r\n");
	say(0, "\n\r\n");
	expect("(linux) \r\n(linux) \r\n");
}

/* The focused domain's prompt appears at once and comes back after other lines. */
static void test_prompt(void **state)
{
	(void)state;
	say(0, "/ # ");
	expect("(linux) / # ");
	say(1, "one\ntwo\n");
	expect("\r\n(bb) one\r\n(bb) two\r\n(linux) / # ");
	log_line("z");
	say(0, "l");
	expect("\r\n(bantam) z\r\n(linux) / # l");
	say(0, "s\r\n");
	expect("s\r\n");
}

static void test_unfocused_is_gathered(void **state)
{
	(void)state;
	say(1, "half");
	expect("");
	say(0, "whole\n");
	say(1, " line\n");
	expect("(linux) whole\r\n(bb) half line\r\n");
}

static void test_long_line(void **state)
{
	char line[2 * SCREEN_LINE];

	(void)state;
	memset(line, 'a', sizeof(line));
	write_bytes(1, line, SCREEN_LINE);
	drain_all();
	assert_int_equal(wire_length, 5 + SCREEN_LINE - 1 + 2);
	say(1, "\n");
	drain_all();
	assert_string_equal(wire + wire_length - 8, "(bb) a\r\n");
	forget();
	write_bytes(0, line, sizeof(line));
	say(0, "\n");
	drain_all();
	assert_int_equal(wire_length, sizeof(line) + 3 * 10);
}

/* ---- cursor ---------------------------------------------------------------- */

static void test_line_editing(void **state)
{
	(void)state;
	say(0, "abc\b\bX");
	expect("(linux) abc\b\bX");
	log_line("z"); /* shown again with the cursor before c */
	expect("\r\n(bantam) z\r\n(linux) aXc\033[001D");
	say(0, "\033[K");
	expect("\033[K");
	log_line("z");
	expect("\r\n(bantam) z\r\n(linux) aX");
	say(0, "\033[2Dbc"); /* just to it */
	expect("\033[2Dbc");
	say(0, "\033[3D!");  /* not over the name */
	expect("\r(linux) !");
	say(0, "\rnew\n");
	expect("\r(linux) new\r\n");
}

static void test_progress_bar(void **state)
{
	(void)state;
	say(1, "10%\r20%\r100%\r\n");
	expect("(bb) 100%\r\n");
	say(1, "ab\b\b\b\bc\td\n");
	expect("(bb) cb      d\r\n");
}

static void test_full_screen_program(void **state)
{
	(void)state;
	say(0, "\033[H\033[Jtop\033[7m x\033[m\n");
	expect("(linux) \033[H\033[Jtop\033[7m x\033[m\033[m\r\n");
	say(0, "\033(Ba\n");
	expect("(linux) \033(Ba\r\n");
}

/* ---- forging --------------------------------------------------------------- */

/*
 * Whatever a guest writes: after every CR and LF there is a name of the hypervisor's, and
 * the names are right.
 */
static void check_stream(const char *only)
{
	const char *p;

	drain_all();
	for (p = wire + 1; wire_length && *p; p++) {
		if (p[-1] != '\n' && (p[-1] != '\r' || *p == '\n'))
			continue;
		assert_memory_equal(p, only, strlen(only));
	}
}

static void test_forging_unfocused(void **state)
{
	const char *p;

	(void)state;
	say(1, "a\r(bantam) owned\n");
	say(1, "\033[1A\033[2K(bantam) owned\n");
	say(1, "\033]0;title\a\033Pq\033\\\033c\033E\v\f\016\017x\n");
	say(1, "\xc2\x85(bantam) \x9b" "2Jowned\n");
	check_stream("(bb) ");
	for (p = wire; *p; p++)
		assert_true((*p >= ' ' && *p <= '~') || *p == '\r' || *p == '\n');
}

static void test_forging_focused(void **state)
{
	(void)state;
	say(0, "a\r(bantam) owned\n");
	expect("(linux) a\r(linux) (bantam) owned\r\n");
	say(0, "\033E\033D\033c\033]0;t\ax\v\f\005\016\017\n");
	expect("(linux) x\r\n");
	write_bytes(0, "a\0b\n", 4);
	expect("(linux) ab\r\n");
}

/* Colours of the focused domain end with its line. */
static void test_forging_colours(void **state)
{
	(void)state;
	say(0, "\033[8mhidden");
	log_line("z");
	expect("(linux) \033[8mhidden\033[m\r\n(bantam) z\r\n(linux) hidden");
}

static void test_forging_random(void **state)
{
	static const char pieces[] = "abc\r\n\b\t\033[]ABCDHJKm0123;?(B\a\v\x9b\x85\0";
	char text[64];
	unsigned int round, i, id;

	(void)state;
	srand(4);
	for (round = 0; round < 20000; round++) {
		id = (unsigned int)rand() % 2;
		for (i = 0; i < sizeof(text); i++)
			text[i] = pieces[(size_t)rand() % sizeof(pieces)];
		console.focus = id ? 2 : 0;
		screen_focus(focus_domain());
		forget();
		write_bytes(id, text, (size_t)rand() % sizeof(text));
		check_stream(id ? "(bb) " : "(linux) ");
	}
}

static void test_log_line_is_printable(void **state)
{
	(void)state;
	log_line("%s", "a\r(linux) b\033[2J\x80");
	expect("(bantam) a?(linux) b?[2J?\r\n");
}

/* ---- input ----------------------------------------------------------------- */

static void test_input(void **state)
{
	(void)state;
	type("ls");
	assert_int_equal(virqs[0], 1);
	type("\r");
	assert_int_equal(virqs[1], 0);
	assert_int_equal(io(0, CONSOLEIO_read, 2, GUEST_BASE), 2);
	assert_memory_equal(guest, "ls", 2);
	assert_int_equal(io(0, CONSOLEIO_read, 100, GUEST_BASE), 1);
	assert_int_equal(guest[0], '\r');
	assert_int_equal(io(0, CONSOLEIO_read, 100, GUEST_BASE), 0);
	assert_int_equal(io(1, CONSOLEIO_read, 100, GUEST_BASE), 0);
}

static void test_input_wraps(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 100; i++) {
		type("0123456789");
		assert_int_equal(io(0, CONSOLEIO_read, 10, GUEST_BASE), 10);
		assert_memory_equal(guest, "0123456789", 10);
	}
	for (i = 0; i < 100; i++)
		type("0123456789");
	assert_int_equal(io(0, CONSOLEIO_read, 1000, GUEST_BASE), CONSOLE_INPUT);
}

/* Pending work is not kept waiting by a long read: a part comes, and the rest by the next call. */
static void test_input_read_in_pieces(void **state)
{
	uint32_t got = 0, calls = 0;
	int32_t n;

	(void)state;
	for (unsigned int i = 0; i < CONSOLE_INPUT / 16u; i++)
		type("0123456789abcdef");
	preempted = true;
	do {
		looks = 1;
		n = io(0, CONSOLEIO_read, 1000, GUEST_BASE + got);
		assert_in_range(n, 0, READ_PIECE);
		got += (uint32_t)n;
		calls++;
	} while (n);
	preempted = false;
	assert_int_equal(got, CONSOLE_INPUT);
	assert_true(calls > CONSOLE_INPUT / READ_PIECE);
	for (unsigned int i = 0; i < CONSOLE_INPUT; i++)
		assert_int_equal(guest[i], "0123456789abcdef"[i % 16u]);

	/* What a bad address takes away has been given before. */
	type("0123456789abcdef0123456789abcdefrest");
	assert_int_equal(io(0, CONSOLEIO_read, 100, GUEST_BASE + sizeof(guest) - READ_PIECE), READ_PIECE);
	assert_int_equal(io(0, CONSOLEIO_read, 100, GUEST_BASE + sizeof(guest)), -XEN_EFAULT);
	assert_int_equal(io(0, CONSOLEIO_read, 100, GUEST_BASE), 4);
	assert_memory_equal(guest, "rest", 4);
}

/* Who reads late loses nothing; who reads nothing keeps nobody's Ctrl-A. */
static void test_input_held(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < CONSOLE_INPUT; i++)
		type("x");
	typed = "tail";
	console_interrupt();
	assert_string_equal(typed, "tail");
	assert_int_equal(io(0, CONSOLEIO_read, 1000, GUEST_BASE), CONSOLE_INPUT);
	console_interrupt();
	console_interrupt();
	assert_int_equal(io(0, CONSOLEIO_read, 1000, GUEST_BASE), 4);
	assert_memory_equal(guest, "tail", 4);

	for (i = 0; i < CONSOLE_INPUT; i++)
		type("x");
	now += INPUT_PACE * PACE;
	type("\001\001\001");
	assert_int_equal(console.focus, 1);
}

/* However fast it comes: a piece, and then the timer. */
static void test_input_comes_in_pieces(void **state)
{
	static const char text[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	const char *before;

	(void)state;
	typed = text;
	do {
		before = typed;
		console.input_timer.armed = false;
		console_interrupt();
		assert_true(typed - before <= 8);
		assert_int_equal(listens, typed == before);
		assert_int_equal(console.input_timer.armed, !listens);
		assert_true(listens || console.input_timer.expires == now + INPUT_PACE * PACE);
		now += INPUT_PACE * PACE;
	} while (!listens);
	assert_int_equal(io(0, CONSOLEIO_read, 100, GUEST_BASE), 36);
	assert_memory_equal(guest, text, 36);
}

/* What else is pending waits for one character at most; none is lost. */
static void test_input_waits_for_other_interrupts(void **state)
{
	unsigned int pieces;

	(void)state;
	typed = "abcd";
	irq_waits = true;
	for (pieces = 1; pieces <= 4; pieces++) {
		console.input_timer.armed = false;
		looks = 0;
		console_interrupt();
		assert_int_equal(strlen(typed), 4 - pieces);
		assert_false(listens);
		assert_true(console.input_timer.armed);
	}
	irq_waits = false;
	console_interrupt();
	assert_true(listens);
	assert_int_equal(io(0, CONSOLEIO_read, 100, GUEST_BASE), 4);
	assert_memory_equal(guest, "abcd", 4);
}

/* A real-time domain's handler does not wait for a character. */
static void test_input_waits_for_a_handler(void **state)
{
	(void)state;
	typed = "a";
	console.input_timer.armed = false;
	put_off = true;
	console_interrupt();
	assert_string_equal(typed, "a");
	assert_false(listens);
	assert_true(console.input_timer.armed);
	console.input_timer.expired(&console.input_timer); /* once: it may yield, and begin again */
	put_off = false;
	assert_string_equal(typed, "");
}

/* Nobody is interrupted for a character that waits for room. */
static void test_held_input_does_not_interrupt(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < CONSOLE_INPUT; i++)
		type("x");
	typed = "y";
	console.input_timer.armed = false;
	console_interrupt();
	assert_false(listens);
	assert_true(console.input_timer.armed);
}

static void test_focus(void **state)
{
	(void)state;
	say(1, "bb> ");
	type("\001\001\001");
	expect("(bantam) input to bb (Ctrl-A three times to switch)\r\n(bb) bb> ");
	type("x");
	assert_int_equal(virqs[0], 0);
	assert_int_equal(io(1, CONSOLEIO_read, 9, GUEST_BASE), 1);
	type("\001\001\001h");
	expect("\r\n(bantam) input to the debug keys, h for help (Ctrl-A three times to switch)\r\n");
	assert_string_equal(keyed, "h");
	type("\001\001\001");
	expect("(bantam) input to linux (Ctrl-A three times to switch)\r\n");
}

static void test_ctrl_a_passes(void **state)
{
	(void)state;
	type("\001x\001\001y\001\001\001");
	assert_int_equal(io(0, CONSOLEIO_read, 99, GUEST_BASE), 5);
	assert_memory_equal(guest, "\001x\001\001y", 5);
	assert_int_equal(console.focus, 1);
}

static void test_input_of_the_dead(void **state)
{
	(void)state;
	fake_domains[0].state = DOMAIN_SHUTDOWN;
	type("abc");
	assert_int_equal(virqs[0], 0);
	assert_int_equal(io(0, CONSOLEIO_read, 99, GUEST_BASE), 0);
}

/* ---- the hypercall --------------------------------------------------------- */

static void test_io_errors(void **state)
{
	(void)state;
	assert_int_equal(io(0, 2, 1, GUEST_BASE), -XEN_ENOSYS);
	assert_int_equal(io(0, 0xFFFFFFFFu, 1, GUEST_BASE), -XEN_ENOSYS);
	assert_int_equal(io(0, CONSOLEIO_write, 0, 0), 0);
	assert_int_equal(io(0, CONSOLEIO_read, 0, 0), 0);
	assert_int_equal(io(0, CONSOLEIO_write, 0x80000000u, GUEST_BASE), -XEN_E2BIG);
	assert_int_equal(io(0, CONSOLEIO_read, 0xFFFFFFFFu, GUEST_BASE), -XEN_E2BIG);
	assert_int_equal(io(0, CONSOLEIO_write, 5, GUEST_BASE - 1), -XEN_EFAULT);
	expect("");
	type("abc");
	assert_int_equal(io(0, CONSOLEIO_read, 3, GUEST_BASE + sizeof(guest) - 2), -XEN_EFAULT);
	assert_int_equal(io(0, CONSOLEIO_read, 3, GUEST_BASE), 3); /* nothing was taken */
}

static void test_io_full(void **state)
{
	unsigned int written = 0;
	int32_t result;

	(void)state;
	wire_ready = false;
	memcpy(guest, "0123456789\n", 11);
	while ((result = io(1, CONSOLEIO_write, 11, GUEST_BASE)) == 0)
		assert_true(++written < 1000);
	assert_int_equal(result, -XEN_EAGAIN);
	assert_true(written > 100);
	log_line("still room"); /* the hypervisor's reserve */
	wire_ready = true;
	drain_all();
	assert_int_equal(wire_length, written * 17 + 21);
	forget();
	assert_int_equal(io(1, CONSOLEIO_write, 11, GUEST_BASE), 0);
	expect("(bb) 0123456789\r\n");
}

/* One that floods leaves room for the others. */
static void test_io_fair(void **state)
{
	(void)state;
	wire_ready = false;
	memset(guest, 'x', sizeof(guest));
	guest[199] = '\n';
	while (io(1, CONSOLEIO_write, 200, GUEST_BASE) == 0)
		;
	assert_int_equal(io(0, CONSOLEIO_write, 200, GUEST_BASE), 0);
	assert_int_equal(io(1, CONSOLEIO_write, 200, GUEST_BASE), -XEN_EAGAIN);
	preempted = true;
	assert_int_equal(io(1, CONSOLEIO_write, 1, GUEST_BASE), -XEN_EAGAIN);
}

/* A call that says of itself that it goes on gets no more room by that. */
static void test_io_pretends_to_go_on(void **state)
{
	unsigned int i;

	(void)state;
	wire_ready = false;
	memset(guest, 'x', sizeof(guest));
	guest[199] = '\n';
	while (io(1, CONSOLEIO_write, 200, GUEST_BASE) == 0)
		;
	for (i = 0; i < 100; i++)
		assert_int_equal(io(1, CONSOLEIO_write | WRITE_GOES_ON, 200, GUEST_BASE),
				 HYPERCALL_CONTINUED);
	assert_int_equal(io(0, CONSOLEIO_write, 200, GUEST_BASE), 0);
}

/* Lines of the hypervisor's come before what is written after them, and nothing gets into them,
 * whatever comes between. */
static void test_lines_keep_their_place(void **state)
{
	int32_t result;
	unsigned int i;

	(void)state;
	wire_ready = false;
	say(0, "prompt");
	log_line("a line that is longer than %s", "one step");
	log_guest(&fake_domains[1], "%s", "hers");
	preempted = true;
	memcpy(guest, "x\n", 2);
	result = io(1, CONSOLEIO_write, 2, GUEST_BASE);
	for (i = 0; result == HYPERCALL_CONTINUED && i < 1000; i++) {
		if (i == 3)
			log_line("later");
		result = do_console_io(&fake_domains[1], continuation);
	}
	assert_true(i > 10);
	assert_int_equal(result, 0);
	preempted = false;
	wire_ready = true;
	expect("(linux) prompt\r\n(bantam) a line that is longer than one step\r\n"
	       "(bantam) bb: hers\r\n(bantam) later\r\n(bb) x\r\n(linux) prompt");
}

/* A long line goes out in pieces, finished or shown again, and nobody else's gets into it. */
static void test_long_lines_in_pieces(void **state)
{
	char text[241], expected[1024];
	uint32_t before;

	(void)state;
	memset(text, 'x', 240);
	text[240] = '\0';
	say(1, text);
	before = console.head;
	say(1, "\n");
	assert_true(console.head - before < 32);
	assert_true(screen_busy());
	log_line("y");
	while (log_waits()) {
		before = console.head;
		assert_true(log_step());
		assert_true(console.head - before <= PUT_PIECE);
	}
	sprintf(expected, "(bb) %s\r\n(bantam) y\r\n", text);
	expect(expected);

	say(0, text);                     /* shown as it comes */
	log_line("y");
	say(0, "z");                      /* again */
	sprintf(expected, "(linux) %s\r\n(bantam) y\r\n(linux) %sz", text, text);
	expect(expected);
	log_line("y");
	screen_line_begin();
	screen_idle();
	assert_true(log_step() && screen_busy());
	screen_focus(&fake_domains[1]);   /* in the middle of it */
	assert_false(screen_busy());
	console_set_sync();
	sprintf(expected, "\r\n(linux) %.32s\r\n(bantam) y\r\n", text);
	assert_string_equal(wire, expected);
}

/* A panic that came while a line was put in pieces does not go on with it. */
static void test_the_rest_of_a_line_is_forgotten(void **state)
{
	char text[] = "a line that is longer than one piece of it is\n";

	(void)state;
	say(1, text);
	assert_true(screen_busy());
	console_set_sync();
	say(1, text);
	console_set_sync();               /* again: a line could not be made */
	assert_false(log_waits());
}

/* The one who goes on while its own line is being put waits for it. */
static void test_lines_that_follow_each_other(void **state)
{
	(void)state;
	say(1, "one line\nanother\nand a third\nthe rest");
	console_domain_init(&fake_domains[1]);
	expect("(bb) one line\r\n(bb) another\r\n(bb) and a third\r\n(bb) the rest\r\n");
}

/* Where the ring is full for guests a line still is made, whole. */
static void test_lines_of_a_full_ring(void **state)
{
	(void)state;
	wire_ready = false;
	memset(guest, 'x', sizeof(guest));
	while (io(1, CONSOLEIO_write, 8, GUEST_BASE) == 0)
		;
	for (unsigned int i = 0; i < LINES; i++)
		log_line("line %u of them that need more room than there is left in the ring", i);
	while (log_step())
		;
	assert_true(log_waits());
	assert_true(console_room() < STEP_ROOM);
	wire_ready = true;
	drain_all();
	assert_non_null(strstr(wire, "(bantam) line 63 of them that need more room than there is left in the ring\r\n"));
	assert_int_equal(queue.lost, 0);
}

/* A panic prints what waits, and a second one does not try that again. */
static void test_sync_in_a_line(void **state)
{
	(void)state;
	log_line("first %s", "line");
	assert_true(log_step() && log_step());
	console_set_sync();
	assert_string_equal(wire, "(bantam) first line\r\n");
	forget();
	console.sync = false;
	log_line("broken");
	assert_true(log_step());
	console.sync = true;
	console_set_sync();
	assert_false(log_waits());
	log_line("end");
	assert_non_null(strstr(wire, "(bantam) end\r\n"));
}

/* A domain's name is its description's, whatever that says. */
static void test_hostile_name(void **state)
{
	(void)state;
	strcpy(fake_domains[1].name, "%s\r\nbantam");
	fake_domains[1].console.screen.prefix_length = 0; /* created anew */
	console_domain_init(&fake_domains[1]);
	say(1, "x\n");
	log_guest(&fake_domains[1], "y");
	expect("(%s??bantam) x\r\n(bantam) %s??bantam: y\r\n");
	strcpy(fake_domains[1].name, "bb");
}

/* A long text is taken piece by piece and arrives once, in order. */
static void test_io_continues(void **state)
{
	unsigned int i, lines = 0;
	int32_t result;
	const char *p;

	(void)state;
	for (i = 0; i < sizeof(guest); i++)
		guest[i] = i % 64 == 63 ? '\n' : (uint8_t)('a' + i / 64 % 26);
	preempted = true;
	result = io(1, CONSOLEIO_write, sizeof(guest), GUEST_BASE);
	for (i = 0; result == HYPERCALL_CONTINUED && i < 100000; i++) {
		now = console.timer.expires;
		console.timer.armed = false;
		drain_expired(&console.timer);
		result = do_console_io(&fake_domains[1], continuation);
	}
	assert_int_equal(result, 0);
	drain_all();
	for (p = wire; *p; p += 5 + 63 + 2, lines++) {
		assert_memory_equal(p, "(bb) ", 5);
		assert_int_equal(p[5], 'a' + lines % 26);
		assert_int_equal(p[5 + 62], 'a' + lines % 26);
	}
	assert_int_equal(lines, sizeof(guest) / 64);
}

/* ---- the hypervisor's lines ------------------------------------------------ */

static void test_lines_lost(void **state)
{
	unsigned int i;

	(void)state;
	wire_ready = false;
	for (i = 0; i < 2000; i++)
		log_line("line %u", i);
	assert_true(queue.lost > 0);
	wire_ready = true;
	drain_all();
	wire_length = 0;
	log_line("after");
	drain_all();
	assert_non_null(strstr(wire, " lines lost\r\n(bantam) after\r\n"));
}

static void test_patient_and_sync(void **state)
{
	unsigned int i;

	(void)state;
	log_set_patient(true);
	for (i = 0; i < 1000; i++)
		log_line("line %u", i);
	log_set_patient(false);
	drain_all();
	assert_int_equal(queue.lost, 0);
	assert_non_null(strstr(wire, "(bantam) line 999\r\n"));
	forget();
	say(0, "prompt");
	console_set_sync();
	log_line("end");
	assert_string_equal(wire, "(linux) prompt\r\n(bantam) end\r\n");
}

static void test_log_guest(void **state)
{
	unsigned int i, lines = 0;
	const char *p;

	(void)state;
	for (i = 0; i < 100; i++)
		log_guest(&fake_domains[1], "bad thing %u", i);
	drain_all();
	for (p = wire; (p = strstr(p, "(bantam) bb: bad thing")); p++)
		lines++;
	assert_int_equal(lines, GUEST_LINES);
	forget();
	now += 2ull << 30;
	log_guest(&fake_domains[1], "again");
	expect("(bantam) bb: 88 such lines dropped\r\n(bantam) bb: again\r\n");
}

/* A dump comes before an answer. */
static void test_fed(void **state)
{
	(void)state;
	dump_lines = answer_lines = 100;
	console_feed();
	drain_all();
	assert_int_equal(dump_lines + answer_lines, 0);
	assert_int_equal(queue.lost, 0);
	assert_non_null(strstr(wire, "(bantam) dump 1\r\n(bantam) answer 100\r\n"));
	assert_non_null(strstr(wire, "(bantam) answer 1\r\n"));
	assert_false(console.fed);
}

/* What domains write as fast as they can leaves room for it; another interrupt comes before it. */
static void test_fed_in_a_flood(void **state)
{
	unsigned int i;

	(void)state;
	wire_ready = false;
	memset(guest, '\n', sizeof(guest));
	for (i = 0; i < 2; i++)
		while (io(i, CONSOLEIO_write, 200, GUEST_BASE) == 0)
			;
	answer_lines = 2;
	console_feed();
	irq_waits = true;
	for (i = 0; i < 10; i++) {
		looks = 1;
		drain_expired(&console.timer);
	}
	assert_int_equal(answer_lines, 2);
	irq_waits = false;
	for (i = 0; i < 10; i++)
		drain_expired(&console.timer);
	assert_int_equal(answer_lines, 1);
	wire_ready = true;
	drain_all();
	assert_int_equal(answer_lines, 0);
}

static void test_restart_prints_the_rest(void **state)
{
	(void)state;
	say(1, "unfinished");
	console_domain_init(&fake_domains[1]);
	expect("(bb) unfinished\r\n");
	say(0, "prompt");
	console_domain_init(&fake_domains[0]);
	expect("(linux) prompt\r\n");
}

/* A UART that never gets ready does not keep a domain from its start. */
static void test_begins_without_uart(void **state)
{
	uint32_t tries = 0;

	(void)state;
	say(1, "unfinished");
	log_line("first");
	while (!console_domain_begin(&fake_domains[1], tries))
		tries++;
	assert_true(tries > 1);
	expect("(bantam) first\r\n(bb) unfinished\r\n");

	wire_ready = false;
	for (unsigned int i = 0; i < 2000; i++) {
		log_line("line %u", i);
		while (log_step())
			;
	}
	for (tries = 0; !console_domain_begin(&fake_domains[1], tries); tries++)
		assert_true(tries < 10000000);
	assert_true(log_waits());
}

static void test_before_init(void **state)
{
	(void)state;
	console.running = false;
	log_line("early");
	assert_string_equal(wire, "(bantam) early\r\n");
	memset(&console, 0, sizeof(console));
	log_line("no port yet");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, setup)
	const struct CMUnitTest tests[] = {
		TEST(test_lines), TEST(test_prompt), TEST(test_unfocused_is_gathered),
		TEST(test_long_line), TEST(test_line_editing), TEST(test_progress_bar),
		TEST(test_full_screen_program), TEST(test_forging_unfocused),
		TEST(test_forging_focused), TEST(test_forging_colours), TEST(test_forging_random),
		TEST(test_log_line_is_printable), TEST(test_input), TEST(test_input_wraps), TEST(test_input_held),
		TEST(test_input_comes_in_pieces), TEST(test_input_read_in_pieces), TEST(test_input_waits_for_a_handler),
		TEST(test_input_waits_for_other_interrupts), TEST(test_held_input_does_not_interrupt),
		TEST(test_focus), TEST(test_ctrl_a_passes), TEST(test_input_of_the_dead),
		TEST(test_io_errors), TEST(test_io_full), TEST(test_io_fair), TEST(test_io_continues),
		TEST(test_io_pretends_to_go_on), TEST(test_lines_keep_their_place),
		TEST(test_long_lines_in_pieces),
		TEST(test_the_rest_of_a_line_is_forgotten),
		TEST(test_lines_that_follow_each_other),
		TEST(test_lines_of_a_full_ring), TEST(test_sync_in_a_line), TEST(test_hostile_name),
		TEST(test_lines_lost), TEST(test_patient_and_sync), TEST(test_log_guest),
		TEST(test_fed), TEST(test_fed_in_a_flood), TEST(test_restart_prints_the_rest), TEST(test_begins_without_uart), TEST(test_before_init),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
