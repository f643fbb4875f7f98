/* SPDX-License-Identifier: MIT */
/*
 * time.h - system time, one-shot timers, the guests' time page.
 *
 * Owns the board's timer device (drv/timer.h).  Timers live in one list sorted
 * by expiry; the device is set to the first: tickless, but for one interrupt
 * every 3/8 turn of the 32-bit counter.  Inside, time is counted in ticks of the
 * counter: scheduling reads and sets it without a multiplication.  Context:
 * interrupts off; callbacks run in the timer interrupt.
 */
#ifndef HV_TIME_H
#define HV_TIME_H

#include <hv/types.h>

struct timer_device;

typedef uint64_t tick_t;  /* the counter, its turns counted; or a duration */
#define TICK_NEVER UINT64_MAX

struct timer {
	tick_t expires;           /* meaningful while armed */
	struct timer *next;
	void (*expired)(struct timer *t);
	bool armed;
};

void time_init(const struct timer_device *device); /* after irq_init() */
nsec_t time_now(void);

/* Where the present (ticks, ns) pair and the device are; time.c's own but for reading. */
struct time_base {
	tick_t ticks;
	const volatile uint32_t *counter;
	uint32_t counter_xor;
	volatile uint32_t *restart; /* drv/timer.h */
	tick_t set;                 /* what the device is set to, at the latest: see sched_loan.h */
};
extern struct time_base time_base;

static inline uint32_t time_counter(void)
{
	return *time_base.counter ^ time_base.counter_xor;
}

/* Of a value of the counter since the pair was taken. */
static inline tick_t time_ticks_at(uint32_t low)
{
	uint32_t turn = (uint32_t)(time_base.ticks >> 32) + (low < (uint32_t)time_base.ticks);

	return (tick_t)turn << 32 | low;
}

static inline tick_t time_ticks(void)
{
	return time_ticks_at(time_counter());
}

/* Durations, rounded down. */
tick_t time_to_ticks(nsec_t duration);
nsec_t time_to_ns(tick_t duration);
/* For people: of seconds 32 bits, of microseconds an hour. */
struct seconds {
	uint32_t s, us;
};
struct seconds time_to_seconds(nsec_t duration);
uint32_t time_to_us(nsec_t duration);
nsec_t time_at(tick_t at);                         /* ns since boot */

void timer_init(struct timer *t, void (*expired)(struct timer *t));
void timer_set(struct timer *t, nsec_t expires);   /* re-arms; past: at once */
void timer_set_ticks(struct timer *t, tick_t expires);
/* If a real-time domain is at the beginning of its interrupt's handler t is set to a little later, and
 * nothing else is done: true.  For what can wait so long. */
bool timer_put_off(struct timer *t);
void timer_cancel(struct timer *t);
/* The scheduler's one deadline, outside the list: sched_request() at that tick. */
extern tick_t time_limit;                          /* TICK_NEVER: none */
void time_set_limit(tick_t at, tick_t now);
/* The device is set to that tick, or to an earlier one: so is the deadline. */
void time_limit_by(tick_t at);
void timer_interrupt(void);                        /* the device's handler (attached) */

/* The vCPU's timers (set_timer_op and single shot, periodic); also stops them. */
void time_vcpu_init(struct vcpu *v);
void time_vcpu_stop(struct vcpu *v);
/* Sends VIRQ_TIMER at expires; at once if that is past. */
void time_vcpu_set(struct vcpu *v, nsec_t expires);
void time_vcpu_set_period(struct vcpu *v, nsec_t period); /* 0: off */

/* Renews vcpu_time_info of v (its space may be loaded or not), and at start
 * the counter's description in arch_shared_info. */
void time_page_init(struct domain *d);
void time_page_update(struct vcpu *v);

int32_t do_set_timer_op(struct domain *caller, const uint32_t *arg);

#endif
