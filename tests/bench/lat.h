/* SPDX-License-Identifier: MIT */
/*
 * lat.h - what the files of the benchmark program share.
 */
#ifndef BENCH_LAT_H
#define BENCH_LAT_H

#include <stdbool.h>
#include <stdint.h>

#define PAGE 4096u
#define MIB  (1u << 20)

/* Nanoseconds; in QEMU's icount mode at shift 0, instructions. */
uint64_t now(void);

/* For tools/profile: only what is between them counts. */
static inline void mark_begin(void)
{
	__asm__ volatile("mov r12, r12" ::: "memory");
}

static inline void mark_end(void)
{
	__asm__ volatile("mov r11, r11" ::: "memory");
}

/* True if the command line asks for rows, and not for this one. */
bool skip(const char *name);

/* Ends the program with a line that says what failed. */
_Noreturn void fail(const char *what);

/* Prints a row: total nanoseconds of count operations. */
void row(const char *name, uint64_t total, unsigned int count);

/* Warms up, then runs an operation count times; the empty loop is taken off. */
void measure(const char *name, void (*operation)(void), unsigned int count);

void rows_calls(void);   /* lat_calls.c: system calls and signals */
void rows_memory(void);  /* lat_memory.c: faults, mmap */
void rows_process(void); /* lat_process.c: fork, exec, pipes, switches */

#endif /* BENCH_LAT_H */
