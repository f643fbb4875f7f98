/* SPDX-License-Identifier: MIT */
/* trace.c - the ring of trace records: see trace.h. */
#include <hv/trace.h>
#include <hv/board.h>
#include <drv/timer.h>

#define RECORDS ((uint32_t)CONFIG_TRACE_RECORDS)
_Static_assert((RECORDS & (RECORDS - 1)) == 0, "TRACE_RECORDS is a power of two");

static struct trace_record ring[RECORDS];
static uint32_t count; /* of all time: the next record's index, modulo RECORDS */

/* Raw ticks: the conversion to time would cost more than the record. */
void trace(enum trace_event event, uint32_t a, uint32_t b)
{
	uint32_t n = count;

	count = n + 1u;
	ring[n % RECORDS] = (struct trace_record){ event, a, b, timer_counter(board.timer) };
}

unsigned int trace_copy(struct trace_record *to, unsigned int max)
{
	uint32_t have = count < RECORDS ? count : RECORDS;
	uint32_t n = max < have ? max : have;
	uint32_t i;

	for (i = 0; i < n; i++)
		to[i] = ring[(count - n + i) % RECORDS];
	return n;
}
