/* SPDX-License-Identifier: MIT */
/* test_frame.c - the frame table and memory_op: placing memory, counts, every refusal. */
#include <hv/memory.h>
#include <hv/pagetable.h>

#include "../../kernel/frame_table.h"
#include "fake.h"

static int setup(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static void test_size(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct frame), 6);
	assert_int_equal(frame_count_all(), FAKE_FRAMES);
	assert_int_equal(frame_base().n, FAKE_BASE);
	assert_int_equal(frame_m2p_address() % PAGE_SIZE, 0);
	assert_int_equal(frame_m2p_size(), FAKE_FRAMES * sizeof(xen_pfn_t));
	assert_int_equal(frame_table.m2p[77], UINT32_MAX);
	assert_int_equal(frame_table.entry[0].owner, FRAME_OWNER_HV);
	assert_int_equal(frame_table.entry[1].owner, FRAME_NO_OWNER);
}

static void test_populate(void **state)
{
	struct domain *d = fake_domain(false, 512);
	mfn_t mfn, first = fake_mfn(d, 0);
	uint32_t i;

	(void)state;
	assert_int_equal(first.n % 256, 0);
	/* From the top. */
	assert_int_equal(first.n, FAKE_BASE + FAKE_FRAMES - 512);
	for (i = 0; i < 512; i++) {
		assert_true(frame_translate(d, gfn_make(i), &mfn));
		assert_int_equal(mfn.n, first.n + i);
		assert_int_equal(frame_gfn(mfn).n, i);
		assert_int_equal(frame_at(mfn)->owner, d->id);
	}
	assert_false(frame_translate(d, gfn_make(512), &mfn));
	assert_false(frame_translate(d, gfn_make(UINT32_MAX), &mfn));
	assert_int_equal(d->nr_pages, 512);
}

static void test_populate_errors(void **state)
{
	struct domain *d = fake_domain(false, 512);
	struct domain other = { .id = 1, .max_pages = 0x8000 };
	mfn_t mfn;

	(void)state;
	assert_int_equal(frame_populate(d, gfn_make(0), 1, 1, &mfn), -XEN_EINVAL);   /* in use */
	assert_int_equal(frame_populate(d, gfn_make(512), 1, 1, &mfn), -XEN_EINVAL); /* beyond */
	assert_int_equal(frame_populate(d, gfn_make(1), 512, 1, &mfn), -XEN_EINVAL);
	assert_int_equal(frame_populate(d, gfn_make(UINT32_MAX), 2, 1, &mfn), -XEN_EINVAL);
	assert_int_equal(frame_populate(&other, gfn_make(0), FAKE_FRAMES, 1, &mfn), -XEN_ENOMEM);
	assert_int_equal(frame_populate(&other, gfn_make(0), FAKE_FRAMES + 1, 1, &mfn), -XEN_ENOMEM);
	assert_int_equal(frame_populate(&other, gfn_make(0), 0, 1, &mfn), -XEN_ENOMEM);
	/* All that is left but the first frame, which is never given away. */
	assert_int_equal(frame_populate(&other, gfn_make(0), FAKE_FRAMES - 512, 1, &mfn), -XEN_ENOMEM);
	assert_int_equal(frame_populate(&other, gfn_make(0), FAKE_FRAMES - 513, 1, &mfn), 0);
	assert_int_equal(mfn.n, FAKE_BASE + 1);
}

static void test_reserve(void **state)
{
	struct domain d = { .id = 0, .max_pages = 0x8000 };
	mfn_t mfn;

	(void)state;
	frame_reserve(mfn_make(FAKE_BASE + 2000), 10);
	frame_reserve(mfn_make(FAKE_BASE + FAKE_FRAMES - 1), 1000); /* and what is not RAM */
	frame_reserve(mfn_make(0), 16);
	assert_int_equal(frame_populate(&d, gfn_make(0), 256, 256, &mfn), 0);
	assert_int_equal(mfn.n, FAKE_BASE + FAKE_FRAMES - 512);
	/* Only the low part has a hole of this size, the reserved frames are in the way. */
	assert_int_equal(frame_populate(&d, gfn_make(256), 1990, 1, &mfn), 0);
	assert_true(mfn.n + 1990 <= FAKE_BASE + 2000);
	/* Owned frames stay what they are. */
	frame_reserve(mfn, 1);
	assert_int_equal(frame_at(mfn)->owner, 0);
}

