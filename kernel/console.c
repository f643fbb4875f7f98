/* SPDX-License-Identifier: MIT */
/*
 * console.c - the output ring, the input focus, console_io.
 *
 * Owns the board's UART.  What lines look like is screen.c's.  A guest fills
 * the ring only as far as RESERVE leaves room for the hypervisor's own lines.
 */
#include <hv/console.h>
#include <hv/board.h>
#include <hv/domain.h>
#include <hv/guest_access.h>
#include <hv/hypercall.h>
#include <hv/irq.h>
#include <hv/keys.h>
#include <hv/lib.h>
#include <hv/time.h>
#include <drv/uart.h>

#define RING          16384u  /* a power of two */
#define RESERVE       2048u
#define SHARE         1024u   /* kept free by domains whose own output waits, for the others */
#define SHORT         256u    /* a text that long is finished once it is begun */
#define PIECE         16u     /* characters written at a time */
#define INPUT_PIECE   8u      /* read at a time */
#define PACE          100000u /* ns between two pieces: 160,000 characters/s at most */
#define INPUT_HOLD    1000000000u /* ns, see hold_input() */
#define INPUT_PAUSE   100000u /* ns between two pieces of input */
#define LINE          160u    /* the hypervisor's own lines are cut there */
#define CHUNK         16u     /* characters taken from a guest at a time */
#define POLL_TRIES    1000000u
#define SECOND        1000000000u
#define GUEST_LINES   12u     /* log_guest(): a second and domain */

#define CTRL_A        '\001'
/* Set in cmd by a continuation: some of the text is printed, -XEN_EAGAIN is not
 * possible any more. */
#define WRITE_GOES_ON 0x80000000u

static struct {
	const struct uart *uart;
	char out[RING];
	uint32_t head, tail;       /* free running: [tail, head) waits */
	uint32_t lost;             /* lines */
	bool running;              /* the timer works */
	bool sync, patient;
	struct timer timer;
	struct timer input_timer;
	bool (*feeder)(void);
	unsigned int focus;        /* domain id; domain_count: the debug keys */
	unsigned int ctrl_a;       /* pressed, not passed on yet */
	nsec_t full_since;         /* hold_input(); 0: there is room */
} console;

static uint32_t ring_free(void)
{
	return RING - (console.head - console.tail);
}

/* Polls one character out; a port that never gets ready does not stop us. */
static void poll_out(char c)
{
	const struct uart *uart = console.uart;
	unsigned int tries;

	for (tries = 0; uart && tries < POLL_TRIES; tries++)
		if (uart->ops->write(uart, &c, 1))
			return;
}

void console_flush(void)
{
	while (console.tail != console.head)
		poll_out(console.out[console.tail++ % RING]);
}

void console_put(const char *text, uint32_t size)
{
	uint32_t at, part;

	if (console.sync || !console.running) {
		while (size--)
			poll_out(*text++);
		return;
	}
	if (size > ring_free())
		size = ring_free();
	for (; size; size -= part, text += part) {
		at = console.head % RING;
		part = size < RING - at ? size : RING - at;
		memcpy(console.out + at, text, part);
		console.head += part;
	}
}

static void drain(void)
{
	const struct uart *uart = console.uart;
	uint32_t at = console.tail % RING;
	uint32_t size = console.head - console.tail;

	if (size > RING - at)
		size = RING - at;
	if (size > PIECE)
		size = PIECE;
	console.tail += (uint32_t)uart->ops->write(uart, console.out + at, size);
}

/* The next piece, or what is to be done when nothing waits. */
static void drain_expired(struct timer *t)
{
	drain();
	if (ring_free() > RING / 2 && console.feeder && !console.feeder())
		console.feeder = NULL;
	if (console.tail == console.head && !console.feeder)
		screen_idle();
	if (console.tail != console.head || console.feeder)
		timer_set(t, time_now() + PACE);
}

/* Output has been added: the first piece goes out as soon as the caller is done. */
static void kick(void)
{
	if (console.running && !console.sync && !console.timer.armed)
		timer_set(&console.timer, 0);
}

