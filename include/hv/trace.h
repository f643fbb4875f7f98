/* SPDX-License-Identifier: MIT */
/*
 * trace.h - a ring of fixed binary records, printed by dumps and the debug key.
 *
 * CONFIG_TRACE off: everything here vanishes.
 */
#ifndef HV_TRACE_H
#define HV_TRACE_H

#include <hv/types.h>

enum trace_event {
	TRACE_HYPERCALL,   /* number, first argument */
	TRACE_SWITCH,      /* from domain id, to domain id (0xFFFF idle); bits 31:16: by its
	                    * interrupt's line, plus 1 */
	TRACE_TRAP,        /* vector, guest pc: bounced to the guest */
	TRACE_IRQ,         /* line, 0 */
	TRACE_EVENT,       /* domain id, port; a physical interrupt has its TRACE_IRQ */
	TRACE_TIMER,       /* low words of expiry and now, ticks */
	TRACE_CRASH,       /* domain id, guest pc */
	TRACE_EVENTS
};

struct trace_record {
	uint32_t event;    /* enum trace_event */
	uint32_t a, b;
	uint32_t time;     /* the board's counter, as its register reads */
};

struct timer_device;

#ifdef CONFIG_TRACE
#define TRACE_RECORDS ((uint32_t)CONFIG_TRACE_RECORDS)
_Static_assert((TRACE_RECORDS & (TRACE_RECORDS - 1)) == 0, "TRACE_RECORDS is a power of two");

/* Together, so that one address finds all. */
extern struct trace_store {
	const volatile uint32_t *counter;
	uint32_t count; /* of all time: the next record's index, modulo TRACE_RECORDS */
	struct trace_record ring[TRACE_RECORDS] __attribute__((aligned(sizeof(struct trace_record))));
} trace_store;

/* Time is the register as it reads: what makes time of it would cost more than the record. */
static inline void trace_at(uint32_t time, enum trace_event event, uint32_t a, uint32_t b)
{
	uint32_t n = trace_store.count++;
	struct trace_record *record = &trace_store.ring[n % TRACE_RECORDS];

	__asm__("" : "+r"(record)); /* one address for all of it */
	*record = (struct trace_record){ event, a, b, time };
}

void trace_init(const struct timer_device *device); /* before the first record */
void trace(enum trace_event event, uint32_t a, uint32_t b); /* the same, not inline */
/* The index of the record that comes next. */
static inline uint32_t trace_end(void)
{
	return trace_store.count;
}
/* Copies the newest max records of those before end, oldest first; returns how many there are. */
unsigned int trace_copy(struct trace_record *to, unsigned int max, uint32_t end);
#else
static inline void trace_init(const struct timer_device *device)
{
	(void)device;
}
static inline void trace(enum trace_event event, uint32_t a, uint32_t b)
{
	(void)event; (void)a; (void)b;
}
static inline void trace_at(uint32_t time, enum trace_event event, uint32_t a, uint32_t b)
{
	(void)time; (void)event; (void)a; (void)b;
}
static inline uint32_t trace_end(void)
{
	return 0;
}
static inline unsigned int trace_copy(struct trace_record *to, unsigned int max, uint32_t end)
{
	(void)to; (void)max; (void)end;
	return 0;
}
#endif

/* Prints one record; newest is what its time is counted back from. */
void trace_print(const struct trace_record *record, uint32_t newest);
/* A line of the newest last records, oldest first: a piece of an answer (keys.h). */
uint32_t trace_dump(unsigned int last, uint32_t at);

#endif
