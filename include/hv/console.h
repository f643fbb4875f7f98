/* SPDX-License-Identifier: MIT */
/*
 * console.h - one serial line for the hypervisor and all domains.
 *
 * Output goes through a ring that a timer drains in small pieces: emulated serial ports
 * are always ready, real ones are slow, and neither may keep interrupts off for
 * long.  Input goes to one domain or to the debug keys; Ctrl-A three times moves
 * on.  How lines are put on the screen is screen.h's.  Context: interrupts off.
 */
#ifndef HV_CONSOLE_H
#define HV_CONSOLE_H

#include <hv/log.h>
#include <hv/screen.h>
#include <hv/types.h>

struct uart;

#define CONSOLE_INPUT 256u /* bytes that wait for CONSOLEIO_read; a power of two */

struct console_domain {
	struct screen_line screen;
	uint16_t in_head, in_tail;   /* free running */
	char in[CONSOLE_INPUT];
	uint32_t log_second;         /* log.c's: when log_count began */
	uint16_t log_count, log_dropped;
	uint32_t written;            /* the ring's head after its last output */
	uint16_t begun;              /* characters of a short text that is begun */
	uint64_t dump_after;         /* ns: no dump of it before (dump.c) */
};

void console_early_init(const struct uart *uart); /* polled */
void console_init(void);                          /* driven by timer and interrupt */
/* A domain begins anew: an unfinished line of its past life is printed. */
void console_domain_init(struct domain *d);
/* The same when lines that wait are written, or in time even if the serial line is dead: called with
 * tries = 0, 1, ... until it returns true. */
bool console_domain_begin(struct domain *d, uint32_t tries);
void console_interrupt(void);                     /* the UART's handler */

/* Characters into the ring (screen.c, log.c).  Lost if the ring is full. */
void console_put(const char *text, uint32_t size);
uint32_t console_room(void);
/* There is something to write out: begins with it. */
void console_kick(void);
/* True while nothing drains the ring: what is put is polled out. */
bool console_polls(void);

/* Writes out what waits, polling. */
void console_flush(void);
/* The same, and from now on every character is polled out (panic, power off). */
void console_set_sync(void);

/* There is a dump or a debug key's answer: dump_line() and keys_line() are called, as long as there is
 * more, one by one when no line waits and the ring has the room that guests leave to the
 * hypervisor. */
void console_feed(void);

int32_t do_console_io(struct domain *caller, const uint32_t *arg);

#endif
