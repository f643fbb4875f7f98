/* SPDX-License-Identifier: MIT */
/*
 * survivor.c - runs beside a hostile domain and must not notice.
 *
 * Wakes every 50 ms for some seconds, computes a little, and looks whether its
 * memory is as it left it.
 */
#include "../lib/test.h"

#define ROUNDS 40u
#define PATTERN_WORDS 4096u

static uint32_t pattern[PATTERN_WORDS];
static volatile unsigned int fired;

static uint32_t expected(uint32_t i)
{
	return i * 2654435761u ^ 0x5A5A5A5A;
}

int main(void)
{
	unsigned int late = 0, early = 0, broken = 0;

	event_bind_virq(VIRQ_TIMER, test_count, (void *)&fired);
	for (uint32_t i = 0; i < PATTERN_WORDS; i++)
		pattern[i] = expected(i);
	for (unsigned int round = 0; round < ROUNDS; round++) {
		uint64_t due = time_now() + 50 * NS_PER_MS;

		fired = 0;
		events_mask();
		timer_set(due);
		domain_block();
		if (fired == 0 || time_now() < due)
			early++;
		if (time_now() > due + 400 * NS_PER_MS)
			late++;
		for (uint32_t i = 0; i < PATTERN_WORDS; i++)
			if (pattern[i] != expected(i))
				broken++;
	}
	test_is("woken by its timer", (long)early, 0);
	test_is("woken in time", (long)late, 0);
	test_is("memory as it was", (long)broken, 0);
	test_end();
}
