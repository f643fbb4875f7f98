/* SPDX-License-Identifier: MIT */
/* trace.c - the ring of trace records: see trace.h. */
#include <hv/trace.h>
#include <hv/lib.h>
#include <drv/timer.h>

struct trace_store trace_store;

void trace_init(const struct timer_device *device)
{
	trace_store.counter = device->counter;
}

void trace(enum trace_event event, uint32_t a, uint32_t b)
{
	trace_at(*trace_store.counter, event, a, b);
}

unsigned int trace_copy(struct trace_record *to, unsigned int max, uint32_t end)
{
	uint32_t count = trace_store.count < TRACE_RECORDS ? trace_store.count : TRACE_RECORDS;
	uint32_t newer = trace_store.count - end;
	uint32_t have = newer < count ? count - newer : 0;
	uint32_t n = max < have ? max : have;
	uint32_t at = (end - n) % TRACE_RECORDS;
	uint32_t first = n < TRACE_RECORDS - at ? n : TRACE_RECORDS - at;

	memcpy(to, trace_store.ring + at, first * sizeof(*to));
	memcpy(to + first, trace_store.ring, (n - first) * sizeof(*to));
	return n;
}
