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

/* entry.S reads them together. */
_Static_assert(offsetof(struct shared_info, vcpu_info[0].evtchn_upcall_pending) % 2 == 0 &&
	       offsetof(struct vcpu_info, evtchn_upcall_mask) ==
	       offsetof(struct vcpu_info, evtchn_upcall_pending) + 1, "vcpu_info");

/* A restartable sequence that is left in the middle begins again. */
static inline void restart_sequence(struct vcpu *v)
{
	struct cpu_user_regs *regs = &v->regs;

	if (v->kernel_mode && regs->pc < v->restart_end && regs->pc >= v->restart_start)
		regs->pc &= ~(RESTART_BLOCK - 1u);
}

void arch_traps_changed(struct vcpu *v)
{
	const struct guest_trap *swi = &v->traps[TRAP_SWI];
	bool direct = swi->address && !swi->masks_events && !v->first_call;

	v->arch.system_call.words = direct ? v->arch.frames.words : 0;
}

void arch_vcpu_start(struct vcpu *v, vaddr_t entry, vaddr_t stack, uint32_t r0)
{
	memset(&v->regs, 0, sizeof(v->regs));
	v->regs.pc = entry;
	v->regs.sp = stack;
	v->regs.r[0] = r0;
	v->regs.psr = PSR_MODE_USER;
	v->kernel_mode = true;
	arch_traps_changed(v);
}

static inline struct vcpu_info *info_of(const struct vcpu *v)
{
	return &v->arch.shared_info->vcpu_info[0];
}

/* v, in virtual kernel mode from here, goes on at handler, which finds a frame of what v was
 * doing at sp.  The DACR is that of virtual kernel mode. */
static inline void enter_handler(struct vcpu *v, vaddr_t handler, vaddr_t sp, uint32_t psr,
				 uint32_t orig_r0)
{
	v->kernel_mode = true;
	sp = (sp - sizeof(v->regs)) & ~7u;
	if ((sp - v->arch.frames.low) / 4u >= v->arch.frames.words ||
	    arm_store_frame(sp, &v->regs, psr | (v->regs.psr & PSR_HARDWARE), orig_r0)) {
		domain_crash(v->domain, "double fault: no stack for an exception frame");
		return;
	}
	v->regs.sp = sp;
	v->regs.pc = handler;
	v->regs.psr = PSR_MODE_USER;
}

/* An exception of v, whose DACR is that of virtual kernel mode already. */
static void deliver_trap(struct vcpu *v, unsigned int vector)
{
	const struct guest_trap *trap = &v->traps[vector];
	struct vcpu_info *info = info_of(v);
	uint32_t psr = v->kernel_mode ? PSR_MODE_KERNEL : PSR_MODE_USER;
	vaddr_t sp = v->kernel_mode ? v->regs.sp : info->arch.kernel_sp;

	trace(TRACE_TRAP, vector, v->regs.pc);
	if (!trap->address) {
		domain_crash(v->domain, "no handler for its exception");
		return;
	}
	restart_sequence(v);
	if (info->evtchn_upcall_mask & 1u)
		psr |= PSR_I;
	if (trap->masks_events)
		info->evtchn_upcall_mask = 1; /* before the frame: that may end the domain */
	enter_handler(v, trap->address, sp, psr, vector == TRAP_SWI ? v->regs.r[0] : NO_ORIG_R0);
}

/* The last abort stays in arch_vcpu for dumps; the guest reads its vcpu_info. */
static void deliver_abort(struct vcpu *v, unsigned int vector, uint32_t far, uint32_t fsr)
{
	fsr &= FSR_STATUS;
	if (fsr == FSR_DOMAIN_SECTION || fsr == FSR_DOMAIN_PAGE)
		fsr |= FSR_TO_PERMISSION;
	v->arch.far = far;
	v->arch.fsr = fsr;
	arm_dacr_write(v->arch.dacr_kernel);
	info_of(v)->arch.far = far;
	info_of(v)->arch.fsr = fsr;
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
	arm_dacr_write(v->arch.dacr_kernel);
	deliver_trap(v, TRAP_UNDEFINED);
}

void trap_system_call(struct vcpu *v)
{
	arm_dacr_write(v->arch.dacr_kernel);
	if (v->first_call)
		domain_runs_programs(v);
	deliver_trap(v, TRAP_SWI);
}

struct vcpu *trap_irq(struct vcpu *v)
{
	restart_sequence(v);
	return irq_handle();
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

/* True if an upcall was due: its frame is stored, or the domain has ended. */
static inline bool upcall(struct vcpu *v, struct vcpu_info *info, uint32_t psr, vaddr_t sp)
{
	if (!info->evtchn_upcall_pending || info->evtchn_upcall_mask || !v->event_callback)
		return false;
	info->evtchn_upcall_mask = 1;
	enter_handler(v, v->event_callback, sp, psr, NO_ORIG_R0);
	return true;
}

/*
 * The work before a guest goes on: a new schedule, a step of building or ending the domain
 * that is to run, an upcall.  Who is woken for its interrupt goes before a new schedule.
 */
struct vcpu *exit_to_guest(void)
{
	struct vcpu *v, *woken;

	for (;;) {
		woken = NULL;
		while (pcpu.resched && !woken && irq_pending())
			woken = irq_handle();
		if (pcpu.resched && !woken)
			woken = schedule();
		v = pcpu.current;
		if (v->domain->state != DOMAIN_RUNNING) {
			if (irq_pending())
				irq_handle();
			else
				domain_step(v->domain);
			continue;
		}
		if (v->kernel_mode) {
			(void)upcall(v, info_of(v), PSR_MODE_KERNEL, v->regs.sp);
		} else {
			arm_dacr_write(v->arch.dacr_kernel);
			if (!upcall(v, info_of(v), PSR_MODE_USER, info_of(v)->arch.kernel_sp))
				arm_dacr_write(v->arch.dacr_user);
		}
		if (!pcpu.resched || (woken && v->domain->state == DOMAIN_RUNNING))
			return v;
	}
}
