/* SPDX-License-Identifier: MIT */
/*
 * string.S - memcpy() and memset() of ISO C, in place of lib/string.c's, and words_are_zero(): eight
 * registers a load or store multiple, eight of them a turn.  Clearing memory is most of a boot, and a page
 * is cleared or copied with interrupts off.  Copies go up: memmove() relies on it.
 */
#include "asm.h"

#define BLOCK 32
#define TURN  (8 * BLOCK)

/* in: r0 = to, r1 = from, r2 = size; out: r0; clobbers r1-r3, ip */
FUNC memcpy
	mov	ip, r0
1:	tst	ip, #3				@ up to the first word
	beq	2f
	subs	r2, r2, #1
	bxlo	lr
	ldrb	r3, [r1], #1
	strb	r3, [ip], #1
	b	1b
2:	ands	r3, r1, #3
	bne	7f
	subs	r2, r2, #BLOCK
	blo	5f
	push	{r4-r10}
	subs	r2, r2, #(TURN - BLOCK)
	blo	4f
3:	.rept	8
	ldmia	r1!, {r3-r10}
	stmia	ip!, {r3-r10}
	.endr
	subs	r2, r2, #TURN
	bhs	3b
4:	adds	r2, r2, #(TURN - BLOCK)
	bmi	41f
	ldmia	r1!, {r3-r10}
	stmia	ip!, {r3-r10}
	sub	r2, r2, #TURN
	b	4b
41:	pop	{r4-r10}
5:	add	r2, r2, #BLOCK			@ what is left
51:	subs	r2, r2, #4
	ldrhs	r3, [r1], #4
	strhs	r3, [ip], #4
	bhs	51b
	add	r2, r2, #4
6:	subs	r2, r2, #1
	ldrhsb	r3, [r1], #1
	strhsb	r3, [ip], #1
	bhs	6b
	bx	lr

	@ The source is off by r3: words of it are put together, no word behind its last byte is read.
7:	subs	r2, r2, #4
	addlo	r2, r2, #4
	blo	6b
	push	{r4-r6}
	sub	r1, r1, r3
	mov	r4, r3, lsl #3
	rsb	r5, r4, #32
	ldr	r6, [r1], #4
8:	mov	r3, r6, lsr r4
	ldr	r6, [r1], #4
	orr	r3, r3, r6, lsl r5
	str	r3, [ip], #4
	subs	r2, r2, #4
	bhs	8b
	sub	r1, r1, r5, lsr #3		@ back to the next byte
	pop	{r4-r6}
	add	r2, r2, #4
	b	6b
END memcpy

/* in: r0 = to, r1 = byte, r2 = size; out: r0; clobbers r1-r3, ip */
FUNC memset
	mov	ip, r0
	and	r1, r1, #0xff
	orr	r1, r1, r1, lsl #8
	orr	r1, r1, r1, lsl #16
1:	tst	ip, #3				@ up to the first word
	beq	2f
	subs	r2, r2, #1
	bxlo	lr
	strb	r1, [ip], #1
	b	1b
2:	subs	r2, r2, #BLOCK
	blo	5f
	push	{r4-r9}
	mov	r3, r1
	mov	r4, r1
	mov	r5, r1
	mov	r6, r1
	mov	r7, r1
	mov	r8, r1
	mov	r9, r1
	subs	r2, r2, #(TURN - BLOCK)
	blo	4f
3:	.rept	8
	stmia	ip!, {r1, r3-r9}
	.endr
	subs	r2, r2, #TURN
	bhs	3b
4:	adds	r2, r2, #(TURN - BLOCK)
	bmi	41f
	stmia	ip!, {r1, r3-r9}
	sub	r2, r2, #TURN
	b	4b
41:	pop	{r4-r9}
5:	add	r2, r2, #BLOCK
51:	subs	r2, r2, #4
	strhs	r1, [ip], #4
	bhs	51b
	add	r2, r2, #4
6:	subs	r2, r2, #1
	strhsb	r1, [ip], #1
	bhs	6b
	bx	lr
END memset

/* in: r0 = words, r1 = how many; out: r0; clobbers r1-r3, ip */
FUNC words_are_zero
	push	{r4-r8}
1:	ldmia	r0!, {r2-r8, ip}
	orr	r2, r2, r3
	orr	r4, r4, r5
	orr	r6, r6, r7
	orr	r8, r8, ip
	orr	r2, r2, r4
	orr	r6, r6, r8
	orrs	r2, r2, r6
	bne	2f
	subs	r1, r1, #8
	bne	1b
2:	pop	{r4-r8}
	clz	r0, r2				@ 32 of 0 alone
	mov	r0, r0, lsr #5
	bx	lr
END words_are_zero
