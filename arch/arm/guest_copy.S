/* SPDX-License-Identifier: MIT */
/*
 * guest_copy.S - copies between the hypervisor and a guest's addresses, with the
 * guest's permissions: LDRT and STRT are user accesses.  Pairs of words where
 * both sides are aligned, else of bytes.  Returns the bytes that were not copied.
 */
#include "asm.h"

/* in: r0 = to, r1 = from (guest), r2 = size; out: r0 = bytes left; clobbers r1-r3, ip */
FUNC arch_copy_from_user
	orr	r3, r0, r1
	tst	r3, #3
	bne	2f
0:	subs	r2, r2, #8
	blo	1f
10:	ldrt	r3, [r1], #4
11:	ldrt	ip, [r1], #4
	stmia	r0!, {r3, ip}
	b	0b
1:	adds	r2, r2, #4			@ r2 = left - 4: borrows as subs does
	blo	3f
12:	ldrt	r3, [r1], #4
	str	r3, [r0], #4
	b	2f
3:	add	r2, r2, #4
2:	subs	r2, r2, #2
	blo	4f
13:	ldrbt	r3, [r1], #1
14:	ldrbt	ip, [r1], #1
	strb	r3, [r0], #1
	strb	ip, [r0], #1
	b	2b
4:	adds	r2, r2, #1
	blo	copied_all
15:	ldrbt	r3, [r1], #1
	strb	r3, [r0], #1
	b	copied_all
	FIXUP	10b, fault_of_pair
	FIXUP	11b, fault_of_pair
	FIXUP	12b, fault_of_word
	FIXUP	13b, fault_of_two
	FIXUP	14b, fault_of_two
	FIXUP	15b, fault_of_byte
END arch_copy_from_user

/* in: r0 = to (guest), r1 = from, r2 = size; out, clobbers: as above */
FUNC arch_copy_to_user
	orr	r3, r0, r1
	tst	r3, #3
	bne	2f
0:	subs	r2, r2, #8
	blo	1f
	ldmia	r1!, {r3, ip}
10:	strt	r3, [r0], #4
11:	strt	ip, [r0], #4
	b	0b
1:	adds	r2, r2, #4			@ as above
	blo	3f
	ldr	r3, [r1], #4
12:	strt	r3, [r0], #4
	b	2f
3:	add	r2, r2, #4
2:	subs	r2, r2, #2
	blo	4f
	ldrb	r3, [r1], #1
	ldrb	ip, [r1], #1
13:	strbt	r3, [r0], #1
14:	strbt	ip, [r0], #1
	b	2b
4:	adds	r2, r2, #1
	blo	copied_all
	ldrb	r3, [r1], #1
15:	strbt	r3, [r0], #1
	b	copied_all
	FIXUP	10b, fault_of_pair
	FIXUP	11b, fault_of_pair
	FIXUP	12b, fault_of_word
	FIXUP	13b, fault_of_two
	FIXUP	14b, fault_of_two
	FIXUP	15b, fault_of_byte
END arch_copy_to_user

/* Ends of both copies.  in: r2 = size without what was about to be copied; out: r0 = bytes left */
FUNC copied_all
	mov	r0, #0
	bx	lr
fault_of_pair:
	add	r2, r2, #4
fault_of_word:
	add	r2, r2, #2
fault_of_two:
	add	r2, r2, #1
fault_of_byte:
	add	r0, r2, #1
	bx	lr
END copied_all
