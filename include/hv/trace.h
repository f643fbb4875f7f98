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
	TRACE_SWITCH,      /* from domain id, to domain id (0xFFFF idle) */
	TRACE_TRAP,        /* vector, guest pc: bounced to the guest */
	TRACE_UPCALL,      /* guest pc, 0 */
	TRACE_IRQ,         /* line, 0 */
	TRACE_EVENT,       /* domain id, port: event_set_pending */
	TRACE_TIMER,       /* low words of expiry and now, ns */
	TRACE_CRASH,       /* domain id, guest pc */
	TRACE_EVENTS
};

#ifdef CONFIG_TRACE
void trace(enum trace_event event, uint32_t a, uint32_t b);
void trace_dump(unsigned int last);  /* newest last records, oldest first */
#else
static inline void trace(enum trace_event event, uint32_t a, uint32_t b)
{
	(void)event; (void)a; (void)b;
}
static inline void trace_dump(unsigned int last) { (void)last; }
#endif

#endif
