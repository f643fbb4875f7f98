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
 *     section                            as above, of 256 frames, RW or none
 *     coarse                             a reference and the type FRAME_LEAF
 * Context: interrupts off.
 */
#include <hv/pagetable.h>
#include <hv/panic.h>
#include <arch/mm.h>

#include "frame_table.h"

#define COARSE_ZERO       0x3ECu     /* bits 9:2 but for bit 4 */
#define SECTION_ZERO      0x000FF200u
#define SECTION_AP_MASK   L1_SECTION_AP(3u)
#define SECTION_FRAMES    (SECTION_SIZE / PAGE_SIZE)

int leaf_entry_translate(const struct domain *d, uint32_t guest, uint32_t *hw)
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

static inline int frame_take(struct frame *f)
{
	if (f->ref_count == FRAME_COUNT_MAX)
		return -XEN_EBUSY;
	f->ref_count++;
	return 0;
}

/* Data frames that are mapped writable already, or to be mapped read-only: the usual case. */
bool leaf_entry_hold_fast(uint32_t hw)
{
	struct frame *f = frame_at(maddr_to_mfn(hw));
	uint32_t ap = hw & SMALL_AP_MASK;

	if (f->info != FRAME_RW || f->ref_count == FRAME_COUNT_MAX || ap == SMALL_AP_HALF)
		return false;
	f->ref_count++;
	if (ap)
		f->type_count++;
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
		return (f->info & FRAME_TYPE_MASK) == FRAME_SHARED ?
			-XEN_EPERM : frame_take(f);
	case SMALL_AP_HALF:
		if (!frame_is_table(mfn, FRAME_LEAF))
			return -XEN_EINVAL;
		if (frame_take(f))
			return -XEN_EBUSY;
		f->type_count++;
		return 0;
	default:
		return frame_get_rw(d, mfn);
	}
}

int leaf_entry_get(struct domain *d, uint32_t hw)
{
	if ((hw & SMALL_AP_MASK) == SMALL_AP_HALF)
		return frame_get_leaf(d, maddr_to_mfn(hw));
	return leaf_entry_hold(d, hw);
}

void leaf_entry_put(uint32_t hw)
{
	mfn_t mfn = maddr_to_mfn(hw);

	if (!hw)
		return;
	if ((hw & SMALL_AP_MASK) == L2_AP_ALL(AP_READ_ONLY))
		frame_put(mfn);
	else
		frame_put_type(mfn);
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
	uint32_t offset = frame_offset(d, gfn);
	uint32_t ap = guest & SECTION_AP_MASK;
	uint32_t mfn = frame_table.base + offset;
	uint32_t i;

	if ((guest & SECTION_ZERO) || (ap && ap != SECTION_AP_MASK))
		return -XEN_EINVAL;
	if (offset == P2M_INVALID || mfn % SECTION_FRAMES ||
	    gfn + SECTION_FRAMES > d->max_pages)
		return -XEN_EINVAL;
	for (i = 1; i < SECTION_FRAMES; i++) {
		if (d->p2m[gfn + i] != offset + i)
			return -XEN_EINVAL;
	}
	*hw = (mfn << PAGE_SHIFT) | ap | (guest & (PTE_C | PTE_B)) | L1_MUST_BE_ONE |
	      L1_SECTION;
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

static void section_put(uint32_t hw, uint32_t count)
{
	mfn_t mfn = maddr_to_mfn(hw & L1_SECTION_BASE);
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (hw & SECTION_AP_MASK)
			frame_put_type(mfn_add(mfn, i));
		else
			frame_put(mfn_add(mfn, i));
	}
}

static int section_get(struct domain *d, uint32_t hw)
{
	mfn_t mfn = maddr_to_mfn(hw & L1_SECTION_BASE);
	uint32_t i;
	int rc;

	for (i = 0; i < SECTION_FRAMES; i++) {
		struct frame *f = frame_at(mfn_add(mfn, i));

		/* FRAME_NONE or FRAME_RW, without flags: the usual case */
		if ((hw & SECTION_AP_MASK) && f->info <= FRAME_RW &&
		    f->ref_count != FRAME_COUNT_MAX) {
			f->info = FRAME_RW;
			f->type_count++;
			f->ref_count++;
			continue;
		}
		if (hw & SECTION_AP_MASK)
			rc = frame_get_rw(d, mfn_add(mfn, i));
		else
			rc = frame_get(d, mfn_add(mfn, i));
		if (rc) {
			section_put(hw, i);
			return rc;
		}
	}
	return 0;
}

int root_entry_get(struct domain *d, uint32_t hw)
{
	if (PTE_TYPE(hw) == L1_COARSE)
		return frame_get_leaf(d, maddr_to_mfn(hw));
	if (PTE_TYPE(hw) == L1_SECTION)
		return section_get(d, hw);
	return 0;
}

void root_entry_put(uint32_t hw)
{
	if (PTE_TYPE(hw) == L1_COARSE)
		frame_put_type(maddr_to_mfn(hw));
	else if (PTE_TYPE(hw) == L1_SECTION)
		section_put(hw, SECTION_FRAMES);
}
