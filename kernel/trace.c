/* SPDX-License-Identifier: MIT */
/* trace.c - the ring of trace records: see trace.h. */
#include <hv/trace.h>
#include <hv/board.h>
#include <drv/timer.h>

#define RECORDS ((uint32_t)CONFIG_TRACE_RECORDS)
_Static_assert((RECORDS & (RECORDS - 1)) == 0, "TRACE_RECORDS is a power of two");

/* Together, so that one address finds all. */
static struct {
	const volatile uint32_t *counter;
	uint32_t count; /* of all time: the next record's index, modulo RECORDS */
	struct trace_record ring[RECORDS];
} store;

void trace_init(const struct timer_device *device)
{
	store.counter = device->counter;
}

/* The register as it reads: what makes time of it would cost more than the record. */
void trace(enum trace_event event, uint32_t a, uint32_t b)
{
	uint32_t n = store.count;
	struct trace_record *record = &store.ring[n % RECORDS];

	record->event = event;
	record->a = a;
	record->b = b;
	store.count = n + 1u;
	record->time = *store.counter;
}

unsigned int trace_copy(struct trace_record *to, unsigned int max)
{
	uint32_t have = store.count < RECORDS ? store.count : RECORDS;
	uint32_t n = max < have ? max : have;
	uint32_t i;

	for (i = 0; i < n; i++) {
		to[i] = store.ring[(store.count - n + i) % RECORDS];
		to[i].time ^= board.timer->counter_xor;
	}
	return n;
}
