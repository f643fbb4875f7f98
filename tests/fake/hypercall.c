/* SPDX-License-Identifier: MIT */
/* hypercall.c - fake of hv/hypercall.h: preempted when the test says so. */
#include <hv/domain.h>
#include <hv/hypercall.h>

static bool fake_preempted;
static unsigned int fake_preempted_every = 1; /* so many looks */
static unsigned int fake_looks, fake_continued;

bool hypercall_preempted(void)
{
	return fake_preempted && ++fake_looks % fake_preempted_every == 0;
}

int32_t hypercall_continue(struct domain *caller, const uint32_t arg[5])
{
	memcpy(caller->vcpu.continuation, arg, sizeof(caller->vcpu.continuation));
	fake_continued++;
	return HYPERCALL_CONTINUED;
}
