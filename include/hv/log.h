/* SPDX-License-Identifier: MIT */
/*
 * log.h - the hypervisor's own lines.
 *
 * A line is noted down, its format and the words of its arguments, and made into text later, some
 * characters a step: the text takes 20 instructions a character, which nobody's interrupt waits
 * for.  So what an argument points to has to stay: names of domains, constants.
 * Context: interrupts off.
 */
#ifndef HV_LOG_H
#define HV_LOG_H

#include <stdarg.h>

#include <hv/lib.h>
#include <hv/types.h>

struct domain;

/* log_line(format, ...): "(bantam) ..."; format as in lib.h.  A new line is added. */
#define log_line(...) log_words(FORMAT_COUNT(__VA_ARGS__), __VA_ARGS__)
/* log_guest(d, format, ...): the same for what a guest can cause at will: "(bantam) name: ...", at
 * most a few lines a second for each domain. */
#define log_guest(d, ...) log_guest_words(d, FORMAT_COUNT(__VA_ARGS__), __VA_ARGS__)

void log_words(unsigned int count, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_guest_words(struct domain *d, unsigned int count, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* "(bantam) name: ..." */
void log_named(const char *name, unsigned int count, const char *format, va_list args);

/* Or of a domain's line that is being put: screen.h. */
bool log_waits(void);
/* Makes some characters of that one or the oldest that waits; false: there is none, or no room. */
bool log_step(void);
/* All lines, waiting for the serial line if the ring is full. */
void log_finish(void);
/* Forgets the lines that wait. */
void log_forget(void);
/* While on, lines of which too many wait are written out instead of being lost: at boot. */
void log_set_patient(bool on);

#endif
