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
#define SECTION_FRAMES (SECTION_SIZE / PAGE_SIZE)
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
static void fill_leaf(const struct build *b)
{
	uint32_t *table = (uint32_t *)arch_frame_map(b->leaf_mfn) + LEAF_TABLE_WORD;
	uint32_t first = b->d->nr_pages - SECTION_FRAMES;
	uint32_t i;

	for (i = 0; i < SECTION_FRAMES; i++) {
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

int pagetable_build_section(struct domain *d, uint32_t n)
{
	uint32_t slot = L1_INDEX(d->virt_base) + n;

	if (slot - KERNEL_SLOT_FIRST >= KERNEL_SLOTS)
		return -XEN_EINVAL;
	if (d->arch.space->kernel[slot - KERNEL_SLOT_FIRST])
		return 0;
	return kernel_set(d, mfn_make(0), slot, n << SECTION_SHIFT | PTE_C | PTE_B |
			  L1_SECTION_AP(ARMV5_AP_RW) | L1_SECTION);
}

static int build_kernel_part(const struct build *b)
{
	uint32_t slot = L1_INDEX(b->d->virt_base);
	uint32_t n;
	int rc;

	for (n = 0; n < b->d->nr_pages / SECTION_FRAMES - 1u; n++) {
		rc = pagetable_build_section(b->d, n);
		if (rc)
			return rc;
	}
	slot += n;
	return kernel_set(b->d, mfn_make(0), slot, (b->leaf << PAGE_SHIFT) | ARMV5_LEAF_OFFSET | L1_COARSE);
}

/* In this order; a step that is preempted (-FRAME_ERESTART) is made again. */
enum build_step {
	BUILD_CLEAR,                       /* one for each frame */
	BUILD_FILL_LEAF = BUILD_CLEAR + USED_FRAMES,
	BUILD_PIN_LEAF,
	BUILD_MAP_LEAF,
	BUILD_KERNEL_PART,
	BUILD_PIN_ROOT,
	BUILD_LOAD,
	BUILD_STEPS
};

static int build_step(const struct build *b, uint32_t step)
{
	mfn_t mfn;

	switch (step) {
	case BUILD_FILL_LEAF:
		fill_leaf(b);
		return 0;
	case BUILD_PIN_LEAF:
		return table_pin(b->d, b->leaf_mfn, FRAME_LEAF);
	case BUILD_MAP_LEAF:
		return map_leaf_itself(b);
	case BUILD_KERNEL_PART:
		return build_kernel_part(b);
	case BUILD_PIN_ROOT:
		return table_pin(b->d, b->root_mfn, FRAME_ROOT);
	case BUILD_LOAD:
		b->d->vcpu.arch.root = b->root_mfn;
		return frame_get_root(b->d, b->root_mfn);
	default:
		if (!frame_translate(b->d, gfn_make(b->root + step), &mfn))
			return -XEN_EINVAL;
		memset(arch_frame_map(mfn), 0, PAGE_SIZE);
		return 0;
	}
}

int pagetable_build(struct domain *d, gfn_t *table_gfn, uint32_t *table_count)
{
	struct build b = { .d = d };
	int rc = build_check(&b);

	while (!rc && d->build_tables < BUILD_STEPS) {
		rc = build_step(&b, d->build_tables);
		if (rc)
			break;
		d->build_tables++;
		if (hypercall_preempted())
			rc = -FRAME_ERESTART;
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
