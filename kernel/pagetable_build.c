// SPDX-License-Identifier: MIT
/*
 * pagetable_build.c - a domain's first tables, and the end of all of its tables.
 *
 * The first tables are made as a guest would make them: guest entries, validated.  The last
 * frames of memory are
 *     root (4)   leaf (1)   3 frames without a use yet
 * Context: interrupts off.
 */
#include <hv/hypercall.h>
#include <hv/lib.h>
#include <hv/pagetable.h>
#include <arch/cpu.h>
#include <arch/mm.h>

#include "frame_table.h"

#define TABLE_FRAMES   8u  /* from the root to the end of memory */
#define USED_FRAMES    5u
#define FILL_PIECE     8u /* entries */
#define CLEAR_PIECES   8u /* of a frame */
#define CLEAR_BYTES    (PAGE_SIZE / CLEAR_PIECES)
#define SMALL_CACHED   (PTE_C | PTE_B | L2_SMALL)

struct build {
	struct domain *d;
	uint32_t root, leaf;        /* gfns */
	mfn_t root_mfn, leaf_mfn;
};

static int build_check(struct build *b)
{
	const struct domain *d = b->d;

	if (!d->arch.space || d->nr_pages < SECTION_FRAMES || d->nr_pages % SECTION_FRAMES ||
	    d->virt_base % SECTION_SIZE || d->virt_base < ARMV5_KERNEL_START ||
	    d->nr_pages > (ARMV5_WINDOW_START - d->virt_base) >> PAGE_SHIFT)
		return -XEN_EINVAL;
	b->root = d->nr_pages - TABLE_FRAMES;
	b->leaf = b->root + ROOT_FRAMES;
	if (!frame_translate(d, gfn_make(b->root), &b->root_mfn) ||
	    !frame_translate(d, gfn_make(b->leaf), &b->leaf_mfn))
		return -XEN_EINVAL;
	return 0;
}

/*
 * The last MiB.  The root read-only and not cached, because the hypervisor writes
 * it behind the guest's cache; the leaf itself follows when it is one.
 */
static void fill_leaf(const struct build *b, uint32_t piece)
{
	uint32_t *table = (uint32_t *)arch_frame_map(b->leaf_mfn) + LEAF_TABLE_WORD;
	uint32_t first = b->d->nr_pages - SECTION_FRAMES;
	uint32_t i;

	for (i = piece * FILL_PIECE; i < (piece + 1u) * FILL_PIECE; i++) {
		uint32_t gfn = first + i;
		uint32_t flags = SMALL_CACHED | L2_AP_ALL(ARMV5_AP_RW);

		if (gfn == b->leaf)
			continue;
		if (gfn >= b->root && gfn < b->leaf)
			flags = L2_SMALL | L2_AP_ALL(ARMV5_AP_RO);
		table[i] = (gfn << PAGE_SHIFT) | flags;
	}
}

static int map_leaf_itself(const struct build *b)
{
	uint32_t word = LEAF_TABLE_WORD + b->leaf % SECTION_FRAMES;

	return leaf_set(b->d, b->leaf_mfn, word,
			(b->leaf << PAGE_SHIFT) | SMALL_CACHED | SMALL_AP_HALF);
}

/* The n-th MiB of the kernel's part: a section, the last one in small pages. */
static int map_kernel(const struct build *b, uint32_t n)
{
	uint32_t guest = n << SECTION_SHIFT | PTE_C | PTE_B | L1_SECTION_AP(ARMV5_AP_RW) | L1_SECTION;

	if (n + 1u == b->d->nr_pages / SECTION_FRAMES)
		guest = (b->leaf << PAGE_SHIFT) | ARMV5_LEAF_OFFSET | L1_COARSE;
	return kernel_set(b->d, mfn_make(0), L1_INDEX(b->d->virt_base) + n, guest);
}

/* In this order; a step that is preempted (-FRAME_ERESTART) is made again. */
enum build_step {
	BUILD_CLEAR,                       /* one for each piece of a frame */
	BUILD_FILL_LEAF = BUILD_CLEAR + CLEAR_PIECES * USED_FRAMES, /* one for each piece of it */
	BUILD_PIN_LEAF = BUILD_FILL_LEAF + SECTION_FRAMES / FILL_PIECE,
	BUILD_MAP_LEAF,
	BUILD_PIN_ROOT,
	BUILD_LOAD,
	BUILD_MAP_KERNEL                   /* one for each MiB */
};

static int build_step(const struct build *b, uint32_t step)
{
	mfn_t mfn;

	if (step < BUILD_FILL_LEAF) {
		if (!frame_translate(b->d, gfn_make(b->root + step / CLEAR_PIECES), &mfn))
			return -XEN_EINVAL;
		memset((uint8_t *)arch_frame_map(mfn) + step % CLEAR_PIECES * CLEAR_BYTES, 0, CLEAR_BYTES);
		return 0;
	}
	if (step < BUILD_PIN_LEAF) {
		fill_leaf(b, step - BUILD_FILL_LEAF);
		return 0;
	}
	switch (step) {
	case BUILD_PIN_LEAF:
		return table_pin(b->d, b->leaf_mfn, FRAME_LEAF);
	case BUILD_MAP_LEAF:
		return map_leaf_itself(b);
	case BUILD_PIN_ROOT:
		return table_pin(b->d, b->root_mfn, FRAME_ROOT);
	case BUILD_LOAD:
		b->d->vcpu.arch.root = b->root_mfn;
		return frame_get_root(b->d, b->root_mfn);
	default:
		return map_kernel(b, step - BUILD_MAP_KERNEL);
	}
}

int pagetable_build(struct domain *d, gfn_t *table_gfn, uint32_t *table_count)
{
	struct build b = { .d = d };
	int rc = build_check(&b);

	while (!rc && d->build_tables < BUILD_MAP_KERNEL + d->nr_pages / SECTION_FRAMES) {
		rc = hypercall_preempted() ? -FRAME_ERESTART : build_step(&b, d->build_tables);
		if (!rc)
			d->build_tables++;
	}
	if (rc)
		return rc;
	*table_gfn = gfn_make(b.root);
	*table_count = USED_FRAMES;
	return 0;
}

void pagetable_destroy(struct domain *d)
{
	if (d->arch.space)
		memset(d->arch.space->kernel, 0, sizeof(d->arch.space->kernel));
	d->vcpu.arch.root = mfn_make(0);
	d->build_tables = 0;
	/* Dirty lines of its old life must not reach its new images. */
	arch_frame_retire_writable(frame_base());
	arch_tlb_flush();
}
