/* SPDX-License-Identifier: MIT */
/*
 * timer_vcpu.c - the one-shot timer of the vCPU as frame timer, for boards that have no
 * timer to grant.
 *
 * The phase is kept in ticks of the free-running counter: each frame is set to
 * begin a length after the last one was due, not after it was seen.  A handler that comes
 * frames too late finds the frames between gone, as with a periodic timer.
 */
#include <stddef.h>
#include <sdk/time.h>
#include "frame_timer.h"

static uint32_t due;          /* when the next interrupt is, by the counter */
static uint32_t frame_begin;  /* of the running frame */
static uint32_t setup_window;

static int vcpu_bind(event_handler_t handler)
{
	return event_bind_virq(VIRQ_TIMER, handler, NULL);
}

static void set_due(uint32_t at)
{
	due = at;
	timer_set(time_at(at));
}

static void vcpu_start(uint32_t first, uint32_t second, uint32_t setup)
{
	(void)second;
	setup_window = setup;
	set_due(time_counter() + first);
}

static uint32_t vcpu_begin(uint32_t length)
{
	uint32_t now = time_counter();
	uint32_t late = now - due;

	if (late >= length)
		late %= length;
	frame_begin = now - late;
	return late;
}

static void vcpu_next(uint32_t running, uint32_t following)
{
	(void)following;
	set_due(frame_begin + running);
}

static void vcpu_end(void)
{
}

static bool vcpu_setup_over(void)
{
	return time_counter() - frame_begin >= setup_window;
}

const struct frame_timer frame_timer_vcpu = {
	.name = "vcpu",
	.bind = vcpu_bind,
	.start = vcpu_start,
	.begin = vcpu_begin,
	.next = vcpu_next,
	.end = vcpu_end,
	.setup_over = vcpu_setup_over,
};
