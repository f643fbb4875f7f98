/* SPDX-License-Identifier: MIT */
/*
 * executive.c - preemptive, run-to-completion, fixed priorities.
 *
 * Owns the ready and active sets, which change with events masked only.  There
 * is no context to switch: a more urgent task is a nested call, made at the
 * end of the upcall that activated it.
 */
#include "executive.h"
#include <sdk/domain.h>
#include <sdk/event.h>

static void (*tasks[EXECUTIVE_PRIORITIES])(void);
static volatile unsigned int ready;    /* bit n: priority n waits to run */
static volatile unsigned int active;   /* bit n: it runs or is preempted */
static unsigned int running;           /* priority of the running task */

void executive_add(unsigned int priority, void (*run)(void))
{
	tasks[priority] = run;
}

/* Runs what is more urgent than the running task.  Events masked. */
static void dispatch(void)
{
	unsigned int former = running;

	while (ready >> (former + 1) != 0) {
		unsigned int next = 31u - (unsigned int)__builtin_clz(ready);

		running = next;
		ready &= ~(1u << next);
		active |= 1u << next;
		events_unmask();
		tasks[next]();
		events_mask();
		active &= ~(1u << next);
	}
	running = former;
}

bool executive_activate(unsigned int priority)
{
	bool was_masked = events_mask();
	bool fresh = (ready & (1u << priority)) == 0;

	ready |= 1u << priority;
	/* In a handler the exit hook does it. */
	if (!was_masked)
		dispatch();
	events_restore(was_masked);
	return fresh;
}

bool executive_busy(unsigned int priority)
{
	return ((ready | active) & (1u << priority)) != 0;
}

_Noreturn void executive_run(void)
{
	event_exit_hook(dispatch);
	for (;;) {
		events_mask();
		dispatch();
		domain_block(); /* unmasks and waits in one step */
	}
}
