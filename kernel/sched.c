/* SPDX-License-Identifier: MIT */
/*
 * sched.c - vCPU states and runstates, the switch, sched_op.
 *
 * Who runs is decided by a struct sched_ops; this file keeps its promises: pick()
 * is called whenever a vCPU stops, whenever preempts() says so, and at the time that
 * pick() named (time_set_limit).
 *
 * Runstates: a vCPU that wakes and is about to be decided on keeps the runstate
 * `blocked` until that decision, so that a wake-up costs no reading of the time.
 * `unsettled` counts those.  Context: interrupts off.
 */
#include "sched_loan.h"

#include <hv/console.h>
#include <hv/domain.h>
#include <hv/event.h>
#include <hv/guest_access.h>
#include <hv/hypercall.h>
#include <hv/irq.h>
#include <hv/lib.h>
#include <hv/panic.h>
#include <hv/partition.h>
#include <hv/trace.h>
#include <arch/cpu.h>
#include <xen/sched.h>

#define POLL_PORTS_MAX 128u
#define POLL_PIECE     4u   /* ports looked at together */
#define TRACE_IDLE     0xFFFFu
#define SWITCH_NS      1000u /* paid from a budget for each run: see sched_static.c */
#define BUDGET_MAX     INT32_MAX /* ticks: the device is set to it */

unsigned int sched_runnable;
struct vcpu *sched_paying;
struct sched_loan sched_loan;

static const struct sched_ops *const schedulers[] = {
#ifdef CONFIG_SCHED_STATIC
	&sched_static,
#endif
#ifdef CONFIG_SCHED_NULL
	&sched_null,
#endif
};

static const struct sched_ops *ops;
static unsigned int unsettled;       /* runnable vCPUs whose runstate says blocked */
static uint32_t switch_cost;

SELDOM void sched_init(void)
{
	const char *name = system_partition.scheduler;
	unsigned int i;

	sched_runnable = 0;
	unsettled = 0;
	sched_loan = (struct sched_loan){ 0 };
	sched_paying = NULL;
	switch_cost = (uint32_t)time_to_ticks(SWITCH_NS);
	ops = NULL;
	for (i = 0; i < ARRAY_SIZE(schedulers) && !ops; i++) {
		if (!name || !strcmp(name, schedulers[i]->name))
			ops = schedulers[i];
	}
	if (!ops)
		panic("scheduler \"%s\" is not in this hypervisor: see bantam,scheduler and "
		      "make menuconfig", name ? name : "");
	ops->init();
}

/* ---- runstates ----------------------------------------------------------- */

/* Time blocked is not added up: it is what the other runstates leave. */
static void runstate_change(struct sched_vcpu *s, uint32_t state, tick_t now)
{
	uint32_t old = s->runstate;

	if (old == state)
		return;
	if (old != RUNSTATE_blocked)
		s->time[old] += now - s->entered;
	s->entered = now;
	s->runstate = state;
}

/* The budget of a loan, as of its begin. */
static void loan_budget(struct sched_vcpu *s, tick_t begin)
{
	if (s->replenish_at <= begin) {
		s->budget_left = s->budget;
		s->replenish_at = begin + s->period;
	}
}

bool sched_just_begun(uint32_t now, uint32_t ticks)
{
	const struct vcpu *v = pcpu.current;
	uint32_t since = sched_loan.to ? sched_loan.since : (uint32_t)sched_loan.latest.now;

	return v && !pcpu.idle && v->sched.real_time && now - since < ticks &&
	       v->sched.budget_left > 2u * ticks;
}

/* Of a vCPU that does not run. */
static uint32_t runstate_of(const struct sched_vcpu *s)
{
	switch (s->state) {
	case VCPU_RUNNABLE:
		return RUNSTATE_runnable;
	case VCPU_BLOCKED:
		return RUNSTATE_blocked;
	default:
		return RUNSTATE_offline;
	}
}

