// SPDX-License-Identifier: MIT
/*
 * pagetable_validate.c - how a frame becomes a table and stops being one.
 *
 * Validation turns guest entries into hardware entries one after the other, each with
 * its references; undoing goes back the same way.  Both may stop at any entry
 * for work that is pending: the frame is then FRAME_PARTIAL, its type count says how far
 * it got, and whoever wants the frame next goes on from there.
 *
 * No recursion: a root's entries validate leaves; a leaf's entries name only frames
 * without entries, or leaves that are validated already.
 * Context: interrupts off.
 */
#include <hv/hypercall.h>
#include <hv/lib.h>
#include <hv/pagetable.h>
#include <hv/panic.h>
#include <arch/mm.h>

#include "frame_table.h"

#define GROUP       8u    /* entries looked at together */
#define ZERO_RUN    64u   /* as many if they are all 0 */

/* The i-th of the entries that a guest writes: of the root, or of the leaf in its frame. */
static uint32_t *entry_at(mfn_t table, uint32_t i, bool root)
{
	if (root)
		return (uint32_t *)arch_frame_map(mfn_add(table, i / WORDS_PER_FRAME)) + i % WORDS_PER_FRAME;
	return (uint32_t *)arch_frame_map(table) + LEAF_TABLE_WORD + i;
}

/* How many entries in a row are 0 and looked at at once: those that begin at the i-th, or end before it. */
static uint32_t zero_run(const uint32_t *at, uint32_t i, bool before)
{
	for (uint32_t n = ZERO_RUN; n >= GROUP; n /= ZERO_RUN / GROUP)
		if (!(i & (n - 1u)) && words_are_zero(before ? at - n : at, n))
			return n;
	return 0;
}

static int leaf_entry_check(struct domain *d, uint32_t guest, uint32_t *hw)
{
	int rc = leaf_entry_translate(d, guest, hw);

	return rc ? rc : leaf_entry_hold(d, *hw);
}

static int root_entry_check(struct domain *d, uint32_t i, uint32_t guest, uint32_t *hw)
{
	int rc = root_entry_translate(d, i, guest, hw);

	return rc ? rc : root_entry_get(d, *hw);
}

static int table_validate(struct domain *d, mfn_t table, bool root)
{
	uint32_t end = root ? ROOT_USER_ENTRIES : LEAF_ENTRIES;
	uint32_t i = frame_at(table)->type_count;
	int rc = 0;

	while (i < end) {
		const uint32_t *at = entry_at(table, i, root);
		uint32_t n, hw;

		if (hypercall_interrupted()) {
			rc = -FRAME_ERESTART;
			break;
		}
		n = zero_run(at, i, false);
		if (!n) {
			rc = root ? root_entry_check(d, i, *at, &hw) : leaf_entry_check(d, *at, &hw);
			if (rc)
				break;
			*entry_at(table, i, root) = hw; /* mapped again: the check may have mapped others */
			n = 1;
		}
		i += n;
	}
	frame_at(table)->type_count = (uint16_t)i;
	return rc;
}

/* The guest's entry is there again, and what the hardware's held is put. */
static void entry_undo(uint32_t *word, bool root)
{
	uint32_t hw = *word;

	if (!hw)
		return;
	*word = (frame_gfn(maddr_to_mfn(hw)).n << PAGE_SHIFT) |
		(root ? (hw & COARSE_OFFSET) | L1_COARSE : hw & (PAGE_SIZE - 1u));
	if (root)
		root_entry_put(hw);
	else
		leaf_entry_put(hw);
}

static void leaf_end(mfn_t leaf)
{
	/* Its lower half may have been mapped writable: as if it had been FRAME_RW. */
	frame_set_type(leaf, FRAME_RW);
	frame_table.stale_writable = true;
}

/* As frame_set_type() for the frames of a root, which are tables only as a root. */
static void root_set_types(mfn_t root, uint8_t info, uint16_t tables)
{
	struct section *s = section_of(root);
	struct frame *f = frame_at(root);
	uint32_t i;

	s->tables = (uint16_t)(s->tables + tables);
	s->searched = 0;
	for (i = 0; i < ROOT_FRAMES; i++) {
		f[i].info = info;
		f[i].type_count = 0;
	}
}

static void root_end(mfn_t root)
{
	memset(entry_at(root, ROOT_USER_ENTRIES, true), 0, PAGE_SIZE);
	root_set_types(root, FRAME_NONE, (uint16_t)-ROOT_FRAMES);
}

int table_undo(mfn_t table)
{
	struct frame *f = frame_at(table);
	bool root = (f->info & FRAME_TYPE_MASK) == FRAME_ROOT;
	uint32_t i = f->type_count;

	if (root && i > ROOT_USER_ENTRIES)
		i = ROOT_USER_ENTRIES;
	while (i > 0) {
		uint32_t *last = entry_at(table, i - 1, root);
		uint32_t n = zero_run(last + 1, i, true);

		if (!n) {
			entry_undo(last, root);
			n = 1;
		}
		i -= n;
		f->type_count = (uint16_t)i;
		if (hypercall_interrupted())
			return -FRAME_ERESTART;
	}
	if (root)
		root_end(table);
	else
		leaf_end(table);
	return 0;
}

