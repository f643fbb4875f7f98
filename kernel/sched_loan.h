/* SPDX-License-Identifier: MIT */
/*
 * sched_loan.h - the core on loan: the way of a real-time domain's interrupt through the scheduler.
 *
 * Whoever is woken by its own interrupt and is sure to run next (may_borrow) gets the core at once, on
 * loan from the one that was interrupted; nothing is written down but who, and since when: latest.now.
 * When it blocks and nothing has happened in between, the lender goes on as if nothing had been
 * decided: sched_block_now().  Before anything else is decided, changed or asked the loans are made
 * ordinary switches by loan_settle() in sched.c.
 *
 * The budget that a loan starts with may be older than a period.  That shortens it, no more: at its
 * end, or when it is settled, the budget of that time is looked up.
 *
 * Inline and in a header because every instruction here is one of the frame interrupt's latency;
 * event.c uses it once.  Context: interrupts off.
 */
#ifndef KERNEL_SCHED_LOAN_H
#define KERNEL_SCHED_LOAN_H

#include <hv/domain.h>
#include <hv/sched.h>
#include <hv/trace.h>

struct sched_loan {
	struct vcpu *from;   /* NULL: there is none */
	struct vcpu *to;     /* the one that runs has borrowed, else has returned */
	tick_t lent;         /* ticks, by loans that were returned */
	struct sched_decision latest; /* the last decision, or loan or return */
};
extern struct sched_loan sched_loan;

/* True if v runs now. */
static inline bool sched_borrow(struct vcpu *v, unsigned int line)
{
	struct sched_vcpu *s = &v->sched;
	struct vcpu *from = pcpu.current;
	tick_t now;

	if (!s->may_borrow || pcpu.undecided)
		return false;
	now = time_ticks();
	time_set_limit_after(s->budget_left, now + s->budget_left);
	sched_loan.from = from;
	sched_loan.to = v;
	sched_loan.latest.now = now;
	s->state = VCPU_RUNNABLE;
	s->may_borrow = false;
	trace_inline(TRACE_SWITCH, from->sched.id, s->id | (line + 1u) << 16);
	arch_context_switch(v);
	return true;
}

#endif
