/* SPDX-License-Identifier: MIT */
/* The hypervisor's memcpy() and memset(), under names of their own. */
#define ARM_ASM_H
.macro FUNC name
	.section .text.hv_\name, "ax", %progbits
	.global hv_\name
	.balign 4
hv_\name:
.endm
.macro END name
.endm
#include "../../../arch/arm/string.S"