int frame_claim(mfn_t mfn)
{
	const struct frame *f = frame_at(mfn);

	switch (f->info & FRAME_TYPE_MASK) {
	case FRAME_NONE:
	case FRAME_RW:
		return f->type_count || section_of(mfn)->writable ? -XEN_EBUSY : 0;
	case FRAME_ROOT:
		mfn = root_head(mfn);
		break;
	case FRAME_LEAF:
		break;
	default:
		return -XEN_EBUSY;
	}
	/* A table that maps itself writable meets itself here, FRAME_BUSY. */
	if ((frame_at(mfn)->info & (FRAME_PARTIAL | FRAME_BUSY)) != FRAME_PARTIAL)
		return -XEN_EBUSY;
	return table_undo(mfn);
}

int frame_get_rw(struct domain *d, mfn_t mfn)
{
	struct frame *f = frame_at(mfn);

	(void)d;
	if (f->info > FRAME_RW) {
		int rc = frame_claim(mfn);

		if (rc)
			return rc;
	}
	f->info = FRAME_RW;
	frame_hold_type(f);
	return 0;
}

static int leaf_become(struct domain *d, mfn_t leaf)
{
	struct frame *f = frame_at(leaf);
	int rc;

	if (f->info != (FRAME_LEAF | FRAME_PARTIAL)) {
		rc = frame_claim(leaf);
		if (rc)
			return rc;
		frame_flush_stale(leaf);
		frame_set_type(leaf, FRAME_LEAF | FRAME_PARTIAL);
		f->type_count = 0;
	}
	f->info |= FRAME_BUSY;
	rc = table_validate(d, leaf, false);
	f->info &= (uint8_t)~FRAME_BUSY;
	if (!rc) {
		f->info = FRAME_LEAF;
		f->type_count = 0;
	} else if (rc != -FRAME_ERESTART) {
		(void)table_undo(leaf); /* preempted: goes on when the frame is wanted */
	}
	return rc;
}

int frame_get_leaf(struct domain *d, mfn_t mfn)
{
	struct frame *f = frame_at(mfn);

	if (!frame_is_table(mfn, FRAME_LEAF)) {
		int rc = leaf_become(d, mfn);

		if (rc)
			return rc;
	}
	frame_hold_type(f);
	return 0;
}

/* Four frames, aligned and in a row both for the guest and in the machine. */
static int root_claim(struct domain *d, mfn_t root)
{
	uint32_t gfn = frame_gfn(root).n;
	uint32_t i;
	int rc;

	if (gfn % ROOT_FRAMES)
		return -XEN_EINVAL;
	for (i = 0; i < ROOT_FRAMES; i++) {
		uint32_t offset = frame_offset(d, gfn + i);

		if (offset == P2M_INVALID || frame_table.base + offset != root.n + i)
			return -XEN_EINVAL;
		rc = frame_claim(mfn_add(root, i));
		if (rc)
			return rc;
	}
	if (hypercall_interrupted())
		return -FRAME_ERESTART;
	frame_flush_stale(root);
	root_set_types(root, FRAME_ROOT, ROOT_FRAMES);
	frame_at(root)->info = FRAME_ROOT | FRAME_PARTIAL;
	return 0;
}

static int root_become(struct domain *d, mfn_t root)
{
	struct frame *f = frame_at(root);
	int rc;

	if (f->info != (FRAME_ROOT | FRAME_PARTIAL)) {
		rc = root_claim(d, root);
		if (rc)
			return rc;
	}
	f->info |= FRAME_BUSY;
	rc = table_validate(d, root, true);
	f->info &= (uint8_t)~FRAME_BUSY;
	while (!rc && f->type_count < ROOT_COMPLETE) {
		if (hypercall_interrupted()) {
			rc = -FRAME_ERESTART;
		} else {
			root_complete(d, root, f->type_count - ROOT_USER_ENTRIES);
			f->type_count++;
		}
	}
	if (!rc) {
		f->info = FRAME_ROOT;
		f->type_count = 0;
	} else if (rc != -FRAME_ERESTART) {
		(void)table_undo(root);
	}
	return rc;
}

int frame_get_root(struct domain *d, mfn_t mfn)
{
	struct frame *f = frame_at(mfn);

	if (root_head(mfn).n != mfn.n || !d->arch.space)
		return -XEN_EINVAL;
	if (!is_table(f, FRAME_ROOT)) {
		int rc = root_become(d, mfn);

		if (rc)
			return rc;
	}
	frame_hold_type(f);
	return 0;
}

int table_pin(struct domain *d, mfn_t mfn, enum frame_type type)
{
	struct frame *f = frame_at(mfn);
	int rc;

	if (f->info == (type | FRAME_PINNED))
		return -XEN_EINVAL;
	rc = frame_get_type(d, mfn, type);
	if (!rc)
		f->info |= FRAME_PINNED;
	return rc;
}

int table_unpin(mfn_t mfn)
{
	struct frame *f = frame_at(mfn);

	if (f->info & FRAME_PINNED) {
		f->info &= (uint8_t)~FRAME_PINNED;
		frame_put_type(mfn);
	} else if (!frame_is_partial(mfn)) {
		return -XEN_EINVAL;
	}
	return frame_is_partial(mfn) ? table_undo(mfn) : 0;
}
