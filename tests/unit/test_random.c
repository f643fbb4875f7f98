/* SPDX-License-Identifier: MIT */
/*
 * test_random.c - random operations of a hostile guest, and after each the invariants of frame.h
 * from scratch (audit.c).
 *
 * The guest uses a few frames of its last MiB for everything, so that types collide, writes
 * whatever it may write, and loses its way in the middle of preempted calls.
 */
#include <arch/mm.h>
#include <hv/pagetable.h>

#include "../../kernel/frame_table.h"
#include "audit.h"
#include "fake.h"

#define PAGES      768u
#define POOL       512u  /* first gfn of those in play: the last MiB */
#define POOL_COUNT 32u
#define SECTION    256u  /* the same in a MiB that is mapped as a section at first */
#define BATCH      6u

static struct domain *d;
static uint64_t seed;
static unsigned int operations, succeeded;

static uint32_t roll(uint32_t n)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(seed >> 33) % n;
}

static uint32_t any_gfn(void)
{
	switch (roll(16)) {
	case 0:
		return roll(PAGES);
	case 1:
		return PAGES - 8 + roll(10);
	case 2: case 3:
		return SECTION + roll(8);
	default:
		return POOL + roll(POOL_COUNT);
	}
}

static uint32_t any_small(void)
{
	static const uint32_t ap[] = {
		0, 0xFF0, 0x0F0, 0xFF0, 0x0F0, 0, 0x030, 0x3F0, 0x010, 0x550,
	};

	return (any_gfn() << 12) | ap[roll(roll(4) ? 6 : 10)] | roll(4) << 2 | 2;
}

static uint32_t any_l1(void)
{
	if (roll(8) == 0)
		return roll(4) << 20 | (roll(2) ? 0xC00 : 0) | roll(4) << 2 | 2;
	return (any_gfn() << 12) | (roll(16) ? 0x800 : 0) | (roll(2) ? 0x400 : 0) | 1;
}

static uint32_t any_entry(void)
{
	switch (roll(10)) {
	case 0: case 1:
		return 0;
	case 2: case 3: case 4:
		return any_l1();
	case 5:
		return roll(4) ? any_small() : (uint32_t)seed;
	default:
		return any_small();
	}
}

/* Words that are hit often: the ends and a few in between. */
static uint32_t any_word(void)
{
	static const uint32_t words[] = { 0, 1, 7, 8, 511, 512, 513, 519, 520, 768, 1015, 1023 };

	return roll(8) ? words[roll(ARRAY_SIZE(words))] : roll(1024);
}

/* A memory access of the guest: only where a mapping allows it. */
static void guest_writes(void)
{
	mfn_t mfn;
	uint32_t word = any_word();

	if (!frame_translate(d, gfn_make(any_gfn()), &mfn))
		return;
	if (audit_writable(mfn) || (audit_half_writable(mfn) && word < 512))
		fake_ram(mfn)[word] = any_entry();
}

static void finish(hypercall_fn *fn, int32_t rc)
{
	uint32_t arg[5];
	unsigned int times = 0;

	while (rc == HYPERCALL_CONTINUED && roll(5)) {
		assert_true(++times < 10000);
		memcpy(arg, d->vcpu.continuation, sizeof(arg));
		audit();
		if (roll(4) == 0)
			guest_writes();
		rc = fn(d, arg);
	}
	operations++;
	succeeded += rc == 0;
}

static void op_mmu_update(void)
{
	struct mmu_update u[BATCH];
	uint32_t arg[5] = { FAKE_GUEST, 1 + roll(BATCH), roll(2) ? FAKE_GUEST + 0x1000 : 0, DOMID_SELF };
	uint32_t i;

	for (i = 0; i < BATCH; i++) {
		u[i].ptr = (any_gfn() << 12) | any_word() << 2;
		if (i && roll(2)) /* a neighbour */
			u[i].ptr = (u[i - 1].ptr & ~0xFFFull) | any_word() << 2;
		u[i].val = roll(5) ? any_entry() : (uint64_t)roll(ARMV5_CLEAR_MAX + 1) << 32;
	}
	memcpy(fake_guest, u, sizeof(u));
	finish(do_mmu_update, do_mmu_update(d, arg));
}

