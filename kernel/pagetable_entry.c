// SPDX-License-Identifier: MIT
/*
 * pagetable_entry.c - one table entry: guest form to hardware form, and what it holds.
 *
 * An entry's references are known from the hardware entry alone, so that dropping it
 * needs no record:
 *     small page, all AP read-only       a reference
 *     small page, AP0 = AP1 = read-write,
 *                 AP2 = AP3 = read-only  a reference and the type FRAME_LEAF
 *     small page, any other              a reference and the type FRAME_RW
 *     section                            one of the section, writable or not
 *     coarse                             a reference and the type FRAME_LEAF
 *
 * Order in every change: check, take what the new entry holds, write, drop what the old
 * one held.  A frame that so loses its last writable mapping may still be in the
 * TLB: the flush is the guest's duty as on the bare machine, except where
 * safety needs it, frame_flush_stale().  Context: interrupts off.
 */
#include <hv/hypercall.h>
#include <hv/pagetable.h>
#include <hv/panic.h>
#include <arch/mm.h>

#include "frame_table.h"

#define COARSE_ZERO       0x3ECu     /* bits 9:2 but for bit 4 */
#define SECTION_ZERO      0x000FF200u
#define SECTION_AP_MASK   L1_SECTION_AP(3u)
#define SEARCH_PIECE      32u /* frames looked at between two looks at what is pending */

static inline int translate_small(const struct domain *d, uint32_t guest, uint32_t *hw)
{
	uint32_t offset;

	if (!guest) {
		*hw = 0;
		return 0;
	}
	if (PTE_TYPE(guest) != L2_SMALL)
		return -XEN_EINVAL;
	/* Each access field 0 or 3: its two bits are the same. */
	if ((guest ^ (guest >> 1)) & L2_AP_ALL(1u))
		return -XEN_EINVAL;
	offset = frame_offset(d, guest >> PAGE_SHIFT);
	if (offset == P2M_INVALID)
		return -XEN_EINVAL;
	*hw = ((frame_table.base + offset) << PAGE_SHIFT) | (guest & (PAGE_SIZE - 1u));
	return 0;
}

__attribute__((noinline)) int leaf_entry_translate(const struct domain *d, uint32_t guest, uint32_t *hw)
{
	return translate_small(d, guest, hw);
}

/* Data frames that are no tables: the usual case. */
static inline bool leaf_entry_hold_fast(uint32_t hw)
{
	struct frame *f = frame_at(maddr_to_mfn(hw));
	uint32_t ap = hw & SMALL_AP_MASK;

	if (f->info > FRAME_RW || ap == SMALL_AP_HALF)
		return false;
	count_up(&f->ref_count);
	if (ap) {
		f->info = FRAME_RW;
		count_up(&f->type_count);
	}
	return true;
}

int leaf_entry_hold(struct domain *d, uint32_t hw)
{
	mfn_t mfn = maddr_to_mfn(hw);
	struct frame *f = frame_at(mfn);

	if (!hw)
		return 0;
	switch (hw & SMALL_AP_MASK) {
	case L2_AP_ALL(AP_READ_ONLY):
		if ((f->info & FRAME_TYPE_MASK) == FRAME_SHARED)
			return -XEN_EPERM;
		count_up(&f->ref_count);
		return 0;
	case SMALL_AP_HALF:
		if (!frame_is_table(mfn, FRAME_LEAF))
			return -XEN_EINVAL;
		frame_hold_type(f);
		return 0;
	default:
		return frame_get_rw(d, mfn);
	}
}

static int leaf_entry_get(struct domain *d, uint32_t hw)
{
	if ((hw & SMALL_AP_MASK) == SMALL_AP_HALF)
		return frame_get_leaf(d, maddr_to_mfn(hw));
	return leaf_entry_hold(d, hw);
}

/* What an entry holds beside its reference. */
static inline void put_small_type(struct frame *f, uint32_t hw)
{
	mfn_t mfn = maddr_to_mfn(hw);

	if ((hw & SMALL_AP_MASK) != L2_AP_ALL(AP_READ_ONLY) && count_down(&f->type_count) &&
	    !section_of(mfn)->writable)
		frame_type_unused(mfn);
}

static inline void put_small(uint32_t hw)
{
	struct frame *f;

	if (!hw)
		return;
	f = frame_at(maddr_to_mfn(hw));
	ASSERT(f->ref_count);
	(void)count_down(&f->ref_count);
	put_small_type(f, hw);
}

__attribute__((noinline)) void leaf_entry_put(uint32_t hw)
{
	put_small(hw);
}

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

/* Types may change on the way: FRAME_BUSY keeps the table itself from being undone.  Not in
 * line, for the sake of the usual change. */
static __attribute__((noinline)) int leaf_replace(struct domain *d, mfn_t leaf, uint32_t word, uint32_t hw)
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

/* The usual change. False: nothing was changed, it is none of these. */
static __attribute__((always_inline)) inline bool leaf_set_fast(const struct domain *d, uint32_t *entry, uint32_t guest)
{
	uint32_t old = *entry, hw;

	if (translate_small(d, guest, &hw))
		return false;
	if (!((old ^ hw) & ~SAME_HOLDS)) {
		*entry = hw;
	} else if (((old ^ hw) & L2_SMALL_BASE) == 0 && (hw & SMALL_AP_MASK) == L2_AP_ALL(AP_READ_ONLY)) {
		*entry = hw; /* as fork does: the reference stays (no entry is of frame 0) */
		put_small_type(frame_at(maddr_to_mfn(old)), old);
	} else {
		if (hw && !leaf_entry_hold_fast(hw))
			return false;
		*entry = hw;
		put_small(old);
	}
	return true;
}

