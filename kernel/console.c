/* SPDX-License-Identifier: MIT */
/*
 * console.c - the output ring, the input focus, console_io.
 *
 * Owns the board's UART.  What lines look like is screen.c's, the hypervisor's own are log.c's.  A
 * guest fills the ring only as far as RESERVE leaves room for those, and waits for those that
 * came before its text.  While the ring is full, dumps and debug keys' answers come first.
 */
#include <hv/console.h>
#include <hv/board.h>
#include <hv/domain.h>
#include <hv/guest_access.h>
#include <hv/hypercall.h>
#include <hv/irq.h>
#include <hv/keys.h>
#include <hv/lib.h>
#include <hv/panic.h>
#include <hv/time.h>
#include <drv/uart.h>

#define RING          16384u  /* a power of two */
#define RESERVE       2048u
#define SHARE         1024u   /* kept free by domains whose own output waits, for the others */
#define SHORT         256u    /* a text that long is finished once it is begun */
#define PIECE         8u      /* characters written at a time */
#define INPUT_PIECE   8u      /* read at a time: half of a FIFO */
#define PACE          25000u  /* ns between two pieces of output */
#define INPUT_PACE    4u      /* times that: between two pieces of input */
#define INPUT_HOLD    1000000000u /* ns, see hold_input() */
#define CHUNK         4u      /* characters taken from a guest at a time */
#define READ_PIECE    32u     /* characters given to a guest at a time */
#define POLL_TRIES    1000000u
#define BEGIN_TRIES   1000000u /* longer than it takes to send a full ring */

#define CTRL_A        '\001'
/* Set in cmd by a continuation: some of the text is printed, -XEN_EAGAIN is not
 * possible any more.  A guest that sets it waits longer and gets nothing for it. */
#define WRITE_GOES_ON 0x80000000u

static struct {
	const struct uart *uart;
	char out[RING];
	uint32_t head, tail;       /* free running: [tail, head) waits */
	tick_t pace;
	bool running;              /* the timer works */
	bool sync;
	bool line_next;            /* a line's turn */
	struct timer timer;
	struct timer input_timer;
	bool fed;                  /* console_feed() */
	unsigned int focus;        /* domain id; domain_count: the debug keys */
	unsigned int ctrl_a;       /* pressed, not passed on yet */
	nsec_t full_since;         /* hold_input(); 0: there is room */
} console;

uint32_t console_room(void)
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

bool console_polls(void)
{
	return console.sync || !console.running;
}

void console_flush(void)
{
	while (console.tail != console.head)
		poll_out(console.out[console.tail++ % RING]);
}

void console_put(const char *text, uint32_t size)
{
	uint32_t at, part;

	if (console_polls()) {
		while (size--)
			poll_out(*text++);
		return;
	}
	if (size > console_room())
		size = console_room();
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

/* The next piece, or what is to be done when nothing waits.  A look comes last before it. */
static void drain_expired(struct timer *t)
{
	timer_set_ticks(t, time_ticks() + console.pace);
	if (irq_pending())
		return;
	console.line_next = !console.line_next;
	if (console.line_next && console.fed && !log_waits() && console_room() >= RESERVE)
		console.fed = dump_line() || keys_line();
	else if (!console.line_next || !log_step())
		drain();
	if (console.tail == console.head && !console.fed && !log_waits() && !screen_idle())
		timer_cancel(t);
}

/* Output has been added: the first piece goes out as soon as the caller is done. */
void console_kick(void)
{
	if (!console_polls() && !console.timer.armed)
		timer_set_ticks(&console.timer, time_ticks());
}

void console_feed(void)
{
	console.fed = true;
	console_kick();
}

/* Again: a line could not be made. */
void console_set_sync(void)
{
	if (console.sync) {
		log_forget();
		return;
	}
	console.sync = true;
	console_flush();
	log_finish();
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
		keys_input(c);
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
 * Some characters, as long as nothing else is pending.  While they come the timer asks for more and
 * not the UART: a sender that never pauses does not keep the core from the interrupt of a frame.
 */
static void input_expired(struct timer *t)
{
	const struct uart *uart = console.uart;
	bool more = true;
	struct domain *d;
	unsigned int i;
	int c;

	for (i = 0; i < INPUT_PIECE && !hold_input() && !irq_pending(); i++) {
		c = uart->ops->rx(uart);
		if (c < 0) {
			more = i != 0;
			break;
		}
		take_input((char)c);
	}
	if (more)
		timer_set_ticks(t, time_ticks() + INPUT_PACE * console.pace);
	else
		uart->ops->listen(uart, true);
	d = focus_domain();
	if (d && d->console.in_head != d->console.in_tail)
		event_send_virq(d, VIRQ_CONSOLE);
}

/* The first of them waits for a real-time domain's handler, once: who begins again and again holds none up. */
void console_interrupt(void)
{
	console.uart->ops->listen(console.uart, false); /* it is not what is pending */
	if (!timer_put_off(&console.input_timer))
		input_expired(&console.input_timer);
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
	console.pace = time_to_ticks(PACE);
	timer_set_ticks(&console.input_timer, time_ticks() + INPUT_PACE * console.pace);
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
	console_kick();
}

bool console_domain_begin(struct domain *d, uint32_t tries)
{
	if (log_waits() && tries < BEGIN_TRIES) {
		(void)log_step();
		return false;
	}
	console_domain_init(d);
	return true;
}

/* ---- the hypercall --------------------------------------------------------- */

/* Is there room for the next chunk of d's?  left: characters of this call. */
static bool has_room(const struct domain *d, uint32_t left)
{
	uint32_t needed = RESERVE + SCREEN_WORST(CHUNK);
	bool waits = (int32_t)(d->console.written - console.tail) > 0;

	_Static_assert(RESERVE + SCREEN_WORST(CHUNK) + SHARE < RING, "ring too small");
	if (waits && left > d->console.begun)
		needed += SHARE;
	return console_room() >= needed;
}

/* A piece of d's text; how many characters are done, or an error. */
static int32_t write_chunk(struct domain *d, vaddr_t from, uint32_t n)
{
	char chunk[CHUNK] __attribute__((aligned(4)));
	uint32_t done;

	if (copy_from_guest(chunk, from, n))
		return -XEN_EFAULT;
	for (done = 0; !hypercall_preempted() && done < n && !screen_busy(); )
		done += screen_write(d, chunk + done, n - done);
	d->console.written = console.head;
	console_kick();
	return (int32_t)done;
}

static int32_t console_write(struct domain *d, const uint32_t *arg)
{
	uint32_t next[5] = { arg[0], arg[1], arg[2], arg[3], arg[4] };
	int32_t done;

	if (!(arg[0] & WRITE_GOES_ON))
		d->console.begun = 0;
	while (next[1]) {
		if (!has_room(d, next[1]))
			return next[0] & WRITE_GOES_ON ? hypercall_continue(d, next) : -XEN_EAGAIN;
		if (!log_step()) { /* lines of the hypervisor's that wait came before */
			done = write_chunk(d, next[2], next[1] < CHUNK ? next[1] : CHUNK);
			if (done < 0)
				return done;
			if (done)
				next[0] |= WRITE_GOES_ON;
			next[1] -= (uint32_t)done;
			next[2] += (uint32_t)done;
			d->console.begun = next[1] <= SHORT ? (uint16_t)next[1] : 0;
		}
		if (next[1] && hypercall_preempted())
			return hypercall_continue(d, next);
	}
	return 0;
}

/* What waits, or as much of it as can be copied before pending work is to be done. */
static int32_t console_read(struct domain *d, vaddr_t to, uint32_t count)
{
	struct console_domain *con = &d->console;
	uint32_t done, n;

	for (done = 0; done < count && !(done && hypercall_preempted()); done += n) {
		uint32_t waiting = (uint16_t)(con->in_head - con->in_tail);
		uint32_t start = con->in_tail % CONSOLE_INPUT;

		n = count - done < READ_PIECE ? count - done : READ_PIECE;
		if (n > waiting)
			n = waiting;
		if (n > CONSOLE_INPUT - start)
			n = CONSOLE_INPUT - start;
		if (!n)
			break;
		if (copy_to_guest(to + done, con->in + start, n))
			return done ? (int32_t)done : -XEN_EFAULT;
		con->in_tail = (uint16_t)(con->in_tail + n);
	}
	return (int32_t)done;
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
