/* SPDX-License-Identifier: MIT */
/*
 * trap.c - the guest's trap table.
 *
 * Owns the C handler of each vector and the one recovery point of trap_try().
 */
#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <sdk/console.h>
#include <sdk/domain.h>
#include <sdk/trap.h>
#include "internal.h"

struct trap_record trap_last;

static trap_handler_t handlers[TRAP_VECTORS];
static jmp_buf recovery;
static volatile bool recovering;

void trap_init(void)
{
	struct trap_info table[] = {
		{ .vector = TRAP_UNDEFINED, .address = ARG(sdk_undefined_entry) },
		{ .vector = TRAP_SWI, .address = ARG(sdk_swi_entry) },
		{ .vector = TRAP_PREFETCH_ABORT, .address = ARG(sdk_prefetch_entry) },
		{ .vector = TRAP_DATA_ABORT, .address = ARG(sdk_data_entry) },
		{ .address = 0 },
	};

	if (hypercall_set_trap_table(ARG(table)) != 0) {
		console_puts("sdk: no trap table");
		domain_shutdown(SHUTDOWN_crash);
	}
}

trap_handler_t trap_handle(unsigned int vector, trap_handler_t handler)
{
	trap_handler_t former = handlers[vector];

	handlers[vector] = handler;
	return former;
}

static _Noreturn void trap_fatal(const struct cpu_user_regs *regs)
{
	static const char *const names[TRAP_VECTORS] = {
		"?", "undefined instruction", "swi", "prefetch abort", "data abort",
	};
	char line[120];

	snprintf(line, sizeof(line), "sdk: %s pc=%08lx lr=%08lx sp=%08lx psr=%08lx far=%08lx fsr=%lx",
		 names[trap_last.vector], (unsigned long)regs->pc, (unsigned long)regs->lr,
		 (unsigned long)regs->sp, (unsigned long)regs->psr,
		 (unsigned long)trap_last.far, (unsigned long)trap_last.fsr);
	console_puts(line);
	domain_shutdown(SHUTDOWN_crash);
}

void sdk_trap(struct cpu_user_regs *regs, unsigned int vector)
{
	trap_last.vector = vector;
	trap_last.far = vcpu_info()->arch.far;
	trap_last.fsr = vcpu_info()->arch.fsr;
	trap_last.regs = *regs;
	if (recovering) {
		recovering = false;
		regs->r[0] = ARG(recovery);
		regs->r[1] = vector;
		regs->pc = ARG(longjmp);
		regs->psr &= ~PSR_T;
		return;
	}
	if (handlers[vector] == NULL || !handlers[vector](regs, vector))
		trap_fatal(regs);
}

int trap_try(void (*function)(void *data), void *data)
{
	int vector = setjmp(recovery);

	if (vector == 0) {
		recovering = true;
		function(data);
		recovering = false;
	}
	return vector;
}

struct access {
	volatile uint32_t *address;
	uint32_t value;
};

static void access_load(void *data)
{
	struct access *access = data;

	access->value = *access->address;
}

static void access_store(void *data)
{
	struct access *access = data;

	*access->address = access->value;
}

int trap_load(const volatile void *address, uint32_t *value)
{
	struct access access = { .address = (volatile uint32_t *)(uintptr_t)address };
	int vector = trap_try(access_load, &access);

	*value = access.value;
	return vector;
}

int trap_store(volatile void *address, uint32_t value)
{
	struct access access = { .address = address, .value = value };

	return trap_try(access_store, &access);
}
