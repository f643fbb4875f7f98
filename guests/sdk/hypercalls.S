/* SPDX-License-Identifier: MIT */
/*
 * hypercalls.S - the hypercall page and the C names of its entries.
 *
 * The hypervisor fills the page (ELF note HYPERCALL_PAGE): 32 bytes a number.
 */
#include <public/arch-armv5.h>
#include <xen/xen.h>

	.arch	armv5te
	.arm

	.section .hypercall_page, "ax", %progbits
	.balign	4096
	.globl	hypercall_page
	.type	hypercall_page, %object
hypercall_page:
	.fill	1024, 4, 0xE7F000F0		@ undefined until filled

#define STUB(name) hypercall_page + ARMV5_HYPERCALL_STUB * __HYPERVISOR_ ## name

/* Up to four arguments: the entry in the page itself. */
#define ALIAS(name) \
	.globl	hypercall_ ## name ; \
	.type	hypercall_ ## name, %function ; \
	.set	hypercall_ ## name, STUB(name) ;

/* The fifth argument comes on the stack and goes to r4. */
#define THUNK(name) \
	.globl	hypercall_ ## name ; \
	.type	hypercall_ ## name, %function ; \
hypercall_ ## name: \
	stmfd	sp!, {r4, lr} ; \
	ldr	r4, [sp, $8] ; \
	bl	STUB(name) ; \
	ldmfd	sp!, {r4, pc} ;

#define STUB_0 ALIAS
#define STUB_1 ALIAS
#define STUB_2 ALIAS
#define STUB_3 ALIAS
#define STUB_4 ALIAS
#define STUB_5(name)			/* below, outside of the page */
#define HYPERCALL(name, handler, nargs) STUB_ ## nargs(name)
#include SDK_HYPERCALL_LIST
#undef HYPERCALL
#undef STUB_0
#undef STUB_1
#undef STUB_2
#undef STUB_3
#undef STUB_4
#undef STUB_5

	.text
	.balign	4
#define STUB_0(name)
#define STUB_1(name)
#define STUB_2(name)
#define STUB_3(name)
#define STUB_4(name)
#define STUB_5 THUNK
#define HYPERCALL(name, handler, nargs) STUB_ ## nargs(name)
#include SDK_HYPERCALL_LIST
#undef HYPERCALL

/*
 * long hypercall_raw(word_t number, const word_t args[5])
 * in: r0, r1   out: r0   clobbers: r1-r3, r12
 */
	.globl	hypercall_raw
	.type	hypercall_raw, %function
hypercall_raw:
	stmfd	sp!, {r4, lr}
	mov	r12, r0
	ldmia	r1, {r0 - r4}
	swi	#ARMV5_HYPERCALL_IMM
	ldmfd	sp!, {r4, pc}
	.size	hypercall_raw, . - hypercall_raw
