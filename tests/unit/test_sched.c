/* SPDX-License-Identifier: MIT */
/* test_sched.c - who runs: slack, windows, budgets, the null scheduler; states. */
#include "core.c"

/* ---- static: slack --------------------------------------------------------- */

/* No windows: busy domains share evenly, in slices. */
static void test_slack_fair(void **state)
{
	unsigned int i;

	(void)state;
	begin("static", 3);
	start_all();
	run(3000 * (nsec_t)MS);
	for (i = 0; i < 3; i++) {
		assert_in_range(ran(i, 0, 3000 * (nsec_t)MS), 980 * (nsec_t)MS, 1020 * (nsec_t)MS);
		assert_true(longest_gap(i, 0, 3000 * (nsec_t)MS) <= 21 * MS);
		check_runstate(domains[i]);
	}
	assert_true(runs < 400);
}

/* One that runs: no timer but the keep-alive. */
static void test_tickless_alone(void **state)
{
	unsigned int before;

	(void)state;
	begin_framed("static", 2, 10 * MS);
	set_window(1, 0, 3 * MS);
	work[1] = 1;
	start_all();
	run(10 * MS);
	before = fake_programmed;
	run(100000 * (nsec_t)MS);
	assert_true(fake_programmed - before <= 3);
	assert_true(ran(0, 0, time_now()) > 99900 * (nsec_t)MS);
}

/* Nobody runs: no timer either, and time goes on right. */
static void test_tickless_idle(void **state)
{
	(void)state;
	begin("static", 2);
	work[0] = work[1] = 5 * MS;
	work_left[0] = work_left[1] = 5 * MS;
	set_real_time(1, MS, 10 * MS);
	start_all();
	run(50 * MS);
	assert_int_equal(sched_runnable, 0);
	assert_int_equal(pcpu.idle, 1);
	source[0].period = 10000000 * (nsec_t)MS;
	source[0].next = 9999999 * (nsec_t)MS;
	set_source(0, 9, 0);
	runs = 0;
	run(9999999 * (nsec_t)MS + 100 * US); /* the keep-alive comes each 1,610 s */
	assert_true(runs < 10);
	assert_ptr_equal(pcpu.current, &A->vcpu);
	assert_int_equal(ran(0, 9999999 * (nsec_t)MS, time_now()), 100 * US);
	assert_int_equal(ran(0, 0, time_now()), 100 * US);
}

static void test_yield(void **state)
{
	uint32_t arg[5] = { SCHEDOP_yield, 0, 0, 0, 0 };

	(void)state;
	begin("static", 3);
	start_all();
	schedule();
	assert_ptr_equal(pcpu.current, &A->vcpu);
	assert_int_equal(do_sched_op(A, arg), 0);
	assert_true(sched_requested());
	schedule();
	assert_ptr_equal(pcpu.current, &B->vcpu);
	assert_int_equal(do_sched_op(B, arg), 0);
	schedule();
	assert_ptr_equal(pcpu.current, &C->vcpu);
	assert_int_equal(do_sched_op(C, arg), 0);
	schedule();
	assert_ptr_equal(pcpu.current, &A->vcpu);
	schedule(); /* no yield, slice not over */
	assert_ptr_equal(pcpu.current, &A->vcpu);
}

/* ---- static: windows ------------------------------------------------------- */

static void scene_windows(void)
{
	begin_framed("static", 3, 20 * MS);
	set_window(0, 0, 5 * MS);
	set_window(1, 5 * MS, 3 * MS);
	set_window(0, 12 * MS, 4 * MS);
}

