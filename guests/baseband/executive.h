/* SPDX-License-Identifier: MIT */
/*
 * executive.h - tasks with fixed priorities on one stack.
 *
 * A task is a function that runs to its end.  Activating a task of a higher
 * priority, from an event handler or another task, runs it before the
 * interrupted one goes on; so the deepest nesting is the number of priorities.
 * Each task has a priority of its own.
 */
#ifndef BASEBAND_EXECUTIVE_H
#define BASEBAND_EXECUTIVE_H

#include <stdbool.h>

#define EXECUTIVE_PRIORITIES 8u /* 1 (lowest) to 7; 0 is idle */

/* Before executive_run(). */
void executive_add(unsigned int priority, void (*run)(void));

/*
 * Makes a task ready.  From a handler it starts when the upcall ends.
 * false: it was ready already, this activation is lost.
 */
bool executive_activate(unsigned int priority);

/* True while a task is ready or has not ended. */
bool executive_busy(unsigned int priority);

/* Runs tasks for ever, blocks the domain when there is none. */
_Noreturn void executive_run(void);

#endif /* BASEBAND_EXECUTIVE_H */
