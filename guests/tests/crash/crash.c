/* SPDX-License-Identifier: MIT */
/*
 * crash.c - things that must end this domain, and this domain only.
 *
 * case=<name> on the command line says which.
 */
#include "../lib/test.h"

#define AT_DEVICE 0xF00F0000u /* granted registers: mapped, but no place for a frame */

void sdk_undefined_entry(void);

/* The stack pointer is not ours; then an exception wants to store a frame. */
static void trap_with_stack(uint32_t sp)
{
	__asm__ volatile("mov sp, %0\n udf #3" :: "r"(sp) : "memory");
}

/* The same for an upcall: an event is pending, the unmasking is a store. */
static void upcall_with_stack(uint32_t sp)
{
	int port = event_bind_ipi(NULL, NULL);

	events_mask();
	event_send((evtchn_port_t)port);
	__asm__ volatile(
		"mov	sp, %0\n"
		"mov	r1, #0\n"
		"strb	r1, [%1]\n"
		"mov	r0, #0\n"
		"mov	r12, #17\n"     /* xen_version */
		"swi	#0xEA1\n"
		:: "r"(sp), "r"(&vcpu_info()->evtchn_upcall_mask)
		: "r0", "r1", "r2", "r3", "r12", "memory");
}

static void iret_with_stack(uint32_t sp)
{
	sdk_iret((struct cpu_user_regs *)sp);
}

static void overflow(void)
{
	__asm__ volatile(
		"mov	sp, %0\n"
		"1:	str	r0, [sp, #-4]!\n"
		"	b	1b\n"
		:: "r"(__guest_base + 256));
}

/* Each undefined instruction raises the next one. */
static void faulting_handler(void)
{
	__asm__ volatile("udf #4");
}

static void trap_loop(void)
{
	struct trap_info table[] = {
		{ .vector = TRAP_UNDEFINED, .address = ARG(faulting_handler) },
		{ .address = 0 },
	};

	hypercall_set_trap_table(ARG(table));
	__asm__ volatile("udf #5");
}

static void no_table(void)
{
	hypercall_set_trap_table(0);
	__asm__ volatile("udf #6");
}

struct crash_case {
	const char *name;
	void (*run)(uint32_t value);
	uint32_t value;
};

static const struct crash_case cases[] = {
	{ "trap-hypervisor", trap_with_stack, AT_HYPERVISOR },
	{ "trap-hypervisor-end", trap_with_stack, ARMV5_HYPERVISOR_START + 8 },
	{ "trap-foreign", trap_with_stack, AT_FOREIGN + 0x8000 },
	{ "trap-unmapped", trap_with_stack, 0x00010000 },
	{ "trap-zero", trap_with_stack, 0 },
	{ "trap-wrap", trap_with_stack, 40 },
	{ "trap-vectors", trap_with_stack, ARMV5_VECTOR_PAGE + 0x1000 - 8 },
	{ "trap-m2p", trap_with_stack, ARMV5_M2P_START + 0x1000 },
	{ "trap-device", trap_with_stack, AT_DEVICE + 0x1000 },
	{ "upcall-hypervisor", upcall_with_stack, AT_HYPERVISOR },
	{ "upcall-foreign", upcall_with_stack, AT_FOREIGN + 0x8000 },
	{ "upcall-unmapped", upcall_with_stack, 0x00010000 },
	{ "iret-hypervisor", iret_with_stack, AT_HYPERVISOR },
	{ "iret-foreign", iret_with_stack, AT_FOREIGN + 0x8000 },
	{ "iret-unmapped", iret_with_stack, 0x00010000 },
	{ "iret-wrap", iret_with_stack, 0xFFFFFFF8 },
};

int main(void)
{
	const char *name = test_case();

	printf("TEST: case %s\n", name);
	if (strcmp(name, "overflow") == 0)
		overflow();
	if (strcmp(name, "trap-loop") == 0)
		trap_loop();
	if (strcmp(name, "no-trap-table") == 0)
		no_table();
	if (strcmp(name, "abort") == 0)
		domain_shutdown(SHUTDOWN_crash);
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (strcmp(name, cases[i].name) == 0)
			cases[i].run(cases[i].value);
	test_ok("this domain should have ended", false);
	test_end();
}
