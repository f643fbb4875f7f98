/* SPDX-License-Identifier: MIT */
/*
 * panic.h - the end of the hypervisor, and dumps of a domain's end.
 *
 * Guest input never reaches panic(): it ends the domain (domain_crash).
 */
#ifndef HV_PANIC_H
#define HV_PANIC_H

#include <hv/types.h>

/* Prints why, the hypervisor's registers if there are any, the current vCPU,
 * stacks, trace; stops the machine. */
void panic(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* From the abort and undefined vectors for faults in hypervisor mode. */
void panic_exception(const struct cpu_user_regs *regs, const char *vector)
	__attribute__((noreturn));

/*
 * Registers, decoded fault, DACR, page-table walk, stack words, last trace records.
 * The page-table walk is printed at once; the rest is noted down and printed piece by
 * piece, so that a guest's end does not hold up other guests.  While one dump is
 * being printed others are only mentioned.
 */
void dump_vcpu(struct vcpu *v);
/* As above, all of it before it returns: debug key, panic. */
void dump_vcpu_now(struct vcpu *v);
void dump_regs(const struct cpu_user_regs *regs);
/* Eight words a line. */
void dump_words(uint32_t address, const uint32_t *words, unsigned int count);

/* Debug build only; never guards against guest input. */
#ifdef CONFIG_DEBUG
#define ASSERT(c) do { if (!(c)) panic("%s:%d: %s", __FILE__, __LINE__, #c); } while (0)
#else
#define ASSERT(c) do { (void)sizeof(c); } while (0)
#endif

#endif
