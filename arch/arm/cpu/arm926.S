/* SPDX-License-Identifier: MIT */
/*
 * arm926.S - caches, TLB, write buffer and wait-for-interrupt of the ARM926EJ-S
 * (DDI 0198E 2.3.8 to 2.3.10).  Lines are 32 bytes.  The contract is
 * arch/cpu.h; all: any mode but USR, leaf functions, clobber r0-r3, ip and flags.
 */
#include "../asm.h"

#define LINE 32

/* r0 = va, r1 = size: r0 = first line, r1 = end.  size 0: nothing to do. */
.macro RANGE
	add	r1, r0, r1
	bic	r0, r0, #(LINE - 1)
.endm

/* The line operation c7, crm, 1 on [r0, r0 + r1), eight lines a turn; guests do this often. */
.macro LINES crm
	RANGE
	subs	r2, r1, r0
	subhss	r2, r2, #(8 * LINE)
	blo	2f
1:	.rept	8
	mcr	p15, 0, r0, c7, \crm, 1
	add	r0, r0, #LINE
	.endr
	subs	r2, r2, #(8 * LINE)
	bhs	1b
2:	cmp	r0, r1
	mcrlo	p15, 0, r0, c7, \crm, 1
	addlo	r0, r0, #LINE
	blo	2b
.endm

FUNC arch_wait_for_interrupt
	mov	r0, #0
	mcr	p15, 0, r0, c7, c10, 4		@ the power controller may stop the bus
	mcr	p15, 0, r0, c7, c0, 4
	bx	lr
END arch_wait_for_interrupt

FUNC arch_halt
1:	mov	r0, #0
	mcr	p15, 0, r0, c7, c0, 4
	b	1b
END arch_halt

FUNC arch_cache_clean_range
	LINES c10			@ clean D line
	mov	r0, #0
	mcr	p15, 0, r0, c7, c10, 4
	bx	lr
END arch_cache_clean_range

FUNC arch_cache_flush_range
	LINES c14			@ clean and invalidate D line
	mov	r0, #0
	mcr	p15, 0, r0, c7, c10, 4
	bx	lr
END arch_cache_flush_range

/* Lines that the range covers in part hold other data: they are cleaned. */
FUNC arch_cache_invalidate_range
	tst	r0, #(LINE - 1)
	mcrne	p15, 0, r0, c7, c10, 1
	add	r2, r0, r1
	tst	r2, #(LINE - 1)
	mcrne	p15, 0, r2, c7, c10, 1
	RANGE
1:	cmp	r0, r1
	mcrlo	p15, 0, r0, c7, c6, 1		@ invalidate D line
	addlo	r0, r0, #LINE
	blo	1b
	mov	r0, #0
	mcr	p15, 0, r0, c7, c10, 4
	bx	lr
END arch_cache_invalidate_range

FUNC arch_icache_invalidate_range
	LINES c5			@ invalidate I line
	bx	lr
END arch_icache_invalidate_range

FUNC arch_icache_invalidate
	mov	r0, #0
	mcr	p15, 0, r0, c7, c5, 0
	bx	lr
END arch_icache_invalidate

FUNC arch_cache_flush_all
1:	mrc	p15, 0, pc, c7, c14, 3		@ test, clean and invalidate D:
	bne	1b				@ flags say whether lines are left
	mov	r0, #0
	mcr	p15, 0, r0, c7, c5, 0		@ invalidate I
	mcr	p15, 0, r0, c7, c10, 4
	bx	lr
END arch_cache_flush_all

FUNC arch_write_buffer_drain
	mov	r0, #0
	mcr	p15, 0, r0, c7, c10, 4
	bx	lr
END arch_write_buffer_drain

FUNC arch_tlb_flush
	mov	r0, #0
	mcr	p15, 0, r0, c7, c10, 4		@ entries in the buffer reach memory first
	mcr	p15, 0, r0, c8, c7, 0
	bx	lr
END arch_tlb_flush

FUNC arch_tlb_flush_va
	mov	r1, #0
	mcr	p15, 0, r1, c7, c10, 4
	bic	r0, r0, #0x0ff
	bic	r0, r0, #0xf00
	mcr	p15, 0, r0, c8, c7, 1		@ unified on the ARM926: one entry
	bx	lr
END arch_tlb_flush_va

/* in: r0 = physical address of a first-level table.  Caches must be clean of the
 * old space's addresses. */
FUNC arm_ttbr_load
	mov	r1, #0
	mcr	p15, 0, r1, c7, c10, 4
	mcr	p15, 0, r0, c2, c0, 0
	mcr	p15, 0, r1, c8, c7, 0
	bx	lr
END arm_ttbr_load

FUNC arm_fault_status
	mrc	p15, 0, r0, c5, c0, 0		@ data fault status
	bx	lr
END arm_fault_status

FUNC arm_prefetch_fault_status
	mrc	p15, 0, r0, c5, c0, 1
	bx	lr
END arm_prefetch_fault_status

FUNC arm_fault_address
	mrc	p15, 0, r0, c6, c0, 0
	bx	lr
END arm_fault_address

FUNC arch_midr
	mrc	p15, 0, r0, c0, c0, 0
	bx	lr
END arch_midr
