/* SPDX-License-Identifier: MIT */
/*
 * isolation.c - a resident touches what is not its own.
 *
 * Every access must come back as the resident's own exception, and nothing
 * may have changed.
 */
#include "../lib/test.h"

static void jump(void *data)
{
	((void (*)(void))data)();
}

struct place {
	const char *name;
	uint32_t address;
	bool readable;
};

static const struct place places[] = {
	{ "user addresses", 0x00008000, false },
	{ "address 0", 0x00000000, false },
	{ "a large guest's kernel", 0xC0008000, false },
	{ "another resident", AT_FOREIGN, false },
	{ "another resident's data", AT_FOREIGN + 0x8000, false },
	{ "a window without domain", 0xF7F00000, false },
	{ "the hypervisor's first page", 0xF8610000, false },
	{ "the hypervisor's data", 0xF8028000, false },
	{ "below the hypervisor's image", 0xF8000000, false },
	{ "the machine-to-physical table", ARMV5_M2P_START, true },
	{ "the counter", ARMV5_COUNTER_START, true },
	{ "the vector page", ARMV5_VECTOR_PAGE, true },
	{ "user helpers", ARMV5_KUSER_VERSION, true },
	{ "the last word", 0xFFFFFFFC, true },
};

static void touch(const struct place *place)
{
	char name[80];
	uint32_t before = 0, after = 0;
	int readable = trap_load((void *)place->address, &before);

	snprintf(name, sizeof(name), "load: %s", place->name);
	/* A readable page may still be closed to us; a secret must not be open. */
	if (!place->readable)
		test_is(name, readable, TRAP_DATA_ABORT);
	snprintf(name, sizeof(name), "store: %s", place->name);
	test_is(name, trap_store((void *)place->address, ~before), TRAP_DATA_ABORT);
	if (readable == 0 && place->address != ARMV5_COUNTER_START) {
		trap_load((void *)place->address, &after);
		snprintf(name, sizeof(name), "unchanged: %s", place->name);
		test_is(name, (long)after, (long)before);
	}
	snprintf(name, sizeof(name), "jump: %s", place->name);
	if (!place->readable)
		test_is(name, trap_try(jump, (void *)place->address), TRAP_PREFETCH_ABORT);
}

/* The hypervisor's vectors, run in user mode. */
static void vectors(void)
{
	for (uint32_t i = 0; i < 8; i++) {
		char name[40];

		snprintf(name, sizeof(name), "jump to vector %lu", (unsigned long)i);
		test_ok(name, trap_try(jump, (void *)(ARMV5_VECTOR_PAGE + 4 * i)) != 0);
	}
}

static void swap(void *data)
{
	atomic_swap(data, 0xDEADBEEF);
}

static void mode_change(void)
{
	uint32_t psr;

	__asm__ volatile("msr cpsr_c, #0xD3\n mrs %0, cpsr" : "=r"(psr));
	test_is("msr does not leave USR mode", (long)(psr & PSR_MODE_MASK), PSR_MODE_USER);
	test_is("msr does not mask interrupts", (long)(psr & 0xC0), 0);
}

static void cache_invalidate(void *data)
{
	(void)data;
	__asm__ volatile("mcr p15, 0, %0, c7, c6, 0" :: "r"(0));
}

static void floating_point(void *data)
{
	(void)data;
	__asm__ volatile("mrc p10, 7, r0, c1, c0, 0" ::: "r0"); /* fmrx r0, fpscr */
}

static void wait_for_interrupt(void *data)
{
	(void)data;
	__asm__ volatile("mcr p15, 0, %0, c7, c0, 4" :: "r"(0));
}

/* Jazelle: main configuration, OS control; a branch into it is an ordinary one. */
static void jazelle_configure(void *data)
{
	(void)data;
	__asm__ volatile("mcr p14, 7, %0, c2, c0, 0" :: "r"(1));
}

static void jazelle_control(void *data)
{
	(void)data;
	__asm__ volatile("mcr p14, 7, %0, c1, c0, 0" :: "r"(2));
}

static void jazelle_branch(void *data)
{
	uint32_t *arrived = data;

	__asm__ volatile(".arch armv5tej\n"
			 "adr r12, 1f\n"
			 "bxj r12\n"
			 "mov r12, #0\n"
			 "1: str r12, %0\n" : "=m"(*arrived) :: "r12");
}

static void spsr(void *data)
{
	(void)data;
	__asm__ volatile("mrs r0, spsr" ::: "r0");
}

/* As sources and targets of hypercalls. */
static void by_hypercall(void)
{
	for (unsigned int i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		char name[80];

		if (places[i].readable)
			continue;
		snprintf(name, sizeof(name), "console_io reads %s", places[i].name);
		test_is(name, hypercall_console_io(CONSOLEIO_write, 16, places[i].address),
			-XEN_EFAULT);
		snprintf(name, sizeof(name), "xen_version writes %s", places[i].name);
		test_is(name, hypercall_xen_version(1 /* extraversion */, places[i].address),
			-XEN_EFAULT);
	}
}

int main(void)
{
	uint32_t arrived = 0;

	for (unsigned int i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		touch(&places[i]);
	vectors();
	test_is("swp on the hypervisor", trap_try(swap, (void *)AT_HYPERVISOR), TRAP_DATA_ABORT);
	test_is("swp on the vector page",
		trap_try(swap, (void *)ARMV5_VECTOR_PAGE), TRAP_DATA_ABORT);
	mode_change();
	test_is("cache invalidate is undefined", trap_try(cache_invalidate, NULL), TRAP_UNDEFINED);
	test_is("cp10 is undefined", trap_try(floating_point, NULL), TRAP_UNDEFINED);
	test_is("wait for interrupt is undefined",
		trap_try(wait_for_interrupt, NULL), TRAP_UNDEFINED);
	test_is("jazelle's configuration is undefined",
		trap_try(jazelle_configure, NULL), TRAP_UNDEFINED);
	test_is("jazelle's control is undefined",
		trap_try(jazelle_control, NULL), TRAP_UNDEFINED);
	test_is("bxj is bx", trap_try(jazelle_branch, &arrived), 0);
	test_ok("bxj arrived", arrived != 0);
	test_ok("spsr: undefined or nothing", trap_try(spsr, NULL) != TRAP_DATA_ABORT);
	by_hypercall();
	test_end();
}
