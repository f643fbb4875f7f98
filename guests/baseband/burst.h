/* SPDX-License-Identifier: MIT */
/*
 * burst.h - the work of a frame: channel coding of one block.
 *
 * Stands for what a real layer 1 does between two frame interrupts.  The
 * convolutional code is GSM's (3GPP TS 45.003, 4.1.3: G0 = 1 + D^3 + D^4,
 * G1 = 1 + D + D^3 + D^4); the check is its syndrome.
 */
#ifndef BASEBAND_BURST_H
#define BASEBAND_BURST_H

#include <stdbool.h>
#include <stdint.h>

#define BURST_WORDS 8u /* 228 bits, with room for the code's tail */

struct burst {
	uint32_t c0[BURST_WORDS];
	uint32_t c1[BURST_WORDS];
};

/* Codes the block that belongs to a frame number. */
void burst_encode(struct burst *burst, uint32_t frame);

/* True if it is a code word. */
bool burst_check(const struct burst *burst);

#endif /* BASEBAND_BURST_H */
