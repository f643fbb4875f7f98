/* SPDX-License-Identifier: MIT */
/*
 * console.h - the domain's console.  printf() ends here too.
 */
#ifndef SDK_CONSOLE_H
#define SDK_CONSOLE_H

#include <stddef.h>

/*
 * Writes all of it, in pieces, waiting while the hypervisor's ring is full.
 * 0, or -XEN_Exxx.
 */
int console_write(const char *text, size_t size);

/* Whole line without stdio: safe in handlers. */
void console_puts(const char *text);

/* What was typed, without waiting: count (may be 0), or -XEN_Exxx. */
int console_read(char *text, size_t size);

#endif /* SDK_CONSOLE_H */
