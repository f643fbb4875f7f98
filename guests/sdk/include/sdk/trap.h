/* SPDX-License-Identifier: MIT */
/*
 * trap.h - exceptions of the guest's own code.
 *
 * Without a handler, or when the handler returns false, the registers are
 * printed and the domain crashes itself.
 */
#ifndef SDK_TRAP_H
#define SDK_TRAP_H

#include <stdbool.h>
#include <stdint.h>
#include <sdk/hypercall.h>

/* true: go on with regs, which the handler may change. */
typedef bool (*trap_handler_t)(struct cpu_user_regs *regs, unsigned int vector);

/* Sets the handler of a vector (TRAP_*) and returns the former one. */
trap_handler_t trap_handle(unsigned int vector, trap_handler_t handler);

/*
 * Runs function(data); an exception in it ends it.  Returns the vector of
 * that exception, or 0.  Its status is in trap_last.  Not to be nested.
 */
int trap_try(void (*function)(void *data), void *data);

struct trap_record {
	unsigned int vector;
	uint32_t far, fsr;         /* of an abort */
	struct cpu_user_regs regs; /* at the exception */
};
extern struct trap_record trap_last;

/* One access under trap_try; the value goes to or comes from *value. */
int trap_load(const volatile void *address, uint32_t *value);
int trap_store(volatile void *address, uint32_t value);

/* Leaves through a frame of the caller's making (hypercall iret). */
_Noreturn void sdk_iret(const struct cpu_user_regs *frame);

#endif /* SDK_TRAP_H */
