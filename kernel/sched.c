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
#include <hv/sched.h>

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
#define POLL_PIECE     16u  /* ports looked at together */
#define TRACE_IDLE     0xFFFFu
#define SWITCH_NS      1000u /* paid from a budget for each run: see sched_static.c */
#define BUDGET_MAX_NS  4000000000u  /* more ticks than 32 bits of 1 GHz: no limit */

unsigned int sched_runnable;
struct vcpu *sched_paying;

static const struct sched_ops *const schedulers[] = {
#ifdef CONFIG_SCHED_STATIC
	&sched_static,
#endif
#ifdef CONFIG_SCHED_NULL
	&sched_null,
#endif
};

static const struct sched_ops *ops;
static struct sched_decision latest;
static unsigned int unsettled;       /* runnable vCPUs whose runstate says blocked */
static struct vcpu *lender;          /* see loan_settle(); NULL: nobody */
static uint32_t switch_cost;

void sched_init(void)
{
	const char *name = system_partition.scheduler;
	unsigned int i;

	sched_runnable = 0;
	unsettled = 0;
	latest = (struct sched_decision){ 0 };
	lender = NULL;
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

/*
 * A loan.  Whoever is woken by its own interrupt and is sure to run next gets the core at once, on
 * loan from the one that was interrupted; latest.now says since when, nothing else is written down.
 * When it sleeps again and nothing has happened in between, the lender goes on as if nothing had
 * been decided: loan_return().  Before anything else is decided, changed or asked the loan is
 * made an ordinary switch of its time, here.
 */
static void loan_settle(void)
{
	if (!lender)
		return;
	runstate_change(&lender->sched, RUNSTATE_runnable, latest.now);
	runstate_change(&pcpu.current->sched, RUNSTATE_running, latest.now);
	sched_paying = pcpu.current;
	lender = NULL;
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

void sched_runstate(const struct vcpu *v, struct vcpu_runstate_info *info)
{
	const struct sched_vcpu *s = &v->sched;
	tick_t now = time_ticks(), other = 0;
	unsigned int i;

	loan_settle();
	memset(info, 0, sizeof(*info));
	info->state = (int)s->runstate;
	info->state_entry_time = time_at(s->entered);
	for (i = 0; i < ARRAY_SIZE(s->time); i++) {
		tick_t in_it = s->time[i] + (i == s->runstate ? now - s->entered : 0);

		if (i != RUNSTATE_blocked)
			other += in_it;
		info->time[i] = time_to_ns(in_it);
	}
	info->time[RUNSTATE_blocked] = time_to_ns(now - s->created - other);
}

/* ---- states -------------------------------------------------------------- */

static void poll_timeout(struct timer *t)
{
	sched_wake(container_of(t, struct vcpu, sched.poll_timer));
}

void sched_vcpu_init(struct vcpu *v)
{
	const struct partition *p = v->domain->partition;
	struct sched_vcpu *s = &v->sched;

	s->state = VCPU_DOWN;
	s->id = v->domain->id;
	s->poll_port = SCHED_POLL_NONE;
	s->yielded = false;
	timer_init(&s->poll_timer, poll_timeout);
	time_vcpu_init(v);

	s->real_time = p->budget && p->period;
	s->windowed = p->window_count != 0;
	s->budget = p->budget < BUDGET_MAX_NS ? (uint32_t)time_to_ticks(p->budget) : UINT32_MAX;
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
	loan_settle();
	v->sched.state = VCPU_RUNNABLE;
	sched_runnable++;
	runstate_change(&v->sched, RUNSTATE_runnable, time_ticks());
	sched_request();
}

void sched_stop(struct vcpu *v)
{
	if (v->sched.state == VCPU_DOWN)
		return;
	loan_settle();
	if (v->sched.state == VCPU_RUNNABLE)
		sched_runnable--;
	v->sched.state = VCPU_DOWN;
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
	loan_settle();
	s->state = VCPU_RUNNABLE;
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
	if (v->sched.state != VCPU_RUNNABLE)
		return;
	v->sched.state = VCPU_BLOCKED;
	sched_runnable--;
	sched_request();
}

/* ---- the switch ---------------------------------------------------------- */

void sched_charge(struct vcpu *v, tick_t used)
{
	struct sched_vcpu *s = &v->sched;

	used += switch_cost;
	s->budget_left = used < s->budget_left ? s->budget_left - (uint32_t)used : 0;
	sched_paying = NULL;
}

/* A limit that is too early costs one interrupt later, setting it costs time now:
 * when somebody is preempted, that is, often a real-time domain waits. */
static void set_limit(bool preempted)
{
	tick_t until = latest.until;

	if (until < time_limit || (until > time_limit && !preempted))
		time_set_limit(until, latest.now);
}

/* Nobody can run: waits until somebody can; NULL if sched_wake_now() has switched. */
static struct vcpu *wait_for_work(void)
{
	struct vcpu *next;

	trace(TRACE_SWITCH, pcpu.current ? pcpu.current->domain->id : TRACE_IDLE, TRACE_IDLE);
	pcpu.idle = 1;
	do {
		pcpu.resched = 0;
		set_limit(false);
		arch_wait_for_interrupt();
		irq_handle();
		if (!pcpu.idle)
			return NULL;
		latest.since = latest.now;
		latest.now = time_ticks();
		next = ops->pick(NULL, &latest);
	} while (!next);
	pcpu.resched = 0;
	return next;
}

/* The short way through schedule(): v is sure to be picked when it alone is runnable, or
 * when it may borrow the core. */
bool sched_wake_now(struct vcpu *v, unsigned int line)
{
	struct sched_vcpu *s = &v->sched;
	uint32_t from = TRACE_IDLE, budget;
	tick_t now;

	if (s->state != VCPU_BLOCKED || s->poll_port != SCHED_POLL_NONE || pcpu.resched)
		return false;
	now = time_ticks();
	if (!pcpu.idle) {
		if (!s->prompt)
			return false;
		budget = sched_budget(s, now);
		if (!budget)
			return false;
		if (!s->replenish_at)
			s->replenish_at = now + s->period;
		time_set_limit_after(now + budget, budget);
		lender = pcpu.current;
		from = lender->sched.id;
	} else if (!sched_runnable) {
		s->entered = now;
		s->runstate = RUNSTATE_running;
	} else {
		return false;
	}
	s->state = VCPU_RUNNABLE;
	sched_runnable++;
	latest.now = now;
	trace(TRACE_SWITCH, from, s->id | (line + 1u) << 16);
	arch_context_switch(v);
	return true;
}

/* The borrower sleeps again: if that is all, the lender goes on. */
static bool loan_return(struct vcpu *v)
{
	struct sched_vcpu *s = &v->sched, *to = &lender->sched;
	tick_t now = time_ticks(), used = now - latest.now;
	struct vcpu *next = lender;

	if (s->state != VCPU_BLOCKED || now >= latest.until)
		return false;
	sched_charge(v, used);
	s->time[RUNSTATE_running] += used;
	s->entered = now;
	to->time[RUNSTATE_running] += latest.now - to->entered;
	to->time[RUNSTATE_runnable] += used;
	to->entered = now;
	latest.now = now;
	lender = NULL;
	set_limit(false);
	trace(TRACE_SWITCH, s->id, to->id);
	arch_context_switch(next);
	return true;
}

void schedule(void)
{
	struct vcpu *current = pcpu.current;
	struct vcpu *prev = pcpu.idle ? NULL : current;
	struct vcpu *next;
	bool preempted = false;

	pcpu.resched = 0;
	if (lender && loan_return(current))
		return;
	loan_settle();
	latest.since = latest.now;
	latest.now = time_ticks();
	next = ops->pick(prev, &latest);
	if (prev && prev != next) {
		preempted = prev->sched.state == VCPU_RUNNABLE;
		runstate_change(&prev->sched, runstate_of(&prev->sched), latest.now);
	}
	if (!next) {
		next = wait_for_work();
		if (!next)
			return;
	}
	set_limit(preempted);

	if (unsettled)
		runstate_settle(&next->sched, latest.now);
	runstate_change(&next->sched, RUNSTATE_running, latest.now);
	next->sched.yielded = false;
	if (next != current || pcpu.idle) {
		trace(TRACE_SWITCH, current ? current->domain->id : TRACE_IDLE, next->domain->id);
		arch_context_switch(next);
	}
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

	sched_block(&caller->vcpu);
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

void sched_dump(void)
{
	static const char *const names[] = { "down", "runnable", "blocked" };
	unsigned int i;

	log_line("scheduler %s, now %llu us, %u runnable", ops->name,
		 (unsigned long long)(time_now() / 1000u), sched_runnable);
	for (i = 0; i < domain_count; i++) {
		const struct vcpu *v = &domains[i]->vcpu;
		struct vcpu_runstate_info info;

		sched_runstate(v, &info);
		log_line("d%u %s: %s, ran %llu us, waited %llu us", i, domains[i]->name,
			 v == pcpu.current && !pcpu.idle ? "running" : names[v->sched.state],
			 (unsigned long long)(info.time[RUNSTATE_running] / 1000u),
			 (unsigned long long)(info.time[RUNSTATE_runnable] / 1000u));
	}
	ops->dump();
}
