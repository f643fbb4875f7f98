/* SPDX-License-Identifier: MIT */
/*
 * sched.c - vCPU states and runstates, the switch, sched_op.
 *
 * Who runs is decided by a struct sched_ops; this file keeps its promises: pick()
 * is called whenever a vCPU stops, whenever preempts() says so, and at the time that
 * pick() named (one timer, `decision`).
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
#include <hv/irq.h>
#include <hv/lib.h>
#include <hv/panic.h>
#include <hv/partition.h>
#include <hv/trace.h>
#include <arch/cpu.h>
#include <xen/sched.h>

#define POLL_PORTS_MAX 128u
#define TRACE_IDLE     0xFFFFu

unsigned int sched_runnable;

static const struct sched_ops *const schedulers[] = {
#ifdef CONFIG_SCHED_STATIC
	&sched_static,
#endif
#ifdef CONFIG_SCHED_NULL
	&sched_null,
#endif
};

static const struct sched_ops *ops;
static struct timer decision;    /* the time that pick() named */
static nsec_t decided_at;        /* the last decision */
static unsigned int unsettled;       /* runnable vCPUs whose runstate says blocked */

static void decision_due(struct timer *t)
{
	(void)t;
	sched_request();
}

void sched_init(void)
{
	const char *name = system_partition.scheduler;
	unsigned int i;

	timer_init(&decision, decision_due);
	sched_runnable = 0;
	unsettled = 0;
	decided_at = 0;
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

static void runstate_change(struct vcpu *v, int state, nsec_t now)
{
	struct vcpu_runstate_info *r = &v->runstate;

	if (r->state == state)
		return;
	r->time[r->state] += now - r->state_entry_time;
	r->state_entry_time = now;
	r->state = state;
}

/* Of a vCPU that does not run. */
static int runstate_of(const struct vcpu *v)
{
	switch (v->sched.state) {
	case VCPU_RUNNABLE:
		return RUNSTATE_runnable;
	case VCPU_BLOCKED:
		return RUNSTATE_blocked;
	default:
		return RUNSTATE_offline;
	}
}

/* Those that woke for this decision and did not get the core. */
static void runstate_settle(const struct vcpu *next, nsec_t now)
{
	unsigned int i;
	struct vcpu *v;

	if (unsettled != 1 || next->runstate.state != RUNSTATE_blocked) {
		for (i = 0; i < domain_count; i++) {
			v = &domains[i]->vcpu;
			if (v != next && v->sched.state == VCPU_RUNNABLE &&
			    v->runstate.state == RUNSTATE_blocked)
				runstate_change(v, RUNSTATE_runnable, now);
		}
	}
	unsettled = 0;
}

void sched_runstate(struct vcpu *v, struct vcpu_runstate_info *info)
{
	*info = v->runstate;
	info->time[info->state] += time_now() - info->state_entry_time;
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
	s->poll_port = SCHED_POLL_NONE;
	s->yielded = false;
	timer_init(&s->poll_timer, poll_timeout);
	time_vcpu_init(v);

	s->real_time = p->budget && p->period;
	s->windowed = p->window_count != 0;
	s->budget = p->budget;
	s->period = p->period;
	s->budget_left = p->budget;
	s->replenish_at = 0;

	memset(&v->runstate, 0, sizeof(v->runstate));
	v->runstate.state = RUNSTATE_offline;
	v->runstate.state_entry_time = time_now();
	if (!s->known)
		ops->add(v);
	s->known = true;
}

void sched_start(struct vcpu *v)
{
	if (v->sched.state != VCPU_DOWN)
		return;
	v->sched.state = VCPU_RUNNABLE;
	sched_runnable++;
	runstate_change(v, RUNSTATE_runnable, time_now());
	sched_request();
}

void sched_stop(struct vcpu *v)
{
	if (v->sched.state == VCPU_DOWN)
		return;
	if (v->sched.state == VCPU_RUNNABLE)
		sched_runnable--;
	v->sched.state = VCPU_DOWN;
	v->sched.poll_port = SCHED_POLL_NONE;
	timer_cancel(&v->sched.poll_timer);
	time_vcpu_stop(v);
	runstate_change(v, RUNSTATE_offline, time_now());
	sched_request();
}

void sched_wake(struct vcpu *v)
{
	struct sched_vcpu *s = &v->sched;

	if (s->state != VCPU_BLOCKED)
		return;
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
		runstate_change(v, RUNSTATE_runnable, time_now());
	}
}

