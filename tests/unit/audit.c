/* SPDX-License-Identifier: MIT */
/*
 * audit.c - recounts every holder of every frame from the tables in machine memory, with
 * nothing of the code under test but the layout of struct frame.
 */
#include <arch/pte.h>

#include "../../kernel/frame_table.h"
#include "fake.h"
#include "audit.h"

struct holders {
	unsigned int refs, types, writable, half;
};
static struct holders found[FAKE_FRAMES];
static struct section sections[FAKE_FRAMES / 256 + 2];

static struct holders *of(uint32_t mfn)
{
	assert_true(mfn - FAKE_BASE < FAKE_FRAMES);
	return &found[mfn - FAKE_BASE];
}

static enum frame_type type_of(uint32_t mfn)
{
	return frame_at(mfn_make(mfn))->info & FRAME_TYPE_MASK;
}

static void hold_small(uint32_t owner, uint32_t mfn, uint32_t ap)
{
	struct holders *h = of(mfn);

	assert_int_equal(frame_at(mfn_make(mfn))->owner, owner);
	h->refs++;
	if (ap == 0)
		return;
	h->types++;
	if (ap == 0x0F0) {
		h->half++;
		assert_int_equal(type_of(mfn), FRAME_LEAF);
	} else {
		h->writable++;
		assert_int_equal(type_of(mfn), FRAME_RW);
	}
}

/* One of the frames of a section: the section is counted, the frame is not. */
static void hold_in_section(uint32_t owner, uint32_t mfn, uint32_t ap)
{
	uint32_t first = frame_gfn(mfn_make(mfn & ~255u)).n;

	assert_int_equal(frame_at(mfn_make(mfn))->owner, owner);
	assert_int_equal(frame_gfn(mfn_make(mfn)).n, first + mfn % 256);
	assert_true(type_of(mfn) != FRAME_SHARED);
	if (ap) {
		of(mfn)->writable++;
		assert_true(type_of(mfn) <= FRAME_RW);
	}
}

static void audit_section(uint32_t n)
{
	const struct section *is = section_of(mfn_make(FAKE_BASE + n * 256));
	uint32_t first = 256;
	uint32_t i;

	for (i = 256; i-- > 0; ) {
		enum frame_type type = type_of(FAKE_BASE + n * 256 + i);

		sections[n].shared += type == FRAME_SHARED;
		if (type == FRAME_LEAF || type == FRAME_ROOT) {
			sections[n].tables++;
			first = i;
		}
	}
	assert_int_equal(is->refs, sections[n].refs);
	assert_int_equal(is->writable, sections[n].writable);
	assert_int_equal(is->tables, sections[n].tables);
	assert_int_equal(is->shared, sections[n].shared);
	assert_true(first == 256 || is->searched <= first);
}

static void audit_small(uint32_t owner, uint32_t entry)
{
	uint32_t i;

	if (!entry)
		return;
	assert_int_equal(entry & 3, 2);
	for (i = 0; i < 4; i++)
		assert_true(((entry >> (4 + 2 * i)) & 3) % 3 == 0);
	hold_small(owner, entry >> 12, entry & 0xFF0);
}

static void audit_l1(uint32_t owner, uint32_t entry, uint32_t slot)
{
	uint32_t i;

	if (!entry)
		return;
	assert_int_equal((entry >> 5) & 15, slot < 0xC00 ? 2 : 1);
	if ((entry & 3) == 1) {
		struct holders *h = of(entry >> 12);

		assert_true(entry & 0x800);
		assert_int_equal(entry & 0x20C, 0);
		assert_int_equal(type_of(entry >> 12), FRAME_LEAF);
		assert_int_equal(frame_at(mfn_make(entry >> 12))->owner, owner);
		h->refs++;
		h->types++;
		return;
	}
	assert_int_equal(entry & 3, 2);
	assert_true(slot >= 0xC00 && slot < 0xF00);
	assert_int_equal(entry & 0xFF200, 0);
	assert_true(((entry >> 10) & 3) % 3 == 0);
	for (i = 0; i < 256; i++)
		hold_in_section(owner, ((entry >> 20) << 8) + i, (entry >> 10) & 3);
	sections[(entry >> 20) - FAKE_BASE / 256].refs++;
	if ((entry >> 10) & 3)
		sections[(entry >> 20) - FAKE_BASE / 256].writable++;
}

