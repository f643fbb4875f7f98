/* SPDX-License-Identifier: MIT */
/*
 * vcpu_op.c - VCPUOP_*, for domains of one vCPU.
 *
 * vCPU 0 is initialised and up for as long as its domain runs, and it alone makes
 * the call.  There is no registered memory area for the runstate or the time (-ENOSYS):
 * the time page is in the shared info page, the runstate has its call.
 */
#include <hv/sched.h>

#include <hv/domain.h>
#include <hv/guest_access.h>
#include <hv/hypercall.h>
#include <hv/time.h>
#include <xen/sched.h>
#include <xen/vcpu.h>

#define PERIOD_MIN 1000000u            /* ns */
#define PERIOD_MAX (UINT64_MAX >> 2)

/* Work that is pending may come between, then the call is made again from its beginning. */
static int32_t op_runstate(struct vcpu *v, const uint32_t *arg)
{
	struct vcpu_runstate_info info;

	sched_runstate(v, &info);
	info.state_entry_time = time_at(info.state_entry_time);
	for (unsigned int i = 0; i < ARRAY_SIZE(info.time); i++) {
		if (hypercall_preempted())
			return hypercall_continue(v->domain, arg);
		info.time[i] = time_to_ns(info.time[i]);
	}
	return copy_to_guest(arg[2], &info, sizeof(info)) ? -XEN_EFAULT : 0;
}

static int32_t op_set_periodic(struct vcpu *v, vaddr_t arg)
{
	struct vcpu_set_periodic_timer set;

	if (copy_from_guest(&set, arg, sizeof(set)))
		return -XEN_EFAULT;
	if (set.period_ns < PERIOD_MIN || set.period_ns > PERIOD_MAX)
		return -XEN_EINVAL;
	time_vcpu_set_period(v, set.period_ns);
	return 0;
}

static int32_t op_set_singleshot(struct vcpu *v, vaddr_t arg)
{
	struct vcpu_set_singleshot_timer set;

	if (copy_from_guest(&set, arg, sizeof(set)))
		return -XEN_EFAULT;
	if ((set.flags & VCPU_SSHOTTMR_future) && set.timeout_abs_ns < time_now())
		return -XEN_ETIME;
	time_vcpu_set(v, set.timeout_abs_ns);
	return 0;
}

int32_t do_vcpu_op(struct domain *caller, const uint32_t *arg)
{
	struct vcpu *v = &caller->vcpu;

	if (arg[1] != 0)
		return -XEN_ENOENT;
	switch (arg[0]) {
	case VCPUOP_initialise:
		return -XEN_EEXIST;
	case VCPUOP_up:
		return 0;
	case VCPUOP_down: /* the last one: as Xen, the end of the domain */
		domain_shutdown(caller, SHUTDOWN_poweroff);
		return 0;
	case VCPUOP_is_up:
		return 1;
	case VCPUOP_get_runstate_info:
		return op_runstate(v, arg);
	case VCPUOP_set_periodic_timer:
		return op_set_periodic(v, arg[2]);
	case VCPUOP_stop_periodic_timer:
		time_vcpu_set_period(v, 0);
		return 0;
	case VCPUOP_set_singleshot_timer:
		return op_set_singleshot(v, arg[2]);
	case VCPUOP_stop_singleshot_timer:
		timer_cancel(&v->timer);
		return 0;
	default:
		return -XEN_ENOSYS;
	}
}
