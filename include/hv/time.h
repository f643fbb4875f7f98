/* SPDX-License-Identifier: MIT */
/*
 * time.h - system time, one-shot timers, the guests' time page.
 *
 * Owns the board's timer device (drv/timer.h).  Timers live in one list sorted
 * by expiry; the device is set to the first: tickless.  Context: interrupts
 * off; callbacks run in the timer interrupt.
 */
#ifndef HV_TIME_H
#define HV_TIME_H

#include <hv/types.h>

struct timer_device;

struct timer {
	nsec_t expires;           /* absolute; meaningful while armed */
	struct timer *next;
	void (*expired)(struct timer *t);
	bool armed;
};

void time_init(const struct timer_device *device);
nsec_t time_now(void);

void timer_init(struct timer *t, void (*expired)(struct timer *t));
void timer_set(struct timer *t, nsec_t expires);   /* re-arms; past: at once */
void timer_cancel(struct timer *t);
void timer_interrupt(void);                        /* the device's handler */

/* Renews vcpu_time_info of v (its space may be loaded or not), and at start
 * the counter's description in arch_shared_info. */
void time_page_init(struct domain *d);
void time_page_update(struct vcpu *v);

int32_t do_set_timer_op(struct domain *caller, const uint32_t *arg);

#endif
