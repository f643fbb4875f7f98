/* SPDX-License-Identifier: MIT */
/*
 * tables.c - page tables for the tests of large guests.
 */
#include "test.h"

uint32_t test_pool_page(void)
{
	static uint32_t used;
	uint32_t page = test_end_of_memory() - 0x100000 + used;

	used += 4096;
	memset((void *)page, 0, 4096);
	return page;
}

uint32_t test_root(void)
{
	return gfn_of((void *)start_info->pt_base) << 12;
}

long test_table_write(uint32_t maddr, uint32_t value)
{
	struct mmu_update update = { .ptr = maddr, .val = value };

	return hypercall_mmu_update(ARG(&update), 1, 0, DOMID_SELF);
}

long test_leaf_pin(uint32_t page)
{
	uint32_t gfn = gfn_of((void *)page);
	struct mmuext_op op = { .cmd = MMUEXT_PIN_LEAF, .arg1.mfn = gfn };
	long result = hypercall_update_va_mapping(page,
		(gfn << 12) | PTE_AP_LEAF | PTE_CACHED | PTE_SMALL,
		UVMF_INVLPG | UVMF_LOCAL);

	if (result != 0)
		return result;
	return hypercall_mmuext_op(ARG(&op), 1, 0, DOMID_SELF);
}

/*
 * One leaf frame serves a pair of user megabytes: the tests map into few.
 */
long test_map(uint32_t va, uint32_t page, unsigned int ap)
{
	static uint32_t leaf, leaf_va;
	uint32_t table;
	long result;

	if (leaf == 0 || (va >> 21) != (leaf_va >> 21)) {
		uint32_t slot = test_root() + (va >> 21) * 8;

		leaf = test_pool_page();
		leaf_va = va;
		result = test_leaf_pin(leaf);
		if (result != 0)
			return result;
		table = (gfn_of((void *)leaf) << 12) + ARMV5_LEAF_OFFSET;
		result = test_table_write(slot, table | PTE_COARSE);
		if (result == 0)
			result = test_table_write(slot + 4, (table + 0x400) | PTE_COARSE);
		if (result != 0)
			return result;
	}
	table = (gfn_of((void *)leaf) << 12) + ARMV5_LEAF_OFFSET +
		((va >> 20) & 1) * 0x400;
	return test_table_write(table + ((va >> 12) & 0xFF) * 4,
				(gfn_of((void *)page) << 12) | PTE_AP(ap) |
				PTE_CACHED | PTE_SMALL);
}
