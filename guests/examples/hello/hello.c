/* SPDX-License-Identifier: MIT */
/*
 * hello.c - the smallest guest: a line each second, by the one-shot timer.
 *
 * Give it 128 KiB in the resident window at 0xF0000000.
 */
#include <stdio.h>
#include <sdk/domain.h>
#include <sdk/time.h>

int main(void)
{
	uint64_t next = time_now();

	printf("hello: %lu pages at %p, %u bytes of heap, counter at %lu Hz\n",
	       start_info->nr_pages, (void *)__guest_base, (unsigned int)heap_size(),
	       (unsigned long)shared_info->arch.counter_hz);
	for (unsigned int i = 0;; i++) {
		printf("hello: %u, %lu ms\n", i, (unsigned long)(time_now() / NS_PER_MS));
		next += NS_PER_S;
		time_sleep_until(next);
	}
}