static void audit_table(uint32_t mfn)
{
	const struct frame *f = frame_at(mfn_make(mfn));
	bool partial = f->info & FRAME_PARTIAL;
	uint32_t i, end;

	assert_false(f->info & FRAME_BUSY);
	if ((f->info & FRAME_TYPE_MASK) == FRAME_LEAF) {
		end = partial ? f->type_count : 512;
		assert_true(end <= 512);
		for (i = 0; i < end; i++)
			audit_small(f->owner, fake_ram(mfn_make(mfn))[512 + i]);
	} else if ((f->info & FRAME_TYPE_MASK) == FRAME_ROOT && mfn % 4 == 0) {
		end = partial && f->type_count < 3072 ? f->type_count : 3072;
		assert_true(!partial || f->type_count <= 3072 + 4);
		for (i = 0; i < 4; i++)
			assert_int_equal(type_of(mfn + i), FRAME_ROOT);
		for (i = 0; i < end; i++)
			audit_l1(f->owner, fake_ram(mfn_make(mfn))[i], i);
		if (!partial && root_is_current(domains[f->owner], mfn_make(mfn)))
			assert_memory_equal(fake_ram(mfn_make(mfn + 3)),
					    domains[f->owner]->arch.space->kernel, 768 * 4);
	}
	if (f->info & FRAME_PINNED) {
		assert_false(partial);
		of(mfn)->refs++;
		of(mfn)->types++;
	}
}

static void audit_domain(struct domain *d)
{
	uint32_t i;

	if (d->resident)
		return;
	for (i = 0; i < KERNEL_SLOTS; i++)
		audit_l1(d->id, d->arch.space->kernel[i], 0xC00 + i);
	if (d->vcpu.arch.root.n) {
		of(d->vcpu.arch.root.n)->refs++;
		of(d->vcpu.arch.root.n)->types++;
		assert_true(frame_is_table(d->vcpu.arch.root, FRAME_ROOT));
		assert_true(root_is_current(d, d->vcpu.arch.root));
	}
}

static void audit_frame(uint32_t mfn)
{
	const struct frame *f = frame_at(mfn_make(mfn));
	const struct holders *h = of(mfn);
	uint8_t *stale = &fake_stale[mfn - FAKE_BASE];
	bool table = type_of(mfn) == FRAME_LEAF || type_of(mfn) == FRAME_ROOT;

	assert_int_equal(f->ref_count, h->refs);
	if ((f->info & FRAME_PARTIAL) || (type_of(mfn) == FRAME_ROOT && mfn % 4))
		assert_int_equal(h->types, 0);
	else
		assert_int_equal(f->type_count, h->types);
	assert_false(table && h->writable);
	assert_false(table && (*stale & (STALE_TLB | STALE_CACHE)));
	assert_false(type_of(mfn) == FRAME_ROOT && (*stale & STALE_TLB_HALF));
	if (h->writable)
		*stale |= STALE_TLB | STALE_CACHE;
	if (h->half)
		*stale |= STALE_TLB_HALF;
}

void audit(void)
{
	uint32_t i;

	memset(found, 0, sizeof(found));
	memset(sections, 0, sizeof(sections));
	for (i = 0; i < FAKE_FRAMES; i++) {
		const struct frame *f = &frame_table.entry[i];

		if (f->info & ~FRAME_RW)
			audit_table(FAKE_BASE + i);
	}
	for (i = 0; i < domain_count; i++)
		audit_domain(domains[i]);
	for (i = 0; i < FAKE_FRAMES; i++)
		audit_frame(FAKE_BASE + i);
	for (i = 0; i < FAKE_FRAMES / 256; i++)
		audit_section(i);
}

unsigned int audit_writable(mfn_t mfn)
{
	return of(mfn.n)->writable;
}

unsigned int audit_half_writable(mfn_t mfn)
{
	return of(mfn.n)->half;
}
