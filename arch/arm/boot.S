/* SPDX-License-Identifier: MIT */
/*
 * boot.S - from the boot loader's first instruction to C with the MMU on.
 *
 * Entered by the convention of ARM Linux: MMU and data cache off, interrupts
 * off, SVC mode, r0 = 0, r1 = machine number, r2 = physical address of the device
 * tree; loaded at RAM base + HV_IMAGE_OFFSET, RAM base a multiple of 1 MiB.
 */
#include <arch/layout.h>
#include "asm.h"

/* First-level section entries: hypervisor read-write, ARM domain 0; bit 4 is one. */
#define SECTION_CACHED 0x41e	/* AP 01, C, B */
#define SECTION_DEVICE 0x412	/* AP 01 */

/* CP15 c1 (DDI 0198E 2.3.3): I, R, C, W-bits as the ARM926 wants them, A, M, V. */
#define CONTROL_M	(1 << 0)
#define CONTROL_A	(1 << 1)
#define CONTROL_C	(1 << 2)
#define CONTROL_SBO	(0xf << 3)
#define CONTROL_S	(1 << 8)
#define CONTROL_R	(1 << 9)
#define CONTROL_I	(1 << 12)
#define CONTROL_V	(1 << 13)
#define CONTROL_RR	(1 << 14)

	.section .text.boot, "ax", %progbits
	.global boot_entry
	.type boot_entry, %function
/*
 * in: r1, r2 as above.  mode: SVC, IRQs off.  stack: none until the MMU is on.
 * r4 = physical - virtual, r5 = machine number, r6 = device tree
 */
boot_entry:
	msr	cpsr_c, #(MODE_SVC | PSR_I_F)
	mov	r5, r1
	mov	r6, r2
	adr	r0, boot_entry
	ldr	r1, =boot_entry
	sub	r4, r0, r1

	@ Clear .bss, which holds the tables.
	ldr	r0, =_bss
	ldr	r1, =_bss_end
	add	r0, r0, r4
	add	r1, r1, r4
	mov	r2, #0
1:	str	r2, [r0], #4
	cmp	r0, r1
	blo	1b

	@ Map the running megabyte where it is (until bantam_main drops it) and RAM
	@ where the image is linked.
	ldr	r0, =hv_root
	add	r0, r0, r4
	mov	r1, pc, lsr #20			@ this megabyte = the first of RAM
	mov	r2, r1, lsl #20
	orr	r2, r2, #(SECTION_CACHED & 0xff)
	orr	r2, r2, #(SECTION_CACHED & 0xf00)
	str	r2, [r0, r1, lsl #2]
	add	r3, r0, #((HV_RAM_VA >> 18) & 0xff00)
	add	r3, r3, #((HV_RAM_VA >> 18) & 0xfc)
	mov	r1, #(HV_RAM_SIZE >> 20)
2:	str	r2, [r3], #4
	add	r2, r2, #(1 << 20)
	subs	r1, r1, #1
	bne	2b

	@ The loader may have left its own lines: nothing of it is wanted.
	mov	r1, #0
	mcr	p15, 0, r1, c7, c7, 0		@ invalidate I and D cache
	mcr	p15, 0, r1, c7, c10, 4		@ drain the write buffer
	mcr	p15, 0, r1, c8, c7, 0		@ invalidate the TLB
	mcr	p15, 0, r0, c2, c0, 0		@ translation table base
	mov	r1, #1				@ ARM domain 0 client, others nothing
	DACR_WRITE r1
	@ No Jazelle: JE clear makes BXJ a BX, CD set keeps USR mode from its registers,
	@ which are USR's otherwise (DDI 0100I A2.10.4; the core is an EJ).
	mcr	p14, 7, r1, c1, c0, 0		@ OS control: CD (bit 0)
	mov	r1, #0
	mcr	p14, 7, r1, c2, c0, 0		@ main configuration

	mrc	p15, 0, r1, c1, c0, 0
	ldr	r2, =(CONTROL_M | CONTROL_A | CONTROL_C | CONTROL_SBO | CONTROL_R | CONTROL_I | CONTROL_V)
	ldr	r3, =(CONTROL_S | CONTROL_RR)
	bic	r1, r1, r3
	orr	r1, r1, r2
	ldr	r3, =boot_virtual
	mcr	p15, 0, r1, c1, c0, 0
	mov	r1, r1				@ two instructions are fetched before
	mov	r1, r1				@ the MMU is on
	mov	pc, r3

boot_virtual:
	ldr	sp, =pcpu
	mov	r0, r5
	mov	r1, r6
	mov	r2, r4
	bl	bantam_main
	b	return_in_c
	END boot_entry
	.ltorg

	.section .bss.tables, "aw", %nobits
	.balign 0x4000
	.global hv_root
hv_root:
	.space	0x4000
	.global hv_tables			@ 1 KiB each: see mm.c
hv_tables:
	.space	0x1000
	.balign 0x1000
	.global vector_page
vector_page:
	.space	0x1000

	.section .bss.stack, "aw", %nobits
	.balign 32
	.global stack_bottom
stack_bottom:
	.space	HV_STACK_SIZE
	.global pcpu				@ right above the stack: [sp, #PCPU_x]
pcpu:
	.space	64
	.global abort_stack
	.space	HV_ABORT_STACK
abort_stack:
