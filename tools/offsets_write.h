/* SPDX-License-Identifier: MIT */
/*
 * First reading of asm-offsets.c: each DEFINE() leaves a marker in the assembly,
 * from which tools/build.mk makes generated/asm-offsets.h.  DEFINE() stands in
 * a function.
 */
#define ASM_OFFSETS_WRITE 1
#define DEFINE(name, value) \
	__asm__ volatile("\n\t.ascii \"->" #name " %0\"" : : "i" (value))
#define OFFSET(name, type, member) \
	DEFINE(name, __builtin_offsetof(type, member))
