/* SPDX-License-Identifier: MIT */
/* traps.h - the C functions that entry.S calls; v is the current vCPU and its
 * registers are stored in v->regs unless it says otherwise. */
#ifndef ARM_TRAPS_H
#define ARM_TRAPS_H

#include <hv/types.h>

struct vcpu *trap_irq(struct vcpu *v); /* as irq_handle() */
void trap_undefined(struct vcpu *v);
void trap_prefetch_abort(struct vcpu *v);
void trap_data_abort(struct vcpu *v);
void trap_system_call(struct vcpu *v);

/* iret: v->regs are stale, the frame is at that guest address (checked). */
void trap_return(struct vcpu *v, vaddr_t frame);
void trap_return_fault(struct vcpu *v);

/* Whom to go on with: its regs are complete and the DACR is right for it. */
struct vcpu *exit_to_guest(void);

#endif