/* Those that woke for this decision and did not get the core. */
static void runstate_settle(const struct sched_vcpu *next, tick_t now)
{
	struct sched_vcpu *s;
	unsigned int i;

	if (unsettled != 1 || next->runstate != RUNSTATE_blocked) {
		for (i = 0; i < domain_count; i++) {
			s = &domains[i]->vcpu.sched;
			if (s != next && s->state == VCPU_RUNNABLE &&
			    s->runstate == RUNSTATE_blocked)
				runstate_change(s, RUNSTATE_runnable, now);
		}
	}
	unsettled = 0;
}

/* v runs by its budget from now on, and pays if others wait.  Of the device this notes that it is set to the end. */
static void run_by_budget(struct vcpu *v, tick_t now)
{
	struct sched_vcpu *s = &v->sched;

	loan_budget(s, now);
	time_limit_by(now + s->budget_left);
	if (sched_runnable)
		sched_paying = v;
	sched_runnable++;
	if (unsettled)
		runstate_settle(s, now);
}

/* Makes the loans ordinary switches. */
void sched_settle(void)
{
	struct sched_vcpu *from, *to;
	tick_t now;

	if (!sched_loan.from)
		return;
	from = &sched_loan.from->sched;
	to = &sched_loan.to->sched;
	now = time_ticks_at(sched_loan.since);
	from->time[RUNSTATE_running] += now - from->entered - sched_loan.lent;
	from->time[RUNSTATE_runnable] += sched_loan.lent;
	from->entered = now;
	to->time[RUNSTATE_running] += sched_loan.lent;
	to->entered = now;
	if (pcpu.current == sched_loan.to) {
		from->runstate = runstate_of(from);
		to->runstate = RUNSTATE_running;
		run_by_budget(sched_loan.to, now);
	}
	sched_loan.latest.now = now;
	sched_loan.from = NULL;
	sched_loan.to = NULL;
	sched_loan.lent = 0;
}

/* Of a state that is not RUNSTATE_blocked. */
static tick_t time_in(const struct sched_vcpu *s, unsigned int state, tick_t now)
{
	return s->time[state] + (state == s->runstate ? now - s->entered : 0);
}

void sched_runstate(const struct vcpu *v, struct vcpu_runstate_info *info)
{
	const struct sched_vcpu *s = &v->sched;
	tick_t now = time_ticks(), other = 0;
	unsigned int i;

	sched_settle();
	memset(info, 0, sizeof(*info));
	info->state = (int)s->runstate;
	info->state_entry_time = s->entered;
	for (i = 0; i < ARRAY_SIZE(s->time); i++) {
		tick_t in_it = time_in(s, i, now);

		if (i != RUNSTATE_blocked)
			other += in_it;
		info->time[i] = in_it;
	}
	info->time[RUNSTATE_blocked] = now - s->created - other;
}

/* ---- states -------------------------------------------------------------- */

static void poll_timeout(struct timer *t)
{
	sched_wake(container_of(t, struct vcpu, sched.poll_timer));
}

SELDOM void sched_vcpu_init(struct vcpu *v)
{
	const struct partition *p = v->domain->partition;
	struct sched_vcpu *s = &v->sched;
	tick_t budget;

	s->state = VCPU_DOWN;
	s->id = v->domain->id;
	s->poll_port = SCHED_POLL_NONE;
	s->yielded = false;
	timer_init(&s->poll_timer, poll_timeout);
	time_vcpu_init(v);

	s->real_time = p->budget && p->period;
	s->windowed = p->window_count != 0;
	budget = time_to_ticks(p->budget);
	s->budget = budget < BUDGET_MAX ? (uint32_t)budget : BUDGET_MAX;
	s->period = time_to_ticks(p->period);
	s->budget_left = s->budget;
	s->replenish_at = 0;

	memset(s->time, 0, sizeof(s->time));
	s->runstate = RUNSTATE_offline;
	s->created = time_ticks();
	s->entered = s->created;
	if (!s->known)
		ops->add(v);
	s->known = true;
}

