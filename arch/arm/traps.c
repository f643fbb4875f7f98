/* SPDX-License-Identifier: MIT */
/*
 * traps.c - what entry.S hands to C: interrupts, faults of guests, frames for
 * their handlers, and the decision with whom to go on.
 *
 * A guest's fault is delivered to the guest's handler.  A guest whose handler
 * or stack is not there is ended; the hypervisor never is.  Context: interrupts off.
 */
#include <arch/cpu.h>
#include <arch/current.h>
#include <arch/mm.h>
#include <hv/domain.h>
#include <hv/guest_access.h>
#include <hv/hypercall.h>
#include <hv/irq.h>
#include <hv/lib.h>
#include <hv/panic.h>
#include <hv/trace.h>

#include "arm.h"
#include "traps.h"

#define PSR_HARDWARE   (PSR_FLAGS | PSR_T)
#define NO_ORIG_R0     0xFFFFFFFFu
#define RESTART_BLOCK  32u

/* Fault status, DDI 0198E table 2-13: ARM domain faults are none for the guest. */
#define FSR_STATUS          0xFu
#define FSR_DOMAIN_SECTION  0x9u
#define FSR_DOMAIN_PAGE     0xBu
#define FSR_TO_PERMISSION   0x4u

/* A restartable sequence that is left in the middle begins again. */
static void restart_sequence(struct vcpu *v)
{
	struct cpu_user_regs *regs = &v->regs;

	if (v->kernel_mode && regs->pc >= v->restart_start && regs->pc < v->restart_end)
		regs->pc &= ~(RESTART_BLOCK - 1u);
}

void arch_vcpu_start(struct vcpu *v, vaddr_t entry, vaddr_t stack, uint32_t r0)
{
	memset(&v->regs, 0, sizeof(v->regs));
	v->regs.pc = entry;
	v->regs.sp = stack;
	v->regs.r[0] = r0;
	v->regs.psr = PSR_MODE_USER;
	v->kernel_mode = true;
}

static uint32_t virtual_psr(const struct vcpu *v, const struct vcpu_info *info)
{
	uint32_t psr = v->regs.psr & PSR_HARDWARE;

	psr |= v->kernel_mode ? PSR_MODE_KERNEL : PSR_MODE_USER;
	if (info->evtchn_upcall_mask & 1u)
		psr |= PSR_I;
	return psr;
}

/* The frame of v as its handler finds it; v in virtual kernel mode from here. */
static inline int push_frame(struct vcpu *v, uint32_t orig_r0)
{
	struct vcpu_info *info = &v->arch.shared_info->vcpu_info[0];
	vaddr_t sp = v->regs.sp;
	uint32_t psr;

	if (!v->kernel_mode) {
		arm_dacr_write(v->arch.dacr_kernel);
		sp = info->arch.kernel_sp;
	}
	psr = virtual_psr(v, info);
	v->kernel_mode = true;
	sp = (sp - sizeof(v->regs)) & ~7u;
	if (sp - v->arch.limit_low >= v->arch.limit_size ||
	    arm_store_frame(sp, &v->regs, psr, orig_r0))
		return -XEN_EFAULT;
	v->regs.sp = sp;
	return 0;
}

static inline void deliver(struct vcpu *v, vaddr_t handler, bool mask_events, uint32_t orig_r0)
{
	if (!handler) {
		domain_crash(v->domain, "no handler for its exception");
		return;
	}
	restart_sequence(v);
	if (push_frame(v, orig_r0)) {
		domain_crash(v->domain, "double fault: no stack for an exception frame");
		return;
	}
	v->regs.pc = handler;
	v->regs.psr = PSR_MODE_USER;
	if (mask_events)
		v->arch.shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
}

void arch_deliver(struct vcpu *v, vaddr_t handler, bool mask_events, uint32_t orig_r0)
{
	deliver(v, handler, mask_events, orig_r0);
}

