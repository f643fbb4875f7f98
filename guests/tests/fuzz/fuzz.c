/* SPDX-License-Identifier: MIT */
/*
 * fuzz.c - wild hypercalls from a fixed seed.
 *
 * case=sane leaves out what a guest can only hurt itself with, and must come to
 * its end; case=wild does all of it, and may end as it likes.  What counts is
 * that the hypervisor and the other domains go on.
 */
#include "../lib/test.h"
#include <xen/sched.h>

static uint32_t seed = 20261121;
static uint32_t buffer[1024];

static uint32_t next(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed;
}

static uint32_t interesting(void)
{
	static const uint32_t values[] = {
		0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 31, 32, 63, 64, 127, 128, 129, 255, 256,
		1023, 1024, 4095, 4096, 0x7FF0, 0x7FF1, 0x7FF2, 0x7FFF, 0xFFFF, 0x10000,
		0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFC, 0xFFFFF000,
		0xC0000000, 0xC0004000, 0xC0008000, 0xF0000000, AT_FOREIGN, 0xF7FFF000,
		0xF7FFFFFC, 0xF8000000, 0xF8610000, AT_HYPERVISOR, 0xFFC00000, ARMV5_COUNTER_START,
		ARMV5_SHARED_INFO, 0xFFFF0000, 0xFFFF0FF0,
	};
	uint32_t choice = next();

	switch (choice % 8) {
	case 0: case 1: case 2:
		return values[next() % (sizeof(values) / sizeof(values[0]))];
	case 3: case 4:
		return ARG(buffer) + (next() % sizeof(buffer) & ~3u);
	case 5:
		return test_end_of_memory() - next() % 128;
	case 6:
		return ARG(__guest_base) + next() % (uint32_t)(start_info->nr_pages << 12);
	default:
		return next();
	}
}

/* Calls that would end or hang this domain, or turn its own code wild. */
static bool harmless(uint32_t number, const word_t *args)
{
	switch (number) {
	case __HYPERVISOR_iret:
	case __HYPERVISOR_set_restart:
	case __HYPERVISOR_set_callbacks:
	case __HYPERVISOR_callback_op:
	case __HYPERVISOR_multicall:
	case __HYPERVISOR_console_io:
		return false;
	case __HYPERVISOR_sched_op:
		return args[0] != SCHEDOP_block && args[0] != SCHEDOP_shutdown &&
		       args[0] != SCHEDOP_poll;
	default:
		return true;
	}
}

/* Results and copies must not go where we compute. */
static bool hits_ourselves(const word_t *args)
{
	for (unsigned int i = 0; i < 5; i++)
		if (args[i] - ARG(__guest_base) < ARG(__guest_end) - ARG(__guest_base) &&
		    args[i] - ARG(buffer) >= sizeof(buffer))
			return true;
	return false;
}

int main(void)
{
	bool wild = strcmp(test_case(), "wild") == 0;
	unsigned int calls = 0, limit = 50000;

	printf("TEST: case %s\n", wild ? "wild" : "sane");
	events_mask();
	while (calls < limit) {
		uint32_t number = next() % 4 == 0 ? interesting() : next() % 56;
		word_t args[5];

		for (unsigned int i = 0; i < 5; i++)
			args[i] = interesting();
		for (unsigned int i = 0; i < 16; i++)
			buffer[next() % 1024] = interesting();
		if (!wild && (!harmless(number, args) || hits_ourselves(args)))
			continue;
		if (number == __HYPERVISOR_sched_op && args[0] == SCHEDOP_shutdown)
			continue;
		hypercall_raw(number, args);
		events_mask();
		calls++;
	}
	test_is("all calls returned", (long)calls, (long)limit);
	test_end();
}
