/* SPDX-License-Identifier: MIT */
/*
 * crashl.c - a large guest whose exception frames would go where they must not:
 * into tables, read-only pages, the hypervisor.  Each case must end the domain.
 *
 * case=<kernel|user>-<place>: the exception comes from virtual kernel mode with
 * that stack pointer, or from virtual user mode with that kernel_sp.
 */
#include <stdlib.h>
#include "../lib/test.h"

#define CODE_VA 0x00400000u

static uint32_t read_only_page(void)
{
	uint32_t page = test_pool_page();

	hypercall_update_va_mapping(page, (gfn_of((void *)page) << 12) |
				    PTE_AP(ARMV5_AP_RO) | PTE_CACHED | PTE_SMALL,
				    UVMF_INVLPG | UVMF_LOCAL);
	return page;
}

static uint32_t leaf_page(void)
{
	uint32_t page = test_pool_page();

	test_leaf_pin(page);
	return page;
}

/* The address just above the place, where a stack would begin. */
static uint32_t place_of(const char *name)
{
	if (strcmp(name, "root") == 0)
		return start_info->pt_base + 0x4000;
	if (strcmp(name, "leaf") == 0)
		return leaf_page() + 0x1000;
	/* Begins in the leaf's table, ends in its writable half. */
	if (strcmp(name, "leaf-edge") == 0)
		return leaf_page() + ARMV5_LEAF_OFFSET + 40;
	if (strcmp(name, "read-only") == 0)
		return read_only_page() + 0x1000;
	if (strcmp(name, "hypervisor") == 0)
		return AT_HYPERVISOR;
	if (strcmp(name, "hypervisor-edge") == 0)
		return ARMV5_HYPERVISOR_START + 40;
	if (strcmp(name, "resident") == 0)
		return AT_FOREIGN + 0x8000;
	if (strcmp(name, "vectors") == 0)
		return ARMV5_VECTOR_PAGE + 0x800;
	if (strcmp(name, "m2p") == 0)
		return ARMV5_M2P_START + 0x1000;
	if (strcmp(name, "unmapped") == 0)
		return 0x20000000;
	return 0;
}

static void from_kernel(uint32_t sp)
{
	__asm__ volatile("mov sp, %0\n udf #3" :: "r"(sp) : "memory");
}

static void from_user(uint32_t sp, uint32_t instruction)
{
	uint32_t code = test_pool_page();
	struct cpu_user_regs frame = { .pc = CODE_VA, .psr = PSR_MODE_USER };

	*(volatile uint32_t *)code = instruction;
	test_map(CODE_VA, code, ARMV5_AP_RO);
	hypercall_cache_op(CACHE_CLEAN_D | CACHE_INVALIDATE_I, 0, CACHE_ALL);
	hypercall_stack_switch(0, sp);
	sdk_iret(&frame);
}

int main(void)
{
	const char *name = test_case();

	printf("TEST: case %s\n", name);
	if (strncmp(name, "kernel-", 7) == 0)
		from_kernel(place_of(name + 7));
	if (strncmp(name, "user-", 5) == 0)
		from_user(place_of(name + 5), 0xE7F000F0);     /* udf */
	if (strncmp(name, "swi-", 4) == 0)
		from_user(place_of(name + 4), 0xEF000000);     /* swi */
	test_ok("this domain should have ended", false);
	test_end();
}