int leaf_set(struct domain *d, mfn_t leaf, uint32_t word, uint32_t guest)
{
	uint32_t hw;
	int rc;

	if (leaf_set_fast(d, leaf_entry(leaf, word), guest))
		return 0;
	rc = leaf_entry_translate(d, guest, &hw);
	return rc ? rc : leaf_replace(d, leaf, word, hw);
}

uint32_t leaf_set_many(const struct domain *d, const struct leaf *leaf, const struct mmu_update *u,
		       uint32_t count)
{
	const struct frame *f = leaf->frame;
	uint32_t i;

	for (i = 0; i < count; i++) {
		uint32_t ptr = (uint32_t)u[i].ptr;

		if (i && irq_may_wait())
			break;
		if ((uint32_t)(u[i].ptr >> 32) | (uint32_t)(u[i].val >> 32) | ((ptr ^ leaf->at) & LEAF_SAME))
			break;
		/* The entry before may have been what made it a table. */
		if ((f->info & (FRAME_TYPE_MASK | FRAME_PARTIAL)) != FRAME_LEAF)
			break;
		if (!leaf_set_fast(d, leaf->table + ptr % PAGE_SIZE / 4u, (uint32_t)u[i].val))
			break;
	}
	return i;
}

int leaf_clear(mfn_t leaf, uint32_t word, uint32_t count)
{
	uint32_t *entry = leaf_entry(leaf, word);

	for (; count; count--, entry++) {
		uint32_t old = *entry;

		if (!frame_is_table(leaf, FRAME_LEAF)) /* any more: see above */
			return -XEN_EINVAL;
		if (!old) /* cleared before the call was preempted, too */
			continue;
		if (hypercall_interrupted())
			return -FRAME_ERESTART;
		*entry = 0;
		leaf_entry_put(old);
	}
	return 0;
}

static int coarse_translate(const struct domain *d, uint32_t guest, uint32_t *hw)
{
	uint32_t offset = frame_offset(d, guest >> PAGE_SHIFT);

	if ((guest & COARSE_ZERO) || !(guest & ARMV5_LEAF_OFFSET) ||
	    offset == P2M_INVALID)
		return -XEN_EINVAL;
	*hw = ((frame_table.base + offset) << PAGE_SHIFT) | (guest & COARSE_OFFSET) |
	      L1_MUST_BE_ONE | L1_COARSE;
	return 0;
}

static int section_translate(const struct domain *d, uint32_t guest, uint32_t *hw)
{
	uint32_t gfn = guest >> PAGE_SHIFT;
	uint32_t ap = guest & SECTION_AP_MASK;
	mfn_t mfn;

	if ((guest & SECTION_ZERO) || (ap && ap != SECTION_AP_MASK))
		return -XEN_EINVAL;
	if (!frame_translate(d, gfn_make(gfn), &mfn) || mfn.n % SECTION_FRAMES ||
	    section_of(mfn)->gfn != gfn)
		return -XEN_EINVAL;
	*hw = mfn_to_maddr(mfn) | ap | (guest & (PTE_C | PTE_B)) | L1_MUST_BE_ONE | L1_SECTION;
	return 0;
}

int root_entry_translate(const struct domain *d, uint32_t slot, uint32_t guest, uint32_t *hw)
{
	bool user = slot < KERNEL_SLOT_FIRST;
	int rc = -XEN_EINVAL;

	if (!guest) {
		*hw = 0;
		return 0;
	}
	if (PTE_TYPE(guest) == L1_COARSE)
		rc = coarse_translate(d, guest, hw);
	else if (PTE_TYPE(guest) == L1_SECTION && !user)
		rc = section_translate(d, guest, hw);
	if (!rc)
		*hw |= L1_DOMAIN(user ? ARM_DOMAIN_USER : ARM_DOMAIN_KERNEL);
	return rc;
}

static void section_put(uint32_t hw)
{
	struct section *s = section_of(maddr_to_mfn(hw & L1_SECTION_BASE));

	ASSERT(s->refs);
	s->refs--;
	if ((hw & SECTION_AP_MASK) && --s->writable == 0)
		frame_table.stale_writable = true;
}

/* No table is left in the section: those without users end, step by step. */
static int section_claim(mfn_t first)
{
	struct section *s = section_of(first);
	int rc;

	while (s->tables) {
		mfn_t mfn = mfn_add(first, s->searched);

		rc = frame_at(mfn)->info > FRAME_RW ? frame_claim(mfn) : 0;
		if (rc)
			return rc;
		s->searched++;
		if (s->searched % SEARCH_PIECE == 0 && hypercall_preempted())
			return -FRAME_ERESTART;
	}
	return 0;
}

static int section_get(uint32_t hw)
{
	mfn_t first = maddr_to_mfn(hw & L1_SECTION_BASE);
	struct section *s = section_of(first);
	int rc;

	if (s->shared)
		return hw & SECTION_AP_MASK ? -XEN_EBUSY : -XEN_EPERM;
	if (hw & SECTION_AP_MASK) {
		rc = section_claim(first);
		if (rc)
			return rc;
		s->writable++;
	}
	s->refs++;
	return 0;
}

int root_entry_get(struct domain *d, uint32_t hw)
{
	if (PTE_TYPE(hw) == L1_COARSE)
		return frame_get_leaf(d, maddr_to_mfn(hw));
	if (PTE_TYPE(hw) == L1_SECTION)
		return section_get(hw);
	return 0;
}

void root_entry_put(uint32_t hw)
{
	if (PTE_TYPE(hw) == L1_COARSE)
		frame_put_type(maddr_to_mfn(hw));
	else if (PTE_TYPE(hw) == L1_SECTION)
		section_put(hw);
}