/* All busy: each owner has its windows to itself, the rest is shared. */
static void test_windows(void **state)
{
	unsigned int i;

	(void)state;
	scene_windows();
	start_all();
	run(1000 * (nsec_t)MS);
	for (i = 0; i < 50; i++) {
		nsec_t frame = i * (nsec_t)(20 * MS);

		assert_true(ran(0, frame, frame + 5 * MS) >= 5 * MS - 2 * US);
		assert_true(ran(1, frame + 5 * MS, frame + 8 * MS) >= 3 * MS - 2 * US);
		assert_true(ran(0, frame + 12 * MS, frame + 16 * MS) >= 4 * MS - 2 * US);
	}
	for (i = 0; i < 3; i++) {
		assert_true(ran(i, 0, time_now()) > 100 * (nsec_t)MS); /* of 400 ms slack */
		check_runstate(domains[i]);
	}
	assert_int_equal(ran(IDLE, 0, time_now()), 0);
}

/* The owners sleep: their windows are given away. */
static void test_windows_unused(void **state)
{
	(void)state;
	scene_windows();
	work[0] = work_left[0] = MS;
	work[1] = work_left[1] = MS;
	start_all();
	run(1000 * (nsec_t)MS);
	assert_true(ran(2, 0, time_now()) >= 990 * (nsec_t)MS);
}

/* An owner that wakes in its window gets it at once, outside it must wait its turn. */
static void test_window_wake(void **state)
{
	unsigned int i;

	(void)state;
	scene_windows();
	work[1] = work_left[1] = 100 * US;
	start_all();
	source[0].period = 20 * MS;
	source[0].next = 26 * MS; /* 1 ms into its window */
	set_source(0, 9, 1);
	run(1000 * (nsec_t)MS);
	for (i = 1; i < 50; i++) {
		nsec_t at = i * (nsec_t)(20 * MS) + 6 * MS;

		assert_true(ran(1, at, at + 102 * US) >= 98 * US);
	}
}

/* ---- static: budgets ------------------------------------------------------- */

/* The phone: Linux busy, a frame interrupt each 4.615 ms with 1 ms of work. */
static void test_real_time_wake(void **state)
{
	nsec_t at;
	unsigned int i;

	(void)state;
	begin("static", 2);
	set_real_time(1, 2 * MS, 4615 * US);
	work[1] = work_left[1] = 1 * MS;
	start_all();
	source[0].period = 4615384;
	source[0].next = 10 * MS;
	set_source(0, 5, 1);
	run(2000 * (nsec_t)MS);
	for (i = 0, at = 10 * MS; at < 1990 * (nsec_t)MS; at += 4615384, i++)
		assert_true(ran(1, at, at + 1 * MS + 3 * US) >= 1 * MS - 3 * US);
	assert_true(ran(0, 0, time_now()) >= 1560 * (nsec_t)MS);
	check_runstates();
}

/* One that never stops gets its budget of each period and not more; Linux the rest. */
static void test_budget(void **state)
{
	nsec_t t;

	(void)state;
	begin("static", 2);
	set_real_time(1, 1 * MS, 5 * MS);
	start_all();
	run(1000 * (nsec_t)MS);
	assert_in_range(ran(1, 0, 1000 * (nsec_t)MS), 195 * (nsec_t)MS, 201 * (nsec_t)MS);
	for (t = 0; t < 900 * (nsec_t)MS; t += 700 * US) {
		/* n periods: n + 1 budgets at most */
		assert_true(ran(1, t, t + 5 * MS) <= 2 * MS + 10 * US);
		assert_true(ran(1, t, t + 50 * MS) <= 11 * MS + 30 * US);
	}
	assert_true(longest_gap(0, 0, 1000 * (nsec_t)MS) <= 1 * MS + 10 * US);
}

/* Alone it pays nothing: no timer, and the budget is whole when Linux wakes. */
static void test_budget_alone(void **state)
{
	(void)state;
	begin("static", 2);
	set_real_time(1, 1 * MS, 500 * MS);
	work[0] = 1 * MS;
	work_left[0] = 1 * MS;
	start_all();
	run(20 * MS); /* paid 1 ms, then Linux, then alone */
	assert_int_equal(B->vcpu.sched.budget_left, 0);
	run(600 * (nsec_t)MS);
	source[0].period = 1000 * (nsec_t)MS;
	source[0].next = 620 * (nsec_t)MS;
	set_source(0, 9, 0);
	run(660 * (nsec_t)MS);
	assert_true(ran(1, 620 * (nsec_t)MS, 621 * (nsec_t)MS) >= 990 * US); /* first it */
	assert_true(ran(0, 621 * (nsec_t)MS, 622 * (nsec_t)MS + 10 * US) >= 990 * US);
	assert_true(ran(1, 623 * (nsec_t)MS, 660 * (nsec_t)MS) >= 36 * (nsec_t)MS);
}

