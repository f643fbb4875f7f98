/* SPDX-License-Identifier: MIT */
/*
 * baseband.c - the frame interrupt and the tasks of a GSM-like layer 1.
 *
 * The frame interrupt comes from the SP804 that the partition description grants;
 * hardware keeps its phase: the timer is periodic, and the handler of each
 * frame gives the background-load register the length of the next frame but
 * one to come.  The handler measures, acknowledges and activates; the work on
 * a frame is done by a task in the following frame.
 *
 * The second timer of the same SP804 has the same period and expires SETUP_NS after
 * each frame begins: the time that a DSP gives its processor to set up the frame.
 * It raises no interrupt; the frame's work looks at its flag when it is done.
 * (That it always runs also keeps QEMU 7.2 honest: with -icount and sleep=off an idle
 * machine skips every second expiry of a periodic timer that is the only
 * one running, because ptimer_tick() sets the next expiry, and so moves the clock
 * there, before it raises the interrupt.)
 *
 * Words on the command line (all optional):
 *     timer=<address>  the granted registers            0xF00F0000
 *     irq=<n>          the granted interrupt            5
 *     peer=<domain>    who may ask                      0
 *     frames=<n>       after this many print the histogram of lateness, as
 *                      "late ns:count ..." lines, and power off    0: never
 *
 * Query: the first event channel port of the baseband (port 1) waits for the
 * peer.  The peer binds it (EVTCHNOP_bind_interdomain) and sends an event; the
 * baseband prints a report line on its console and then sends one event back.
 * Queries that come before the answer is sent are one query, and so are those within 26
 * frames of the last one that was taken: they are answered then.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sdk/console.h>
#include <sdk/domain.h>
#include <sdk/event.h>
#include <sdk/time.h>
#include "burst.h"
#include "executive.h"
#include "frame_clock.h"
#include "lateness.h"

/* SP804 (ARM DDI 0271), first timer; SECOND is added for the other one. */
#define TIMER_LOAD    0x00
#define TIMER_VALUE   0x04
#define TIMER_CONTROL 0x08
#define TIMER_INTCLR  0x0C
#define TIMER_RIS     0x10
#define TIMER_BGLOAD  0x18
#define SECOND        0x20
#define CONTROL_32BIT      0x02u
#define CONTROL_INTERRUPT  0x20u
#define CONTROL_PERIODIC   0x40u
#define CONTROL_ENABLE     0x80u

/* OsmocomBB: the DSP's set-up window in a frame, 61 us. */
#define SETUP_NS 61000u

/* A report costs up to 300 us of the budget: at most one in as many frames, 120 ms. */
#define QUERY_FRAMES 26u

enum { TASK_REPORT = 1, TASK_QUERY = 2, TASK_FRAME = 6 };

static uintptr_t timer_base;
static uint32_t irq;
static uint32_t frame_limit;
static int query_port;
static uint32_t query_frame;     /* frames when the last query came; its port is masked */
static bool query_rests;

static struct frame_clock frame_clock;
static uint32_t length_now;      /* of the frame that runs, in ticks */
static uint32_t length_next;     /* in the background-load register */
static uint32_t due;             /* free-running counter at this frame's start */
static uint32_t owed;            /* ticks that repeated lengths were too long */
static uint32_t last_lateness;

static volatile uint32_t frames; /* ended */
static volatile uint32_t lost;   /* OsmocomBB's rule */
static volatile uint32_t missed; /* frame interrupts that never came */
static volatile uint32_t overrun; /* frame work not done within its frame */
static volatile uint32_t setup_late; /* ... not within SETUP_NS */
static volatile uint32_t broken; /* bursts that were no code word */
static uint32_t second_parts;    /* 650ths of a second */
static struct lateness lateness;
static struct burst bursts[2];   /* of the running frame and of the last */

static uint32_t timer_read(uint32_t offset)
{
	return *(volatile uint32_t *)(timer_base + offset);
}

static void timer_write(uint32_t offset, uint32_t value)
{
	*(volatile uint32_t *)(timer_base + offset) = value;
}

static uint32_t ticks_to_ns(uint32_t ticks)
{
	return (uint32_t)((uint64_t)ticks * NS_PER_S / frame_clock.hz);
}

/*
 * Interrupts that never came: the free-running counter has the timer's rate, so
 * the running frame must have begun where it was due.  The missed handlers have
 * left the background-load register alone, so their frames had its length; what
 * that was off the exact lengths is made good in the next one.
 */
static uint32_t count_missed(uint32_t begin)
{
	uint32_t before = missed;

	while ((int32_t)(begin - due) > (int32_t)(length_now / 2)) {
		due += length_now;
		owed += length_now - frame_clock_next(&frame_clock);
		missed++;
		frames++;
	}
	return missed - before;
}

/* Begin of a frame. */
static void frame_interrupt(evtchn_port_t port, void *data)
{
	uint32_t value = timer_read(TIMER_VALUE);
	uint32_t now = time_counter();
	uint32_t ended = length_now;
	uint32_t late, gap;

	(void)port;
	(void)data;
	timer_write(TIMER_INTCLR, 1);
	timer_write(SECOND + TIMER_INTCLR, 1);
	length_now = length_next;
	late = length_now - value;
	due += ended;
	gap = count_missed(now - late);
	length_next = frame_clock_next(&frame_clock) - owed;
	owed = 0;
	timer_write(TIMER_BGLOAD, length_next);
	timer_write(SECOND + TIMER_BGLOAD, length_now);

	lateness_add(&lateness, late);
	/* The first interval has no begin that was measured. */
	if (frames != 0 &&
	    (gap != 0 || frame_clock_lost(&frame_clock, ended + late - last_lateness)))
		lost += gap + 1;
	last_lateness = late;
	frames++;
	if (executive_busy(TASK_FRAME))
		overrun++;
	executive_activate(TASK_FRAME);
	second_parts += FRAME_NUMERATOR;
	if (second_parts >= FRAME_DENOMINATOR) {
		second_parts -= FRAME_DENOMINATOR;
		executive_activate(TASK_REPORT);
	}
	event_eoi(irq);
}

