/* SPDX-License-Identifier: MIT */
/*
 * timer_epit.c - an EPIT of the i.MX25 (MCIMX25RM, EPIT) as frame timer.
 *
 * The counter runs down freely and the compare register holds the count at which the next
 * frame begins, so nothing that a handler does moves a frame.  A handler that comes
 * frames too late finds the frames between gone, as with a periodic timer.
 */
#include <stddef.h>
#include "frame_timer.h"

#define EPIT_CONTROL 0x00
#define EPIT_STATUS  0x04
#define EPIT_LOAD    0x08
#define EPIT_COMPARE 0x0C
#define EPIT_COUNT   0x10
#define CONTROL_ENABLE    0x01u
#define CONTROL_FROM_ONES 0x02u /* when it is enabled */
#define CONTROL_INTERRUPT 0x04u
#define CONTROL_IN_WAIT   0x00080000u /* counts while the core waits for interrupt */
#define CONTROL_CLOCK_IPG 0x01000000u
#define CONTROL (CONTROL_FROM_ONES | CONTROL_INTERRUPT | CONTROL_IN_WAIT | CONTROL_CLOCK_IPG)

/* More than passes between a read of the counter and a write to the compare register. */
#define SOON 64u

static uint32_t due;          /* count at which the next frame begins */
static uint32_t frame_begin;  /* of the running frame */
static uint32_t setup_window;

static uint32_t timer_read(uint32_t offset)
{
	return *(volatile uint32_t *)(frame_timer_reg + offset);
}

static void timer_write(uint32_t offset, uint32_t value)
{
	*(volatile uint32_t *)(frame_timer_reg + offset) = value;
}

static int epit_bind(event_handler_t handler)
{
	timer_write(EPIT_CONTROL, 0);
	timer_write(EPIT_STATUS, 1);
	return event_bind_pirq(frame_timer_irq, handler, NULL);
}

static void epit_start(uint32_t first, uint32_t second, uint32_t setup)
{
	(void)second;
	setup_window = setup;
	due = 0xFFFFFFFFu - first;
	timer_write(EPIT_CONTROL, CONTROL);
	/* Not used by a counter that runs freely; but QEMU 7.2 adds it to a distance that
	 * crosses zero. */
	timer_write(EPIT_LOAD, 0);
	timer_write(EPIT_COMPARE, due);
	timer_write(EPIT_CONTROL, CONTROL | CONTROL_ENABLE);
}

static uint32_t epit_begin(uint32_t length)
{
	uint32_t count = timer_read(EPIT_COUNT);
	uint32_t late = due - count;

	timer_write(EPIT_STATUS, 1);
	if (late >= length)
		late %= length;
	frame_begin = count + late;
	return late;
}

/* A count that is over before it is in the register would be met a turn later: then the
 * interrupt comes soon, and the frame begins late. */
static void epit_next(uint32_t running, uint32_t following)
{
	uint32_t compare = frame_begin - running;

	(void)following;
	due = compare;
	timer_write(EPIT_COMPARE, compare);
	while ((int32_t)(timer_read(EPIT_COUNT) - compare) <= 0 &&
	       !(timer_read(EPIT_STATUS) & 1u)) {
		compare = timer_read(EPIT_COUNT) - SOON;
		timer_write(EPIT_COMPARE, compare);
	}
}

static void epit_end(void)
{
	event_eoi(frame_timer_irq);
}

static bool epit_setup_over(void)
{
	return frame_begin - timer_read(EPIT_COUNT) >= setup_window;
}

const struct frame_timer frame_timer_epit = {
	.name = "epit",
	.bind = epit_bind,
	.start = epit_start,
	.begin = epit_begin,
	.next = epit_next,
	.end = epit_end,
	.setup_over = epit_setup_over,
};