/* In its own window it pays nothing. */
static void test_budget_window(void **state)
{
	unsigned int i;

	(void)state;
	begin_framed("static", 2, 20 * MS);
	set_window(1, 10 * MS, 5 * MS);
	set_real_time(1, 1 * MS, 20 * MS);
	start_all();
	run(2000 * (nsec_t)MS);
	assert_in_range(ran(1, 0, time_now()), 590 * (nsec_t)MS, 605 * (nsec_t)MS);
	for (i = 0; i < 100; i++) {
		nsec_t at = i * (nsec_t)(20 * MS) + 10 * MS;

		assert_true(ran(1, at, at + 5 * MS) >= 5 * MS - 3 * US);
	}
}

/* Two of them, and windows: the shorter period comes first, budgets hold for both. */
static void test_two_real_time(void **state)
{
	unsigned int i;

	(void)state;
	begin_framed("static", 3, 10 * MS);
	set_window(0, 0, 5 * MS);
	set_real_time(1, 500 * US, 10 * MS);
	set_real_time(2, 300 * US, 3 * MS);
	work[2] = work_left[2] = 200 * US;
	start_all();
	source[0].period = 3100 * US;
	source[0].next = 5 * MS;
	set_source(0, 7, 2);
	run(1000 * (nsec_t)MS);
	for (i = 0; i < 300; i++) {
		nsec_t at = 5 * MS + i * (nsec_t)(3100 * US);

		assert_true(ran(2, at, at + 203 * US) >= 197 * US);
	}
	assert_in_range(ran(1, 0, time_now()), 48 * MS, 51 * MS); /* busy: its budget */
	assert_true(ran(0, 0, time_now()) >= 860 * (nsec_t)MS);
}

/* Short runs between two ticks of the clock are paid for, too. */
static void test_budget_short_runs(void **state)
{
	struct sched_decision d;
	unsigned int i;

	(void)state;
	begin("static", 2);
	set_real_time(1, 100 * US, 10 * MS);
	start_all();
	schedule();
	assert_ptr_equal(pcpu.current, &B->vcpu);
	d.now = d.since = time_ticks();
	for (i = 0; i < 200; i++) { /* blocks and wakes, and no tick goes by */
		B->vcpu.sched.state = VCPU_BLOCKED;
		sched_runnable--;
		assert_ptr_equal(sched_static.pick(&B->vcpu, &d), &A->vcpu);
		B->vcpu.sched.state = VCPU_RUNNABLE;
		sched_runnable++;
		if (sched_static.pick(&A->vcpu, &d) != &B->vcpu)
			break;
	}
	assert_in_range(i, 95, 101);
}

/* Random mixes: nobody starves, somebody runs whenever somebody can, sums are right. */
static void test_random_mix(void **state)
{
	unsigned int round, i;

	(void)state;
	for (round = 0; round < 60; round++) {
		srand(round);
		begin_framed("static", 4, rand() % 2 ? 20 * MS : 0);
		if (system_partition.major_frame) {
			for (i = 0; i < 4; i++)
				if (rand() % 2)
					set_window(i, i * 5u * MS, (nsec_t)(1 + rand() % 4) * MS);
		}
		for (i = 0; i < 4; i++) {
			if (rand() % 3 == 0)
				set_real_time(i, (nsec_t)(rand() % 900 + 50) * US,
					      (nsec_t)(rand() % 9 + 4) * MS);
			if (rand() % 2)
				work[i] = work_left[i] = (nsec_t)(rand() % 3000 + 1) * US;
		}
		start_all();
		for (i = 0; i < 3; i++) {
			source[i].period = (nsec_t)(rand() % 9000 + 500) * US;
			source[i].next = 3 * MS + i;
			set_source(i, 10 + i, i);
		}
		run(1000 * (nsec_t)MS);
		for (i = 0; i < 4; i++) {
			check_runstate(domains[i]);
			if (!work[i]) /* always runnable */
				assert_true(ran(i, 0, time_now()) >= 2 * MS);
		}
		for (i = 0; i < 4; i++)
			if (!work[i])
				assert_int_equal(ran(IDLE, 0, time_now()), 0);
	}
}

