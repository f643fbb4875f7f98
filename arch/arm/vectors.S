/* SPDX-License-Identifier: MIT */
/*
 * vectors.S - the vector page at 0xFFFF0000, copied there by mm.c.
 *
 * Below: the hypervisor's exception vectors.  From 0xFFFF0F60 up: the user helpers
 * that ARM Linux programs call (Documentation/arm/kernel_user_helpers), for
 * ARMv5 on one processor.  Guests read and execute it, none writes it.
 */
#include "asm.h"

	.section .text.vectors, "ax", %progbits
	.global vectors, vectors_end, kuser_helpers, kuser_helpers_end
	.arm
vectors:
	ldr	pc, 1f
	ldr	pc, 1f + 4
	ldr	pc, 1f + 8
	ldr	pc, 1f + 12
	ldr	pc, 1f + 16
	ldr	pc, 1f				@ unused vector
	ldr	pc, 1f + 20
	ldr	pc, 1f				@ FIQ: never enabled
1:	.word	vector_unexpected
	.word	vector_undefined
	.word	vector_swi
	.word	vector_prefetch_abort
	.word	vector_data_abort
	.word	vector_irq
vectors_end:

	.balign 32
kuser_helpers:
	.org	kuser_helpers + 0x00		@ 0xFFFF0F60 cmpxchg64(r0 &old, r1 &new, r2 ptr)
	stmfd	sp!, {r4-r7, lr}
	ldmia	r0, {r4, r5}
	ldmia	r1, {r6, r7}
	ldmia	r2, {r3, lr}			@ 0xFFFF0F6C: restarted here, as below
	eors	r3, r3, r4
	eoreqs	r3, lr, r5
	stmeqia	r2, {r6, r7}			@ 0xFFFF0F78
	rsbs	r0, r3, #0
	ldmfd	sp!, {r4-r7, pc}
	.org	kuser_helpers + 0x40		@ 0xFFFF0FA0 memory_barrier
	bx	lr
	.org	kuser_helpers + 0x60		@ 0xFFFF0FC0 cmpxchg(r0 old, r1 new, r2 ptr)
	ldr	r3, [r2]			@ the guest kernel restarts it here when
	subs	r3, r3, r0			@ it interrupts before the store
	streq	r1, [r2]
	rsbs	r0, r3, #0
	bx	lr
	.org	kuser_helpers + 0x80		@ 0xFFFF0FE0 get_tls
	ldr	r0, 2f
	bx	lr
	.org	kuser_helpers + 0x90		@ 0xFFFF0FF0
2:	.word	0
	.word	0
	.word	0
	.word	5				@ 0xFFFF0FFC number of helpers
kuser_helpers_end:
