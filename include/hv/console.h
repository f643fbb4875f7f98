/* SPDX-License-Identifier: MIT */
/*
 * console.h - one serial line for the hypervisor and all domains.
 *
 * Output goes through a ring that the UART's interrupt drains; a domain's
 * lines carry its name.  Input goes to one domain or to the debug keys;
 * Ctrl-A three times moves on.  Context: interrupts off.
 */
#ifndef HV_CONSOLE_H
#define HV_CONSOLE_H

#include <hv/types.h>

struct uart;

#define CONSOLE_LINE  128 /* longer lines are broken */
#define CONSOLE_INPUT 256 /* bytes that wait for CONSOLEIO_read */

struct console_domain {
	char line[CONSOLE_LINE];   /* the unfinished output line */
	uint16_t line_length;
	uint16_t in_head, in_tail;
	char in[CONSOLE_INPUT];
};

void console_early_init(const struct uart *uart); /* polled */
void console_init(void);                          /* interrupt driven */
void console_domain_init(struct domain *d);
void console_interrupt(void);                     /* the UART's handler */

/* Writes out what waits, polling (panic, power off). */
void console_flush(void);
void console_set_sync(void); /* from now on every character is polled out */

/* The hypervisor's own lines, prefixed "(bantam) ".  A new line is added. */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

int32_t do_console_io(struct domain *caller, const uint32_t *arg);

#endif