/* Twice in one multicall, perhaps: the guest goes on until the call ends. */
void sched_block(struct vcpu *v)
{
	if (v->sched.state != VCPU_RUNNABLE)
		return;
	v->sched.state = VCPU_BLOCKED;
	sched_runnable--;
	sched_request();
}

/* ---- the switch ---------------------------------------------------------- */

/* A decision time that is too early costs one interrupt later, setting it costs time
 * now: when somebody is preempted, that is, often a real-time domain waits. */
static void set_decision(nsec_t until, nsec_t now, bool preempted)
{
	if (!until) {
		timer_cancel(&decision);
		return;
	}
	if (decision.armed && (decision.expires == until ||
			       (preempted && decision.expires < until)))
		return;
	timer_set_from(&decision, until, now);
}

/* Nobody can run: waits until somebody can. */
static struct vcpu *wait_for_work(nsec_t *now, nsec_t *until)
{
	struct vcpu *next;

	trace(TRACE_SWITCH, pcpu.current ? pcpu.current->domain->id : TRACE_IDLE, TRACE_IDLE);
	pcpu.idle = 1;
	do {
		set_decision(*until, *now, false);
		arch_wait_for_interrupt();
		irq_handle();
		*now = time_now();
		next = ops->pick(NULL, *now, *now, until);
	} while (!next);
	pcpu.resched = 0;
	return next;
}

void schedule(void)
{
	struct vcpu *current = pcpu.current;
	struct vcpu *prev = pcpu.idle ? NULL : current;
	nsec_t now = time_now();
	struct vcpu *next;
	nsec_t until;
	bool preempted;

	pcpu.resched = 0;
	next = ops->pick(prev, decided_at, now, &until);
	if (prev && prev != next)
		runstate_change(prev, runstate_of(prev), now);
	if (!next)
		next = wait_for_work(&now, &until);
	preempted = prev && prev != next && prev->sched.state == VCPU_RUNNABLE;
	set_decision(until, now, preempted);
	decided_at = now;

	if (unsettled)
		runstate_settle(next, now);
	runstate_change(next, RUNSTATE_running, now);
	next->sched.yielded = false;
	if (next != current || pcpu.idle) {
		trace(TRACE_SWITCH, current ? current->domain->id : TRACE_IDLE,
		      next->domain->id);
		pcpu.idle = 0;
		arch_context_switch(next);
	}
	if (next->sched.time_generation != time_generation)
		time_page_update(next);
}

/* ---- sched_op ------------------------------------------------------------ */

static int32_t op_poll(struct domain *caller, vaddr_t arg)
{
	struct sched_vcpu *s = &caller->vcpu.sched;
	evtchn_port_t ports[POLL_PORTS_MAX];
	struct sched_poll poll;
	int result;

	if (copy_from_guest(&poll, arg, sizeof(poll)))
		return -XEN_EFAULT;
	if (poll.nr_ports > POLL_PORTS_MAX)
		return -XEN_EINVAL;
	if (poll.nr_ports && copy_from_guest(ports, (vaddr_t)(uintptr_t)poll.ports.p,
					     poll.nr_ports * sizeof(ports[0])))
		return -XEN_EFAULT;
	if (event_upcall_due(&caller->vcpu))
		return 0;
	result = event_poll(caller, ports, poll.nr_ports);
	if (result)
		return result < 0 ? result : 0;
	if (poll.timeout && poll.timeout <= time_now())
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
		return op_poll(caller, arg[1]);
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

		log_line("d%u %s: %s, ran %llu us, waited %llu us", i, domains[i]->name,
			 v == pcpu.current && !pcpu.idle ? "running" : names[v->sched.state],
			 (unsigned long long)(v->runstate.time[RUNSTATE_running] / 1000u),
			 (unsigned long long)(v->runstate.time[RUNSTATE_runnable] / 1000u));
	}
	ops->dump();
}
