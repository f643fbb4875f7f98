/* SPDX-License-Identifier: MIT */
/* marks.h - marks around what is measured, in Linux programs and guests alike. */
#ifndef BENCH_MARKS_H
#define BENCH_MARKS_H

/*
 * For tools/profile and tools/vivt: only what is between them counts, by region. A region
 * has a number of its own; one that does not belong to a row holds what is taken off a row.
 */
static inline void mark_begin(unsigned int region)
{
	register unsigned int r0 __asm__("r0") = region;

	__asm__ volatile("mov r12, r12" :: "r" (r0) : "memory");
}

static inline void mark_end(unsigned int region)
{
	register unsigned int r0 __asm__("r0") = region;

	__asm__ volatile("mov r11, r11" :: "r" (r0) : "memory");
}

#endif