void sched_start(struct vcpu *v)
{
	if (v->sched.state != VCPU_DOWN)
		return;
	sched_settle();
	v->sched.state = VCPU_RUNNABLE;
	sched_runnable++;
	runstate_change(&v->sched, RUNSTATE_runnable, time_ticks());
	sched_request();
}

void sched_stop(struct vcpu *v)
{
	if (v->sched.state == VCPU_DOWN)
		return;
	sched_settle();
	if (v->sched.state == VCPU_RUNNABLE)
		sched_runnable--;
	v->sched.state = VCPU_DOWN;
	v->sched.may_borrow = false;
	v->sched.poll_port = SCHED_POLL_NONE;
	timer_cancel(&v->sched.poll_timer);
	time_vcpu_stop(v);
	runstate_change(&v->sched, RUNSTATE_offline, time_ticks());
	sched_request();
}

void sched_wake(struct vcpu *v)
{
	struct sched_vcpu *s = &v->sched;

	if (s->state != VCPU_BLOCKED)
		return;
	sched_settle();
	s->state = VCPU_RUNNABLE;
	s->may_borrow = false;
	sched_runnable++;
	s->poll_port = SCHED_POLL_NONE;
	if (s->poll_timer.armed)
		timer_cancel(&s->poll_timer);

	if (pcpu.idle) {
		unsettled++;        /* schedule() decides after each interrupt */
	} else if (ops->preempts(v, pcpu.current)) {
		unsettled++;
		sched_request();
	} else {
		runstate_change(s, RUNSTATE_runnable, time_ticks());
	}
}

void sched_block(struct vcpu *v)
{
	struct sched_vcpu *s = &v->sched;

	if (s->state != VCPU_RUNNABLE)
		return;
	sched_settle();
	s->state = VCPU_BLOCKED;
	s->may_borrow = s->prompt && s->budget_left;
	if (s->may_borrow && !s->replenish_at) /* it may pay without being looked at again */
		s->replenish_at = sched_loan.latest.now + s->period;
	sched_runnable--;
	sched_request();
}

/* ---- the switch ---------------------------------------------------------- */

void sched_charge(struct vcpu *v, tick_t used)
{
	struct sched_vcpu *s = &v->sched;

	used += switch_cost;
	s->budget_left = used < s->budget_left ? s->budget_left - (uint32_t)used : 0;
	if (!s->budget_left)
		s->may_borrow = false;
	sched_paying = NULL;
}

static void set_limit(void)
{
	time_set_limit(sched_loan.latest.until, sched_loan.latest.now);
}

/* Nobody can run: waits until somebody can; NULL if sched_wake_idle() has switched, to *woken if that goes on. */
static struct vcpu *wait_for_work(struct vcpu **woken)
{
	struct vcpu *next;

	trace(TRACE_SWITCH, pcpu.current ? pcpu.current->sched.id : TRACE_IDLE, TRACE_IDLE);
	pcpu.idle = 1;
	do {
		pcpu.resched = 0;
		set_limit();
		arch_wait_for_interrupt();
		do {
			*woken = irq_handle();
			if (!pcpu.idle)
				return NULL;
		} while (irq_pending());
		sched_loan.latest.since = sched_loan.latest.now;
		sched_loan.latest.now = time_ticks();
		next = ops->pick(NULL, &sched_loan.latest);
	} while (!next);
	pcpu.resched = 0;
	return next;
}