static void deliver_trap(struct vcpu *v, unsigned int vector)
{
	const struct guest_trap *trap = &v->traps[vector];

	trace(TRACE_TRAP, vector, v->regs.pc);
	arch_deliver(v, trap->address, trap->masks_events,
		     vector == TRAP_SWI ? v->regs.r[0] : NO_ORIG_R0);
}

/* The last abort stays in arch_vcpu for dumps; the guest reads its vcpu_info. */
static void deliver_abort(struct vcpu *v, unsigned int vector, uint32_t far, uint32_t fsr)
{
	struct shared_info *info;

	fsr &= FSR_STATUS;
	if (fsr == FSR_DOMAIN_SECTION || fsr == FSR_DOMAIN_PAGE)
		fsr |= FSR_TO_PERMISSION;
	v->arch.far = far;
	v->arch.fsr = fsr;
	info = arch_shared_info_open(v->domain);
	info->vcpu_info[0].arch.far = far;
	info->vcpu_info[0].arch.fsr = fsr;
	arch_shared_info_close();
	deliver_trap(v, vector);
}

void trap_data_abort(struct vcpu *v)
{
	deliver_abort(v, TRAP_DATA_ABORT, arm_fault_address(), arm_fault_status());
}

void trap_prefetch_abort(struct vcpu *v)
{
	deliver_abort(v, TRAP_PREFETCH_ABORT, v->regs.pc, arm_prefetch_fault_status());
}

void trap_undefined(struct vcpu *v)
{
	deliver_trap(v, TRAP_UNDEFINED);
}

void trap_system_call(struct vcpu *v)
{
	if (v->traps[FIRST_CALL].address)
		domain_runs_programs(v);
	deliver_trap(v, TRAP_SWI);
}

void trap_irq(struct vcpu *v)
{
	restart_sequence(v);
	irq_handle();
}

/*
 * iret with events to deliver: the frame is read again, then the upcall's frame is
 * stored over it by the exit path.
 */
void trap_return(struct vcpu *v, vaddr_t frame)
{
	struct cpu_user_regs regs;
	struct vcpu_info *info = &v->arch.shared_info->vcpu_info[0];
	uint32_t mode;

	if (copy_from_guest(&regs, frame, sizeof(regs))) {
		trap_return_fault(v);
		return;
	}
	mode = regs.psr & PSR_MODE_MASK;
	if (mode != PSR_MODE_USER && mode != PSR_MODE_KERNEL) {
		trap_return_fault(v);
		return;
	}
	info->evtchn_upcall_mask = (regs.psr & PSR_I) ? 1 : 0;
	regs.psr = (regs.psr & PSR_HARDWARE) | PSR_MODE_USER;
	v->regs = regs;
	if (mode == PSR_MODE_USER) {
		*(volatile uint32_t *)ARMV5_KUSER_TLS = info->arch.tls;
		arm_set_kernel_mode(v, false);
	}
}

void trap_return_fault(struct vcpu *v)
{
	domain_crash(v->domain, "iret with a bad frame");
}

static bool upcall_due(struct vcpu *v)
{
	const struct vcpu_info *info;

	if (!v->kernel_mode)
		return event_upcall_due(v);
	info = &v->arch.shared_info->vcpu_info[0];
	return info->evtchn_upcall_pending && !info->evtchn_upcall_mask;
}

/*
 * The work before a guest goes on: a new schedule, a step of building or ending the domain
 * that is to run, an upcall.
 */
struct vcpu *exit_to_guest(void)
{
	struct vcpu *v;

	for (;;) {
		if (pcpu.resched)
			schedule();
		v = pcpu.current;
		if (v->domain->state != DOMAIN_RUNNING) {
			domain_step(v->domain);
			if (irq_pending())
				irq_handle();
			continue;
		}
		if (upcall_due(v) && v->event_callback)
			deliver(v, v->event_callback, true, NO_ORIG_R0);
		if (!pcpu.resched)
			return v;
	}
}
