/* SPDX-License-Identifier: MIT */
/*
 * timer_sp804.c - an SP804 (ARM DDI 0271) as frame timer.
 *
 * Hardware keeps the phase: the first timer is periodic, and the handler of each frame
 * gives the background-load register the length of the next frame but one to come.
 *
 * The second timer has the same period and expires at the end of each set-up window,
 * like the DSP's own.  It raises no interrupt; somebody looks at its flag.
 * (That it always runs also keeps QEMU 7.2 honest: with -icount and sleep=off an idle
 * machine skips every second expiry of a periodic timer that is the only
 * one running, because ptimer_tick() sets the next expiry, and so moves the clock
 * there, before it raises the interrupt.)
 */
#include "frame_timer.h"

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

static uint32_t timer_read(uint32_t offset)
{
	return *(volatile uint32_t *)(frame_timer_reg + offset);
}

static void timer_write(uint32_t offset, uint32_t value)
{
	*(volatile uint32_t *)(frame_timer_reg + offset) = value;
}

static int sp804_bind(event_handler_t handler)
{
	timer_write(TIMER_CONTROL, 0);
	timer_write(TIMER_INTCLR, 1);
	timer_write(SECOND + TIMER_CONTROL, 0);
	timer_write(SECOND + TIMER_INTCLR, 1);
	return event_bind_pirq(frame_timer_irq, handler, NULL);
}

static void sp804_start(uint32_t first, uint32_t second, uint32_t setup)
{
	timer_write(TIMER_LOAD, first);
	timer_write(SECOND + TIMER_LOAD, first + setup);
	timer_write(TIMER_CONTROL, CONTROL_ENABLE | CONTROL_PERIODIC |
		    CONTROL_INTERRUPT | CONTROL_32BIT);
	timer_write(SECOND + TIMER_CONTROL, CONTROL_ENABLE | CONTROL_PERIODIC | CONTROL_32BIT);
	timer_write(TIMER_BGLOAD, second);
	timer_write(SECOND + TIMER_BGLOAD, second);
}

static uint32_t sp804_begin(uint32_t length)
{
	uint32_t value = timer_read(TIMER_VALUE);

	timer_write(TIMER_INTCLR, 1);
	timer_write(SECOND + TIMER_INTCLR, 1);
	return length - value;
}

static void sp804_next(uint32_t running, uint32_t following)
{
	timer_write(TIMER_BGLOAD, following);
	timer_write(SECOND + TIMER_BGLOAD, running);
}

static void sp804_end(void)
{
	event_eoi(frame_timer_irq);
}

static bool sp804_setup_over(void)
{
	return (timer_read(SECOND + TIMER_RIS) & 1) != 0;
}

const struct frame_timer frame_timer_sp804 = {
	.name = "sp804",
	.bind = sp804_bind,
	.start = sp804_start,
	.begin = sp804_begin,
	.next = sp804_next,
	.end = sp804_end,
	.setup_over = sp804_setup_over,
};
