/* SPDX-License-Identifier: MIT */
/*
 * panic.h - the end of the hypervisor, and dumps of a domain's end.
 *
 * Guest input never reaches panic(): it ends the domain (domain_crash).
 */
#ifndef HV_PANIC_H
#define HV_PANIC_H

#include <arch/cpu.h>
#include <hv/lib.h>
#include <hv/types.h>

/* panic(format, ...) prints why, the hypervisor's registers if there are any, the current vCPU,
 * stacks, trace; stops the machine. */
#define panic(...) panic_words(FORMAT_COUNT(__VA_ARGS__), __VA_ARGS__)
void panic_words(unsigned int count, const char *format, ...)
	__attribute__((noreturn, format(printf, 2, 3)));

/* From the abort and undefined vectors for faults in hypervisor mode. */
void panic_exception(const struct cpu_user_regs *regs, const char *vector)
	__attribute__((noreturn));

/*
 * Registers, decoded fault, DACR, page-table walk, stack words, last trace records of a vCPU whose
 * domain has ended: what does not stay is noted down at once, the rest in steps in its own time, and
 * all is printed line by line, so that a guest's end does not hold up other guests.
 */
struct dump_note {
	struct arch_fault fault;
	uint32_t trace_end;
	bool kernel_mode;
};
void dump_note(const struct vcpu *v, struct dump_note *note);
/* Of what d->end.note has.  While one dump is being printed there is no other: the result says why
 * there is none, else it is "". */
const char *dump_begin(struct domain *d);
/* In the domain's own time.  True if there was something left to note down. */
bool dump_step(struct domain *d);
/* A dump of any domain as it is, or as it ended; with its stack if it is the current one.  False:
 * another one is being printed. */
bool dump_asked(struct domain *d);
/* A line of the dump that is being printed, or a piece noted down for it unless dump_step() does that.
 * False: nothing of the kind is to be done. */
bool dump_line(void);
/* Prints what is left of a dump before it returns: the machine ends. */
void dump_finish(void);
void dump_regs(const struct cpu_user_regs *regs);
#define DUMP_LINE 32u /* bytes */
void dump_words(uint32_t address, const uint32_t *words, unsigned int lines);

/* Debug build only; never guards against guest input. */
#ifdef CONFIG_DEBUG
#define ASSERT(c) do { if (!(c)) panic("%s:%d: %s", __FILE__, __LINE__, #c); } while (0)
#else
#define ASSERT(c) do { (void)sizeof(c); } while (0)
#endif

#endif
