/* SPDX-License-Identifier: MIT */
/*
 * Second reading of asm-offsets.c, after the generated header: each DEFINE()
 * proves that the header says what the compiler sees.
 */
#define ASM_OFFSETS_CHECK 1
#define DEFINE(name, value) \
	_Static_assert((name) == (long)(value), "stale asm-offsets.h")
#define OFFSET(name, type, member) \
	DEFINE(name, __builtin_offsetof(type, member))
