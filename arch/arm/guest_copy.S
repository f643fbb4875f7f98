/* SPDX-License-Identifier: MIT */
/*
 * guest_copy.S - copies between the hypervisor and a guest's addresses, with the
 * guest's permissions: LDRT and STRT are user accesses.  Pairs of words where
 * both sides are aligned, else bytes.  Returns the bytes that were not copied.
 */
#include "asm.h"

/* in: r0 = to, r1 = from (guest), r2 = size; out: r0 = bytes left; clobbers r1-r3, ip */
FUNC arch_copy_from_user
	orr	r3, r0, r1
	tst	r3, #3
	bne	2f
0:	subs	r2, r2, #8
	blo	1f
12:	ldrt	r3, [r1], #4
13:	ldrt	ip, [r1], #4
	stmia	r0!, {r3, ip}
	b	0b
1:	add	r2, r2, #8
	subs	r2, r2, #4
	blo	3f
10:	ldrt	r3, [r1], #4
	str	r3, [r0], #4
	b	2f
3:	add	r2, r2, #4
2:	subs	r2, r2, #1
	blo	4f
11:	ldrbt	r3, [r1], #1
	strb	r3, [r0], #1
	b	2b
4:	mov	r0, #0
	bx	lr
5:	add	r0, r2, #4
	bx	lr
6:	add	r0, r2, #1
	bx	lr
7:	add	r0, r2, #8
	bx	lr
	FIXUP	10b, 5b
	FIXUP	11b, 6b
	FIXUP	12b, 7b
	FIXUP	13b, 7b
END arch_copy_from_user

/* in: r0 = to (guest), r1 = from, r2 = size; out, clobbers: as above */
FUNC arch_copy_to_user
	orr	r3, r0, r1
	tst	r3, #3
	bne	2f
0:	subs	r2, r2, #8
	blo	1f
	ldmia	r1!, {r3, ip}
12:	strt	r3, [r0], #4
13:	strt	ip, [r0], #4
	b	0b
1:	add	r2, r2, #8
	subs	r2, r2, #4
	blo	3f
	ldr	r3, [r1], #4
10:	strt	r3, [r0], #4
	b	2f
3:	add	r2, r2, #4
2:	subs	r2, r2, #1
	blo	4f
	ldrb	r3, [r1], #1
11:	strbt	r3, [r0], #1
	b	2b
4:	mov	r0, #0
	bx	lr
5:	add	r0, r2, #4
	bx	lr
6:	add	r0, r2, #1
	bx	lr
7:	add	r0, r2, #8
	bx	lr
	FIXUP	10b, 5b
	FIXUP	11b, 6b
	FIXUP	12b, 7b
	FIXUP	13b, 7b
END arch_copy_to_user
