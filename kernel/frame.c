// SPDX-License-Identifier: MIT
/*
 * frame.c - the frame table.
 *
 * Owns the entries, the M2P and each domain's p2m.  Does not know what page tables look like:
 * pagetable_validate.c makes a frame a table.  Invariants: frame.h.
 * Context: interrupts off.
 */
#include <hv/frame.h>
#include <hv/lib.h>
#include <hv/memory.h>
#include <hv/panic.h>
#include <arch/cpu.h>
#include <arch/mm.h>

#include "frame_table.h"

#define M2P_INVALID (~(xen_pfn_t)0)

_Static_assert(sizeof(struct frame) == 6, "the frame table's cost for each frame");

struct frame_table frame_table;

static bool frame_known(mfn_t mfn)
{
	return mfn.n - frame_table.base < frame_table.count;
}

static void m2p_clean(mfn_t first, uint32_t count)
{
	const xen_pfn_t *m2p = &frame_table.m2p[first.n - frame_table.base];

	/* Guests read it non-cached at another address. */
	arch_cache_clean_range((vaddr_t)(uintptr_t)m2p, count * sizeof(*m2p));
}

void frame_table_init(mfn_t base, uint32_t count)
{
	uint32_t i;

	if (count > P2M_INVALID)
		count = P2M_INVALID;
	frame_table.base = base.n;
	frame_table.count = count;
	frame_table.m2p = boot_alloc(frame_m2p_size(), PAGE_SIZE);
	frame_table.entry = boot_alloc(count * sizeof(struct frame), sizeof(uint32_t));
	frame_table.section = boot_alloc((count / SECTION_FRAMES + 2u) * sizeof(struct section),
					 sizeof(uint32_t));
	for (i = 0; i < count; i++) {
		frame_table.entry[i].owner = FRAME_NO_OWNER;
		frame_table.m2p[i] = M2P_INVALID;
	}
	for (i = 0; i < count / SECTION_FRAMES + 2u; i++)
		frame_table.section[i].gfn = P2M_INVALID;
	m2p_clean(base, count);
	/* Offset 0 ends lists, and a zeroed p2m must not name a frame of use. */
	frame_reserve(base, 1);
}

uint32_t frame_count_all(void)
{
	return frame_table.count;
}

mfn_t frame_base(void)
{
	return mfn_make(frame_table.base);
}

vaddr_t frame_m2p_address(void)
{
	return (vaddr_t)(uintptr_t)frame_table.m2p;
}

uint32_t frame_m2p_size(void)
{
	return ROUND_UP(frame_table.count * (uint32_t)sizeof(xen_pfn_t), PAGE_SIZE);
}

bool frame_translate(const struct domain *d, gfn_t gfn, mfn_t *mfn)
{
	uint32_t offset = frame_offset(d, gfn.n);

	*mfn = mfn_make(frame_table.base + offset);
	return offset != P2M_INVALID;
}

gfn_t frame_gfn(mfn_t mfn)
{
	return gfn_make((uint32_t)frame_table.m2p[mfn.n - frame_table.base]);
}

void frame_reserve(mfn_t first, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		mfn_t mfn = mfn_add(first, i);

		if (frame_known(mfn) && frame_at(mfn)->owner == FRAME_NO_OWNER)
			frame_at(mfn)->owner = FRAME_OWNER_HV;
	}
}

/* Highest run of free frames, so that the low end stays whole for images. */
static bool frame_find_free(uint32_t count, uint32_t align, mfn_t *first)
{
	uint32_t end = frame_table.base + frame_table.count;
	uint32_t at, i;

	if (!count || count > frame_table.count)
		return false;
	at = ROUND_DOWN(end - count, align);
	while (at >= frame_table.base) {
		for (i = count; i > 0; i--) {
			if (frame_at(mfn_make(at + i - 1))->owner != FRAME_NO_OWNER)
				break;
		}
		if (!i) {
			*first = mfn_make(at);
			return true;
		}
		/* The next run ends below the frame in the way. */
		if (at + i - 1 < count)
			return false;
		at = ROUND_DOWN(at + i - 1 - count, align);
	}
	return false;
}

static int p2m_check(struct domain *d, gfn_t gfn, uint32_t count)
{
	uint32_t i;

	if (count > d->max_pages || gfn.n > d->max_pages - count)
		return -XEN_EINVAL;
	if (!d->p2m) {
		d->p2m = boot_alloc(d->max_pages * sizeof(*d->p2m), sizeof(uint32_t));
		memset(d->p2m, 0xFF, d->max_pages * sizeof(*d->p2m));
	}
	for (i = 0; i < count; i++) {
		if (d->p2m[gfn.n + i] != P2M_INVALID)
			return -XEN_EINVAL;
	}
	return 0;
}