/* Roots are rarely hit by chance: aim at one. */
static void op_root_update(void)
{
	struct mmu_update u;
	uint32_t arg[5] = { FAKE_GUEST, 1, 0, DOMID_SELF };
	uint32_t slot = roll(3) ? roll(4) : 0xC00 + roll(5);
	mfn_t root = d->vcpu.arch.root;
	uint32_t tries;

	for (tries = 0; tries < 8 && roll(4); tries++) {
		mfn_t other = fake_mfn(d, POOL + roll(POOL_COUNT / 4) * 4);

		if (frame_is_table(other, FRAME_ROOT))
			root = other;
	}
	u.ptr = (frame_gfn(root).n << 12) + slot * 4;
	u.val = roll(3) ? any_l1() : 0;
	/* Not the guest's own ground. */
	if (slot == 0xC02)
		return;
	memcpy(fake_guest, &u, sizeof(u));
	finish(do_mmu_update, do_mmu_update(d, arg));
}

static void op_va_mapping(void)
{
	uint32_t va = ARMV5_KERNEL_START + ((POOL + roll(POOL_COUNT)) << 12);
	uint32_t same = (va - ARMV5_KERNEL_START) | 0xC | 2;
	static const uint32_t ap[] = { 0, 0xFF0, 0x0F0 };
	uint32_t arg[5] = { va, roll(3) ? same | ap[roll(3)] : any_entry(), roll(4) };

	if (roll(10) == 0)
		arg[0] = roll(4) << 20 | roll(1024) << 12;
	finish(do_update_va_mapping, do_update_va_mapping(d, arg));
}

static void op_mmuext(void)
{
	static const uint32_t commands[] = {
		MMUEXT_PIN_LEAF, MMUEXT_PIN_LEAF, MMUEXT_PIN_ROOT, MMUEXT_PIN_ROOT,
		MMUEXT_UNPIN_TABLE, MMUEXT_UNPIN_TABLE, MMUEXT_NEW_BASEPTR, MMUEXT_NEW_BASEPTR,
		MMUEXT_CLEAR_PAGE, MMUEXT_COPY_PAGE, MMUEXT_TLB_FLUSH_LOCAL, MMUEXT_FLUSH_CACHE,
	};
	struct mmuext_op op = { .cmd = commands[roll(ARRAY_SIZE(commands))] };
	uint32_t arg[5] = { FAKE_GUEST, 1, 0, DOMID_SELF };

	op.arg1.mfn = any_gfn();
	op.arg2.src_mfn = any_gfn();
	if (op.cmd == MMUEXT_PIN_ROOT || op.cmd == MMUEXT_NEW_BASEPTR)
		op.arg1.mfn &= roll(8) ? ~3u : ~0u;
	memcpy(fake_guest, &op, sizeof(op));
	finish(do_mmuext_op, do_mmuext_op(d, arg));
}

static void run(uint64_t start, unsigned int steps)
{
	gfn_t table;
	uint32_t count, i;
	int rc;

	seed = start;
	fake_reset();
	d = fake_domain(false, PAGES);
	assert_int_equal(pagetable_build(d, &table, &count), 0);
	arch_space_load(&d->vcpu);
	audit();
	for (i = 0; i < steps; i++) {
		fake_preempt_every = roll(3) ? 0 : 1 + roll(6);
		switch (roll(8)) {
		case 0: case 1:
			op_mmu_update();
			break;
		case 2:
			op_root_update();
			break;
		case 3: case 4: case 5:
			op_va_mapping();
			break;
		default:
			op_mmuext();
			break;
		}
		audit();
		guest_writes();
		guest_writes();
	}
	if (arch_space_loaded(d))
		arch_space_unload();
	pagetable_destroy(d);
	frame_reset(d, 0, PAGES);
	audit();
	fake_preempt_every = 3; /* at each look it would never begin */
	while ((rc = pagetable_build(d, &table, &count)) == -FRAME_ERESTART)
		audit();
	assert_int_equal(rc, 0);
	audit();
}

static void test_invariants_hold(void **state)
{
	const char *given = getenv("SEED");
	uint64_t i;

	(void)state;
	if (given) {
		run(strtoull(given, NULL, 0), 4000);
		return;
	}
	for (i = 1; i <= 6; i++) {
		fprintf(stderr, "seed %u\r", (unsigned int)i);
		run(i * 0x9E3779B97F4A7C15ull, 1000);
	}
	print_message("%u operations, %u succeeded\n", operations, succeeded);
	/* The test means nothing if nearly everything is refused. */
	assert_true(succeeded > operations / 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_invariants_hold) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
