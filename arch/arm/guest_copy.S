/* SPDX-License-Identifier: MIT */
/*
 * guest_copy.S - copies between the hypervisor and a guest's addresses, with the
 * guest's permissions: LDRT and STRT are user accesses.  Words where both sides
 * are aligned, else bytes.  Returns the bytes that were not copied.
 */
#include "asm.h"

/* in: r0 = to, r1 = from (guest), r2 = size; out: r0 = bytes left; clobbers r1-r3, ip */
FUNC arch_copy_from_user
	orr	r3, r0, r1
	tst	r3, #3
	bne	2f
1:	subs	r2, r2, #4
	blo	3f
10:	ldrt	r3, [r1], #4
	str	r3, [r0], #4
	b	1b
3:	add	r2, r2, #4
2:	subs	r2, r2, #1
	blo	4f
11:	ldrbt	r3, [r1], #1
	strb	r3, [r0], #1
	b	2b
4:	mov	r0, #0
	mov	pc, lr
5:	add	r0, r2, #4
	mov	pc, lr
6:	add	r0, r2, #1
	mov	pc, lr
	FIXUP	10b, 5b
	FIXUP	11b, 6b
END arch_copy_from_user

/* in: r0 = to (guest), r1 = from, r2 = size; out, clobbers: as above */
FUNC arch_copy_to_user
	orr	r3, r0, r1
	tst	r3, #3
	bne	2f
1:	subs	r2, r2, #4
	blo	3f
	ldr	r3, [r1], #4
10:	strt	r3, [r0], #4
	b	1b
3:	add	r2, r2, #4
2:	subs	r2, r2, #1
	blo	4f
	ldrb	r3, [r1], #1
11:	strbt	r3, [r0], #1
	b	2b
4:	mov	r0, #0
	mov	pc, lr
5:	add	r0, r2, #4
	mov	pc, lr
6:	add	r0, r2, #1
	mov	pc, lr
	FIXUP	10b, 5b
	FIXUP	11b, 6b
END arch_copy_to_user
