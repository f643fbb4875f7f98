/* SPDX-License-Identifier: MIT */
/*
 * sched_loan.h - the core on loan: the way of a real-time domain's interrupt through the scheduler.
 *
 * Whoever is woken by its own interrupt and is sure to run next (may_borrow) gets the core at once, on
 * loan from the one that was interrupted; nothing is written down but who, and since when.
 * When it blocks and nothing has happened in between, the lender goes on as if nothing had been
 * decided: sched_block_now().  Before anything else is decided, changed or asked the loans are made
 * ordinary switches by sched_settle() in sched.c.
 *
 * The device is set to the end of the budget if it was to fire later, and nothing else is: time_base.set stays
 * what it is without the loan, and time_limit what the lender has.  sched_settle() makes it known,
 * before anybody sets a timer or looks which are over.  Time is the low word of the tick count here; a
 * turn cannot pass, for of two timer interrupts one settles the loans.
 *
 * The budget that a loan starts with may be older than a period.  That shortens it, no more: at its
 * end, when it is settled, or when less than half is left, the budget of that time is looked up.
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
	struct vcpu *to;     /* the one that runs has borrowed, else has returned; NULL with from */
	uint32_t since;      /* tick of the last loan or return, low word */
	uint32_t lent;       /* ticks, by loans that were returned */
	struct sched_decision latest; /* the last decision */
};
extern struct sched_loan sched_loan;

/* While a decision is due, because from blocks for one: it waits until v calls or is interrupted. */
static inline bool may_lend(const struct vcpu *from, const struct vcpu *v)
{
	return !pcpu.idle && from != v && from->sched.state != VCPU_DOWN;
}

/* True if v runs now. */
static inline bool sched_borrow(struct vcpu *v, unsigned int line)
{
	struct sched_vcpu *s = &v->sched;
	struct vcpu *from = pcpu.current;
	uint32_t left = s->budget_left, counter, now;

	if (!s->may_borrow || (pcpu.undecided && !may_lend(from, v)))
		return false;
	counter = *time_base.counter;
	now = counter ^ time_base.counter_xor;
	/* For what is over it has fired, or is about to: that waits for no budget. */
	if ((int32_t)((uint32_t)time_base.set - now) > (int32_t)left)
		*time_base.restart = left;
	sched_loan.from = from;
	sched_loan.to = v;
	sched_loan.since = now;
	s->state = VCPU_RUNNABLE;
	s->may_borrow = false;
	trace_at(counter, TRACE_SWITCH, from->sched.id, s->id | (line + 1u) << 16);
	arch_context_switch(v);
	return true;
}

/* SCHEDOP_block of v, whose page is open: its upcalls are not masked from here on; true if one is due. */
static inline bool event_enable_upcall(const struct vcpu *v)
{
	struct vcpu_info *info = &v->arch.shared_info->vcpu_info[0];

	info->evtchn_upcall_mask = 0;
	return info->evtchn_upcall_pending != 0;
}

#endif
