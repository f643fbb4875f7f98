/* SPDX-License-Identifier: MIT */
/*
 * test_overflow.c - counts of a frame at their limit: they stay there and never wrap, also
 * when the frame is being validated and what is validated refers to it.
 */
#include <arch/mm.h>
#include <hv/pagetable.h>

#include "../../kernel/frame_table.h"
#include "fake.h"

#define PAGES 768u
#define LEAF  700u  /* gfns */
#define ROOT  704u

static struct domain *d;

static int setup(void **state)
{
	(void)state;
	fake_reset();
	d = fake_domain(false, PAGES);
	return 0;
}

static uint32_t limited(uint32_t count)
{
	return count < FRAME_COUNT_MAX ? count : FRAME_COUNT_MAX;
}

static void check_counts(mfn_t mfn)
{
	const struct frame *f = frame_at(mfn);

	assert_true(f->type_count <= f->ref_count || (f->info & FRAME_PARTIAL));
}

/* With n references already, a leaf that maps itself read-only becomes one. */
static void leaf_with(uint32_t references)
{
	mfn_t leaf = fake_mfn(d, LEAF);

	fake_ram(leaf)[LEAF_TABLE_WORD] = LEAF << PAGE_SHIFT | L2_SMALL;
	frame_at(leaf)->ref_count = (uint16_t)references;
	assert_int_equal(frame_get_leaf(d, leaf), 0);
	check_counts(leaf);
	assert_int_equal(frame_at(leaf)->ref_count, limited(references + 2));
	frame_put_type(leaf);
	assert_int_equal(table_undo(leaf), 0);
	assert_int_equal(frame_at(leaf)->ref_count,
			 references + 2 < FRAME_COUNT_MAX ? references : FRAME_COUNT_MAX);
}

static void test_leaf(void **state)
{
	(void)state;
	leaf_with(FRAME_COUNT_MAX - 3);
	setup(state);
	leaf_with(FRAME_COUNT_MAX - 2);
	setup(state);
	leaf_with(FRAME_COUNT_MAX - 1);
	setup(state);
	leaf_with(FRAME_COUNT_MAX);
}

/* The same for a root whose leaf maps the root's first frame. */
static void root_with(uint32_t references)
{
	mfn_t leaf = fake_mfn(d, LEAF), root = fake_mfn(d, ROOT);

	assert_int_equal(root.n % ROOT_FRAMES, 0);
	fake_ram(leaf)[LEAF_TABLE_WORD] = ROOT << PAGE_SHIFT | L2_SMALL;
	fake_ram(root)[5] = LEAF << PAGE_SHIFT | ARMV5_LEAF_OFFSET | L1_COARSE;
	frame_at(root)->ref_count = (uint16_t)references;
	assert_int_equal(frame_get_root(d, root), 0);
	check_counts(root);
	assert_int_equal(frame_at(root)->ref_count, limited(references + 2));
	frame_put_type(root);
	assert_int_equal(table_undo(root), 0);
	assert_int_equal(table_undo(leaf), 0); /* it lost its last user */
	assert_int_equal(frame_at(root)->ref_count,
			 references + 2 < FRAME_COUNT_MAX ? references : FRAME_COUNT_MAX);
}

static void test_root(void **state)
{
	(void)state;
	root_with(FRAME_COUNT_MAX - 3);
	setup(state);
	root_with(FRAME_COUNT_MAX - 2);
	setup(state);
	root_with(FRAME_COUNT_MAX - 1);
	setup(state);
	root_with(FRAME_COUNT_MAX);
}

static void test_data(void **state)
{
	mfn_t mfn = fake_mfn(d, LEAF);
	uint32_t hw = mfn_to_maddr(mfn) | L2_SMALL | L2_AP_ALL(ARMV5_AP_RW), i;

	(void)state;
	frame_at(mfn)->ref_count = FRAME_COUNT_MAX - 1;
	frame_at(mfn)->type_count = FRAME_COUNT_MAX - 1;
	frame_at(mfn)->info = FRAME_RW;
	for (i = 0; i < 3; i++) {
		assert_int_equal(frame_get_rw(d, mfn), 0);
		assert_int_equal(frame_get(d, mfn), 0);
		assert_int_equal(leaf_entry_hold(d, hw), 0);
		check_counts(mfn);
		assert_int_equal(frame_at(mfn)->type_count, FRAME_COUNT_MAX);
	}
	for (i = 0; i < 9; i++)
		leaf_entry_put(hw);
	/* Nobody can be sure that it is not writable any more. */
	assert_int_equal(frame_at(mfn)->type_count, FRAME_COUNT_MAX);
	assert_int_equal(frame_get_leaf(d, mfn), -XEN_EBUSY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_leaf, setup),
		cmocka_unit_test_setup(test_root, setup),
		cmocka_unit_test_setup(test_data, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
