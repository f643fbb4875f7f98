/* SPDX-License-Identifier: MIT */
/* lib.h - the few C library functions that the hypervisor needs. */
#ifndef HV_LIB_H
#define HV_LIB_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
void *memchr(const void *s, int c, size_t size);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
char *strrchr(const char *s, int c);

/* Copies at most size - 1 bytes and always ends in 0. */
void string_copy(char *to, const char *from, size_t size);

/*
 * %c %s %d %u %x %p %% with width, 0 and - flags, l and ll.  Returns the
 * length that the whole text would have; writes at most size bytes with the 0.
 */
int vsnprintf(char *to, size_t size, const char *format, va_list args);
int snprintf(char *to, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