/* ---- null, boot ------------------------------------------------------------ */

static void test_null(void **state)
{
	(void)state;
	begin("null", 2);
	work[0] = work_left[0] = 3 * MS;
	start_all();
	source[0].period = 10 * MS;
	source[0].next = 5 * MS;
	set_source(0, 9, 0);
	run(100 * MS);
	/* the first until it blocks, then the other for ever */
	assert_int_equal(ran(0, 0, 3 * MS), 3 * MS);
	assert_int_equal(ran(1, 3 * MS, 100 * MS), 97 * MS);
	assert_int_equal(dump_lines(NULL), 1);
	assert_int_equal(dump_lines(domains[1]), 2);
}

static void test_unknown_scheduler(void **state)
{
	(void)state;
	fake_panic_expected = true;
	if (!setjmp(fake_panic_jump)) {
		begin("cfs", 1);
		fail();
	}
	fake_panic_expected = false;
	begin(NULL, 1);
	assert_ptr_equal(ops, &sched_static);
	assert_int_equal(dump_lines(NULL), 2 + real_time_count);
	assert_int_equal(dump_lines(domains[0]), 2);
}

/* ---- states ---------------------------------------------------------------- */

static void test_states(void **state)
{
	struct vcpu *v = &B->vcpu;

	(void)state;
	assert_int_equal(sched_runnable, 3);
	sched_wake(v); /* not blocked: nothing */
	sched_start(v);
	assert_int_equal(sched_runnable, 3);
	sched_stop(v);
	sched_stop(v);
	assert_int_equal(sched_runnable, 2);
	sched_wake(v); /* down: nothing */
	assert_int_equal(v->sched.state, VCPU_DOWN);
	sched_start(v);
	assert_int_equal(sched_runnable, 3);
	sched_block(v);
	timer_set(&v->timer, 5 * MS);
	timer_set(&v->sched.poll_timer, 5 * MS);
	sched_stop(v);
	assert_int_equal(sched_runnable, 2);
	assert_false(v->timer.armed || v->sched.poll_timer.armed);
	sched_stop(&A->vcpu); /* the running one */
	pcpu.resched = 0;
	sched_start(&A->vcpu);
	assert_true(sched_requested());
}

/* Built a second time: known to the scheduler only once. */
static void test_restart(void **state)
{
	(void)state;
	sched_stop(&B->vcpu);
	sched_vcpu_init(&B->vcpu);
	assert_int_equal(vcpu_count, 3);
	sched_start(&B->vcpu);
	run(100 * MS);
	assert_true(ran(1, 0, time_now()) >= 20 * MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slack_fair),
		cmocka_unit_test(test_tickless_alone),
		cmocka_unit_test(test_tickless_idle),
		cmocka_unit_test(test_yield),
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_windows_unused),
		cmocka_unit_test(test_window_wake),
		cmocka_unit_test(test_real_time_wake),
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_budget_alone),
		cmocka_unit_test(test_budget_window),
		cmocka_unit_test(test_two_real_time),
		cmocka_unit_test(test_budget_short_runs),
		cmocka_unit_test(test_random_mix),
		cmocka_unit_test(test_null),
		cmocka_unit_test(test_unknown_scheduler),
		cmocka_unit_test_setup(test_states, scene),
		cmocka_unit_test_setup(test_restart, scene),
	};

	return cmocka_run_group_tests_name("sched", tests, NULL, NULL);
}
