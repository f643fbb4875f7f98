/* SPDX-License-Identifier: MIT */
/*
 * lat.h - what the files of the benchmark program share.
 */
#ifndef BENCH_LAT_H
#define BENCH_LAT_H

#include <stdbool.h>
#include <stdint.h>
#include "marks.h"

#define PAGE 4096u
#define MIB  (1u << 20)

/* Nanoseconds; in QEMU's icount mode at shift 0, instructions. */
uint64_t now(void);

#define REGION_LOOP 1u          /* the loop of measure(), LOOP_COUNT times */
#define LOOP_COUNT  20000u

/* The next free number. */
unsigned int new_region(void);

/* As mark_begin() and mark_end(), for what is taken off; silent if only one row is wanted. */
void mark_less_begin(unsigned int region);
void mark_less_end(unsigned int region);

/* A row's regions: of a part of it, and what is taken off it; 0 is none. */
struct regions {
	unsigned int own, own_count;    /* operations each time it is entered */
	unsigned int less, less_count;
};

/* True if the command line asks for rows, and not for this one. */
bool skip(const char *name);

/* Ends the program with a line that says what failed. */
_Noreturn void fail(const char *what);

/* Prints a row: total nanoseconds of count operations. */
void row(const char *name, uint64_t total, unsigned int count, const struct regions *regions);

/* Warms up, then runs an operation count times; the empty loop is taken off. */
void measure(const char *name, void (*operation)(void), unsigned int count);

void rows_calls(void);   /* lat_calls.c: system calls and signals */
void rows_memory(void);  /* lat_memory.c: faults, mmap */
void rows_process(void); /* lat_process.c: fork, exec, pipes, switches */

#endif /* BENCH_LAT_H */
