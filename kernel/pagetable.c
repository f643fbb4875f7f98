// SPDX-License-Identifier: MIT
/*
 * pagetable.c - checked changes of tables that are in use, and the loaded root.
 *
 * Order in every change: check, take what the new entry holds, write, drop what the old
 * one held.  A frame that so loses its last writable mapping may still be in the
 * TLB: the flush is the guest's duty as on the bare machine, except where
 * safety needs it, frame_flush_stale().  Context: interrupts off.
 */
#include <hv/console.h>
#include <hv/pagetable.h>
#include <hv/panic.h>
#include <arch/mm.h>

#include "frame_table.h"

/* Entries that differ in these bits alone hold the same references. */
#define SAME_HOLDS (PTE_B | PTE_C)

static inline uint32_t *leaf_entry(mfn_t leaf, uint32_t word)
{
	return (uint32_t *)arch_frame_map(leaf) + word;
}

/* Writable and half-writable mappings of one frame, one replaced by the other. */
static bool is_retype(uint32_t old, uint32_t hw)
{
	uint32_t ap = hw & SMALL_AP_MASK, old_ap = old & SMALL_AP_MASK;

	return ((old ^ hw) & L2_SMALL_BASE) == 0 && ap && old_ap &&
	       (ap == SMALL_AP_HALF) != (old_ap == SMALL_AP_HALF);
}

/*
 * The old hold would keep the frame from its new type, so it goes first.  If the
 * work is preempted the frame stays mapped read-only and the call goes on from there;
 * if the new type is refused, the old entry comes back (read-only again if the
 * way back is preempted).
 */
static int leaf_retype(struct domain *d, mfn_t leaf, uint32_t word, uint32_t hw)
{
	uint32_t old = *leaf_entry(leaf, word);
	int rc;

	leaf_entry_put(old);
	rc = leaf_entry_get(d, hw);
	if (rc == -FRAME_ERESTART || (rc && leaf_entry_get(d, old))) {
		old &= ~SMALL_AP_MASK;
		(void)leaf_entry_hold(d, old); /* a reference was dropped just now */
	}
	*leaf_entry(leaf, word) = rc ? old : hw;
	return rc;
}

/* Types may change on the way: FRAME_BUSY keeps the table itself from being undone. */
static int leaf_replace(struct domain *d, mfn_t leaf, uint32_t word, uint32_t hw)
{
	uint32_t old = *leaf_entry(leaf, word);
	struct frame *f = frame_at(leaf);
	int rc;

	f->info |= FRAME_BUSY;
	if (is_retype(old, hw) && maddr_to_mfn(hw).n != leaf.n) {
		rc = leaf_retype(d, leaf, word, hw);
	} else {
		rc = leaf_entry_get(d, hw);
		if (!rc) {
			*leaf_entry(leaf, word) = hw;
			leaf_entry_put(old);
		}
	}
	f->info &= (uint8_t)~FRAME_BUSY;
	return rc;
}

int leaf_set(struct domain *d, mfn_t leaf, uint32_t word, uint32_t guest)
{
	uint32_t *entry;
	uint32_t old, hw;
	int rc = leaf_entry_translate(d, guest, &hw);

	if (rc)
		return rc;
	entry = leaf_entry(leaf, word);
	old = *entry;
	if ((old ^ hw) & ~SAME_HOLDS) {
		if (hw && !leaf_entry_hold_fast(hw))
			return leaf_replace(d, leaf, word, hw);
		*entry = hw;
		leaf_entry_put(old);
	} else {
		*entry = hw;
	}
	return 0;
}

int kernel_set(struct domain *d, uint32_t slot, uint32_t guest)
{
	uint32_t *entry = &d->arch.space->kernel[slot - KERNEL_SLOT_FIRST];
	uint32_t old = *entry, hw;
	mfn_t root;
	int rc = root_entry_translate(d, slot, guest, &hw);

	if (rc || hw == old)
		return rc;
	if ((old ^ hw) & ~SAME_HOLDS) {
		rc = root_entry_get(d, hw);
		if (rc)
			return rc;
	}
	*entry = hw;
	for (root = d->arch.first_root; root.n; root = root_next(root))
		arch_root_set(root, slot, hw);
	if ((old ^ hw) & ~SAME_HOLDS)
		root_entry_put(old);
	return 0;
}

static int user_set(struct domain *d, mfn_t root, uint32_t slot, uint32_t guest)
{
	mfn_t frame = mfn_add(root, slot / WORDS_PER_FRAME);
	uint32_t *entry;
	uint32_t old, hw;
	int rc = root_entry_translate(d, slot, guest, &hw);

	if (!rc)
		rc = root_entry_get(d, hw);
	if (rc)
		return rc;
	entry = (uint32_t *)arch_frame_map(frame) + slot % WORDS_PER_FRAME;
	old = *entry;
	*entry = hw;
	root_entry_put(old);
	return 0;
}

int root_set(struct domain *d, mfn_t root, uint32_t slot, uint32_t guest)
{
	if (slot < KERNEL_SLOT_FIRST)
		return user_set(d, root, slot, guest);
	if (slot < KERNEL_SLOT_FIRST + KERNEL_SLOTS)
		return kernel_set(d, slot, guest);
	return -XEN_EPERM;
}

uint32_t root_entry(const struct domain *d, mfn_t root, uint32_t slot)
{
	if (slot - KERNEL_SLOT_FIRST < KERNEL_SLOTS)
		return d->arch.space->kernel[slot - KERNEL_SLOT_FIRST];
	return ((uint32_t *)arch_frame_map(mfn_add(root, slot / WORDS_PER_FRAME)))
		[slot % WORDS_PER_FRAME];
}

int pagetable_switch(struct vcpu *v, mfn_t root)
{
	mfn_t old = v->arch.root;
	int rc;

	if (old.n == root.n)
		return 0;
	rc = frame_get_root(v->domain, root);
	if (rc)
		return rc;
	v->arch.root = root;
	arch_space_load(v);
	if (old.n)
		frame_put_type(old);
	return 0;
}

void pagetable_load(struct vcpu *v)
{
	arch_space_load(v);
}

void pagetable_dump_walk(struct domain *d, vaddr_t va)
{
	static const char *const kind[] = { "fault", "coarse", "section", "fine" };
	mfn_t root = d->vcpu.arch.root;
	uint32_t l1, l2;

	if (d->resident || !root.n) {
		log_line("walk %08x: no tables of its own", va);
		return;
	}
	l1 = ((uint32_t *)arch_frame_map(mfn_add(root, L1_INDEX(va) / WORDS_PER_FRAME)))
		[L1_INDEX(va) % WORDS_PER_FRAME];
	log_line("walk %08x: root %08x[%03x] = %08x %s, domain %u", va, mfn_to_maddr(root),
		 L1_INDEX(va), l1, kind[PTE_TYPE(l1)], (l1 >> 5) & (ARM_DOMAINS - 1u));
	if (PTE_TYPE(l1) != L1_COARSE)
		return;
	l2 = ((uint32_t *)arch_frame_map(maddr_to_mfn(l1)))
		[(l1 & COARSE_OFFSET) / 4u + L2_INDEX(va)];
	log_line("walk %08x: leaf %08x[%02x] = %08x, AP %u%u%u%u", va, l1 & L1_COARSE_BASE,
		 L2_INDEX(va), l2, L2_AP_FIELD(l2, 0), L2_AP_FIELD(l2, 1), L2_AP_FIELD(l2, 2),
		 L2_AP_FIELD(l2, 3));
}
