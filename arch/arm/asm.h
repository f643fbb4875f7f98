/* SPDX-License-Identifier: MIT */
/*
 * asm.h - what assembly files share: function brackets, names for the CP15
 * operations (ARM DDI 0198E, table 2-1 and 2.3), fixups.
 */
#ifndef ARM_ASM_H
#define ARM_ASM_H

#include <generated/asm-offsets.h>

#define MODE_USR 0x10
#define MODE_IRQ 0x12
#define MODE_SVC 0x13
#define MODE_ABT 0x17
#define MODE_UND 0x1b
#define PSR_I_F  0xc0

.macro FUNC name
	.section .text.\name, "ax", %progbits
	.global \name
	.type \name, %function
	.balign 4
\name:
.endm

.macro END name
	.size \name, . - \name
.endm

/* If the instruction at label faults in hypervisor mode, go on at fix. */
.macro FIXUP label, fix
	.pushsection .fixups, "a"
	.word \label, \fix
	.popsection
.endm

.macro DACR_WRITE reg				@ c3: domain access control, 2.3.5
	mcr	p15, 0, \reg, c3, c0, 0
.endm

#endif
