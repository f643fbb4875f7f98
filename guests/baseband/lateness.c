/* SPDX-License-Identifier: MIT */
/*
 * lateness.c - histogram.  The handler adds, a task reads: a count that
 * is read while it grows is a frame old, no more.
 */
#include "lateness.h"

void lateness_add(struct lateness *histogram, uint32_t ticks)
{
	histogram->count[ticks < LATENESS_TICKS ? ticks : LATENESS_TICKS - 1]++;
	histogram->total++;
	if (ticks > histogram->worst)
		histogram->worst = ticks;
}

uint32_t lateness_permille(const struct lateness *histogram, uint32_t permille)
{
	uint64_t wanted = ((uint64_t)histogram->total * permille + 999) / 1000;
	uint64_t seen = 0;

	for (uint32_t ticks = 0; ticks < LATENESS_TICKS - 1; ticks++) {
		seen += histogram->count[ticks];
		if (seen >= wanted)
			return ticks;
	}
	return histogram->worst;
}
