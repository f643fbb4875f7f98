/* SPDX-License-Identifier: MIT */
/*
 * start.S - entry, event upcall, traps, atomic operations, ELF notes.
 *
 * The whole of the SDK's assembly besides the hypercall stubs.
 */
#include <public/arch-armv5.h>
#include <xen/xen.h>
#include <xen/elfnote.h>

	.arch	armv5te
	.arm

/*
 * _start - in: r0 = start_info, sp = boot stack, virtual kernel mode, events
 * masked.  Moves to the guest's own stack and never returns.
 */
	.section .text.start, "ax", %progbits
	.globl	_start
	.type	_start, %function
_start:
	ldr	r1, =__bss_start
	ldr	r2, =__bss_end
	mov	r3, #0
1:	cmp	r1, r2
	strlo	r3, [r1], #4
	blo	1b
	ldr	sp, =__stack_top
	mov	fp, #0
	mov	lr, #0
	b	sdk_start			@ (r0 = start_info)
	.ltorg
	.size	_start, . - _start

/*
 * Exception and upcall entries.
 * in: sp = struct cpu_user_regs, 8-byte aligned; all else as interrupted
 * The frame holds every register, so the C function may use them all; iret
 * takes them back from it.
 */
	.text
	.balign	4
	.macro	ENTRY_STUB name, function, number
	.globl	\name
	.type	\name, %function
\name:
	mov	r0, sp
	mov	r1, #\number
	bl	\function
	mov	r12, #__HYPERVISOR_iret
	swi	#ARMV5_HYPERCALL_IMM
	.size	\name, . - \name
	.endm

	.globl	sdk_upcall_entry
	.type	sdk_upcall_entry, %function
sdk_upcall_entry:
	bl	sdk_upcall			@ looks at no frame
	mov	r12, #__HYPERVISOR_iret
	swi	#ARMV5_HYPERCALL_IMM
	.size	sdk_upcall_entry, . - sdk_upcall_entry

	ENTRY_STUB sdk_undefined_entry, sdk_trap, TRAP_UNDEFINED
	ENTRY_STUB sdk_swi_entry, sdk_trap, TRAP_SWI
	ENTRY_STUB sdk_prefetch_entry, sdk_trap, TRAP_PREFETCH_ABORT
	ENTRY_STUB sdk_data_entry, sdk_trap, TRAP_DATA_ABORT

/*
 * sdk_iret(frame): leaves through a frame of the caller's making.
 */
	.globl	sdk_iret
	.type	sdk_iret, %function
sdk_iret:
	mov	sp, r0
	mov	r12, #__HYPERVISOR_iret
	swi	#ARMV5_HYPERCALL_IMM
	.size	sdk_iret, . - sdk_iret

/*
 * Restartable sequences (set_restart): 32-byte blocks, the store in the last
 * word.  Entered at the load; when the hypervisor interrupts one it goes on
 * at the beginning of the block, through the no-operations, to the load.
 * The continuation lies outside of the registered range.
 *
 * uint32_t atomic_or(volatile uint32_t *word, uint32_t bits)
 * uint32_t atomic_and(volatile uint32_t *word, uint32_t bits)
 * uint32_t atomic_add(volatile uint32_t *word, uint32_t value)
 * in: r0, r1   out: r0 = old value   clobbers: r2, r3
 */
	.macro	RESTARTABLE name, operation
	.rept	4
	nop
	.endr
	.globl	\name
	.type	\name, %function
\name:
	ldr	r2, [r0]
	\operation r3, r2, r1
	nop
	str	r3, [r0]
	.endm


	.section .text.atomic, "ax", %progbits
	.balign	32
	.globl	sdk_restart_start
	.globl	sdk_restart_end
sdk_restart_start:
	RESTARTABLE atomic_or, orr
	mov	r0, r2				@ a block without a store
	bx	lr
	.rept	6
	nop
	.endr
	RESTARTABLE atomic_and, and
	mov	r0, r2
	bx	lr
	.rept	6
	nop
	.endr
	RESTARTABLE atomic_add, add
sdk_restart_end:
	mov	r0, r2
	bx	lr

/* ELF notes: what the domain builder needs to know. */
	.macro	NOTE_WORD type, value
	.long	4, 4, \type
	.asciz	"Xen"
	.long	\value
	.endm
	.macro	NOTE_STRING type, string
	.long	4, 9f - 8f, \type
	.asciz	"Xen"
8:	.asciz	"\string"
9:	.balign	4
	.endm

	.section .note.Xen, "a", %note
	.balign	4
	NOTE_STRING XEN_ELFNOTE_GUEST_OS, "bantam-sdk"
	NOTE_STRING XEN_ELFNOTE_GUEST_VERSION, "1"
	NOTE_STRING XEN_ELFNOTE_XEN_VERSION, "xen-3.0"
	NOTE_STRING XEN_ELFNOTE_LOADER, "generic"
	NOTE_STRING XEN_ELFNOTE_FEATURES, "auto_translated_physmap"
	NOTE_WORD XEN_ELFNOTE_VIRT_BASE, __guest_base
	NOTE_WORD XEN_ELFNOTE_PADDR_OFFSET, __guest_base
	NOTE_WORD XEN_ELFNOTE_ENTRY, _start
	NOTE_WORD XEN_ELFNOTE_HYPERCALL_PAGE, hypercall_page
