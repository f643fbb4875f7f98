/* SPDX-License-Identifier: MIT */
/* trace.c - the ring of trace records: see trace.h. */
#include <hv/trace.h>
#include <hv/board.h>
#include <drv/timer.h>

struct trace_store trace_store;

void trace_init(const struct timer_device *device)
{
	trace_store.counter = device->counter;
}

void trace(enum trace_event event, uint32_t a, uint32_t b)
{
	trace_inline(event, a, b);
}

unsigned int trace_copy(struct trace_record *to, unsigned int max)
{
	uint32_t have = trace_store.count < TRACE_RECORDS ? trace_store.count : TRACE_RECORDS;
	uint32_t n = max < have ? max : have;
	uint32_t i;

	for (i = 0; i < n; i++) {
		to[i] = trace_store.ring[(trace_store.count - n + i) % TRACE_RECORDS];
		to[i].time ^= board.timer->counter_xor;
	}
	return n;
}
