/* SPDX-License-Identifier: MIT */
/*
 * lateness.h - how late the frame handler started, as a histogram in ticks.
 */
#ifndef BASEBAND_LATENESS_H
#define BASEBAND_LATENESS_H

#include <stdint.h>

#define LATENESS_TICKS 16384u /* one bucket a tick; the last one takes the rest */

struct lateness {
	uint32_t count[LATENESS_TICKS];
	uint32_t total;
	uint32_t worst;
};

void lateness_add(struct lateness *histogram, uint32_t ticks);

/* The smallest lateness that this many of 1000 did not exceed. */
uint32_t lateness_permille(const struct lateness *histogram, uint32_t permille);

#endif /* BASEBAND_LATENESS_H */