static void test_get_put(void **state)
{
	struct domain *d = fake_domain(false, 512), *other = fake_domain(true, 256);
	mfn_t mfn = fake_mfn(d, 3);
	uint32_t i;

	(void)state;
	assert_int_equal(frame_get(other, mfn), -XEN_EINVAL);
	assert_int_equal(frame_get(d, mfn_make(FAKE_BASE - 1)), -XEN_EINVAL);
	assert_int_equal(frame_get(d, mfn_make(FAKE_BASE + FAKE_FRAMES)), -XEN_EINVAL);
	assert_int_equal(frame_get(d, mfn_make(FAKE_BASE)), -XEN_EINVAL); /* the hypervisor's */
	for (i = 0; i < 0xFFFE; i++)
		assert_int_equal(frame_get(d, mfn), 0);
	for (i = 0; i < 0xFFFE; i++)
		frame_put(mfn);
	assert_int_equal(frame_at(mfn)->ref_count, 0);
	/* One more, and it stays. */
	for (i = 0; i < 0x10010; i++)
		assert_int_equal(frame_get(d, mfn), 0);
	assert_int_equal(frame_at(mfn)->ref_count, 0xFFFF);
	assert_int_equal(frame_get_type(d, mfn, FRAME_RW), 0);
	assert_int_equal(frame_at(mfn)->ref_count, 0xFFFF);
	assert_int_equal(frame_at(mfn)->type_count, 1);
	frame_put_type(mfn);
	assert_int_equal(frame_at(mfn)->type_count, 0);
	for (i = 0; i < 0x10010; i++)
		frame_put(mfn);
	assert_int_equal(frame_at(mfn)->ref_count, 0xFFFF);
	frame_reset(d, 3, 1);
	assert_int_equal(frame_at(mfn)->ref_count, 0);
}

static void test_types_exclude(void **state)
{
	struct domain *d = fake_domain(false, 512), *other = fake_domain(true, 256);
	mfn_t mfn = fake_mfn(d, 256);
	static const enum frame_type types[] = { FRAME_RW, FRAME_LEAF, FRAME_ROOT, FRAME_SHARED };
	uint32_t i, j;

	(void)state;
	assert_int_equal(frame_get_type(other, mfn, FRAME_RW), -XEN_EINVAL);
	assert_int_equal(frame_get_type(d, mfn, FRAME_NONE), -XEN_EINVAL);
	assert_int_equal(frame_get_type(d, mfn, (enum frame_type)9), -XEN_EINVAL);
	assert_int_equal(frame_get_type(d, mfn_make(5), FRAME_RW), -XEN_EINVAL);
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		assert_int_equal(frame_get_type(d, mfn, types[i]), 0);
		assert_int_equal(frame_get_type(d, mfn, types[i]), 0);
		for (j = 0; j < ARRAY_SIZE(types); j++) {
			if (i != j)
				assert_int_equal(frame_get_type(d, mfn, types[j]), -XEN_EBUSY);
		}
		frame_put_type(mfn);
		frame_put_type(mfn);
		assert_int_equal(frame_at(mfn)->ref_count, 0);
	}
	assert_int_equal(frame_get_type(d, mfn, FRAME_SHARED), 0);
	assert_int_equal(frame_get(d, mfn), -XEN_EPERM);
	frame_put_type(mfn);
	assert_int_equal(frame_get(d, mfn), 0);
	assert_int_equal(frame_get_type(d, mfn, FRAME_SHARED), -XEN_EBUSY);
}

static void test_type_count_full(void **state)
{
	struct domain *d = fake_domain(false, 512);
	static const enum frame_type types[] = { FRAME_RW, FRAME_LEAF, FRAME_ROOT, FRAME_SHARED };
	uint32_t i, j;

	/* A full count stays: no longer a count, but never too low. */
	(void)state;
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		mfn_t mfn = fake_mfn(d, 256 + 4 * i);

		for (j = 0; j < 0x10010; j++)
			assert_int_equal(frame_get_type(d, mfn, types[i]), 0);
		assert_int_equal(frame_at(mfn)->type_count, 0xFFFF);
		for (j = 0; j < 0x10020; j++)
			frame_put_type(mfn);
		assert_int_equal(frame_at(mfn)->type_count, 0xFFFF);
		assert_int_equal(frame_get_type(d, mfn, types[(i + 1) % ARRAY_SIZE(types)]), -XEN_EBUSY);
	}
}

static void test_flush_when_writable_becomes_table(void **state)
{
	struct domain *d = fake_domain(false, 512);

	(void)state;
	assert_int_equal(frame_get_type(d, fake_mfn(d, 0), FRAME_LEAF), 0);
	assert_int_equal(fake_calls.retire, 0); /* never was writable */
	assert_int_equal(frame_get_type(d, fake_mfn(d, 1), FRAME_RW), 0);
	assert_int_equal(frame_get_type(d, fake_mfn(d, 2), FRAME_RW), 0);
	frame_put_type(fake_mfn(d, 1));
	frame_put_type(fake_mfn(d, 2));
	assert_int_equal(frame_get_type(d, fake_mfn(d, 1), FRAME_LEAF), 0);
	assert_int_equal(fake_calls.retire, 1);
	assert_int_equal(fake_calls.tlb_flush, 1);
	/* One flush serves all that had stopped being writable. */
	assert_int_equal(frame_get_type(d, fake_mfn(d, 2), FRAME_LEAF), 0);
	assert_int_equal(fake_calls.retire, 1);
}

static void test_reset_domain(void **state)
{
	struct domain *d = fake_domain(false, 512), *other = fake_domain(true, 256);
	uint32_t i;

	(void)state;
	assert_int_equal(frame_get_type(d, fake_mfn(d, 0), FRAME_ROOT), 0);
	assert_int_equal(frame_get_type(d, fake_mfn(d, 9), FRAME_LEAF), 0);
	assert_int_equal(frame_get(other, fake_mfn(other, 9)), 0);
	pagetable_destroy(d);
	frame_reset(d, 0, 512);
	for (i = 0; i < 512; i++) {
		struct frame *f = frame_at(fake_mfn(d, i));

		assert_int_equal(f->info | f->type_count | f->ref_count, 0);
		assert_int_equal(f->owner, d->id);
	}
	assert_int_equal(frame_at(fake_mfn(other, 9))->ref_count, 1);
	assert_int_equal(fake_calls.retire, 1);
}

/* In pieces, of which each looks at something however often it is interrupted. */
static void test_dump(void **state)
{
	struct domain *d = fake_domain(false, 512);
	unsigned int every, pieces;
	uint32_t at, next;

	(void)state;
	assert_int_equal(frame_get_type(d, fake_mfn(d, 0), FRAME_ROOT), 0);
	assert_int_equal(frame_get_type(d, fake_mfn(d, 9), FRAME_LEAF), 0);
	assert_int_equal(frame_get_type(d, fake_mfn(d, 11), FRAME_RW), 0);
	for (every = 0; every < 4; every++) {
		fake_preempt(every);
		for (at = 0, pieces = 1; (next = frame_dump(d, at)); at = next, pieces++)
			assert_true(next > at && next - at <= 32);
		assert_int_equal(pieces, every == 0 ? 512 / 32 : every == 1 ? 512 : pieces);
		assert_non_null(strstr(fake_line, ": 512 frames, "));
		assert_non_null(strstr(fake_line, "; 506 none, 1 writable, 1 leaf, 4 root, 0 shared; 0 pinned"));
		for (at = 0; (next = frame_dump(NULL, at)); at = next)
			assert_true(next > at && next - at <= 32);
		assert_non_null(strstr(fake_line, " frames from "));
	}
	fake_preempt(0);
}

/* ---- memory.c ---- */

static int32_t memory_op(struct domain *d, uint32_t command, uint32_t arg0)
{
	uint32_t arg[5] = { command, arg0 };

	return do_memory_op(d, arg);
}