int frame_populate(struct domain *d, gfn_t gfn, uint32_t count, uint32_t align,
		   mfn_t *first)
{
	uint32_t i;
	int rc = p2m_check(d, gfn, count);

	if (rc)
		return rc;
	if (!frame_find_free(count, align, first))
		return -XEN_ENOMEM;
	for (i = 0; i < count; i++) {
		mfn_t mfn = mfn_add(*first, i);
		uint32_t offset = mfn.n - frame_table.base;

		*frame_at(mfn) = (struct frame){ .owner = (uint8_t)d->id };
		d->p2m[gfn.n + i] = (uint16_t)offset;
		frame_table.m2p[offset] = gfn.n + i;
		if (mfn.n % SECTION_FRAMES == 0 && count - i >= SECTION_FRAMES)
			section_of(mfn)->gfn = (uint16_t)(gfn.n + i);
	}
	m2p_clean(*first, count);
	d->nr_pages += count;
	return 0;
}

int frame_get(struct domain *d, mfn_t mfn)
{
	struct frame *f;

	if (!frame_known(mfn) || frame_at(mfn)->owner != d->id)
		return -XEN_EINVAL;
	f = frame_at(mfn);
	if ((f->info & FRAME_TYPE_MASK) == FRAME_SHARED)
		return -XEN_EPERM;
	count_up(&f->ref_count);
	return 0;
}

void frame_put(mfn_t mfn)
{
	ASSERT(frame_at(mfn)->ref_count);
	(void)count_down(&frame_at(mfn)->ref_count);
}

static void section_count(struct section *s, uint8_t info, uint16_t by)
{
	switch (info & FRAME_TYPE_MASK) {
	case FRAME_LEAF:
	case FRAME_ROOT:
		s->tables = (uint16_t)(s->tables + by);
		s->searched = 0;
		break;
	case FRAME_SHARED:
		s->shared = (uint16_t)(s->shared + by);
		break;
	default:
		break;
	}
}

void frame_set_type(mfn_t mfn, uint8_t info)
{
	struct frame *f = frame_at(mfn);

	section_count(section_of(mfn), f->info, (uint16_t)-1);
	section_count(section_of(mfn), info, 1);
	f->info = info;
}

void frame_flush_stale(mfn_t mfn)
{
	if (!frame_table.stale_writable)
		return;
	/* A writable TLB entry of it, which the guest need not have flushed, would be a way to
	 * write a table; so would a dirty line, which hides from validation what it holds, too. */
	arch_frame_retire_writable(mfn);
	arch_tlb_flush();
	frame_table.stale_writable = false;
}

static int frame_get_shared(mfn_t mfn)
{
	struct frame *f = frame_at(mfn);

	if (f->info != FRAME_SHARED) {
		int rc = f->ref_count || section_of(mfn)->refs ? -XEN_EBUSY : frame_claim(mfn);

		if (rc)
			return rc;
		frame_set_type(mfn, FRAME_SHARED);
	}
	frame_hold_type(f);
	return 0;
}

int frame_get_type(struct domain *d, mfn_t mfn, enum frame_type type)
{
	if (!frame_known(mfn) || frame_at(mfn)->owner != d->id)
		return -XEN_EINVAL;
	switch (type) {
	case FRAME_RW:
		return frame_get_rw(d, mfn);
	case FRAME_LEAF:
		return frame_get_leaf(d, mfn);
	case FRAME_ROOT:
		return frame_get_root(d, mfn);
	case FRAME_SHARED:
		return frame_get_shared(mfn);
	case FRAME_NONE:
		break;
	}
	return -XEN_EINVAL;
}

void frame_type_unused(mfn_t mfn)
{
	struct frame *f = frame_at(mfn);

	switch (f->info & FRAME_TYPE_MASK) {
	case FRAME_RW:
		frame_table.stale_writable = true;
		break;
	case FRAME_LEAF:
		f->info |= FRAME_PARTIAL;
		f->type_count = LEAF_ENTRIES;
		break;
	case FRAME_ROOT:
		f->info |= FRAME_PARTIAL;
		f->type_count = ROOT_USER_ENTRIES;
		break;
	default:
		frame_set_type(mfn, FRAME_NONE);
		break;
	}
}

void frame_put_type(mfn_t mfn)
{
	struct frame *f = frame_at(mfn);

	ASSERT(f->ref_count && f->type_count && !(f->info & FRAME_PARTIAL));
	(void)count_down(&f->ref_count);
	if (count_down(&f->type_count) && !section_of(mfn)->writable)
		frame_type_unused(mfn);
}

void frame_reset(struct domain *d, uint32_t first, uint32_t count)
{
	for (uint32_t gfn = first; gfn < d->max_pages && gfn - first < count; gfn++) {
		struct section *s;
		mfn_t mfn;

		if (!frame_translate(d, gfn_make(gfn), &mfn))
			continue;
		s = section_of(mfn);
		if (s->gfn == gfn)
			s->refs = s->writable = 0;
		if (frame_at(mfn)->info > FRAME_RW)
			frame_set_type(mfn, FRAME_NONE);
		*frame_at(mfn) = (struct frame){ .owner = (uint8_t)d->id };
	}
}
