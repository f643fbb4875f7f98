/* SPDX-License-Identifier: MIT */
/*
 * share.c - computes without an end: how evenly and with what loss is the CPU shared?
 *
 * Words on the command line, in ns of system time: from= to=.  Prints when it was started
 * and how many rounds of arithmetic it did between the two; then it waits for ever.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sdk/console.h>
#include <sdk/domain.h>
#include <sdk/time.h>

#define ROUND 1000u

static uint64_t word(const char *name)
{
	const char *at = strstr((const char *)start_info->cmd_line, name);

	return at == NULL ? 0 : strtoull(at + strlen(name), NULL, 0);
}

static void compute(void)
{
	uint32_t x = 1;

	for (unsigned int i = 0; i < ROUND; i++) {
		x = x * 1664525u + 1013904223u;
		__asm__ volatile("" : "+r" (x));
	}
}

int main(void)
{
	uint64_t started = time_now(), from = word("from="), to = word("to=");
	uint32_t rounds = 0;
	char text[80];

	time_sleep_until(from);
	while (time_now() < to) {
		compute();
		rounds++;
	}
	snprintf(text, sizeof(text), "share: started %lu us, %lu rounds\n",
		 (unsigned long)(started / NS_PER_US), (unsigned long)rounds);
	console_puts(text);
	for (;;)
		domain_block();
}
