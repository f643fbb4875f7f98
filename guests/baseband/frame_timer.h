/* SPDX-License-Identifier: MIT */
/*
 * frame_timer.h - class of frame timers: what makes TDMA frames begin.
 *
 * A frame timer interrupts at the beginning of each frame and keeps the phase by
 * itself, however late the handler runs.  It counts with the rate of the free-running
 * counter.  The handler of frame n sets the length of frame n + 1; one that never ran
 * leaves it as it was.  The command line names the timer:
 *     timer=epit    an EPIT of the i.MX25: a granted device
 *     timer=sp804   an SP804: a granted device
 *     timer=vcpu    the one-shot timer of the vCPU: no device at all (the default)
 * and for a granted device:
 *     reg=<address>  its registers
 *     irq=<n>        its interrupt
 */
#ifndef BASEBAND_FRAME_TIMER_H
#define BASEBAND_FRAME_TIMER_H

#include <stdbool.h>
#include <stdint.h>
#include <sdk/event.h>

/* OsmocomBB: the DSP's set-up window in a frame, 61 us. */
#define SETUP_NS 61000u

struct frame_timer {
	const char *name;
	/* Stopped (a life before this one may have left it running), and its interrupt
	 * bound; negative: error number. */
	int (*bind)(event_handler_t handler);
	/* Lengths of the first two frames, and of the set-up window, in ticks. */
	void (*start)(uint32_t first, uint32_t second, uint32_t setup);
	/* In the handler, first: acknowledges; how many ticks ago the frame began, that is
	 * length ticks long. */
	uint32_t (*begin)(uint32_t length);
	/* In the handler: the lengths of the frame that runs and of the one after it. */
	void (*next)(uint32_t running, uint32_t following);
	/* In the handler, last: lets the next interrupt in. */
	void (*end)(void);
	/* Is the set-up window of the running frame over? */
	bool (*setup_over)(void);
};
extern const struct frame_timer frame_timer_epit;
extern const struct frame_timer frame_timer_sp804;
extern const struct frame_timer frame_timer_vcpu;

/* What the command line says of a granted device. */
extern uintptr_t frame_timer_reg;
extern uint32_t frame_timer_irq;

/* The timer of the command line; NULL: a name that nobody has. */
const struct frame_timer *frame_timer_choose(void);

#endif /* BASEBAND_FRAME_TIMER_H */
