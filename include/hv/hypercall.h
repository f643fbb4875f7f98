/* SPDX-License-Identifier: MIT */
/* hypercall.h - dispatch, multicall, and restarting long calls. */
#ifndef HV_HYPERCALL_H
#define HV_HYPERCALL_H

#include <hv/irq.h>
#include <hv/types.h>

/* A handler gets the caller and up to five arguments, returns Xen's result. */
typedef int32_t hypercall_fn(struct domain *caller, const uint32_t *arg);

/* From the SWI vector: decodes and runs the current vCPU's hypercall. */
void hypercall(struct vcpu *v);

/*
 * A long handler calls hypercall_preempted() between steps; when it is true it
 * stores where it stands in its guest structures and returns
 * hypercall_continue(caller, args): the call is made again with those
 * arguments after the pending work.  Before the first step, too: the interrupt that waits is taken
 * before the guest's SWI is executed again.
 */
bool hypercall_preempted(void);
/* The same, cheaply, where nothing since has asked for a decision of the scheduler. */
static inline bool hypercall_interrupted(void)
{
	return irq_may_wait() && hypercall_preempted();
}
int32_t hypercall_continue(struct domain *caller, const uint32_t arg[5]);
#define HYPERCALL_CONTINUED INT32_MIN

const char *hypercall_name(uint32_t number);

int32_t do_multicall(struct domain *caller, const uint32_t *arg);
int32_t do_set_trap_table(struct domain *caller, const uint32_t *arg);
int32_t do_set_callbacks(struct domain *caller, const uint32_t *arg);
int32_t do_callback_op(struct domain *caller, const uint32_t *arg);
int32_t do_stack_switch(struct domain *caller, const uint32_t *arg);
int32_t do_fpu_taskswitch(struct domain *caller, const uint32_t *arg);
int32_t do_set_segment_base(struct domain *caller, const uint32_t *arg);
int32_t do_xen_version(struct domain *caller, const uint32_t *arg);
int32_t do_cache_op(struct domain *caller, const uint32_t *arg);
int32_t do_set_restart(struct domain *caller, const uint32_t *arg);
int32_t do_iret(struct domain *caller, const uint32_t *arg);

#endif