/* In the frame after: check what was received, code what is sent next. */
static void frame_work(void)
{
	uint32_t number = frames;

	if (number > 1 && !burst_check(&bursts[(number - 1) & 1]))
		broken++;
	burst_encode(&bursts[number & 1], number);
	if ((timer_read(SECOND + TIMER_RIS) & 1) != 0)
		setup_late++;
	if (query_rests && number - query_frame >= QUERY_FRAMES) {
		query_rests = false;
		event_unmask((evtchn_port_t)query_port);
	}
}

static void print_histogram(void)
{
	unsigned int on_line = 0;

	for (uint32_t ticks = 0; ticks < LATENESS_TICKS; ticks++) {
		if (lateness.count[ticks] == 0)
			continue;
		printf("%s %lu:%lu", on_line == 0 ? "baseband: late" : "",
		       (unsigned long)ticks_to_ns(ticks),
		       (unsigned long)lateness.count[ticks]);
		on_line = (on_line + 1) % 8;
		if (on_line == 0)
			printf("\n");
	}
	if (on_line != 0)
		printf("\n");
}

static void report(void)
{
	printf("baseband: %lu frames, %lu lost, worst %lu ns, median %lu ns\n",
	       (unsigned long)frames, (unsigned long)lost,
	       (unsigned long)ticks_to_ns(lateness.worst),
	       (unsigned long)ticks_to_ns(lateness_permille(&lateness, 500)));
	if (frame_limit != 0 && frames >= frame_limit) {
		print_histogram();
		printf("baseband: end\n");
		exit(0);
	}
}

static void query(void)
{
	char line[240];

	snprintf(line, sizeof(line),
		 "baseband: query: %lu frames, %lu lost, %lu missed, %lu overrun, %lu set up late, "
		 "%lu broken, "
		 "lateness ns: median %lu, 99%% %lu, 99.9%% %lu, worst %lu, tick %lu",
		 (unsigned long)frames, (unsigned long)lost, (unsigned long)missed,
		 (unsigned long)overrun, (unsigned long)setup_late, (unsigned long)broken,
		 (unsigned long)ticks_to_ns(lateness_permille(&lateness, 500)),
		 (unsigned long)ticks_to_ns(lateness_permille(&lateness, 990)),
		 (unsigned long)ticks_to_ns(lateness_permille(&lateness, 999)),
		 (unsigned long)ticks_to_ns(lateness.worst), (unsigned long)ticks_to_ns(1));
	console_puts(line);
	event_send((evtchn_port_t)query_port);
}

/* Whoever asks without pause shall not use up the budget that the frames need. */
static void query_event(evtchn_port_t port, void *data)
{
	(void)data;
	event_mask(port);
	query_frame = frames;
	query_rests = true;
	executive_activate(TASK_QUERY);
}

/* The number after "word=" on the command line. */
static uint32_t option(const char *word, uint32_t otherwise)
{
	const char *line = (const char *)start_info->cmd_line;
	size_t length = strlen(word);

	for (const char *at = line; (at = strstr(at, word)) != NULL; at += length) {
		if ((at == line || at[-1] == ' ') && at[length] == '=')
			return (uint32_t)strtoul(at + length + 1, NULL, 0);
	}
	return otherwise;
}

/* A life before this one may have left the timer running. */
static void timer_stop(void)
{
	timer_write(TIMER_CONTROL, 0);
	timer_write(TIMER_INTCLR, 1);
	timer_write(SECOND + TIMER_CONTROL, 0);
	timer_write(SECOND + TIMER_INTCLR, 1);
}

static void timer_start(void)
{
	uint32_t setup;

	frame_clock_init(&frame_clock, shared_info->arch.counter_hz);
	setup = (uint32_t)((uint64_t)SETUP_NS * frame_clock.hz / NS_PER_S);
	length_now = frame_clock_next(&frame_clock);
	length_next = frame_clock_next(&frame_clock);
	timer_write(TIMER_LOAD, length_now);
	timer_write(SECOND + TIMER_LOAD, length_now + setup);
	timer_write(TIMER_CONTROL, CONTROL_ENABLE | CONTROL_PERIODIC |
		    CONTROL_INTERRUPT | CONTROL_32BIT);
	due = time_counter();
	timer_write(SECOND + TIMER_CONTROL, CONTROL_ENABLE | CONTROL_PERIODIC | CONTROL_32BIT);
	timer_write(TIMER_BGLOAD, length_next);
	timer_write(SECOND + TIMER_BGLOAD, length_next);
}

int main(void)
{
	int result;

	timer_base = option("timer", 0xF00F0000);
	irq = option("irq", 5);
	frame_limit = option("frames", 0);
	executive_add(TASK_REPORT, report);
	executive_add(TASK_QUERY, query);
	executive_add(TASK_FRAME, frame_work);
	query_port = event_listen((domid_t)option("peer", 0), query_event, NULL);
	timer_stop();
	result = event_bind_pirq(irq, frame_interrupt, NULL);
	if (result < 0) {
		printf("baseband: no frame interrupt: irq %lu, error %d\n",
		       (unsigned long)irq, result);
		return 1;
	}
	printf("baseband: frame timer at %#lx, %lu Hz, query port %d\n",
	       (unsigned long)timer_base, (unsigned long)shared_info->arch.counter_hz,
	       query_port);
	events_mask();
	timer_start();
	executive_run();
}
