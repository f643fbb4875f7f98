/* SPDX-License-Identifier: MIT */
/*
 * string.c - memory and string functions, as ISO C has them.
 *
 * Built with -fno-tree-loop-distribute-patterns: a copy loop here must not
 * become a call of memcpy().
 */
#include <hv/lib.h>

/* The hypervisor's own are arch/arm/string.S; these are for the host. */
__attribute__((weak)) void *memcpy(void *to, const void *from, size_t size)
{
	char *t = to;
	const char *f = from;

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

__attribute__((weak)) void *memset(void *to, int byte, size_t size)
{
	char *t = to;

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
