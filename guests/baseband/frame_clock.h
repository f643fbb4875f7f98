/* SPDX-License-Identifier: MIT */
/*
 * frame_clock.h - the lengths of TDMA frames in timer ticks.
 *
 * A TDMA frame is 60/13 ms, that is hz * 3 / 650 ticks, seldom a whole number.
 * Frame n ends at tick floor(n * hz * 3 / 650) from the start: lengths alternate
 * between two whole numbers, the remainder is carried, nothing drifts.
 */
#ifndef BASEBAND_FRAME_CLOCK_H
#define BASEBAND_FRAME_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define FRAME_NUMERATOR   3u   /* a frame = 3/650 s */
#define FRAME_DENOMINATOR 650u

struct frame_clock {
	uint32_t hz;
	uint32_t whole;     /* ticks in every frame ... */
	uint32_t part;      /* ... and this many 650ths */
	uint32_t remainder; /* 650ths carried */
};

void frame_clock_init(struct frame_clock *clock, uint32_t hz);

/* Length of the next frame, in ticks. */
uint32_t frame_clock_next(struct frame_clock *clock);

/*
 * OsmocomBB's rule.  Its layer 1 (src/target/firmware/layer1/sync.c,
 * check_lost_frame()) reads a hardware timer of 1,875 ticks a TDMA frame in each frame
 * interrupt and prints "LOST" if the interval from the last one differs
 * from 1,875 by more than one tick: 60/13 ms / 1875 = 32/13 us = 2.46 us.
 *
 * interval is between the first instructions of two handlers, in whole ticks of our
 * timer.  A tick of 1 us (SP804 at 1 MHz) makes this measurement uncertain
 * by up to 1 us either way; it is judged as measured, without any allowance.
 * At 1 GHz (icount) it is exact to the nanosecond.
 */
bool frame_clock_lost(const struct frame_clock *clock, uint32_t interval);

#endif /* BASEBAND_FRAME_CLOCK_H */
