/* SPDX-License-Identifier: MIT */
/*
 * string.c - memory and string functions, as ISO C has them.
 *
 * Built with -fno-tree-loop-distribute-patterns: a copy loop here must not
 * become a call of memcpy().
 */
#include <stdbool.h>

#include <hv/lib.h>

#define WORD sizeof(uint32_t)
/* Words, and blocks that the compiler moves by multiple loads and stores; they may
 * alias anything. */
typedef uint32_t __attribute__((may_alias)) word_t;
typedef struct { uint32_t word[8]; } __attribute__((may_alias)) block_t;

static bool both_aligned(const void *a, const void *b)
{
	return (((uintptr_t)a | (uintptr_t)b) & (WORD - 1)) == 0;
}

void *memcpy(void *to, const void *from, size_t size)
{
	char *t = to;
	const char *f = from;

	if (both_aligned(to, from)) {
		for (; size >= sizeof(block_t); size -= sizeof(block_t)) {
			*(block_t *)(void *)t = *(const block_t *)(const void *)f;
			t += sizeof(block_t);
			f += sizeof(block_t);
		}
		for (; size >= WORD; size -= WORD, t += WORD, f += WORD)
			*(word_t *)(void *)t = *(const word_t *)(const void *)f;
	}
	while (size--)
		*t++ = *f++;
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	char *t = to;
	const char *f = from;

	if ((uintptr_t)to - (uintptr_t)from >= size)
		return memcpy(to, from, size); /* no byte is read after it is written */
	while (size--)
		t[size] = f[size];
	return to;
}

void *memset(void *to, int byte, size_t size)
{
	char *t = to;
	const uint32_t w = (uint8_t)byte * 0x01010101u;
	const block_t block = { { w, w, w, w, w, w, w, w } };

	for (; size && ((uintptr_t)t & (WORD - 1)); size--)
		*t++ = (char)byte;
	for (; size >= sizeof(block); size -= sizeof(block), t += sizeof(block))
		*(block_t *)(void *)t = block;
	for (; size >= WORD; size -= WORD, t += WORD)
		*(word_t *)(void *)t = w;
	while (size--)
		*t++ = (char)byte;
	return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const uint8_t *x = a, *y = b;

	for (; size; size--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

void *memchr(const void *s, int c, size_t size)
{
	const uint8_t *p = s;

	for (; size; size--, p++)
		if (*p == (uint8_t)c)
			return (void *)(uintptr_t)p;
	return NULL;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	for (; *a && *a == *b; a++, b++)
		;
	return (uint8_t)*a - (uint8_t)*b;
}

char *strrchr(const char *s, int c)
{
	const char *found = NULL;

	do {
		if (*s == (char)c)
			found = s;
	} while (*s++);
	return (char *)(uintptr_t)found;
}

void string_copy(char *to, const char *from, size_t size)
{
	size_t n = strnlen(from, size - 1);

	memcpy(to, from, n);
	to[n] = '\0';
}
