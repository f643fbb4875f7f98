/* SPDX-License-Identifier: MIT */
/*
 * programs.S - what user.c copies to a page of virtual user mode.
 */
	.arch	armv5te
	.arm
	.section .rodata.programs, "a"
	.balign	4

	.macro	PROGRAM name
	.globl	\name
\name:
	.endm

	PROGRAM program_swi
	mov	r7, #0x77
	swi	#0x123
1:	b	1b

	PROGRAM program_hypercall		@ r0: the hypercall number
	mov	r12, r0
	mov	r0, #0
	mov	r1, #0
	swi	#0xEA1
1:	b	1b

	PROGRAM program_load			@ r0: address
	ldr	r2, [r0]
	swi	#0
1:	b	1b

	PROGRAM program_store			@ r0: address, r1: value
	str	r1, [r0]
	swi	#0
1:	b	1b

	PROGRAM program_loop			@ r0 << 16 rounds
	mov	r0, r0, lsl #16
1:	subs	r0, r0, #1
	bne	1b
	swi	#0

	PROGRAM program_tls
	ldr	r1, =0xFFFF0FE0
	mov	lr, pc
	mov	pc, r1
	swi	#0
	.ltorg

	PROGRAM program_cmpxchg			@ r0: old, r1: new; word at 0x401000
	ldr	r2, =0x00401000
	ldr	r3, =0xFFFF0FC0
	mov	lr, pc
	mov	pc, r3
	swi	#0
	.ltorg

	PROGRAM program_version
	ldr	r1, =0xFFFF0FFC
	ldr	r0, [r1]
	swi	#0
	.ltorg

	PROGRAM program_memory_barrier
	ldr	r1, =0xFFFF0FA0
	mov	lr, pc
	mov	pc, r1
	swi	#0
	.ltorg

	.globl	programs_end
programs_end:
