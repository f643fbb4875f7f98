/* SPDX-License-Identifier: MIT */
/*
 * test_pagetable.c - direct paging by hypercall: what each call does, each error, and the ways
 * around it that we know.
 */
#include <arch/mm.h>
#include <hv/pagetable.h>

#include "../../kernel/frame_table.h"
#include "audit.h"
#include "fake.h"

#define PAGES  768u
#define LAST   512u  /* first gfn of the last MiB */
#define RW     (0xFF0u | 0xC | 2)
#define RO     (0x000u | 0xC | 2)
#define HALF   (0x0F0u | 0xC | 2)
#define PT     (FAKE_GUEST)
#define DONE   (FAKE_GUEST + 0x4000u)

static struct domain *d;
static gfn_t first_root;

static uint32_t small(uint32_t gfn, uint32_t flags)
{
	return gfn << 12 | flags;
}

static uint32_t coarse(uint32_t gfn, uint32_t offset)
{
	return gfn << 12 | offset | 1;
}

static uint32_t va_of(uint32_t gfn)
{
	return ARMV5_KERNEL_START + (gfn << 12);
}

static int setup(void **state)
{
	uint32_t count;

	(void)state;
	fake_reset();
	d = fake_domain(false, PAGES);
	assert_int_equal(pagetable_build(d, &first_root, &count), 0);
	assert_int_equal(count, 5);
	arch_space_load(&d->vcpu);
	audit();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	audit();
	return 0;
}

static int32_t update(uint64_t ptr, uint64_t val)
{
	struct mmu_update u = { .ptr = ptr, .val = val };
	uint32_t arg[5] = { PT, 1, 0, DOMID_SELF };
	int32_t rc;

	memcpy(fake_guest, &u, sizeof(u));
	rc = fake_call(do_mmu_update, d, arg);
	audit();
	return rc;
}

static int32_t entry(uint32_t leaf_gfn, uint32_t index, uint32_t value)
{
	return update((leaf_gfn << 12) + 0x800 + index * 4, value);
}

static int32_t slot(uint32_t index, uint32_t value)
{
	return update((first_root.n << 12) + index * 4, value);
}

static int32_t remap(uint32_t gfn, uint32_t value)
{
	uint32_t arg[5] = { va_of(gfn), value, UVMF_INVLPG };
	int32_t rc = fake_call(do_update_va_mapping, d, arg);

	audit();
	return rc;
}

static int32_t extended2(uint32_t command, uint32_t gfn, uint32_t source)
{
	struct mmuext_op op = { .cmd = command, .arg1.mfn = gfn, .arg2.src_mfn = source };
	uint32_t arg[5] = { PT, 1, 0, DOMID_SELF };
	int32_t rc;

	memcpy(fake_guest, &op, sizeof(op));
	rc = fake_call(do_mmuext_op, d, arg);
	audit();
	return rc;
}

static int32_t extended(uint32_t command, uint32_t gfn)
{
	return extended2(command, gfn, 0);
}

/* Makes a mapped page a pinned leaf with one update and one call, as Linux does. */
static void make_leaf(uint32_t gfn)
{
	assert_int_equal(remap(gfn, small(gfn, HALF)), 0);
	assert_int_equal(extended(MMUEXT_PIN_LEAF, gfn), 0);
}

static void make_root(uint32_t gfn)
{
	uint32_t i;

	for (i = 0; i < 4; i++)
		assert_int_equal(remap(gfn + i, small(gfn + i, RO)), 0);
	assert_int_equal(extended(MMUEXT_PIN_ROOT, gfn), 0);
}

static uint32_t *words(uint32_t gfn)
{
	return fake_ram(fake_mfn(d, gfn));
}

static uint8_t info(uint32_t gfn)
{
	return frame_at(fake_mfn(d, gfn))->info;
}

/* ---- the builder ---- */

static void test_build(void **state)
{
	uint32_t base = fake_mfn(d, 0).n << 12;
	uint32_t *root = words(first_root.n);
	uint32_t leaf = first_root.n + 4, i;

	(void)state;
	assert_int_equal(first_root.n, PAGES - 8);
	assert_int_equal(d->vcpu.arch.root.n, fake_mfn(d, first_root.n).n);
	for (i = 0; i < 0xC00; i++)
		assert_int_equal(root[i], 0);
	assert_int_equal(root[0xC00], base | 0xC0E | 0x10 | 1 << 5);
	assert_int_equal(root[0xC01], (base + 0x100000) | 0xC0E | 0x10 | 1 << 5);
	assert_int_equal(root[0xC02], (fake_mfn(d, leaf).n << 12) | 0x800 | 0x11 | 1 << 5);
	assert_int_equal(root[0xC03], 0);
	for (i = 0; i < 256; i++) {
		uint32_t gfn = LAST + i, e = words(leaf)[512 + i];

		assert_int_equal(e >> 12, fake_mfn(d, gfn).n);
		if (gfn >= first_root.n && gfn < leaf)
			assert_int_equal(e & 0xFFF, 2); /* read-only, not cached */
		else
			assert_int_equal(e & 0xFFF, gfn == leaf ? HALF : RW);
	}
	assert_int_equal(info(leaf), FRAME_LEAF | FRAME_PINNED);
	assert_int_equal(info(first_root.n), FRAME_ROOT | FRAME_PINNED);
	assert_int_equal(frame_at(d->vcpu.arch.root)->type_count, 2);
}

static void test_build_errors(void **state)
{
	struct domain *r;
	uint32_t count;
	gfn_t table;

	(void)state;
	fake_reset();
	r = fake_domain(true, 256);
	assert_int_equal(pagetable_build(r, &table, &count), -XEN_EINVAL);
	d = fake_domain(false, 300);
	assert_int_equal(pagetable_build(d, &table, &count), -XEN_EINVAL);
	d = fake_domain(false, 512);
	d->virt_base = 0xBFF00000;
	assert_int_equal(pagetable_build(d, &table, &count), -XEN_EINVAL);
	d->virt_base = 0xEFF00000; /* 2 MiB would reach into the window */
	assert_int_equal(pagetable_build(d, &table, &count), -XEN_EINVAL);
	d->virt_base = 0xEFE00000;
	assert_int_equal(pagetable_build(d, &table, &count), 0);
}

static void test_rebuild(void **state)
{
	uint32_t count;

	(void)state;
	make_leaf(600);
	make_root(604);
	assert_int_equal(extended(MMUEXT_NEW_BASEPTR, 604), 0);
	words(600)[3] = 0xDEAD;
	arch_space_unload();
	pagetable_destroy(d);
	frame_reset(d, 0, PAGES);
	audit();
	assert_int_equal(pagetable_build(d, &first_root, &count), 0);
	audit();
	assert_int_equal(info(600), FRAME_RW);
}

static void walk(vaddr_t va, uint32_t l1, uint32_t l2)
{
	struct pagetable_walk w;

	pagetable_walk(d, va, &w);
	assert_int_equal(w.root.n, d->vcpu.arch.root.n);
	assert_int_equal(w.l1, l1);
	assert_int_equal(w.l2, l2);
	pagetable_walk_print(&w, 1);
	pagetable_walk_print(&w, 2);
}

static void test_walk(void **state)
{
	struct domain *resident = fake_domain(true, 16);
	struct pagetable_walk w;

	(void)state;
	walk(0xC0000000, words(first_root.n)[0xC00], 0);
	walk(va_of(600), words(first_root.n)[0xC02], words(PAGES - 4)[512 + 600 - 512]);
	walk(0, 0, 0);
	walk(0xFFFFFFFF, words(first_root.n)[0xFFF], 0);
	pagetable_walk(resident, 0xF0000000, &w);
	assert_int_equal(w.root.n, 0);
}

/* It goes on where it was preempted, and makes the same. */
static void test_build_preempted(void **state)
{
	static uint32_t before[1024];
	uint32_t count, steps = 0;
	int rc;

	(void)state;
	memcpy(before, words(PAGES - 4), sizeof(before));
	arch_space_unload();
	pagetable_destroy(d);
	frame_reset(d, 0, PAGES);
	fake_preempt(3); /* of two looks in a row the second finds nothing */
	for (;;) {
		rc = pagetable_build(d, &first_root, &count);
		audit();
		if (rc != -FRAME_ERESTART)
			break;
		assert_true(++steps < 1000);
	}
	assert_int_equal(rc, 0);
	assert_true(steps > 10);
	assert_memory_equal(before, words(PAGES - 4), sizeof(before));
	assert_int_equal(frame_at(d->vcpu.arch.root)->type_count, 2);
}

/* ---- update_va_mapping ---- */

static void test_va_mapping(void **state)
{
	(void)state;
	assert_int_equal(remap(520, small(521, RW)), 0);
	assert_int_equal(fake_calls.flushed_va, va_of(520));
	assert_int_equal(frame_at(fake_mfn(d, 520))->ref_count, 0);
	assert_int_equal(frame_at(fake_mfn(d, 521))->type_count, 2);
	assert_int_equal(remap(520, small(520, RO)), 0);
	assert_int_equal(frame_at(fake_mfn(d, 520))->ref_count, 1);
	assert_int_equal(frame_at(fake_mfn(d, 520))->type_count, 0);
	assert_int_equal(remap(520, small(520, 0x030 | 2)), 0); /* 1 KiB of it writable */
	assert_int_equal(frame_at(fake_mfn(d, 520))->type_count, 1);
	assert_int_equal(remap(520, 0), 0);
	assert_int_equal(frame_at(fake_mfn(d, 520))->ref_count, 0);
	assert_int_equal(remap(520, small(520, RW & ~0xCu)), 0);
	assert_int_equal(remap(520, small(520, RW)), 0); /* the cache bits only */
	assert_int_equal(frame_at(fake_mfn(d, 520))->type_count, 1);
}

static void test_va_mapping_errors(void **state)
{
	uint32_t before = words(first_root.n + 4)[512 + 8];
	static const struct { uint32_t value; int rc; } bad[] = {
		{ 0xFFFFF000 | RW, -XEN_EINVAL }, { PAGES << 12 | RW, -XEN_EINVAL },
		{ 520 << 12 | 0xFF1, -XEN_EINVAL }, { 520 << 12 | 0xFF3, -XEN_EINVAL },
		{ 520 << 12 | 0xFF0, -XEN_EINVAL },               /* fault, but not 0 */
		{ 520 << 12 | 0x552, -XEN_EINVAL }, { 520 << 12 | 0xAA2, -XEN_EINVAL },
		{ 520 << 12 | 0xFF2 | 0x40, 0 },                   /* (is 0xFF2) */
		{ 520 << 12 | 0x7F2, -XEN_EINVAL }, { 520 << 12 | 0xFD2, -XEN_EINVAL },
		{ (PAGES - 8) << 12 | RW, -XEN_EBUSY },            /* the root */
		{ (PAGES - 4) << 12 | RW, -XEN_EBUSY },            /* the leaf */
		{ (PAGES - 4) << 12 | 0x3F2, -XEN_EBUSY },         /* a little more than half */
		{ (PAGES - 7) << 12 | HALF, -XEN_EBUSY },          /* the root as a leaf */
		{ 530 << 12 | HALF, -XEN_EBUSY },                  /* mapped writable elsewhere */
	};
	uint32_t arg[5] = { va_of(520), small(520, RW), 0 };
	uint32_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(remap(520, bad[i].value), bad[i].rc);
		if (bad[i].rc)
			assert_int_equal(words(first_root.n + 4)[512 + 8] & ~0xFFCu, before & ~0xFFCu);
	}
	arg[2] = 3;
	assert_int_equal(do_update_va_mapping(d, arg), -XEN_EINVAL);
	arg[2] = UVMF_TLB_FLUSH | UVMF_ALL;
	i = fake_calls.tlb_flush;
	assert_int_equal(do_update_va_mapping(d, arg), 0);
	assert_int_equal(fake_calls.tlb_flush, i + 1);
	arg[2] = 0;
	static const uint32_t nowhere[] = { 0, 0x00100000, 0xC0000000, 0xC0300000, 0xEFFFF000,
					    0xF0000000, 0xF8000000, 0xFFFFF000 };
	for (i = 0; i < ARRAY_SIZE(nowhere); i++) {
		arg[0] = nowhere[i];
		assert_int_equal(do_update_va_mapping(d, arg), -XEN_EINVAL);
	}
}

/* ---- leaves ---- */

static void test_pin_leaf(void **state)
{
	(void)state;
	words(600)[512] = small(10, RW);
	words(600)[1023] = small(11, RO);
	words(600)[511] = 0xFFFFFFFF; /* the guest's half */
	assert_int_equal(extended(MMUEXT_PIN_LEAF, 600), -XEN_EBUSY); /* mapped writable */
	make_leaf(600);
	assert_int_equal(words(600)[512], fake_mfn(d, 10).n << 12 | RW);
	assert_int_equal(words(600)[1023], fake_mfn(d, 11).n << 12 | RO);
	assert_int_equal(words(600)[511], 0xFFFFFFFF);
	assert_int_equal(frame_at(fake_mfn(d, 10))->type_count, 1); /* the section counts for itself */
	assert_int_equal(extended(MMUEXT_PIN_LEAF, 600), -XEN_EINVAL);
	assert_int_equal(extended(MMUEXT_PIN_ROOT, 600), -XEN_EBUSY);
	assert_int_equal(remap(600, small(600, RW)), -XEN_EBUSY);
	assert_int_equal(remap(600, small(600, 0x3F2)), -XEN_EBUSY); /* a little more */
	assert_int_equal(remap(600, small(600, HALF)), 0);
	assert_int_equal(extended(MMUEXT_UNPIN_TABLE, 600), 0);
	assert_int_equal(extended(MMUEXT_UNPIN_TABLE, 600), -XEN_EINVAL);
	/* The last user goes: guest entries again. */
	assert_int_equal(remap(600, small(600, RW)), 0);
	assert_int_equal(words(600)[512], small(10, RW));
	assert_int_equal(words(600)[1023], small(11, RO));
	assert_int_equal(frame_at(fake_mfn(d, 10))->type_count, 0);
}

static void test_pin_leaf_refused(void **state)
{
	static const uint32_t bad[] = { 1, 3, 0xFF0, 10 << 12 | 0x552, PAGES << 12 | RW,
					10 << 12 | 0xFF1, (PAGES - 8) << 12 | RW,
					(PAGES - 4) << 12 | RW, 600 << 12 | RW, 600 << 12 | HALF,
					604 << 12 | HALF, 0xFFFFFFFF };
	uint32_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		words(600)[512] = small(10, RW);
		words(600)[700] = small(600, RO);
		words(600)[1023] = bad[i];
		assert_int_equal(remap(600, small(600, RO)), 0);
		assert_true(extended(MMUEXT_PIN_LEAF, 600) < 0);
		assert_int_equal(remap(600, small(600, HALF)) < 0, 1);
		assert_int_equal(words(600)[512], small(10, RW));
		assert_int_equal(words(600)[700], small(600, RO));
		assert_int_equal(words(600)[1023], bad[i]);
		assert_int_equal(remap(600, small(600, RW)), 0);
	}
	assert_int_equal(frame_at(fake_mfn(d, 10))->type_count, 0);
}

static void test_leaf_entries(void **state)
{
	(void)state;
	make_leaf(600);
	assert_int_equal(entry(600, 0, small(520, RW)), 0);
	assert_int_equal(entry(600, 511, small(520, RO)), 0);
	assert_int_equal(frame_at(fake_mfn(d, 520))->ref_count, 3);
	assert_int_equal(frame_at(fake_mfn(d, 520))->type_count, 2);
	assert_int_equal(entry(600, 0, 0), 0);
	assert_int_equal(entry(600, 511, small(600, RO)), 0);
	assert_int_equal(entry(600, 1, small(600, HALF)), 0);
	assert_int_equal(entry(600, 1, small(600, RW)), -XEN_EBUSY);
	assert_int_equal(entry(600, 512, 0), -XEN_EINVAL); /* the next frame */
	assert_int_equal(update((600 << 12) + 0x7FC, small(520, RW)), -XEN_EINVAL);
	assert_int_equal(update(600 << 12, 0), -XEN_EINVAL);
}

/* The only user of a leaf is its own mapping in itself. */
static void test_leaf_of_its_own(void **state)
{
	(void)state;
	make_leaf(600);
	assert_int_equal(entry(600, 5, small(600, HALF)), 0);
	assert_int_equal(remap(600, small(600, RO)), 0);
	assert_int_equal(extended(MMUEXT_UNPIN_TABLE, 600), 0);
	assert_int_equal(info(600), FRAME_LEAF);
	assert_int_equal(entry(600, 5, small(600, RW)), -XEN_EBUSY);
	assert_int_equal(info(600), FRAME_LEAF);
	assert_int_equal(entry(600, 5, 0), 0);
	assert_int_equal(entry(600, 5, 0), -XEN_EINVAL); /* a table no more */
	assert_int_equal(remap(600, small(600, RW)), 0);
}

/*
 * Replacing an entry of leaf T validates F, which undoes G, which was the last user of T, and
 * then wants T writable: T is being worked on and must stay.
 */
static void test_leaf_lost_on_the_way(void **state)
{
	uint32_t T = 600, F = 601, G = 602;

	(void)state;
	make_leaf(T);
	make_leaf(G);
	assert_int_equal(entry(T, 0, small(520, RW)), 0);
	assert_int_equal(entry(G, 0, small(T, HALF)), 0);
	words(F)[512] = small(G, RW);
	words(F)[513] = small(T, RW);
	assert_int_equal(remap(F, small(F, RO)), 0);
	assert_int_equal(remap(G, small(G, RO)), 0);
	assert_int_equal(remap(T, small(T, RO)), 0);
	assert_int_equal(extended(MMUEXT_UNPIN_TABLE, T), 0);
	/* An unpin would undo G: let its last user be an entry. */
	assert_int_equal(entry(PAGES - 4, 20, small(G, HALF)), 0);
	assert_int_equal(extended(MMUEXT_UNPIN_TABLE, G), 0);
	assert_int_equal(entry(PAGES - 4, 20, 0), 0);
	assert_int_equal(info(G), FRAME_LEAF | FRAME_PARTIAL);
	assert_int_equal(info(T), FRAME_LEAF);
	assert_int_equal(entry(T, 0, small(F, HALF)), -XEN_EBUSY);
	assert_int_equal(frame_at(fake_mfn(d, 520))->type_count, 2);
}

static void test_leaf_becomes_root(void **state)
{
	uint32_t flushes;

	(void)state;
	make_leaf(600);
	/* All that was writable has been flushed. */
	assert_int_equal(remap(601, small(601, RO)), 0);
	assert_int_equal(remap(602, small(602, RO)), 0);
	assert_int_equal(remap(603, small(603, RO)), 0);
	make_leaf(610);
	assert_int_equal(remap(600, small(600, RO)), 0);
	assert_int_equal(extended(MMUEXT_UNPIN_TABLE, 600), 0);
	flushes = fake_calls.retire;
	assert_int_equal(extended(MMUEXT_PIN_ROOT, 600), 0);
	assert_int_equal(fake_calls.retire, flushes + 1); /* its lower half was writable */
}

/* ---- roots ---- */

static void test_slots(void **state)
{
	(void)state;
	make_leaf(600);
	assert_int_equal(slot(0, coarse(600, 0x800)), 0);
	assert_int_equal(slot(1, coarse(600, 0xC00)), 0);
	assert_int_equal(slot(0xBFF, coarse(600, 0x800)), 0);
	assert_int_equal(words(first_root.n)[1], fake_mfn(d, 600).n << 12 | 0xC11 | 2 << 5);
	assert_int_equal(frame_at(fake_mfn(d, 600))->type_count, 5);
	assert_int_equal(slot(0, coarse(600, 0x800) | 0x10), 0); /* bit 4 is ignored */
	assert_int_equal(slot(0, 0), 0);
	assert_int_equal(slot(0xC10, coarse(600, 0x800)), 0);
	assert_int_equal(words(first_root.n)[0xC10], fake_mfn(d, 600).n << 12 | 0x811 | 1 << 5);
	assert_int_equal(slot(0xC11, 0xC02), 0);
	assert_int_equal(slot(0xC12, 0x00E), 0); /* read-only, cached */
	assert_int_equal(slot(0xC12, 0x002), 0);
	assert_int_equal(section_of(fake_mfn(d, 0))->refs, 3);
	assert_int_equal(section_of(fake_mfn(d, 0))->writable, 2);
	assert_int_equal(slot(0xC11, 0), 0);
	assert_int_equal(slot(0xC12, 0), 0);
}

/* ---- sections ---- */

/* While any frame of it is a table a MiB is not mapped writable, and the other way round. */
static void test_section_or_table(void **state)
{
	(void)state;
	assert_int_equal(slot(0xC01, 0), 0);                    /* gfns 256 to 511 */
	assert_int_equal(section_of(fake_mfn(d, 256))->writable, 0);
	words(300)[512] = small(10, RW);
	assert_int_equal(extended(MMUEXT_PIN_LEAF, 300), 0);
	assert_int_equal(slot(0xC01, 0x100C02), -XEN_EBUSY);
	assert_int_equal(slot(0xC01, 0x100002), 0);             /* but readable it is */
	assert_int_equal(extended(MMUEXT_UNPIN_TABLE, 300), 0);
	assert_int_equal(words(300)[512], small(10, RW));
	assert_int_equal(slot(0xC01, 0x100C02), 0);
	assert_int_equal(extended(MMUEXT_PIN_LEAF, 300), -XEN_EBUSY);
	assert_int_equal(extended(MMUEXT_PIN_ROOT, 304), -XEN_EBUSY);
	/* A second writable mapping, as a page, goes before the first. */
	assert_int_equal(entry(PAGES - 4, 0, small(300, RW)), 0);
	assert_int_equal(entry(PAGES - 4, 0, 0), 0);
	assert_int_equal(extended(MMUEXT_PIN_LEAF, 300), -XEN_EBUSY);
	/* And after it. */
	assert_int_equal(entry(PAGES - 4, 0, small(300, RW)), 0);
	assert_int_equal(slot(0xC01, 0), 0);
	assert_int_equal(extended(MMUEXT_PIN_LEAF, 300), -XEN_EBUSY);
	assert_int_equal(entry(PAGES - 4, 0, 0), 0);
	assert_int_equal(extended(MMUEXT_PIN_LEAF, 300), 0);
}

/* Tables that nobody uses any more end when their MiB is mapped writable, however often that is
 * preempted; nothing is held meanwhile. */
static void test_section_ends_tables(void **state)
{
	struct mmu_update u = { .ptr = (first_root.n << 12) + 0xC01 * 4, .val = 0x100C02 };
	uint32_t arg[5] = { PT, 1, 0, DOMID_SELF };
	unsigned int calls;
	uint32_t i;
	int32_t rc;

	(void)state;
	assert_int_equal(slot(0xC01, 0), 0);
	for (i = 0; i < 512; i++) {
		words(300)[512 + i] = small(i % 100, RW);
		words(511)[512 + i] = small(i % 100, RO);
	}
	assert_int_equal(slot(0, coarse(300, 0x800)), 0);
	assert_int_equal(slot(1, coarse(511, 0xC00)), 0);
	words(400)[7] = coarse(300, 0x800);
	assert_int_equal(extended(MMUEXT_PIN_ROOT, 400), 0);
	assert_int_equal(slot(0xC01, 0x100C02), -XEN_EBUSY);
	assert_int_equal(slot(0, 0), 0);
	assert_int_equal(slot(1, 0), 0);
	assert_int_equal(slot(0xC01, 0x100C02), -XEN_EBUSY);    /* the root is pinned */
	assert_int_equal(words(511)[1023], fake_mfn(d, 11).n << 12 | RO);
	assert_int_equal(extended(MMUEXT_UNPIN_TABLE, 400), 0);

	fake_preempt(2); /* a look before the slot, one after each piece */
	memcpy(fake_guest, &u, sizeof(u));
	for (calls = 1; (rc = do_mmu_update(d, arg)) == HYPERCALL_CONTINUED; calls++) {
		assert_int_equal(section_of(fake_mfn(d, 256))->refs, 0);
		memcpy(arg, d->vcpu.continuation, sizeof(arg));
		audit();
	}
	fake_preempt_every = 0;
	assert_int_equal(rc, 0);
	assert_true(calls > 100);
	audit();
	assert_int_equal(section_of(fake_mfn(d, 256))->tables, 0);
	assert_int_equal(words(300)[1023], small(11, RW));
	assert_int_equal(words(511)[1023], small(11, RO));
}

/* Work that is pending comes before a section, which takes long. */
static void test_section_preempted(void **state)
{
	struct mmu_update u = { .ptr = (first_root.n << 12) + 0xC01 * 4, .val = 0 };
	const uint32_t arg[5] = { PT, 1, 0, DOMID_SELF };
	uint32_t before = words(first_root.n + 3)[1];

	(void)state;
	memcpy(fake_guest, &u, sizeof(u));
	fake_preempt(1);
	assert_int_equal(do_mmu_update(d, arg), HYPERCALL_CONTINUED);
	assert_int_equal(words(first_root.n + 3)[1], before);
	fake_preempt_every = 0;
	assert_int_equal(do_mmu_update(d, arg), 0);
	assert_int_equal(words(first_root.n + 3)[1], 0);
}

/* A domain that is killed in the middle of it and built again: no count of its past is left. */
static void test_section_interrupted_for_good(void **state)
{
	struct mmu_update u = { .ptr = (first_root.n << 12) + 0xC01 * 4, .val = 0x100C02 };
	uint32_t arg[5] = { PT, 1, 0, DOMID_SELF };
	uint32_t count, i;

	(void)state;
	assert_int_equal(slot(0xC01, 0), 0);
	for (i = 0; i < 512; i++)
		words(300)[512 + i] = small(i % 100, RW);
	assert_int_equal(slot(0, coarse(300, 0x800)), 0);
	assert_int_equal(slot(0, 0), 0);
	fake_preempt(2);
	memcpy(fake_guest, &u, sizeof(u));
	assert_int_equal(do_mmu_update(d, arg), HYPERCALL_CONTINUED);
	assert_int_not_equal(section_of(fake_mfn(d, 0))->refs, 0); /* it is under way */
	fake_preempt_every = 0;
	arch_space_unload();
	pagetable_destroy(d);
	frame_reset(d, 0, PAGES);
	audit();
	assert_int_equal(section_of(fake_mfn(d, 0))->refs, 0);
	assert_int_equal(section_of(fake_mfn(d, 256))->tables, 0);
	assert_int_equal(pagetable_build(d, &first_root, &count), 0);
	arch_space_load(&d->vcpu);
	assert_int_equal(section_of(fake_mfn(d, 0))->refs, 1);
}

/* The last writable mapping goes with its MiB: flushed before a table is made of a page of it. */
static void test_section_is_stale(void **state)
{
	unsigned int flushes;

	(void)state;
	make_leaf(610);
	flushes = fake_calls.retire;
	assert_int_equal(slot(0xC11, 0x100C02), 0);
	assert_int_equal(slot(0xC11, 0), 0); /* still mapped at 0xC01 */
	make_leaf(611);
	assert_int_equal(fake_calls.retire, flushes + 1); /* for page 611 itself */
	assert_int_equal(slot(0xC01, 0), 0);
	assert_int_equal(extended(MMUEXT_PIN_LEAF, 300), 0);
	assert_int_equal(fake_calls.retire, flushes + 2);
}

static void test_section_is_in_a_row(void **state)
{
	struct domain *other;
	uint32_t hw;
	mfn_t first;

	(void)state;
	other = fake_domain(false, 256);
	other->max_pages = 512;
	assert_int_equal(root_entry_translate(other, 0xC00, 0xC02, &hw), 0);
	assert_int_equal(hw & 0xFFF00000, fake_mfn(other, 0).n << 12);
	assert_int_equal(root_entry_translate(other, 0xC00, 0x100C02, &hw), -XEN_EINVAL);
	assert_int_equal(root_entry_translate(d, 0xC00, 0x100C02, &hw), 0);
	/* 256 frames, aligned here but not there. */
	other->p2m = NULL;
	assert_int_equal(frame_populate(other, gfn_make(100), 256, 256, &first), 0);
	assert_int_equal(root_entry_translate(other, 0xC00, 0x100C02, &hw), -XEN_EINVAL);
	assert_int_equal(root_entry_translate(other, 0xC00, 0xC02, &hw), -XEN_EINVAL);
}

static void test_slot_errors(void **state)
{
	static const struct { uint32_t slot, value; int rc; } bad[] = {
		{ 0, 0xC02, -XEN_EINVAL }, { 0xBFF, 0x002, -XEN_EINVAL },   /* user sections */
		{ 0, 600 << 12 | 0x803, -XEN_EINVAL },                      /* fine */
		{ 0, 600 << 12 | 0x800, -XEN_EINVAL },
		{ 0, 600 << 12 | 0x001, -XEN_EINVAL }, { 0, 600 << 12 | 0x401, -XEN_EINVAL },
		{ 0, 600 << 12 | 0x821, -XEN_EINVAL }, { 0, 600 << 12 | 0xA01, -XEN_EINVAL },
		{ 0, 600 << 12 | 0x805, -XEN_EINVAL },
		{ 0, PAGES << 12 | 0x801, -XEN_EINVAL }, { 0, 0xFFFFF801, -XEN_EINVAL },
		{ 0, 520 << 12 | 0x801, -XEN_EBUSY },                       /* a data frame */
		{ 0, (PAGES - 8) << 12 | 0x801, -XEN_EBUSY },               /* the root */
		{ 0xC11, 0x402, -XEN_EINVAL }, { 0xC11, 0x802, -XEN_EINVAL },
		{ 0xC11, 0xE02, -XEN_EINVAL }, { 0xC11, 0x1C02, -XEN_EINVAL },
		{ 0xC11, 0x300C02, -XEN_EINVAL }, { 0xC11, 0xFFF00C02, -XEN_EINVAL },
		{ 0xC11, 0x200C02, -XEN_EBUSY },                            /* has tables in it */
		{ 0xF00, 0, -XEN_EPERM }, { 0xF00, 600 << 12 | 0x801, -XEN_EPERM },
		{ 0xFFF, 600 << 12 | 0x801, -XEN_EPERM },
	};
	uint32_t i;

	(void)state;
	make_leaf(600);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(slot(bad[i].slot, bad[i].value), bad[i].rc);
	assert_int_equal(frame_at(fake_mfn(d, 600))->type_count, 2);
}

static void test_second_root(void **state)
{
	(void)state;
	make_leaf(600);
	words(604)[3] = coarse(600, 0xC00);
	words(604)[0xC05] = 0xDEADBEEF; /* the kernel's part, and what is above, are ignored */
	words(604)[0xFFF] = 0xDEADBEEF;
	assert_int_equal(extended(MMUEXT_PIN_ROOT, 604), -XEN_EBUSY);
	make_root(604);
	assert_int_equal(words(604)[3], fake_mfn(d, 600).n << 12 | 0xC11 | 2 << 5);
	assert_int_equal(words(604)[0xC05], 0);
	assert_int_equal(words(604)[0xFFF], 0xEEEEEEEE);
	assert_int_equal(words(604)[0xC00], words(first_root.n)[0xC00]);
	assert_int_equal(extended(MMUEXT_PIN_ROOT, 604), -XEN_EINVAL);
	assert_int_equal(extended(MMUEXT_PIN_LEAF, 604), -XEN_EBUSY);
	assert_int_equal(extended(MMUEXT_UNPIN_TABLE, 605), -XEN_EINVAL);
	/* By either root, in both. */
	assert_int_equal(update((604 << 12) + 0xC20 * 4, coarse(600, 0x800)), 0);
	assert_int_equal(words(first_root.n)[0xC20], words(604)[0xC20]);
	assert_int_equal(slot(0xC21, coarse(600, 0x800)), 0); /* seen when it is loaded */
	assert_int_equal(update((604 << 12) + 0xC22 * 4, coarse(600, 0x800)), 0);
	assert_int_equal(words(604)[0xC22], words(first_root.n)[0xC22]);
	assert_int_equal(slot(0xC20, 0), 0);
	assert_int_equal(update((604 << 12) + 7 * 4, coarse(600, 0x800)), 0);
	assert_int_equal(words(first_root.n)[7], 0);

	assert_int_equal(extended(MMUEXT_NEW_BASEPTR, 604), 0);
	assert_int_equal(d->vcpu.arch.root.n, fake_mfn(d, 604).n);
	assert_memory_equal(&words(604)[0xC00], &words(first_root.n)[0xC00], 0x300 * 4);
	assert_int_equal(words(604)[0xC20], 0);
	assert_true(words(604)[0xC21] != 0);
	assert_int_equal(extended(MMUEXT_UNPIN_TABLE, 604), 0); /* loaded: stays a root */
	assert_int_equal(info(604), FRAME_ROOT);
	assert_int_equal(remap(604, small(604, RW)), -XEN_EBUSY);
	assert_int_equal(extended(MMUEXT_NEW_BASEPTR, first_root.n), 0);
	assert_int_equal(remap(604, small(604, RW)), 0);
	assert_int_equal(words(604)[3], coarse(600, 0xC00));
	assert_int_equal(words(604)[0xFFF], 0); /* nothing of the hypervisor's is left */
	assert_int_equal(info(605), FRAME_NONE);
}

static void test_base_pointer(void **state)
{
	uint32_t loads, i;

	(void)state;
	loads = fake_calls.space_load;
	assert_int_equal(extended(MMUEXT_NEW_BASEPTR, first_root.n), 0);
	assert_int_equal(fake_calls.space_load, loads); /* it is loaded */
	assert_int_equal(extended(MMUEXT_NEW_BASEPTR, first_root.n + 1), -XEN_EINVAL);
	assert_int_equal(extended(MMUEXT_NEW_BASEPTR, 520), -XEN_EBUSY);
	assert_int_equal(extended(MMUEXT_NEW_BASEPTR, PAGES), -XEN_EINVAL);
	assert_int_equal(extended(MMUEXT_NEW_BASEPTR, first_root.n + 4), -XEN_EBUSY);
	/* Not pinned: validated, held while it is loaded. */
	for (i = 604; i < 608; i++)
		assert_int_equal(remap(i, small(i, RO)), 0);
	assert_int_equal(extended(MMUEXT_NEW_BASEPTR, 604), 0);
	assert_int_equal(info(604), FRAME_ROOT);
	assert_int_equal(extended(MMUEXT_NEW_BASEPTR, first_root.n), 0);
	assert_int_equal(info(604), FRAME_ROOT | FRAME_PARTIAL);
	/* Its entries cannot be changed now, whichever frame they are in. */
	assert_int_equal(update(604 << 12, 0), -XEN_EINVAL);
	assert_int_equal(update(605 << 12, 0), -XEN_EINVAL);
	assert_int_equal(update((607 << 12) + 64, 0), -XEN_EINVAL);
	assert_int_equal(extended(MMUEXT_UNPIN_TABLE, 604), 0); /* gives it up */
	assert_int_equal(info(604), FRAME_NONE);
}

static void test_root_refused(void **state)
{
	static const uint32_t bad[] = { 2, 3, 600 << 12 | 1, 600 << 12 | 0x803, PAGES << 12 | 0x801,
					520 << 12 | 0x801, 604 << 12 | 0x801, 606 << 12 | 0x801,
					(PAGES - 8) << 12 | 0x801, 0xC02, 601 << 12 | 0x801 };
	uint32_t i, j;

	(void)state;
	make_leaf(600);
	/* A leaf that maps the root writable: seen while the root is validated. */
	words(601)[512 + 9] = small(605, RW);
	assert_int_equal(remap(601, small(601, RO)), 0);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		words(604)[0] = coarse(600, 0x800);
		words(604)[3071] = bad[i];
		for (j = 604; j < 608; j++)
			assert_int_equal(remap(j, small(j, RO)), 0);
		assert_true(extended(MMUEXT_PIN_ROOT, 604) < 0);
		assert_true(extended(MMUEXT_NEW_BASEPTR, 604) < 0);
		assert_int_equal(words(604)[0], coarse(600, 0x800));
		assert_int_equal(words(604)[3071], bad[i]);
		for (j = 604; j < 608; j++)
			assert_int_equal(remap(j, small(j, RW)), 0);
		assert_int_equal(frame_at(fake_mfn(d, 600))->type_count, 2);
	}
	assert_int_equal(extended(MMUEXT_PIN_ROOT, 605), -XEN_EINVAL);
	assert_int_equal(extended(MMUEXT_PIN_ROOT, PAGES), -XEN_EINVAL);
}

/* ---- mmu_update: the call itself ---- */

static uint32_t put_batch(uint32_t count)
{
	struct mmu_update u[32];
	uint32_t i;

	for (i = 0; i < count; i++) {
		u[i].ptr = (600 << 12) + 0x800 + i * 4;
		u[i].val = small(520 + i % 8, RO);
	}
	memcpy(fake_guest, u, count * sizeof(u[0]));
	return count;
}

static int32_t batch(uint32_t at, uint32_t count, uint32_t done, uint32_t domid)
{
	uint32_t arg[5] = { at, count, done, domid };
	uint32_t wrong = 99;
	int32_t rc;

	memcpy(fake_guest + (DONE - FAKE_GUEST), &wrong, 4);
	rc = fake_call(do_mmu_update, d, arg);
	audit();
	return rc;
}

static uint32_t done(void)
{
	uint32_t value;

	memcpy(&value, fake_guest + (DONE - FAKE_GUEST), 4);
	return value;
}

static void test_batch(void **state)
{
	struct mmu_update u = { .ptr = (600 << 12) + 0x800, .val = 1 };
	uint32_t every;

	(void)state;
	make_leaf(600);
	for (every = 2; every < 7; every++) {
		fake_preempt_every = every == 2 ? 0 : every;
		put_batch(30);
		assert_int_equal(batch(PT, 30, DONE, DOMID_SELF), 0);
		assert_int_equal(done(), 30);
		assert_int_equal(batch(PT, 30, 0, 0), 0);
		assert_int_equal(batch(PT, 0, DONE, DOMID_SELF), 0);
		assert_int_equal(done(), 0);
		memcpy(fake_guest + 21 * sizeof(u), &u, sizeof(u));
		assert_int_equal(batch(PT, 30, DONE, DOMID_SELF), -XEN_EINVAL);
		assert_int_equal(done(), 21);
	}
}

/* It looks before the array is read, and before each of neighbours: the first one looks the table up, the
 * second is set, the third waits. */
static void test_batch_looks(void **state)
{
	uint32_t arg[5] = { PT, 30, DONE, DOMID_SELF }, calls = 1;
	int32_t rc;

	(void)state;
	make_leaf(600);
	put_batch(30);
	do {
		fake_preempt(4);
		rc = do_mmu_update(d, calls == 1 ? arg : d->vcpu.continuation);
		audit();
		assert_int_equal(done(), calls * 2);
	} while (rc == HYPERCALL_CONTINUED && ++calls);
	fake_preempt_every = 0;
	assert_int_equal(rc, 0);
	assert_int_equal(calls, 15);
}

/* A page that was mapped is mapped otherwise at once, or unmapped, or mapped for the first time. */
static void test_set_again(void **state)
{
	static const uint32_t aps[] = { RW, RO };
	struct frame *f = frame_at(fake_mfn(d, 520));
	uint32_t from, to, refs = f->ref_count, types = f->type_count;

	(void)state;
	make_leaf(600);
	for (from = 0; from < 2; from++) {
		for (to = 0; to < 2; to++) {
			assert_int_equal(entry(600, 0, small(520, aps[from])), 0);
			assert_int_equal(entry(600, 0, small(520, aps[to])), 0);
			assert_int_equal(f->ref_count, refs + 1);
			assert_int_equal(f->type_count, types + !to);
			audit();
			assert_int_equal(entry(600, 0, small(521, aps[to])), 0);
			assert_int_equal(f->ref_count, refs);
			assert_int_equal(f->type_count, types);
			assert_int_equal(entry(600, 0, 0), 0);
			audit();
		}
	}
}

/* One update clears a row of entries, and nothing beside it. */
static void test_clear(void **state)
{
	uint64_t at = (600 << 12) + 0x800;
	uint32_t i;

	(void)state;
	make_leaf(600);
	for (i = 0; i < 512; i++)
		assert_int_equal(entry(600, i, small(520 + i % 4, i % 2 ? RW : RO)), 0);
	assert_int_equal(update(at + 2 * 4, 15ull << 32), 0);
	for (i = 0; i < 20; i++)
		assert_int_equal(words(600)[512 + i] == 0, i >= 2 && i < 18);
	assert_int_equal(frame_at(fake_mfn(d, 521))->type_count, 1 + 128 - 4);
	assert_int_equal(update(at + 2 * 4, 15ull << 32), 0); /* empty ones, too */
	assert_int_equal(update(at + 496 * 4, 15ull << 32), 0);
	assert_int_equal(words(600)[1008] | words(600)[1023], 0);
	assert_int_equal(words(600)[1007] != 0, 1);
}

/* A row is long: it looks at what is pending, and goes on behind what it has cleared. */
static void test_clear_preempted(void **state)
{
	struct mmu_update u = { (600 << 12) + 0x800, 15ull << 32 };
	uint32_t arg[5] = { PT, 1, 0, DOMID_SELF }, i, steps = 0;
	int32_t rc;

	(void)state;
	make_leaf(600);
	for (i = 0; i < 17; i++)
		assert_int_equal(entry(600, i, small(520 + i % 4, RW)), 0);
	memcpy(fake_guest, &u, sizeof(u));
	fake_preempt(2);
	for (rc = do_mmu_update(d, arg); rc == HYPERCALL_CONTINUED; steps++) {
		audit();
		rc = do_mmu_update(d, d->vcpu.continuation);
	}
	fake_preempt_every = 0;
	assert_int_equal(rc, 0);
	assert_int_equal(steps, 15);
	for (i = 0; i < 17; i++)
		assert_int_equal(words(600)[512 + i] == 0, i < 16);
}

static void test_clear_errors(void **state)
{
	uint64_t at = (600 << 12) + 0x800;
	uint32_t i;

	(void)state;
	make_leaf(600);
	for (i = 480; i < 512; i++)
		assert_int_equal(entry(600, i, small(520, RW)), 0);
	assert_int_equal(update(at + 480 * 4, 16ull << 32), -XEN_EINVAL);
	assert_int_equal(update(at + 480 * 4, 1ull << 63), -XEN_EINVAL);
	assert_int_equal(update(at + 480 * 4, 2ull << 32 | small(520, RW)), -XEN_EINVAL);
	assert_int_equal(update(at + 497 * 4, 15ull << 32), -XEN_EINVAL); /* the next frame */
	assert_int_equal(update(at - 4, 1ull << 32), -XEN_EINVAL);        /* the guest's half */
	assert_int_equal(update((520 << 12) + 0x800, 1ull << 32), -XEN_EINVAL);
	assert_int_equal(update((first_root.n << 12) + 4, 1ull << 32), -XEN_EINVAL);
	assert_int_equal(update(at | MMU_MACHPHYS_UPDATE, 1ull << 32), -XEN_EINVAL);
	for (i = 480; i < 512; i++)
		assert_int_equal(words(600)[512 + i] != 0, 1);
	/* The only user of a leaf is its own mapping, in the middle of the row. */
	assert_int_equal(entry(600, 490, small(600, HALF)), 0);
	assert_int_equal(remap(600, small(600, RO)), 0);
	assert_int_equal(extended(MMUEXT_UNPIN_TABLE, 600), 0);
	assert_int_equal(update(at + 488 * 4, 7ull << 32), -XEN_EINVAL);
	assert_int_equal(remap(600, small(600, RW)), 0); /* its entries were dropped with it */
}

/* Neighbours are set faster than others: each of them is checked all the same. */
static void test_batch_of_neighbours(void **state)
{
	uint32_t G = 600, H = 600 + 128; /* the same window */
	struct mmu_update u[7] = {
		{ (G << 12) + 0x800, small(520, RW) }, { (H << 12) + 0x800, small(521, RW) },
		{ (G << 12) + 0x804, small(522, RW) }, { (G << 12) + 0x808, small(523, RW) },
		{ (G << 12) + 0x80C, 1ull << 32 }, { (G << 12) + 0x810, small(524, RW) },
		{ (G << 12) + 0x814, small(G, RW) },
	};

	(void)state;
	make_leaf(G);
	make_leaf(H);
	memcpy(fake_guest, u, sizeof(u));
	assert_int_equal(batch(PT, 7, DONE, DOMID_SELF), -XEN_EBUSY);
	assert_int_equal(done(), 6);
	audit();
	assert_int_equal(words(H)[512] >> 12, fake_mfn(d, 521).n);
	assert_int_equal(words(H)[513] | words(H)[514], 0);
	assert_int_equal(words(G)[514] >> 12, fake_mfn(d, 523).n);
	/* The first one ends the table that the second one would change. */
	assert_int_equal(entry(G, 5, small(G, HALF)), 0);
	assert_int_equal(remap(G, small(G, RO)), 0);
	assert_int_equal(extended(MMUEXT_UNPIN_TABLE, G), 0);
	u[0] = (struct mmu_update){ (G << 12) + 0x800, 0 };
	u[1] = (struct mmu_update){ (G << 12) + 0x814, 0 };
	memcpy(fake_guest, u, sizeof(u));
	assert_int_equal(batch(PT, 3, DONE, DOMID_SELF), -XEN_EINVAL);
	assert_int_equal(done(), 2);
	audit();
}

static void test_batch_ends_in_nothing(void **state)
{
	uint32_t room = 5 * sizeof(struct mmu_update);

	(void)state;
	make_leaf(600);
	put_batch(5);
	memcpy(fake_guest + FAKE_GUEST_SIZE - room, fake_guest, room);
	assert_int_equal(batch(FAKE_GUEST + FAKE_GUEST_SIZE - room, 9, DONE, DOMID_SELF), -XEN_EFAULT);
	assert_int_equal(done(), 5);
	assert_true(words(600)[512 + 4] != 0);
}

static void test_batch_errors(void **state)
{
	struct domain *other = fake_domain(false, 512), *resident = fake_domain(true, 256);
	uint32_t arg[5] = { PT, 1, 0, DOMID_SELF };

	(void)state;
	make_leaf(600);
	put_batch(1);
	assert_int_equal(batch(PT, 1, 0, 77), -XEN_ESRCH);
	assert_int_equal(batch(PT, 1, 0, other->id), -XEN_EPERM);
	assert_int_equal(batch(PT, 1, 0, DOMID_SELF | 2 << 16), -XEN_ESRCH);
	assert_int_equal(batch(PT, 1, 0, DOMID_IO), -XEN_ESRCH);
	assert_int_equal(batch(0x1000, 1, 0, DOMID_SELF), -XEN_EFAULT);
	assert_int_equal(batch(ARMV5_HYPERVISOR_START, 1, 0, DOMID_SELF), -XEN_EFAULT);
	assert_int_equal(batch(PT, 0x20000001, 0, DOMID_SELF), -XEN_EFAULT);
	assert_int_equal(batch(PT, 0x7FFFFFFF, 0, DOMID_SELF), -XEN_EFAULT);
	assert_int_equal(batch(PT, 1, ARMV5_HYPERVISOR_START, DOMID_SELF), -XEN_EFAULT);
	assert_int_equal(words(600)[512], 0); /* nothing was done */
	assert_int_equal(batch(PT, 1, 0x1000, DOMID_SELF), -XEN_EFAULT);
	assert_int_equal(do_mmu_update(resident, arg), -XEN_EPERM);
	assert_int_equal(do_update_va_mapping(resident, arg), -XEN_EPERM);
}

static void test_update_errors(void **state)
{
	uint32_t at = (600 << 12) + 0x800;

	(void)state;
	make_leaf(600);
	assert_int_equal(update(at | MMU_MACHPHYS_UPDATE, 0), -XEN_EINVAL);
	assert_int_equal(update(at | MMU_PT_UPDATE_NO_TRANSLATE, 0), -XEN_ENOSYS);
	assert_int_equal(update(at | MMU_PT_UPDATE_PRESERVE_AD, small(520, RW)), 0);
	assert_int_equal(update(0x100000000ull | at, 0), -XEN_EINVAL);
	assert_int_equal(update(at, 0x1000000000ull), -XEN_EINVAL);
	assert_int_equal(update((PAGES << 12) + 0x800, 0), -XEN_EINVAL);
	assert_int_equal(update(0xFFFFF800, 0), -XEN_EINVAL);
	assert_int_equal(update((520 << 12) + 0x800, 0), -XEN_EINVAL); /* data */
}

/* A page that is mapped more often than can be counted: Linux's zero page. */
static void test_counts_full(void **state)
{
	struct frame *f = frame_at(fake_mfn(d, 520));
	static const uint32_t kinds[] = { RO, RW, 0, RO, 0 };
	uint32_t i;

	(void)state;
	make_leaf(600);
	f->ref_count = FRAME_COUNT_MAX - 1;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct mmu_update u = { .ptr = (600 << 12) + 0x800,
					.val = kinds[i] ? small(520, kinds[i]) : 0 };
		uint32_t arg[5] = { PT, 1, 0, DOMID_SELF };

		memcpy(fake_guest, &u, sizeof(u));
		assert_int_equal(do_mmu_update(d, arg), 0);
		assert_int_equal(f->ref_count, FRAME_COUNT_MAX);
		assert_int_equal(f->type_count, i == 1 ? 2 : 1);
	}
	f->ref_count = 1; /* as it would be */
}

/* ---- mmuext_op ---- */

static void test_extended_others(void **state)
{
	struct fake_calls before = fake_calls;
	static const uint32_t all[] = { MMUEXT_TLB_FLUSH_LOCAL, MMUEXT_TLB_FLUSH_MULTI,
					MMUEXT_TLB_FLUSH_ALL };
	static const uint32_t one[] = { MMUEXT_INVLPG_LOCAL, MMUEXT_INVLPG_MULTI, MMUEXT_INVLPG_ALL };
	uint32_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_int_equal(extended(all[i], 0), 0);
		assert_int_equal(extended(one[i], 0x1234000), 0);
		assert_int_equal(fake_calls.flushed_va, 0x1234000);
	}
	assert_int_equal(fake_calls.tlb_flush, before.tlb_flush + 3);
	assert_int_equal(extended(MMUEXT_FLUSH_CACHE, 0), 0);
	assert_int_equal(extended(MMUEXT_FLUSH_CACHE_GLOBAL, 0), 0);
	assert_int_equal(fake_calls.cache_flush, before.cache_flush + 2);
	assert_int_equal(extended(MMUEXT_PIN_L3_TABLE, 520), -XEN_EINVAL);
	assert_int_equal(extended(MMUEXT_PIN_L4_TABLE, 520), -XEN_EINVAL);
	assert_int_equal(extended(MMUEXT_MARK_SUPER, 0), -XEN_EINVAL);
	assert_int_equal(extended(MMUEXT_UNMARK_SUPER, 0), -XEN_EINVAL);
	assert_int_equal(extended(MMUEXT_SET_LDT, 0), -XEN_ENOSYS);
	assert_int_equal(extended(MMUEXT_NEW_USER_BASEPTR, 520), -XEN_ENOSYS);
	assert_int_equal(extended(77, 0), -XEN_ENOSYS);
	assert_int_equal(extended(UINT32_MAX, 0), -XEN_ENOSYS);
	assert_int_equal(extended(MMUEXT_UNPIN_TABLE, 520), -XEN_EINVAL);
	assert_int_equal(extended(MMUEXT_UNPIN_TABLE, PAGES), -XEN_EINVAL);
	assert_int_equal(extended(MMUEXT_PIN_LEAF, UINT32_MAX), -XEN_EINVAL);
}

static void test_clear_and_copy(void **state)
{
	uint32_t i;

	(void)state;
	make_leaf(600);
	for (i = 0; i < 1024; i++)
		words(520)[i] = i + 1;
	assert_int_equal(extended2(MMUEXT_COPY_PAGE, 521, 520), 0);
	assert_int_equal(words(521)[1023], 1024);
	assert_int_equal(extended2(MMUEXT_COPY_PAGE, 520, 520), 0);
	assert_int_equal(extended(MMUEXT_CLEAR_PAGE, 520), 0);
	assert_int_equal(words(520)[0] | words(520)[1023], 0);
	assert_int_equal(words(521)[0], 1);
	assert_int_equal(extended(MMUEXT_CLEAR_PAGE, 600), -XEN_EBUSY);
	assert_int_equal(extended(MMUEXT_CLEAR_PAGE, first_root.n), -XEN_EBUSY);
	assert_int_equal(extended2(MMUEXT_COPY_PAGE, 600, 520), -XEN_EBUSY);
	assert_int_equal(extended2(MMUEXT_COPY_PAGE, 520, 600), -XEN_EBUSY);
	assert_int_equal(extended2(MMUEXT_COPY_PAGE, 520, PAGES), -XEN_EINVAL);
	assert_int_equal(extended(MMUEXT_CLEAR_PAGE, PAGES), -XEN_EINVAL);
}

/* A root that has not seen the last changes of the kernel's part is completed in pieces, and a change that
 * comes between them is seen. */
static void test_switch_preempted(void **state)
{
	struct mmuext_op op = { .cmd = MMUEXT_NEW_BASEPTR, .arg1.mfn = 600 };
	uint32_t arg[5] = { PT, 1, 0, DOMID_SELF };
	uint32_t look;

	(void)state;
	make_root(600);
	for (look = 1; look <= ROOT_PIECES; look++) {
		assert_int_equal(slot(0xC10, look & 1 ? coarse(first_root.n + 4, 0x800) : 0), 0);
		memcpy(fake_guest, &op, sizeof(op));
		fake_preempt(look);
		assert_int_equal(do_mmuext_op(d, arg), HYPERCALL_CONTINUED);
		fake_preempt_every = 0;
		assert_int_equal(d->vcpu.arch.root.n, fake_mfn(d, first_root.n).n);
		assert_int_equal(slot(0xEE0, look & 1 ? coarse(first_root.n + 4, 0x800) : 0), 0);
		assert_int_equal(extended(MMUEXT_NEW_BASEPTR, 600), 0);
		assert_memory_equal(words(603), d->arch.space->kernel, KERNEL_SLOTS * 4);
		assert_int_equal(extended(MMUEXT_NEW_BASEPTR, first_root.n), 0);
	}
	assert_int_equal(frame_at(fake_mfn(d, 600))->type_count, 1);
}

/* Frames are filled after a look, in quarters with a look behind each; what is done is not done again. */
static void fill_preempted(const struct mmuext_op *op, uint32_t count, uint32_t first, uint32_t last)
{
	uint32_t arg[5] = { PT, count, 0, DOMID_SELF }, *to = words(520);
	uint32_t users = frame_at(fake_mfn(d, 520))->type_count;

	memcpy(fake_guest, op, count * sizeof(*op));
	to[0] = to[1023] = 99;
	fake_preempt(1);
	assert_int_equal(do_mmuext_op(d, arg), HYPERCALL_CONTINUED);
	assert_int_equal(to[0], 99);
	fake_preempt(2);
	assert_int_equal(do_mmuext_op(d, arg), HYPERCALL_CONTINUED);
	assert_int_equal(to[0], first);
	assert_int_equal(to[1023], 99);
	assert_int_equal(frame_at(fake_mfn(d, 520))->type_count, users);
	to[0] = 98;
	fake_preempt(1);
	assert_int_equal(do_mmuext_op(d, d->vcpu.continuation), HYPERCALL_CONTINUED);
	fake_preempt_every = 0;
	assert_int_equal(do_mmuext_op(d, d->vcpu.continuation), 0);
	assert_int_equal(to[0], 98);
	assert_int_equal(to[1023], last);
}

static void test_fill_preempted(void **state)
{
	struct mmuext_op op[2] = {
		{ .cmd = MMUEXT_CLEAR_PAGE, .arg1.mfn = 520 }, { .cmd = MMUEXT_TLB_FLUSH_LOCAL },
	};
	uint32_t users = frame_at(fake_mfn(d, 521))->type_count;

	(void)state;
	words(521)[0] = 1;
	words(521)[1023] = 2;
	fill_preempted(op, 1, 0, 0);
	fill_preempted(op, 2, 0, 0);
	op[0].cmd = MMUEXT_COPY_PAGE;
	op[0].arg2.src_mfn = 521;
	fill_preempted(op, 1, 1, 2);
	fill_preempted(op, 2, 1, 2);
	assert_int_equal(frame_at(fake_mfn(d, 521))->type_count, users);
}

/* A guest that says of itself that a quarter is done gets the others, of its first operation only. */
static void test_fill_hostile(void **state)
{
	static const struct mmuext_op op[2] = {
		{ .cmd = MMUEXT_CLEAR_PAGE, .arg1.mfn = 520 }, { .cmd = MMUEXT_CLEAR_PAGE, .arg1.mfn = 521 },
	};
	uint32_t arg[5] = { PT, 2u | 0x10000000u, 0, DOMID_SELF };

	(void)state;
	words(520)[0] = words(520)[1023] = words(521)[0] = words(521)[1023] = 1;
	memcpy(fake_guest, op, sizeof(op));
	assert_int_equal(do_mmuext_op(d, arg), 0);
	assert_int_equal(words(520)[0], 1);
	assert_int_equal(words(520)[1023], 0);
	assert_int_equal(words(521)[0] | words(521)[1023], 0);
}

static void test_extended_call(void **state)
{
	struct domain *resident = fake_domain(true, 256);
	struct mmuext_op op[3] = { { .cmd = MMUEXT_TLB_FLUSH_LOCAL }, { .cmd = MMUEXT_TLB_FLUSH_LOCAL },
				   { .cmd = 77 } };
	uint32_t arg[5] = { PT, 3, DONE, DOMID_SELF }, every;

	(void)state;
	memcpy(fake_guest, op, sizeof(op));
	for (every = 0; every < 3; every++) {
		fake_preempt_every = every;
		assert_int_equal(fake_call(do_mmuext_op, d, arg), -XEN_ENOSYS);
		assert_int_equal(done(), 2);
	}
	fake_preempt_every = 0;
	arg[1] = 1;
	arg[3] = 77;
	assert_int_equal(do_mmuext_op(d, arg), -XEN_ESRCH);
	arg[3] = resident->id;
	assert_int_equal(do_mmuext_op(d, arg), -XEN_EPERM);
	arg[3] = DOMID_SELF;
	arg[0] = ARMV5_HYPERVISOR_START;
	assert_int_equal(do_mmuext_op(d, arg), -XEN_EFAULT);
	arg[0] = PT;
	arg[1] = 0x0FFFFFFF;
	assert_int_equal(do_mmuext_op(d, arg), -XEN_EFAULT);
	/* A resident may flush, and nothing else. */
	resident->limit_low = 0;
	arg[1] = 1;
	assert_int_equal(do_mmuext_op(resident, arg), 0);
	op[0].cmd = MMUEXT_PIN_LEAF;
	memcpy(fake_guest, op, sizeof(op));
	assert_int_equal(do_mmuext_op(resident, arg), -XEN_EPERM);
}

/* Validation and undoing go on where they stopped, also when somebody else comes between. */
static void test_preempted(void **state)
{
	uint32_t i, steps = 0;
	struct mmuext_op op = { .cmd = MMUEXT_PIN_LEAF, .arg1.mfn = 600 };
	uint32_t arg[5] = { PT, 1, 0, DOMID_SELF };
	int32_t rc;

	(void)state;
	for (i = 512; i < 1024; i++)
		words(600)[i] = small(i % 512, RO);
	assert_int_equal(remap(600, small(600, RO)), 0);
	fake_preempt(3);
	memcpy(fake_guest, &op, sizeof(op));
	for (rc = do_mmuext_op(d, arg); rc == HYPERCALL_CONTINUED; steps++) {
		audit();
		rc = do_mmuext_op(d, d->vcpu.continuation);
	}
	assert_int_equal(rc, 0);
	assert_int_equal(steps, 511);
	op.cmd = MMUEXT_UNPIN_TABLE;
	memcpy(fake_guest, &op, sizeof(op));
	fake_preempt(3);
	assert_int_equal(do_mmuext_op(d, arg), HYPERCALL_CONTINUED);
	assert_int_equal(info(600), FRAME_LEAF | FRAME_PARTIAL);
	audit();
	fake_preempt_every = 0;
	/* In the middle of the unpin: it becomes a table again... */
	assert_int_equal(extended(MMUEXT_PIN_LEAF, 600), 0);
	assert_int_equal(frame_at(fake_mfn(d, 600))->type_count, 1);
	assert_int_equal(extended(MMUEXT_UNPIN_TABLE, 600), 0);
	for (i = 512; i < 1024; i++)
		assert_int_equal(words(600)[i], small(i % 512, RO));
	assert_int_equal(info(600), FRAME_RW);
	assert_int_equal(frame_at(fake_mfn(d, 600))->type_count, 0);
}

/* One update makes a page a leaf, or a leaf a page, however often it is preempted. */
static void test_retype_preempted(void **state)
{
	uint32_t arg[5] = { va_of(600), small(600, HALF), 0 }, i, steps;
	uint32_t *entry_of_it = &words(PAGES - 4)[512 + 600 - LAST];
	int32_t rc;

	(void)state;
	for (i = 512; i < 1024; i++)
		words(600)[i] = small(i % 512, RO);
	fake_preempt(2);
	for (rc = do_update_va_mapping(d, arg), steps = 0; rc == HYPERCALL_CONTINUED; steps++) {
		audit();
		assert_int_equal(*entry_of_it & 0xFFF, RO);
		rc = do_update_va_mapping(d, d->vcpu.continuation);
	}
	assert_int_equal(rc, 0);
	assert_int_equal(steps, 511);
	audit();
	assert_int_equal(*entry_of_it & 0xFFF, HALF);
	arg[1] = small(600, RW);
	for (rc = do_update_va_mapping(d, arg), steps = 0; rc == HYPERCALL_CONTINUED; steps++) {
		audit();
		rc = do_update_va_mapping(d, d->vcpu.continuation);
	}
	assert_int_equal(rc, 0);
	assert_int_equal(steps, 512 / 2);
	for (i = 512; i < 1024; i++)
		assert_int_equal(words(600)[i], small(i % 512, RO));
	/* Refused at the end, and the way back is preempted: read-only, as it says. */
	words(600)[1023] = 1;
	arg[1] = small(600, HALF);
	assert_int_equal(fake_call(do_update_va_mapping, d, arg), -XEN_EINVAL);
	audit();
	assert_int_equal(*entry_of_it & 0xFFF, RO);
	fake_preempt_every = 0;
	assert_int_equal(remap(600, small(600, RW)), 0);
	assert_int_equal(words(600)[1023], 1);
	assert_int_equal(remap(600, small(600, HALF)), -XEN_EINVAL);
	assert_int_equal(*entry_of_it & 0xFFF, RW);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_build), T(test_build_errors), T(test_rebuild), T(test_walk),
		T(test_build_preempted),
		T(test_va_mapping), T(test_va_mapping_errors),
		T(test_pin_leaf), T(test_pin_leaf_refused), T(test_leaf_entries),
		T(test_leaf_of_its_own), T(test_leaf_lost_on_the_way), T(test_leaf_becomes_root),
		T(test_slots), T(test_section_or_table), T(test_section_ends_tables),
		T(test_section_preempted), T(test_section_interrupted_for_good), T(test_section_is_stale),
		T(test_section_is_in_a_row), T(test_slot_errors), T(test_second_root), T(test_base_pointer),
		T(test_root_refused),
		T(test_batch), T(test_batch_looks), T(test_set_again),
		T(test_batch_ends_in_nothing), T(test_batch_errors),
		T(test_update_errors), T(test_counts_full), T(test_clear), T(test_clear_preempted), T(test_clear_errors),
		T(test_batch_of_neighbours),
		T(test_extended_others), T(test_clear_and_copy), T(test_extended_call),
		T(test_switch_preempted), T(test_fill_preempted), T(test_fill_hostile),
		T(test_preempted), T(test_retype_preempted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
