/* SPDX-License-Identifier: MIT */
/*
 * cpu.h - what the kernel needs from the CPU itself.  arch/arm/cpu/arm926.S implements
 * it, tests/fake again for the host.
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <hv/types.h>

/* Waits with interrupts masked until one is pending, then returns.  (DDI 0198E 2.3.8:
 * wait-for-interrupt wakes on a masked interrupt.) */
void arch_wait_for_interrupt(void);
void arch_halt(void) __attribute__((noreturn));

/*
 * Caches (ARM926EJ-S: virtually indexed and tagged, write-back, 32-byte lines).
 * Ranges are virtual addresses of the loaded space; any alignment.
 */
void arch_cache_clean_range(vaddr_t va, size_t size);             /* D */
void arch_cache_flush_range(vaddr_t va, size_t size);             /* D clean + invalidate */
void arch_cache_invalidate_range(vaddr_t va, size_t size);        /* D; partial lines are cleaned first */
void arch_icache_invalidate_range(vaddr_t va, size_t size);
void arch_icache_invalidate(void);
void arch_cache_flush_all(void);                                  /* D clean + invalidate, I invalidate */
void arch_write_buffer_drain(void);

/* TLB of the loaded space; the drain that the walker needs is included. */
void arch_tlb_flush(void);
void arch_tlb_flush_va(vaddr_t va);

uint32_t arch_midr(void);

/* What the core knows of its last aborts, for dumps. */
struct arch_fault {
	uint32_t data_status, prefetch_status, address; /* CP15 c5, c6 */
	uint32_t dacr;
};
void arch_fault_read(struct arch_fault *fault);
const char *arch_fault_name(uint32_t status);

/* The words of the hypervisor's stack from sp up: *count of them. */
const uint32_t *arch_stack_words(uint32_t sp, unsigned int *count);

#endif