static void put_domid(domid_t id)
{
	memcpy(fake_guest, &id, sizeof(id));
}

static void test_reservations(void **state)
{
	struct domain *d = fake_domain(false, 512), *other = fake_domain(true, 256);
	static const uint32_t commands[] = { XENMEM_current_reservation,
					     XENMEM_maximum_reservation, XENMEM_maximum_gpfn };
	uint32_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		int32_t less = commands[i] == XENMEM_maximum_gpfn;

		d->privileged = false;
		put_domid(DOMID_SELF);
		assert_int_equal(memory_op(d, commands[i], FAKE_GUEST), 512 - less);
		put_domid(0);
		assert_int_equal(memory_op(d, commands[i], FAKE_GUEST), 512 - less);
		put_domid(9);
		assert_int_equal(memory_op(d, commands[i], FAKE_GUEST), -XEN_ESRCH);
		put_domid(other->id);
		assert_int_equal(memory_op(d, commands[i], FAKE_GUEST), -XEN_EPERM);
		d->privileged = true;
		assert_int_equal(memory_op(d, commands[i], FAKE_GUEST), 256 - less);
		assert_int_equal(memory_op(d, commands[i], 0x1000), -XEN_EFAULT);
		assert_int_equal(memory_op(d, commands[i], ARMV5_HYPERVISOR_START), -XEN_EFAULT);
	}
}

static void test_memory_op_others(void **state)
{
	struct domain *d = fake_domain(false, 512);
	struct xen_machphys_mapping m;

	(void)state;
	assert_int_equal(memory_op(d, XENMEM_maximum_ram_page, 0), FAKE_BASE + FAKE_FRAMES);
	assert_int_equal(memory_op(d, XENMEM_machphys_mapping, FAKE_GUEST), 0);
	memcpy(&m, fake_guest, sizeof(m));
	assert_int_equal(m.v_start + FAKE_BASE * sizeof(xen_pfn_t), ARMV5_M2P_START);
	assert_int_equal(m.max_mfn, FAKE_BASE + FAKE_FRAMES - 1);
	assert_int_equal(memory_op(d, XENMEM_machphys_mapping, ARMV5_M2P_START), -XEN_EFAULT);
	assert_int_equal(memory_op(d, XENMEM_decrease_reservation, FAKE_GUEST), -XEN_ENOSYS);
	assert_int_equal(memory_op(d, XENMEM_populate_physmap, FAKE_GUEST), -XEN_ENOSYS);
	assert_int_equal(memory_op(d, XENMEM_exchange, FAKE_GUEST), -XEN_ENOSYS);
	assert_int_equal(memory_op(d, XENMEM_memory_map, FAKE_GUEST), -XEN_ENOSYS);
	assert_int_equal(memory_op(d, UINT32_MAX, FAKE_GUEST), -XEN_ENOSYS);
}

static void test_boot_alloc(void **state)
{
	size_t used = boot_alloc_used();
	uint8_t *p = boot_alloc(3, 1), *q = boot_alloc(5, 64);

	(void)state;
	assert_int_equal((uintptr_t)q % 64, 0);
	assert_true(q >= p + 3);
	assert_true(boot_alloc_used() >= used + 8);
	assert_int_equal(q[0] | q[4] | p[2], 0);
	expect_assert_failure(boot_alloc(0x10000000, 1));
	expect_assert_failure(boot_alloc(SIZE_MAX, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_size, setup),
		cmocka_unit_test_setup(test_populate, setup),
		cmocka_unit_test_setup(test_populate_errors, setup),
		cmocka_unit_test_setup(test_reserve, setup),
		cmocka_unit_test_setup(test_get_put, setup),
		cmocka_unit_test_setup(test_types_exclude, setup),
		cmocka_unit_test_setup(test_type_count_full, setup),
		cmocka_unit_test_setup(test_flush_when_writable_becomes_table, setup),
		cmocka_unit_test_setup(test_reset_domain, setup),
		cmocka_unit_test_setup(test_dump, setup),
		cmocka_unit_test_setup(test_reservations, setup),
		cmocka_unit_test_setup(test_memory_op_others, setup),
		cmocka_unit_test_setup(test_boot_alloc, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
