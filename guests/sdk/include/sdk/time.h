/* SPDX-License-Identifier: MIT */
/*
 * time.h - system time without a hypercall, and the one-shot timer.
 */
#ifndef SDK_TIME_H
#define SDK_TIME_H

#include <stdint.h>
#include <sdk/hypercall.h>

#define NS_PER_S  1000000000ull
#define NS_PER_MS 1000000ull
#define NS_PER_US 1000ull

/* ns since the hypervisor's start, from the time page and the counter. */
uint64_t time_now(void);

/* The board's free-running counter: shared_info->arch.counter_hz a second. */
uint32_t time_counter(void);

/* The system time at which the counter will have a value, less than a quarter turn from now. */
uint64_t time_at(uint32_t counter);

/*
 * VIRQ_TIMER comes at this time (0: never).  timer_bind() binds it first.
 * 0, or -XEN_Exxx.
 */
int timer_set(uint64_t when);

/* Waits in SCHEDOP_block until the time; events are served meanwhile. */
void time_sleep_until(uint64_t when);

#endif /* SDK_TIME_H */
