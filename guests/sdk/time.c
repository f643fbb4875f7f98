/* SPDX-License-Identifier: MIT */
/*
 * time.c - system time from the time page, one-shot timer.
 */
#include <stdbool.h>
#include <sdk/domain.h>
#include <sdk/event.h>
#include <sdk/time.h>

static int timer_port;

static inline void barrier(void)
{
	__asm__ volatile("" ::: "memory");
}

uint32_t time_counter(void)
{
	const volatile uint32_t *counter = (const volatile uint32_t *)shared_info->arch.counter;

	return *counter ^ shared_info->arch.counter_xor;
}

/* (ticks << shift) * multiplier / 2^32, as vcpu_time_info defines it. */
static uint64_t ticks_to_ns(uint64_t ticks, uint32_t multiplier, int shift)
{
	if (shift < 0)
		ticks >>= -shift;
	else
		ticks <<= shift;
	return ((ticks >> 32) * multiplier) +
	       (((ticks & 0xFFFFFFFFu) * multiplier) >> 32);
}

/* By the present pair. */
static uint64_t time_by(const volatile struct vcpu_time_info *info, uint32_t counter)
{
	return info->system_time + ticks_to_ns(counter - (uint32_t)info->tsc_timestamp,
					       info->tsc_to_system_mul, info->tsc_shift);
}

/* An odd version is one being written; a changed one was. */
static bool pair_changed(const volatile struct vcpu_time_info *info, uint32_t version)
{
	barrier();
	return (version & 1) != 0 || version != info->version;
}

uint64_t time_now(void)
{
	const volatile struct vcpu_time_info *info = &vcpu_info()->time;
	uint32_t version;
	uint64_t now;

	do {
		version = info->version;
		barrier();
		now = time_by(info, time_counter());
	} while (pair_changed(info, version));
	return now;
}

uint64_t time_at(uint32_t counter)
{
	const volatile struct vcpu_time_info *info = &vcpu_info()->time;
	uint32_t version;
	uint64_t at;

	do {
		version = info->version;
		barrier();
		at = time_by(info, counter);
	} while (pair_changed(info, version));
	return at;
}

int timer_set(uint64_t when)
{
	return (int)hypercall_set_timer_op((word_t)when, (word_t)(when >> 32));
}

static void timer_expired(evtchn_port_t port, void *data)
{
	(void)port;
	(void)data;
}

void time_sleep_until(uint64_t when)
{
	if (timer_port <= 0)
		timer_port = event_bind_virq(VIRQ_TIMER, timer_expired, NULL);
	while (time_now() < when) {
		events_mask();
		if (timer_set(when) == 0)
			domain_block();
		events_unmask();
	}
}
