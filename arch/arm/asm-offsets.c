/* SPDX-License-Identifier: MIT */
/* asm-offsets.c - numbers that assembly takes from C structures. */
#include <arch/current.h>
#include <arch/mm.h>
#include <hv/domain.h>

void asm_offsets(void);
void asm_offsets(void)
{
	OFFSET(REGS_SP, struct cpu_user_regs, sp);
	OFFSET(REGS_PC, struct cpu_user_regs, pc);
	OFFSET(REGS_PSR, struct cpu_user_regs, psr);
	OFFSET(REGS_ORIG_R0, struct cpu_user_regs, orig_r0);
	DEFINE(REGS_SIZE, sizeof(struct cpu_user_regs));

	OFFSET(VCPU_KERNEL_MODE, struct vcpu, kernel_mode);
	OFFSET(VCPU_SHARED_INFO, struct vcpu, arch.shared_info);
	OFFSET(VCPU_DACR_KERNEL, struct vcpu, arch.dacr_kernel);
	OFFSET(VCPU_EVENT_CALLBACK, struct vcpu, event_callback);
	OFFSET(VCPU_FRAMES, struct vcpu, arch.frames);
	OFFSET(VCPU_FRAMES_SWI, struct vcpu, arch.system_call);
	OFFSET(VCPU_TRAP_SWI, struct vcpu, traps[TRAP_SWI].address);

	OFFSET(PCPU_CURRENT, struct pcpu, current);
	OFFSET(PCPU_ATTENTION, struct pcpu, attention);
	OFFSET(PCPU_DACR_USER, struct pcpu, dacr_user);

	OFFSET(INFO_PENDING, struct shared_info, vcpu_info[0].evtchn_upcall_pending);
	OFFSET(INFO_MASK, struct shared_info, vcpu_info[0].evtchn_upcall_mask);
	OFFSET(INFO_KERNEL_SP, struct shared_info, vcpu_info[0].arch.kernel_sp);
	OFFSET(INFO_TLS, struct shared_info, vcpu_info[0].arch.tls);
}
