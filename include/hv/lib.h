/* SPDX-License-Identifier: MIT */
/* lib.h - the few C library functions that the hypervisor needs. */
#ifndef HV_LIB_H
#define HV_LIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
bool words_are_zero(const uint32_t *words, uint32_t count); /* a multiple of 8, not 0 */
int memcmp(const void *a, const void *b, size_t size);
void *memchr(const void *s, int c, size_t size);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
char *strrchr(const char *s, int c);

/* Copies at most size - 1 bytes and always ends in 0. */
void string_copy(char *to, const char *from, size_t size);

static inline bool is_printable(char c)
{
	return (uint8_t)(c - ' ') < 0x5Fu;
}

/*
 * A text that is made piece by piece: %c %s %d %u %x %% with width, - and, not for %d, 0.  Each
 * argument is a word; what is not printable in a string or character becomes '?'.
 */
#define FORMAT_PIECE 5
#define FORMAT_END   (-1)

struct format {
	const char *next;          /* the rest of the format */
	const uintptr_t *words;    /* of the arguments */
	const char *text;          /* the rest of a conversion, with fill before and blanks after */
	unsigned int before, after;
	char fill;
	char digits[12];
};

void format_begin(struct format *f, const char *format, const uintptr_t *words);
/* One step: puts at most FORMAT_PIECE characters there and returns how many, or FORMAT_END. */
int format_next(struct format *f, char *to);

/* A short text at once, cut where not a whole piece fits; returns its length.  No 0 at its end. */
unsigned int format_text(char *to, unsigned int size, const char *format, const uintptr_t *words);

/* How many arguments follow the format, nine at most. */
#define FORMAT_WORDS 9u
#define FORMAT_COUNT(...) FORMAT_COUNT_(__VA_ARGS__, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0)
#define FORMAT_COUNT_(format, a, b, c, d, e, f, g, h, i, count, ...) (count ## u)

#endif
