/* SPDX-License-Identifier: MIT */
/*
 * sdk.c - the library itself: start of day, heap, stdio, atomics under fire.
 *
 * Built as a resident (test-sdk) and as a large guest (test-sdkl).
 */
#include <errno.h>
#include <stdlib.h>
#include "../lib/test.h"

static void start_of_day(void)
{
	test_is("magic", strcmp(start_info->magic, ARMV5_START_INFO_MAGIC), 0);
	test_is("no frame list", (long)start_info->mfn_list, 0);
	test_ok("memory", start_info->nr_pages >= 64);
	test_ok("shared info is mapped", shared_info->arch.counter_hz != 0);
	test_is("events are unmasked in main", vcpu_info()->evtchn_upcall_mask, 0);
	test_ok("the command line", strstr((const char *)start_info->cmd_line, "words") != NULL);
}

/* All of it, in pieces; the pieces must not overlap anything. */
static void heap(void)
{
	size_t promised = heap_size(), taken = 0;
	uint32_t *first = NULL, *block;
	unsigned int broken = 0, blocks = 0;

	while ((block = malloc(4096)) != NULL) {
		block[0] = (uint32_t)(uintptr_t)first;
		for (unsigned int i = 1; i < 1024; i++)
			block[i] = (uint32_t)(uintptr_t)block + i;
		first = block;
		taken += 4096;
	}
	test_is("malloc ends with ENOMEM", errno, ENOMEM);
	test_ok("it gave what there is", taken <= promised && taken > promised / 4 * 3);
	while (first != NULL) {
		block = first;
		first = (uint32_t *)(uintptr_t)block[0];
		for (unsigned int i = 1; i < 1024; i++)
			if (block[i] != (uint32_t)(uintptr_t)block + i)
				broken++;
		free(block);
		blocks++;
	}
	test_is("each block kept its words", (long)broken, 0);
	test_is("start_info is whole", strcmp(start_info->magic, ARMV5_START_INFO_MAGIC), 0);
	block = malloc(taken / 2);
	test_ok("what was freed can be had in one piece", block != NULL);
	free(block);
}

static void text(void)
{
	char line[80];

	snprintf(line, sizeof(line), "%d %s %08lx %llu", -5, "five", 0xABCDul, 1ull << 40);
	/* nano's printf has no long long; the words before it must be right. */
	test_is("snprintf", strncmp(line, "-5 five 0000abcd ", 17), 0);
	test_ok("printf", printf("%s\n", "a line by printf") == 17);
}

/* Upcalls come between the load and the store; no addition may be lost. */
static volatile uint32_t shared_word;
static volatile unsigned int upcalls;

static void add_in_upcall(evtchn_port_t port, void *data)
{
	(void)port;
	(void)data;
	atomic_add(&shared_word, 1);
	upcalls++;
	timer_set(time_now() + 50 * NS_PER_US);
}

static void atomics(void)
{
	int port = event_bind_virq(VIRQ_TIMER, add_in_upcall, NULL);
	uint64_t until = time_now() + 200 * NS_PER_MS;
	unsigned int own = 0;

	timer_set(time_now() + NS_PER_MS);
	while (time_now() < until)
		for (unsigned int i = 0; i < 100; i++, own++)
			atomic_add(&shared_word, 1);
	timer_set(0);
	event_close((evtchn_port_t)port);
	test_ok("upcalls came in between", upcalls > 100);
	test_is("atomic_add lost nothing", (long)shared_word, (long)(own + upcalls));
}

static void sleeping(void)
{
	uint64_t before = time_now();

	time_sleep_until(before + 20 * NS_PER_MS);
	test_ok("time_sleep_until", time_now() >= before + 20 * NS_PER_MS);
}

/* With "typed" on the command line somebody types. */
static void input(void)
{
	char line[20] = "";

	if (strstr((const char *)start_info->cmd_line, "typed") == NULL)
		return;
	printf("waiting for a line\n");
	test_ok("fgets", fgets(line, sizeof(line), stdin) != NULL);
	test_is("Enter ends a line", strcmp(line, "abc\n"), 0);
}

int main(void)
{
	input();
	start_of_day();
	heap();
	text();
	atomics();
	sleeping();
	test_end();
}
