/* SPDX-License-Identifier: MIT */
/* arm.h - shared by the files of arch/arm alone. */
#ifndef ARM_ARM_H
#define ARM_ARM_H

#include <hv/types.h>

/* cpu/arm926.S */
void arm_ttbr_load(maddr_t root);
uint32_t arm_fault_status(void);
uint32_t arm_prefetch_fault_status(void);
uint32_t arm_fault_address(void);

/* c3, domain access control: every interrupt of a resident writes it twice. */
static inline void arm_dacr_write(uint32_t dacr)
{
	__asm__ volatile("mcr p15, 0, %0, c3, c0, 0" : : "r"(dacr) : "memory");
}

static inline uint32_t arm_dacr_read(void)
{
	uint32_t dacr;

	__asm__ volatile("mrc p15, 0, %0, c3, c0, 0" : "=r"(dacr) : : "memory");
	return dacr;
}

/* entry.S: stores regs as an exception frame with another psr and orig_r0.  frame is
 * 8-aligned and among the guest's own addresses.  0, or 1 if it faults. */
int arm_store_frame(vaddr_t frame, const struct cpu_user_regs *regs, uint32_t psr,
		    uint32_t orig_r0);

/* boot.S, vectors.S */
extern uint32_t hv_root[], hv_tables[];
extern const uint8_t stack_bottom[];
extern uint8_t vector_page[PAGE_SIZE];
extern const uint8_t vectors[], vectors_end[], kuser_helpers[], kuser_helpers_end[];
extern const uint8_t _start[], _end[];

/* The core's DACR follows what the current vCPU may see in its virtual mode. */
void arm_set_kernel_mode(struct vcpu *v, bool kernel_mode);

#endif
