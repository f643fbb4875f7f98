/* SPDX-License-Identifier: MIT */
/*
 * current.h - the per-CPU block: above the hypervisor's stack, where exception entry finds it
 * relative to sp.
 */
#ifndef ARCH_CURRENT_H
#define ARCH_CURRENT_H

#include <hv/types.h>

struct pcpu {
	struct vcpu *current;
	union {
		struct {
			union {
				struct {
					uint8_t resched; /* schedule() on the way out */
					uint8_t idle;    /* current is who ran last */
				};
				uint16_t undecided; /* any of the two */
			};
			uint8_t building;   /* current's domain does not run yet */
		};
		uint32_t attention;         /* any of the three */
	};
	uint32_t dacr_user;         /* of current: guest_return has no free register */
};
extern struct pcpu pcpu;

static inline struct vcpu *vcpu_current(void)
{
	return pcpu.current;
}

/* Makes next current: saves nothing (regs are in the vcpu), loads its space and the DACR of
 * its virtual kernel mode (the way out sees to virtual user mode); the core is not idle any more. */
void arch_context_switch(struct vcpu *next);

/* The handlers in v->traps are others now. */
void arch_traps_changed(struct vcpu *v);

/* Guest register state for a new vCPU: entry, stack, r0, virtual kernel mode. */
void arch_vcpu_start(struct vcpu *v, vaddr_t entry, vaddr_t stack, uint32_t r0);

#endif
