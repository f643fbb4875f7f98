/* SPDX-License-Identifier: MIT */
/*
 * baseband.c - the frame interrupt and the tasks of a GSM-like layer 1.
 *
 * A frame timer (frame_timer.h), which the partition description chooses, interrupts at the
 * beginning of each TDMA frame.  The handler measures, acknowledges and activates; the
 * work on a frame is done by a task in the following frame.
 *
 * Words on the command line (all optional):
 *     timer=<name>     what begins frames, with reg= and irq=: see frame_timer.h
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
#include <sdk/console.h>
#include <sdk/domain.h>
#include <sdk/event.h>
#include <sdk/time.h>
#include "burst.h"
#include "command_line.h"
#include "executive.h"
#include "frame_clock.h"
#include "frame_timer.h"
#include "lateness.h"

/* A report costs up to 300 us of the budget: at most one in as many frames, 120 ms. */
#define QUERY_FRAMES 26u

enum { TASK_REPORT = 1, TASK_QUERY = 2, TASK_FRAME = 6 };

static const struct frame_timer *timer;
static uint32_t frame_limit;
static int query_port;
static uint32_t query_frame;     /* frames when the last query came; its port is masked */
static bool query_rests;

static struct frame_clock frame_clock;
static uint32_t length_now;      /* of the frame that runs, in ticks */
static uint32_t length_next;     /* of the one after it */
static uint32_t due;             /* free-running counter at this frame's start */
static int32_t owed;             /* ticks that repeated lengths were too long */
static uint32_t last_lateness;

static volatile uint32_t frames; /* ended */
static volatile uint32_t lost;   /* OsmocomBB's rule */
static volatile uint32_t missed; /* frame interrupts that never came */
static volatile uint32_t overrun; /* frame work not done within its frame */
static volatile uint32_t setup_late; /* ... not within SETUP_NS */
static volatile uint32_t broken; /* bursts that were no code word */
static uint32_t second_parts;    /* 650ths of a second */
static struct lateness lateness;
static bool limit_reached;       /* the histogram is printed */
static struct burst bursts[2];   /* of the running frame and of the last */

static uint32_t ticks_to_ns(uint32_t ticks)
{
	return (uint32_t)((uint64_t)ticks * NS_PER_S / frame_clock.hz);
}

/*
 * Interrupts that never came: the free-running counter has the timer's rate, so
 * the running frame must have begun where it was due.  The missed handlers have
 * set no length, so their frames had the last one that was set; what that was off
 * the exact lengths is owed: repay().
 */
static uint32_t count_missed(uint32_t begin)
{
	uint32_t before = missed;

	while ((int32_t)(begin - due) > (int32_t)(length_now / 2)) {
		due += length_now;
		owed += (int32_t)(length_now - frame_clock_next(&frame_clock));
		missed++;
		frames++;
	}
	return missed - before;
}

/* What the next frame is shortened by: a part of its length at most, so that none is ever near nothing. */
static uint32_t repay(uint32_t length)
{
	int32_t most = (int32_t)(length / 4u);
	int32_t part = owed > most ? most : owed < -most ? -most : owed;

	owed -= part;
	return (uint32_t)part;
}

/* Begin of a frame. */
static void frame_interrupt(evtchn_port_t port, void *data)
{
	uint32_t late = timer->begin(length_next);
	uint32_t ended = length_now;
	uint32_t gap;

	(void)port;
	(void)data;
	length_now = length_next;
	due += ended;
	gap = count_missed(time_counter() - late);
	length_next = frame_clock_next(&frame_clock);
	length_next -= repay(length_next);
	timer->next(length_now, length_next);

	if (!limit_reached)
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
	timer->end();
}

/* In the frame after: check what was received, code what is sent next. */
static void frame_work(void)
{
	uint32_t number = frames;

	if (number > 1 && !burst_check(&bursts[(number - 1) & 1]))
		broken++;
	burst_encode(&bursts[number & 1], number);
	if (timer->setup_over())
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
		limit_reached = true;
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

static void timer_start(void)
{
	frame_clock_init(&frame_clock, shared_info->arch.counter_hz);
	length_now = frame_clock_next(&frame_clock);
	length_next = frame_clock_next(&frame_clock);
	due = time_counter();
	timer->start(length_now, length_next,
		     (uint32_t)((uint64_t)SETUP_NS * frame_clock.hz / NS_PER_S));
}

int main(void)
{
	int result;

	timer = frame_timer_choose();
	if (timer == NULL) {
		printf("baseband: no such frame timer: %s\n", option_text("timer"));
		return 1;
	}
	frame_limit = option_number("frames", 0);
	executive_add(TASK_REPORT, report);
	executive_add(TASK_QUERY, query);
	executive_add(TASK_FRAME, frame_work);
	query_port = event_listen((domid_t)option_number("peer", 0), query_event, NULL);
	result = timer->bind(frame_interrupt);
	if (result < 0) {
		printf("baseband: no frame interrupt: %s, irq %lu, error %d\n", timer->name,
		       (unsigned long)frame_timer_irq, result);
		return 1;
	}
	printf("baseband: frame timer %s, %lu Hz, query port %d\n", timer->name,
	       (unsigned long)shared_info->arch.counter_hz, query_port);
	events_mask();
	timer_start();
	executive_run();
}