void console_set_feeder(bool (*feeder)(void))
{
	console.feeder = feeder;
	kick();
}

void console_set_sync(void)
{
	console_flush();
	console.sync = true;
}

void console_set_patient(bool on)
{
	console.patient = on;
}

/* ---- the hypervisor's lines ------------------------------------------------ */

static bool line_fits(void)
{
	if (console.sync || !console.running || ring_free() >= LINE + 64u)
		return true;
	if (!console.patient)
		return false;
	console_flush();
	return true;
}

/* Parts of the text may come from a guest. */
static void print_line(char *text)
{
	char lost[40];
	int length;
	char *p;

	if (!line_fits()) {
		console.lost++;
		return;
	}
	if (console.lost && ring_free() >= 2u * (LINE + 64u)) {
		length = snprintf(lost, sizeof(lost), "%u lines lost", console.lost);
		console.lost = 0;
		screen_print(lost, (uint32_t)length);
	}
	for (p = text; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	screen_print(text, (uint32_t)(p - text));
	kick();
}

void log_line(const char *format, ...)
{
	char line[LINE];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	print_line(line);
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

void log_guest(struct domain *d, const char *format, ...)
{
	char line[LINE];
	va_list args;
	int length;

	if (!guest_line_allowed(d))
		return;
	length = snprintf(line, sizeof(line), "%s: ", d->name);
	va_start(args, format);
	vsnprintf(line + length, sizeof(line) - (size_t)length, format, args);
	va_end(args);
	print_line(line);
	if (d->console.log_dropped && d->console.log_count < GUEST_LINES) {
		snprintf(line, sizeof(line), "%s: %u such lines dropped", d->name,
			 d->console.log_dropped);
		d->console.log_dropped = 0;
		print_line(line);
	}
}

/* ---- input ----------------------------------------------------------------- */

static struct domain *focus_domain(void)
{
	return console.focus < domain_count ? domains[console.focus] : NULL;
}

static void focus_next(void)
{
	struct domain *d;

	console.focus = console.focus >= domain_count ? 0 : console.focus + 1;
	d = focus_domain();
	screen_focus(d);
	log_line("input to %s (Ctrl-A three times to switch)",
		 d ? d->name : "the debug keys, h for help");
}

static void give_input(char c)
{
	struct domain *d = focus_domain();
	struct console_domain *con;

	if (!d) {
		console_set_patient(true);
		keys_input(c);
		console_set_patient(false);
		return;
	}
	con = &d->console;
	if (d->state != DOMAIN_SHUTDOWN &&
	    (uint16_t)(con->in_head - con->in_tail) < CONSOLE_INPUT)
		con->in[con->in_head++ % CONSOLE_INPUT] = c;
}

/*
 * True while the input stays in the UART, which holds the sender up: the domain's ring is
 * full, but has not been for long.  Who does not read at all must not keep Ctrl-A from us.
 */
static bool hold_input(void)
{
	struct domain *d = focus_domain();

	if (!d || d->state == DOMAIN_SHUTDOWN ||
	    (uint16_t)(d->console.in_head - d->console.in_tail) < CONSOLE_INPUT) {
		console.full_since = 0;
		return false;
	}
	if (!console.full_since)
		console.full_since = time_now();
	return time_now() - console.full_since < INPUT_HOLD;
}

/* Ctrl-A is held back until it is clear whether it is one of three. */
static void take_input(char c)
{
	if (c == CTRL_A) {
		if (++console.ctrl_a == 3) {
			console.ctrl_a = 0;
			focus_next();
		}
		return;
	}
	for (; console.ctrl_a; console.ctrl_a--)
		give_input(CTRL_A);
	give_input(c);
}

/*
 * Some characters, with interrupts off.  While they come the timer asks for more and not the
 * UART: a sender that never pauses does not keep the core from the interrupt of a frame.
 */
void console_interrupt(void)
{
	const struct uart *uart = console.uart;
	struct domain *d;
	unsigned int i;
	bool more;
	int c;

	for (i = 0; !(more = hold_input()) && i < INPUT_PIECE && (c = uart->ops->rx(uart)) >= 0; i++)
		take_input((char)c);
	more = more || i;
	uart->ops->listen(uart, !more);
	if (more)
		timer_set(&console.input_timer, time_now() + INPUT_PAUSE);
	d = focus_domain();
	if (d && d->console.in_head != d->console.in_tail)
		event_send_virq(d, VIRQ_CONSOLE);
}

static void input_expired(struct timer *t)
{
	(void)t;
	console_interrupt();
}

/* ---- set-up ---------------------------------------------------------------- */

void console_early_init(const struct uart *uart)
{
	console.uart = uart;
	uart->ops->init(uart);
}

void console_init(void)
{
	timer_init(&console.timer, drain_expired);
	timer_init(&console.input_timer, input_expired);
	irq_attach(console.uart->irq, console_interrupt);
	timer_set(&console.input_timer, time_now() + INPUT_PAUSE);
	console.running = true;
	screen_focus(focus_domain());
}

void console_domain_init(struct domain *d)
{
	screen_domain_init(d);
	d->console.in_head = 0;
	d->console.in_tail = 0;
	if (console.running && d->id == console.focus)
		screen_focus(d);
	kick();
}

/* ---- the hypercall --------------------------------------------------------- */

/* Is there room for the next chunk of d's?  left: characters of this call. */
static bool has_room(const struct domain *d, uint32_t left, bool goes_on)
{
	uint32_t needed = RESERVE + SCREEN_WORST(CHUNK);
	bool waits = (int32_t)(d->console.written - console.tail) > 0;

	_Static_assert(RESERVE + SCREEN_WORST(CHUNK) + SHARE < RING, "ring too small");
	if (waits && (!goes_on || left > SHORT))
		needed += SHARE;
	return ring_free() >= needed;
}

static int32_t console_write(struct domain *d, const uint32_t *arg)
{
	bool goes_on = arg[0] & WRITE_GOES_ON;
	uint32_t next[5] = { CONSOLEIO_write | WRITE_GOES_ON, arg[1], arg[2], arg[3], arg[4] };
	char chunk[CHUNK] __attribute__((aligned(4)));
	uint32_t n, done;

	for (; next[1]; goes_on = true) {
		if (!has_room(d, next[1], goes_on))
			return goes_on ? hypercall_continue(d, next) : -XEN_EAGAIN;
		n = next[1] < CHUNK ? next[1] : CHUNK;
		if (copy_from_guest(chunk, next[2], n))
			return -XEN_EFAULT;
		for (done = 0; done < n && !(done && hypercall_preempted()); )
			done += screen_write(d, chunk + done, n - done);
		d->console.written = console.head;
		kick();
		next[1] -= done;
		next[2] += done;
		if (next[1] && (done < n || hypercall_preempted()))
			return hypercall_continue(d, next);
	}
	return 0;
}

static int32_t console_read(struct domain *d, vaddr_t to, uint32_t count)
{
	struct console_domain *con = &d->console;
	uint32_t waiting = (uint16_t)(con->in_head - con->in_tail);
	uint32_t start = con->in_tail % CONSOLE_INPUT;
	uint32_t first;

	if (count > waiting)
		count = waiting;
	first = count < CONSOLE_INPUT - start ? count : CONSOLE_INPUT - start;
	if (copy_to_guest(to, con->in + start, first) ||
	    copy_to_guest(to + first, con->in, count - first))
		return -XEN_EFAULT;
	con->in_tail = (uint16_t)(con->in_tail + count);
	return (int32_t)count;
}

/* console_io(cmd, count, buffer) */
int32_t do_console_io(struct domain *caller, const uint32_t *arg)
{
	switch (arg[0]) {
	case CONSOLEIO_write:
	case CONSOLEIO_write | WRITE_GOES_ON:
		if (arg[1] > INT32_MAX)
			return -XEN_E2BIG;
		return console_write(caller, arg);
	case CONSOLEIO_read:
		if (arg[1] > INT32_MAX)
			return -XEN_E2BIG;
		return console_read(caller, arg[2], arg[1]);
	default:
		return -XEN_ENOSYS;
	}
}
