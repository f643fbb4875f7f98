/* SPDX-License-Identifier: MIT */
/*
 * frame_clock.c - exact rational frame lengths.  No hardware in here.
 */
#include "frame_clock.h"

void frame_clock_init(struct frame_clock *clock, uint32_t hz)
{
	uint64_t ticks = (uint64_t)hz * FRAME_NUMERATOR;

	clock->hz = hz;
	clock->whole = (uint32_t)(ticks / FRAME_DENOMINATOR);
	clock->part = (uint32_t)(ticks % FRAME_DENOMINATOR);
	clock->remainder = 0;
}

uint32_t frame_clock_next(struct frame_clock *clock)
{
	clock->remainder += clock->part;
	if (clock->remainder < FRAME_DENOMINATOR)
		return clock->whole;
	clock->remainder -= FRAME_DENOMINATOR;
	return clock->whole + 1;
}

bool frame_clock_lost(const struct frame_clock *clock, uint32_t interval)
{
	/* |interval - hz * 3/650| > hz * 3/650 / 1875, without fractions */
	int64_t off = (int64_t)interval * FRAME_DENOMINATOR -
		      (int64_t)clock->hz * FRAME_NUMERATOR;

	if (off < 0)
		off = -off;
	return off * 1875 > (int64_t)clock->hz * FRAME_NUMERATOR;
}
