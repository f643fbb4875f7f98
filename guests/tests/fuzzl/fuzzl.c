/* SPDX-License-Identifier: MIT */
/*
 * fuzzl.c - wild page-table calls of a large guest from fixed seeds.
 *
 * It works on frames of its last MiB, user addresses and a kernel section that
 * it does not need, so that it may well live; what counts is that
 * the hypervisor and the domain beside it do.
 */
#include <stdlib.h>
#include "../lib/test.h"
#include <xen/memory.h>

#define FRAMES 64u
#define KERNEL_SPARE 0xD00u

static uint32_t seed = 926;
static uint32_t pool;        /* first address of the frames */
static unsigned int good, refused;

static uint32_t next(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed;
}

static uint32_t some_gfn(void)
{
	/* Beyond its memory: the frames below the pool are the program itself. */
	static const uint32_t wild[] = { 0x400, 0x401, 0xFFFFF, 0x10000, 0x7FFFF, 0xFFFFFFFF };

	if (next() % 16 == 0)
		return wild[next() % 6];
	return gfn_of((void *)pool) + next() % FRAMES;
}

static uint32_t some_entry(void)
{
	uint32_t base = some_gfn() << 12;

	/* The table that it runs on: never writable. */
	if (next() % 16 == 0)
		base = test_root() + (next() % 4) * 4096;
	switch (next() % 8) {
	case 0:
		return 0;
	case 1:
		return next();
	case 2:
		return base | (next() & 0xFFF);
	case 3:
	case 4:
		return base | ARMV5_LEAF_OFFSET | (next() & 0x400) | PTE_COARSE;
	default:
		return base | PTE_AP(next() % 2 ? ARMV5_AP_RW : ARMV5_AP_RO) |
		       (next() & PTE_CACHED) | PTE_SMALL;
	}
}

static void update(void)
{
	struct mmu_update batch[4];
	unsigned int count = 1 + next() % 4;

	for (unsigned int i = 0; i < count; i++) {
		if (next() % 4 == 0) {
			/* A slot of the root: users' or the spare one of the kernel's. */
			uint32_t slot = next() % 2 ? next() % 0xC00 : KERNEL_SPARE + next() % 4;

			batch[i].ptr = test_root() + slot * 4;
		} else {
			batch[i].ptr = (some_gfn() << 12) | (next() & 0xFFC);
		}
		batch[i].ptr |= next() % 32 == 0 ? next() & 3 : 0;
		batch[i].val = next() % 8 ? some_entry() : (uint64_t)(next() % 18) << 32;
	}
	if (hypercall_mmu_update(ARG(batch), count, 0, DOMID_SELF) == 0)
		good++;
	else
		refused++;
}

static void remap(void)
{
	uint32_t va = pool + (next() % FRAMES) * 4096;

	if (next() % 4 == 0)
		va = next();
	/* Not the image and not the stack: they are in the first MiB. */
	if (va - 0xC0000000u < 0x100000u)
		return;
	if (hypercall_update_va_mapping(va, some_entry(), next() % 4) == 0)
		good++;
	else
		refused++;
}

static void extended(void)
{
	static const unsigned int commands[] = {
		MMUEXT_PIN_LEAF, MMUEXT_PIN_ROOT, MMUEXT_UNPIN_TABLE, MMUEXT_NEW_BASEPTR,
		MMUEXT_CLEAR_PAGE, MMUEXT_COPY_PAGE, MMUEXT_TLB_FLUSH_LOCAL, 99,
	};
	struct mmuext_op op = { .cmd = commands[next() % 8], .arg1.mfn = some_gfn() };

	/* Roots want alignment. */
	if (op.cmd == MMUEXT_PIN_ROOT || op.cmd == MMUEXT_NEW_BASEPTR)
		op.arg1.mfn &= ~3ul;
	op.arg2.src_mfn = some_gfn();
	if (hypercall_mmuext_op(ARG(&op), 1, 0, DOMID_SELF) == 0)
		good++;
	else
		refused++;
}

/* Writes into whatever frame can still be written. */
static void scribble(void)
{
	uint32_t va = pool + (next() % FRAMES) * 4096 + (next() & 0xFFC);

	trap_store((void *)va, some_entry());
}

/*
 * What is writable at the end is no table: the entries of the last MiB are read
 * from the leaf that maps it, the frames' numbers from the machine-to-physical
 * table, and an update of a frame that can be written must be refused.
 */
static void look_back(void)
{
	struct xen_machphys_mapping map = { 0 };
	uint32_t last = (test_end_of_memory() - 0x100000) >> 20, broken = 0, seen = 0;
	uint32_t half = ((const uint32_t *)start_info->pt_base)[last] & 0x400;
	const uint32_t *leaf = (const uint32_t *)(start_info->pt_base + 0x4000 +
						  ARMV5_LEAF_OFFSET + half);

	test_is("machphys_mapping", hypercall_memory_op(XENMEM_machphys_mapping, ARG(&map)), 0);
	for (unsigned int i = 0; i < 256; i++) {
		uint32_t entry = leaf[i];
		uint32_t gfn;

		if ((entry & 3) != PTE_SMALL || (entry >> 8 & 0xF) != 0xF)
			continue;
		gfn = ((const xen_pfn_t *)map.v_start)[entry >> 12];
		seen++;
		if (test_table_write((gfn << 12) + ARMV5_LEAF_OFFSET, 0) == 0)
			broken++;
	}
	printf("%lu writable pages\n", (unsigned long)seen);
	test_ok("there are writable pages", seen != 0);
	test_is("none of them is a table", (long)broken, 0);
}

int main(void)
{
	seed += (uint32_t)atoi(test_case());
	pool = test_pool_page();
	for (unsigned int i = 0; i < 60000; i++) {
		switch (next() % 5) {
		case 0:
			update();
			break;
		case 1:
			remap();
			break;
		case 2:
			extended();
			break;
		default:
			scribble();
			break;
		}
	}
	test_ok("calls were made and some were good", good > 1000 && refused > 1000);
	printf("%u good, %u refused\n", good, refused);
	look_back();
	test_end();
}
