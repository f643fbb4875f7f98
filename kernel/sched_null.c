/* SPDX-License-Identifier: MIT */
/*
 * sched_null.c - the scheduler for one domain: whoever runs goes on until it
 * blocks; then the runnable vCPU of the lowest domain id.  No timer, no fairness.
 */
#include <hv/sched.h>

#include <hv/domain.h>

static void null_init(void)
{
}

static void null_add(struct vcpu *v)
{
	(void)v;
}

static struct vcpu *null_pick(struct vcpu *prev, struct sched_decision *d)
{
	unsigned int i;

	d->until = TICK_NEVER;
	if (prev && prev->sched.state == VCPU_RUNNABLE)
		return prev;
	for (i = 0; i < domain_count; i++) {
		if (domains[i] && domains[i]->vcpu.sched.state == VCPU_RUNNABLE)
			return &domains[i]->vcpu;
	}
	return NULL;
}

static bool null_preempts(struct vcpu *woken, struct vcpu *running)
{
	(void)woken;
	return running->sched.state != VCPU_RUNNABLE;
}

static uint32_t null_dump(uint32_t at)
{
	(void)at;
	return 0;
}

const struct sched_ops sched_null = {
	.name = "null",
	.init = null_init,
	.add = null_add,
	.pick = null_pick,
	.preempts = null_preempts,
	.dump = null_dump,
};
