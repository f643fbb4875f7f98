/* SPDX-License-Identifier: MIT */
/*
 * entry.S - every way into the hypervisor and the one way out.
 *
 * On entry from a guest all its registers go to current->regs; then C runs in
 * SVC mode on the one hypervisor stack, which is empty at that moment: sp is
 * the address of the pcpu block above it.  Interrupts stay off until the guest
 * goes on.  Two paths keep clear of C: a guest's system call and its return.
 */
#include "asm.h"

/*
 * Enter from ABT, UND or IRQ mode: stores the guest's registers.
 * in: lr = guest pc + adjust, spsr.  out: SVC mode, r0 = vcpu.  clobbers: all.
 */
.macro SAVE_GUEST adjust
	ldr	sp, =pcpu
	ldr	sp, [sp, #PCPU_CURRENT]
	stmia	sp, {r0-r14}^			@ user bank; regs are at offset 0
	sub	lr, lr, #\adjust
	str	lr, [sp, #REGS_PC]
	mrs	r1, spsr
	bic	r1, r1, #0x100			@ reads as set on some cores (FACTS)
	str	r1, [sp, #REGS_PSR]
	mov	r0, sp
	msr	cpsr_c, #(MODE_SVC | PSR_I_F)
.endm

/* The same from SVC mode: r0 = vcpu, the guest's r0-r3 below sp. */
.macro SAVE_GUEST_SWI
	add	r1, r0, #16
	stmia	r1, {r4-r14}^
	ldmdb	sp, {r4-r7}
	stmia	r0, {r4-r7}
	str	lr, [r0, #REGS_PC]
	mrs	r1, spsr
	bic	r1, r1, #0x100
	str	r1, [r0, #REGS_PSR]
.endm

/*
 * The mirror of SAVE_GUEST.
 * in: SVC mode, r0 = vcpu.  Does not fall through.
 */
.macro RESTORE_GUEST
	ldr	r1, [r0, #REGS_PSR]
	ldr	lr, [r0, #REGS_PC]
	msr	spsr_cxsf, r1
	ldmia	r0, {r0-r14}^
	nop					@ no banked register right after ldm^
	movs	pc, lr
.endm

/*
 * A fault's vector.  Of a guest: its registers are stored, the handler is called.  Falls through if
 * it is of the hypervisor itself, with r0-r3 on the abort stack and lr = the instruction.
 */
.macro FAULT adjust, handler
	mrs	sp, spsr
	tst	sp, #0xf			@ USR is mode 0x10
	bne	1f
	SAVE_GUEST \adjust
	bl	\handler
	b	return_to_guest
1:	sub	lr, lr, #\adjust
	ldr	sp, =abort_stack
	stmdb	sp!, {r0-r3}
.endm

.macro PANIC text
	ldr	r0, =2f
	b	hypervisor_exception
	.pushsection .rodata.names, "a"
2:	.asciz	"\text"
	.popsection
	.ltorg
.endm

FUNC vector_prefetch_abort
	FAULT	4, trap_prefetch_abort
	PANIC	"prefetch abort"
END vector_prefetch_abort

FUNC vector_undefined
	mrs	sp, spsr
	tst	sp, #0x20			@ from Thumb lr is pc + 2
	addne	lr, lr, #2
	FAULT	4, trap_undefined
	PANIC	"undefined instruction"
END vector_undefined

/* An access of the hypervisor to guest memory with a fixup goes on there (in SVC mode,
 * registers as they were); anything else is its end. */
FUNC vector_data_abort
	FAULT	8, trap_data_abort
	ldr	r0, =_fixups
	ldr	r1, =_fixups_end
2:	cmp	r0, r1
	bhs	3f
	ldr	r2, [r0], #8
	cmp	r2, lr
	bne	2b
	ldr	lr, [r0, #-4]
	ldmia	sp!, {r0-r3}
	movs	pc, lr
3:	PANIC	"data abort"
END vector_data_abort

FUNC vector_unexpected
	ldr	sp, =abort_stack
	stmdb	sp!, {r0-r3}
	PANIC	"unexpected exception"
END vector_unexpected

/*
 * A fault of the hypervisor itself: builds a cpu_user_regs on the abort stack and
 * panics.  in: any exception mode, lr = pc of the fault, spsr; r0 = name of the
 * vector, r0-r3 of the fault at [sp].  Does not return.
 */
FUNC hypervisor_exception
	sub	sp, sp, #REGS_SIZE
	mov	r1, r0				@ panic_exception(regs, name)
	add	r2, sp, #16
	stmia	r2, {r4-r12}
	add	r2, sp, #REGS_SIZE
	ldmia	r2, {r4-r7}
	stmia	sp, {r4-r7}
	str	lr, [sp, #REGS_PC]
	mrs	r2, spsr
	str	r2, [sp, #REGS_PSR]
	mov	r0, sp
	mrs	r3, cpsr
	msr	cpsr_c, #(MODE_SVC | PSR_I_F)	@ its sp and lr, if it was SVC
	str	sp, [r0, #REGS_SP]
	str	lr, [r0, #(REGS_SP + 4)]
	msr	cpsr_c, r3
	b	panic_exception
END hypervisor_exception
	.ltorg

/*
 * SWI: a hypercall from virtual kernel mode, a system call from virtual user mode.
 * in: SVC mode, sp = pcpu, lr = next guest instruction, spsr; all others the guest's.
 */
FUNC vector_swi
	stmdb	sp, {r0-r3}			@ scratch; below sp nothing else uses it
	ldr	r0, [sp, #PCPU_CURRENT]
	ldrb	r1, [r0, #VCPU_KERNEL_MODE]
	cmp	r1, #0
	beq	guest_system_call
	cmp	r12, #23			@ __HYPERVISOR_iret
	beq	guest_return
	SAVE_GUEST_SWI				@ r4 = the guest's r0
	cmp	r12, #29			@ __HYPERVISOR_sched_op
	cmpeq	r4, #1				@ SCHEDOP_block
	bne	1f
	bl	sched_block_now			@ whom to go on with, if that is all
	cmp	r0, #0
	bne	return_to
	ldr	r0, [sp, #PCPU_CURRENT]
1:	bl	hypercall
	b	return_to_guest
END vector_swi

/*
 * An interrupt, and the way out when nothing wants attention: the current vCPU's domain runs, and
 * nobody else is to.  Anything else is decided in C: return_in_c, which is also the end of boot.
 * in: SVC mode, sp = pcpu.
 */
FUNC vector_irq
	SAVE_GUEST 4				@ IRQs are never enabled in the hypervisor
	bl	trap_irq
	cmp	r0, #0				@ woken by this interrupt, for its upcall?
	ldrne	r3, [r0, #VCPU_SHARED_INFO]
	bne	enter_upcall
	.global return_to_guest
return_to_guest:
	ldr	r0, [sp, #PCPU_CURRENT]
return_to:
	ldr	r1, [sp, #PCPU_ATTENTION]
	ldrb	r2, [r0, #VCPU_KERNEL_MODE]
	ldr	r3, [r0, #VCPU_SHARED_INFO]
	eor	r2, r2, #1
	orrs	r2, r2, r1
	bne	1f
	ldrh	r1, [r3, #INFO_PENDING]		@ the mask is the upper byte
	sub	r1, r1, #1
	cmp	r1, #255			@ pending and not masked?
	blo	enter_upcall
	RESTORE_GUEST
1:	cmp	r1, #0
	bne	return_in_c
	ldr	r1, [r0, #VCPU_DACR_KERNEL]
	DACR_WRITE r1				@ its shared info is its kernel's
	ldrh	r1, [r3, #INFO_PENDING]
	ldr	r2, [sp, #PCPU_DACR_USER]
	sub	r1, r1, #1
	DACR_WRITE r2
	cmp	r1, #255
	blo	return_in_c
	RESTORE_GUEST
	.global return_in_c
return_in_c:
	bl	exit_to_guest			@ whom to go on with
	RESTORE_GUEST

/*
 * The frame of an upcall is stored and its handler entered, all registers but sp and pc as they are in
 * regs.  No handler, or no stack for the frame: in C, which finds everything as it was.
 * in: r0 = vcpu, r3 = its shared info.
 */
enter_upcall:
	ldr	r2, [r0, #VCPU_EVENT_CALLBACK]
	ldr	lr, [r0, #REGS_SP]
	cmp	r2, #0
	beq	return_in_c
	sub	lr, lr, #REGS_SIZE
	bic	lr, lr, #7			@ lr = frame
	ldrd	r4, [r0, #VCPU_FRAMES]
	sub	r4, lr, r4
	cmp	r5, r4, ror #2
	bls	return_in_c
	ldr	r4, [r0, #REGS_PC]
	ldr	r5, [r0, #REGS_PSR]
	mvn	r6, #0				@ orig_r0
	orr	r5, r5, #MODE_SVC		@ virtual kernel mode, events not masked
	@ These reach both of the two pages that the 8-aligned frame may span.
40:	str	r6, [lr]
	add	r7, lr, #REGS_PC
41:	stmia	r7, {r4-r6}
	mov	r4, #1
	strb	r4, [r3, #INFO_MASK]
	stmdb	sp, {r2, lr}
	ldmia	r0, {r0-r14}^
	nop
	stmia	lr, {r0-r14}^
	msr	spsr_cxsf, #MODE_USR		@ ARM state, IRQs on
	ldmdb	sp, {sp}^			@ the guest's sp = frame
	nop
	ldr	lr, [sp, #-8]
	movs	pc, lr
	FIXUP	40b, return_in_c
	FIXUP	41b, return_in_c
END vector_irq
	.ltorg

/*
 * A system call goes to the guest's own kernel: its frame is stored on the guest's
 * kernel stack, all registers but sp and pc stay.  No handler, a stack outside the
 * guest's addresses or one that faults: the slow way, which ends the domain.
 * in: r0 = vcpu; r0-r3 of the guest below sp; lr, spsr as at entry.
 */
FUNC guest_system_call
	ldr	r1, [r0, #VCPU_DACR_KERNEL]
	DACR_WRITE r1
	ldrd	r2, [r0, #VCPU_FRAMES_SWI]
	ldr	r0, [r0, #VCPU_SHARED_INFO]
	ldr	r1, [r0, #INFO_KERNEL_SP]
	ldrb	r0, [r0, #INFO_MASK]		@ 0 or 1: virtual user mode cannot write it
	sub	r1, r1, #REGS_SIZE
	bic	r1, r1, #7			@ r1 = frame
	sub	r2, r1, r2
	cmp	r3, r2, ror #2
	bls	system_call_slow
	mrs	r2, spsr			@ mode bits 0x10: virtual user, too
	bic	r2, r2, #0x100
	orr	r2, r2, r0, lsl #7
	@ The frame spans two pages at most.  These reach its first and last words
	@ (it is 8-aligned), so the stores behind them cannot fault.
10:	str	lr, [r1]
11:	str	lr, [r1, #REGS_PC]
12:	str	r2, [r1, #REGS_PSR]
	add	r2, r1, #16
13:	stmia	r2, {r4-r14}^
	mov	lr, r1
	ldmdb	sp, {r0-r3}
	stmia	lr, {r0-r3}
	str	r0, [lr, #REGS_ORIG_R0]

	sub	r1, sp, #20
	str	lr, [r1]
	ldmia	r1, {sp}^			@ the guest's sp = frame
	mov	r1, #1				@ no banked register right after ldm^
	ldr	r0, [sp, #PCPU_CURRENT]
	ldr	lr, [r0, #VCPU_TRAP_SWI]
	strb	r1, [r0, #VCPU_KERNEL_MODE]
	msr	spsr_c, #MODE_USR		@ ARM state, IRQs on
	ldmdb	sp, {r0-r3}
	movs	pc, lr

system_call_slow:
	ldr	r0, [sp, #PCPU_CURRENT]
	SAVE_GUEST_SWI
	bl	trap_system_call
	b	return_to_guest
	FIXUP	10b, system_call_slow
	FIXUP	11b, system_call_slow
	FIXUP	12b, system_call_slow
	FIXUP	13b, system_call_slow
END guest_system_call

/*
 * int arm_store_frame(frame, regs, psr, orig_r0), see arm.h.  The frame spans two pages
 * at most, its first and last words show that both can be written.
 */
FUNC arm_store_frame
30:	str	r3, [r0, #REGS_ORIG_R0]
31:	str	r3, [r0]
	push	{r4-r11}
	ldmia	r1!, {r4-r11}
	stmia	r0!, {r4-r11}
	ldmia	r1!, {r4-r11}			@ up to pc
	stmia	r0!, {r4-r11}
	str	r2, [r0, #(REGS_PSR - 64)]
	pop	{r4-r11}
	mov	r0, #0
	bx	lr
32:	mov	r0, #1
	bx	lr
	FIXUP	30b, 32b
	FIXUP	31b, 32b
END arm_store_frame

/*
 * iret: restores the frame at the guest's sp.
 * in: r0 = vcpu; SVC mode, DACR of virtual kernel mode; guest registers are dead
 * but sp.  With events to deliver: in C.
 */
FUNC guest_return
	stmdb	sp, {sp}^			@ the guest's
	ldrd	r2, [r0, #VCPU_FRAMES]	@ (no banked register here)
	ldr	r1, [sp, #-4]			@ r1 = frame
	sub	r2, r1, r2
	cmp	r3, r2, ror #2			@ not a multiple of 4: far beyond
	bls	return_bad
20:	ldr	r2, [r1, #REGS_PSR]
21:	ldr	lr, [r1, #REGS_PC]
	ldr	r3, [r0, #VCPU_SHARED_INFO]
	and	r4, r2, #0xbf			@ virtual I bit, Thumb, mode
	cmp	r4, #MODE_USR
	bne	return_special
	mov	r4, #0
	strb	r4, [r3, #INFO_MASK]
	ldrb	r5, [r3, #INFO_PENDING]
	cmp	r5, #0
	bne	return_slow
	and	r5, r2, #0xf8000000		@ flags
	orr	r5, r5, #MODE_USR
	msr	spsr_cxsf, r5
return_user:					@ r4 = 0
	ldr	r2, [r3, #INFO_TLS]
	ldr	r5, =0xffff0ff0			@ ARMV5_KUSER_TLS
	str	r2, [r5]
	strb	r4, [r0, #VCPU_KERNEL_MODE]
22:	ldmia	r1, {r0-r14}^
	nop
	ldr	sp, [sp, #PCPU_DACR_USER]
	DACR_WRITE sp
	ldr	sp, =pcpu
	movs	pc, lr

	@ To virtual kernel mode, to Thumb state or with events masked.
return_special:
	and	r4, r2, #0x80
	mov	r4, r4, lsr #7
	strb	r4, [r3, #INFO_MASK]
	ldrb	r5, [r3, #INFO_PENDING]
	bics	r5, r5, r4			@ pending and not masked?
	bne	return_slow
	and	r5, r2, #0xf8000000
	and	r6, r2, #0x20			@ Thumb
	orr	r5, r5, r6
	orr	r5, r5, #MODE_USR
	msr	spsr_cxsf, r5
	mov	r4, #0
	and	r2, r2, #0x1f
	cmp	r2, #MODE_USR
	beq	return_user
return_kernel:
	cmp	r2, #MODE_SVC
	bne	return_bad
23:	ldmia	r1, {r0-r14}^
	nop
	movs	pc, lr

return_slow:
	bl	trap_return			@ r0 = vcpu, r1 = frame
	b	return_to_guest

return_bad:
	ldr	r0, [sp, #PCPU_CURRENT]
	bl	trap_return_fault
	b	return_to_guest
	FIXUP	20b, return_bad
	FIXUP	21b, return_bad
	FIXUP	22b, return_bad
	FIXUP	23b, return_bad
END guest_return
	.ltorg