/* The short way through schedule() when it is known whom that picks. */
bool sched_wake_idle(struct vcpu *v, unsigned int line)
{
	struct sched_vcpu *s = &v->sched;
	bool others = sched_runnable != 0;

	if (s->state != VCPU_BLOCKED || s->poll_port != SCHED_POLL_NONE || pcpu.resched ||
	    !pcpu.idle || (others && !s->may_borrow))
		return false;
	trace(TRACE_SWITCH, TRACE_IDLE, s->id | (line + 1u) << 16);
	sched_loan.latest.now = time_ticks();
	s->entered = sched_loan.latest.now;
	s->runstate = RUNSTATE_running;
	if (others) {
		uint32_t set = (uint32_t)time_base.set;

		run_by_budget(v, sched_loan.latest.now);
		if ((uint32_t)time_base.set != set)
			*time_base.restart = s->budget_left;
	} else {
		sched_runnable++;
	}
	s->state = VCPU_RUNNABLE;
	s->may_borrow = false;
	arch_context_switch(v);
	pcpu.resched = others; /* they wait for a decision: when v calls or is interrupted */
	return true;
}

/* The rest of a loan's payment when less than half of the budget is left. */
static __attribute__((noinline)) void loan_charge(struct vcpu *v, uint32_t used)
{
	loan_budget(&v->sched, time_ticks_at(sched_loan.since));
	sched_charge(v, used);
}

/* The borrower blocks: if that is all, the lender goes on. */
struct vcpu *sched_block_now(struct vcpu *v)
{
	struct sched_vcpu *s = &v->sched;
	struct vcpu *from = sched_loan.from;
	uint32_t counter, now, used, paid;
	int32_t left;

	if (v != sched_loan.to || pcpu.resched)
		return NULL;
	counter = *time_base.counter;
	now = counter ^ time_base.counter_xor;
	left = (int32_t)((uint32_t)time_base.set - now);
	if (left <= 0 || event_enable_upcall(v))
		return NULL;
	v->regs.r[0] = 0;
	used = now - sched_loan.since;
	paid = used + switch_cost;
	s->may_borrow = true;
	if (paid + s->budget / 2u > s->budget_left)
		loan_charge(v, used);
	else
		s->budget_left -= paid;
	sched_loan.lent += used;
	sched_loan.since = now;
	s->state = VCPU_BLOCKED;
	*time_base.restart = (uint32_t)left;
	trace_at(counter, TRACE_SWITCH, s->id, from->sched.id);
	arch_context_switch(from);
	return from;
}

struct vcpu *schedule(void)
{
	struct vcpu *current = pcpu.current;
	struct vcpu *prev = pcpu.idle ? NULL : current;
	struct vcpu *next, *woken;

	pcpu.resched = 0;
	if (sched_loan.from)
		sched_settle();
	sched_loan.latest.since = sched_loan.latest.now;
	sched_loan.latest.now = time_ticks();
	next = ops->pick(prev, &sched_loan.latest);
	if (prev && prev != next)
		runstate_change(&prev->sched, runstate_of(&prev->sched), sched_loan.latest.now);
	if (!next) {
		next = wait_for_work(&woken);
		if (!next)
			return woken;
	}
	/* A limit that is too early costs one interrupt later, a new one costs each switch. */
	if (sched_loan.latest.until < time_limit)
		set_limit();

	if (unsettled)
		runstate_settle(&next->sched, sched_loan.latest.now);
	runstate_change(&next->sched, RUNSTATE_running, sched_loan.latest.now);
	next->sched.yielded = false;
	if (next != current || pcpu.idle) {
		trace(TRACE_SWITCH, current ? current->sched.id : TRACE_IDLE, next->sched.id);
		arch_context_switch(next);
	}
	return NULL;
}

/* ---- sched_op ------------------------------------------------------------ */

/* Nothing is done before all ports are looked at: work that is pending may come between,
 * then the call is made again from its beginning. */
static int32_t op_poll(struct domain *caller, vaddr_t arg)
{
	struct sched_vcpu *s = &caller->vcpu.sched;
	evtchn_port_t ports[POLL_PIECE];
	struct sched_poll poll;
	uint32_t done, n;
	int result;

	if (copy_from_guest(&poll, arg, sizeof(poll)))
		return -XEN_EFAULT;
	if (poll.nr_ports > POLL_PORTS_MAX)
		return -XEN_EINVAL;
	for (done = 0; done < poll.nr_ports; done += n) {
		n = poll.nr_ports - done < POLL_PIECE ? poll.nr_ports - done : POLL_PIECE;
		if (done && hypercall_preempted())
			return HYPERCALL_CONTINUED;
		if (copy_from_guest(ports, (vaddr_t)(uintptr_t)(poll.ports.p + done),
				    n * sizeof(ports[0])))
			return -XEN_EFAULT;
		result = event_poll(caller, ports, n);
		if (result)
			return result < 0 ? result : 0;
	}
	if (event_upcall_due(&caller->vcpu) || (poll.timeout && poll.timeout <= time_now()))
		return 0;
	if (hypercall_preempted())
		return HYPERCALL_CONTINUED;

	sched_block(&caller->vcpu);
	s->may_borrow = false;
	/* Port 0 is never raised, and SCHED_POLL_NONE: the timeout alone ends that. */
	s->poll_port = poll.nr_ports == 1 ? ports[0] : SCHED_POLL_ANY;
	if (poll.timeout)
		timer_set(&s->poll_timer, poll.timeout);
	return 0;
}

static int32_t op_shutdown(struct domain *caller, vaddr_t arg, bool now)
{
	struct sched_shutdown shutdown;

	if (copy_from_guest(&shutdown, arg, sizeof(shutdown)))
		return -XEN_EFAULT;
	if (now)
		domain_shutdown(caller, (uint8_t)shutdown.reason);
	else
		caller->shutdown_code = (uint8_t)shutdown.reason;
	return 0;
}

static int32_t op_remote_shutdown(struct domain *caller, vaddr_t arg)
{
	struct sched_remote_shutdown remote;
	struct domain *d;

	if (copy_from_guest(&remote, arg, sizeof(remote)))
		return -XEN_EFAULT;
	d = remote.domain_id == DOMID_SELF ? NULL : domain_find(caller, remote.domain_id);
	if (!d)
		return -XEN_ESRCH;
	if (!caller->privileged)
		return -XEN_EPERM;
	domain_shutdown(d, (uint8_t)remote.reason);
	return 0;
}

int32_t do_sched_op(struct domain *caller, const uint32_t *arg)
{
	int32_t result;

	switch (arg[0]) {
	case SCHEDOP_yield:
		caller->vcpu.sched.yielded = true;
		sched_request();
		return 0;
	case SCHEDOP_block:
		if (!event_enable_upcall(&caller->vcpu))
			sched_block(&caller->vcpu);
		return 0;
	case SCHEDOP_shutdown:
		return op_shutdown(caller, arg[1], true);
	case SCHEDOP_poll:
		result = op_poll(caller, arg[1]);
		return result == HYPERCALL_CONTINUED ? hypercall_continue(caller, arg) : result;
	case SCHEDOP_remote_shutdown:
		return op_remote_shutdown(caller, arg[1]);
	case SCHEDOP_shutdown_code:
		return op_shutdown(caller, arg[1], false);
	default:
		return -XEN_ENOSYS;
	}
}

/* ---- debug key ----------------------------------------------------------- */

SELDOM uint32_t sched_dump(struct domain *d, uint32_t at)
{
	static const char *const names[] = { "down", "runnable", "blocked" };
	struct seconds t;

	if (!d) {
		if (at)
			return ops->dump(at);
		t = time_to_seconds(time_now());
		log_line("scheduler %s, now %u.%06u s, %u runnable", ops->name, t.s, t.us,
			 sched_runnable);
		return 1;
	}
	sched_settle();
	t = time_to_seconds(time_to_ns(time_in(
		&d->vcpu.sched, at ? RUNSTATE_runnable : RUNSTATE_running, time_ticks())));
	if (at)
		log_line("d%u %s: waited %u.%06u s", d->id, d->name, t.s, t.us);
	else
		log_line("d%u %s: %s, ran %u.%06u s", d->id, d->name,
			 &d->vcpu == pcpu.current && !pcpu.idle ? "running" : names[d->vcpu.sched.state],
			 t.s, t.us);
	return !at;
}
