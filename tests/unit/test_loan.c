/* SPDX-License-Identifier: MIT */
/* test_loan.c - the core on loan: the way of a real-time domain's interrupt. */
#include "core.c"

/* Linux, and a baseband that works for so long on each interrupt of line 9. */
static void scene_interrupt(nsec_t duration)
{
	begin("static", 2);
	set_real_time(1, 1 * MS, 5 * MS);
	work[1] = work_left[1] = duration;
	start_all();
	set_source(0, 9, 1);
}

/* Linux runs, the baseband sleeps, its interrupt may come. */
static unsigned int scene_short_way(void)
{
	scene_interrupt(100 * US);
	run(10 * MS);
	assert_ptr_equal(pcpu.current, &A->vcpu);
	assert_int_equal(B->vcpu.sched.state, VCPU_BLOCKED);
	assert_false(sched_requested());
	fake_lines |= 1u << 9;
	return B->events.pirq_port[9];
}

/* Of two real-time vCPUs the less urgent one, which was added first, does not borrow. */
static void test_two_real_time_no_loan(void **state)
{
	(void)state;
	begin("static", 3);
	set_real_time(1, 500 * US, 10 * MS);
	set_real_time(2, 300 * US, 3 * MS);
	start_all();
	set_source(0, 9, 1);
	schedule();
	sched_block(&B->vcpu);
	schedule();
	assert_ptr_equal(pcpu.current, &domains[2]->vcpu);
	fake_lines |= 1u << 9;
	irq_handle();
	assert_ptr_equal(pcpu.current, &domains[2]->vcpu);
}

/* Its interrupt switches to the only real-time vCPU before schedule() is asked. */
static void test_short_way(void **state)
{
	unsigned int port = scene_short_way();

	(void)state;
	irq_handle();
	assert_ptr_equal(pcpu.current, &B->vcpu);
	assert_false(sched_requested());
	assert_int_equal(sched_runnable, 1);
	assert_true(B->vcpu.arch.shared_info->vcpu_info[0].evtchn_upcall_pending);
	assert_true(B->vcpu.arch.shared_info->evtchn_pending[0] & bit_of(port));
	fake_timer_sync();
	assert_int_equal(fake_shot, time_ticks() + B->vcpu.sched.budget_left);
	check_runstate(A);
	assert_int_equal(time_limit, time_ticks() + B->vcpu.sched.budget_left); /* was asked for */
	assert_int_equal(A->vcpu.sched.runstate, RUNSTATE_runnable);
	assert_int_equal(B->vcpu.sched.runstate, RUNSTATE_running);
	assert_int_equal(sched_runnable, 2);
	run(20 * MS);
	check_runstates();
}

/* When it blocks again, the lender goes on without a decision, and both are charged. */
static void test_loan_returned(void **state)
{
	uint32_t block_arg[5] = { SCHEDOP_block, 0, 0, 0, 0 };
	unsigned int picks;
	tick_t shot;

	(void)state;
	(void)scene_short_way();
	shot = fake_shot;
	for (picks = 0; picks < 60; picks++) {
		uint32_t left = B->vcpu.sched.budget_left;

		if (left < 500 + 11) /* then it is looked up: a new period has begun */
			left = 1000;
		fake_lines |= 1u << 9;
		irq_handle();
		assert_ptr_equal(pcpu.current, &B->vcpu);
		fake_pass(10);
		B->vcpu.arch.shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
		assert_false(sched_block_now(&B->vcpu)); /* its event is pending */
		assert_ptr_equal(pcpu.current, &B->vcpu);
		assert_false(B->vcpu.arch.shared_info->vcpu_info[0].evtchn_upcall_mask);
		take_events(B);
		B->vcpu.regs.r[0] = SCHEDOP_block;
		assert_ptr_equal(sched_block_now(&B->vcpu), &A->vcpu);
		assert_int_equal(B->vcpu.regs.r[0], 0);
		assert_ptr_equal(pcpu.current, &A->vcpu);
		assert_false(sched_requested());
		assert_int_equal(B->vcpu.sched.state, VCPU_BLOCKED);
		assert_int_equal(B->vcpu.sched.budget_left, left - 11); /* and SWITCH_NS */
		fake_timer_sync();
		assert_int_equal(fake_shot, shot); /* as if nothing had been */
		assert_int_equal(shot, time_base.set);
		assert_false(sched_block_now(&A->vcpu));
	}
	assert_true(B->vcpu.sched.budget_left > 500); /* 60 * 11 are more than half of it */
	run_log[runs++] = (struct run){ time_now() - 600 * US, time_now(), 1 };
	check_runstates();
	assert_int_equal(A->vcpu.sched.runstate, RUNSTATE_running);
	assert_int_equal(B->vcpu.sched.runstate, RUNSTATE_blocked);

	fake_lines |= 1u << 9;
	irq_handle();
	take_events(B);
	fake_pass(fake_shot - fake_ticks); /* a timer ends: a decision */
	assert_false(sched_block_now(&B->vcpu));
	(void)do_sched_op(B, block_arg);
	assert_true(sched_requested());
	schedule();
	assert_int_equal(B->vcpu.sched.runstate, RUNSTATE_blocked);
}

/* Its interrupt comes again and again: loans only, and their sum is what the budget allows. */
static void test_loan_hog(void **state)
{
	unsigned int i;

	(void)state;
	scene_interrupt(290 * US);
	source[0].next = source[0].period = 300 * US;
	run(1000 * MS);
	for (i = 0; i < 900; i++) { /* n periods: n + 1 budgets at most */
		assert_true(ran(1, i * MS, (i + 5) * MS) <= 2 * MS + 10 * US);
		assert_true(ran(1, i * MS, (i + 50) * MS) <= 11 * MS + 30 * US);
	}
	assert_in_range(ran(1, 0, 1000 * (nsec_t)MS), 190 * MS, 201 * MS);
	check_runstates();
}

/* One that never blocks again is stopped at the end of the budget, whatever timers it sets. */
static void test_loan_not_returned(void **state)
{
	nsec_t from;

	(void)state;
	for (unsigned int timer = 0; timer < 3; timer++) {
		(void)scene_short_way();
		work[1] = 0;
		B->vcpu.sched.replenish_at = time_ticks() + 3000;
		irq_handle();
		assert_ptr_equal(pcpu.current, &B->vcpu);
		if (timer) {
			time_vcpu_set(&B->vcpu, time_now() + timer * 600 * US);
			if (timer == 2)
				timer_cancel(&B->vcpu.timer);
			assert_int_equal(sched_runnable, 2); /* settled */
		}
		from = time_now();
		run(from + 3 * MS);
		assert_in_range(ran(1, from, from + 3 * MS), 895 * US, 900 * US);
		check_runstates();
	}
}

/* A turn of the counter passes in a loan, and between loans. */
static void test_loan_counter_turns(void **state)
{
	nsec_t lent;

	(void)state;
	begin("static", 2);
	fake_ticks = 0xFFFFFF00u - 9000;
	time_init(&fake_timer);
	sched_init();
	set_real_time(1, 1 * MS, 5 * MS);
	start_all();
	set_source(0, 9, 1);
	schedule();
	sched_block(&B->vcpu);
	schedule();
	fake_pass(9000);
	irq_handle(); /* the end of the budget that it did not need */
	schedule();
	for (unsigned int i = 0; i < 10; i++) { /* of 100 ticks: the turn comes in the third */
		fake_lines |= 1u << 9;
		irq_handle();
		assert_ptr_equal(pcpu.current, &B->vcpu);
		fake_pass(50);
		take_events(B);
		assert_ptr_equal(sched_block_now(&B->vcpu), &A->vcpu);
		fake_pass(50);
	}
	sched_settle();
	lent = B->vcpu.sched.time[RUNSTATE_running];
	assert_int_equal(lent, 500);
	assert_int_equal(A->vcpu.sched.time[RUNSTATE_runnable], 500);
	assert_int_equal(A->vcpu.sched.time[RUNSTATE_running], 9000 + 450);
	assert_int_equal(A->vcpu.sched.entered, time_ticks() - 50);
}

/* A timer that is over when the core has just been lent waits a little, not longer, and not if the budget
 * is at its end. */
static void test_loan_timer_waits(void **state)
{
	(void)state;
	(void)scene_short_way();
	time_vcpu_set(&A->vcpu, time_now() + 1 * US);
	irq_handle();
	assert_ptr_equal(pcpu.current, &B->vcpu);
	fake_pass(2);
	timer_interrupt();
	assert_true(A->vcpu.timer.armed);
	assert_ptr_equal(sched_loan.from, &A->vcpu); /* not settled */
	assert_int_equal(fake_shot, fake_ticks + 4); /* GRACE_NS */
	fake_pass(4);
	timer_interrupt();
	assert_false(A->vcpu.timer.armed);
}

/* Not again, though the core was lent again in between; the loans leave the device alone. */
static void test_loan_timer_waits_once(void **state)
{
	(void)state;
	(void)scene_short_way();
	time_vcpu_set(&A->vcpu, time_now() + 1 * US);
	irq_handle();
	fake_pass(2);
	timer_interrupt();
	assert_true(A->vcpu.timer.armed);
	take_events(B);
	block(B);
	assert_ptr_equal(pcpu.current, &A->vcpu);
	fake_pass(1);
	fake_lines |= 1u << 9;
	irq_handle();
	assert_ptr_equal(pcpu.current, &B->vcpu);
	fake_pass(3);
	assert_true(fake_shot <= fake_ticks);
	timer_interrupt();
	assert_false(A->vcpu.timer.armed);
}

/* Who was picked by its budget is at the beginning of its handler, too; what is put off is not lost. */
static void test_begun_timer_waits(void **state)
{
	struct timer late;

	(void)state;
	(void)scene_short_way();
	timer_init(&late, test_ends);
	assert_false(timer_put_off(&late)); /* nobody has begun */
	time_vcpu_set(&A->vcpu, time_now() + 1 * US);
	B->vcpu.sched.may_borrow = false;
	assert_null(irq_handle());
	schedule();
	assert_ptr_equal(pcpu.current, &B->vcpu);
	assert_null(sched_loan.from);
	fake_pass(2);
	timer_interrupt();
	assert_true(A->vcpu.timer.armed);
	fake_pass(1);
	assert_true(timer_put_off(&late));
	assert_true(late.armed);
	assert_int_equal(fake_shot, fake_ticks + 4); /* GRACE_NS */
	fake_pass(4);
	timer_interrupt();
	assert_false(A->vcpu.timer.armed);
	assert_false(late.armed);
	assert_false(timer_put_off(&late)); /* it has begun long ago */
	assert_int_equal(time_base.set, time_limit); /* the end of its budget */
}

static void test_loan_timer_at_the_end_of_the_budget(void **state)
{
	(void)state;
	(void)scene_short_way();
	B->vcpu.sched.replenish_at = time_ticks() + 3000;
	B->vcpu.sched.budget_left = 3;
	irq_handle();
	assert_ptr_equal(pcpu.current, &B->vcpu);
	fake_pass(3);
	timer_interrupt();
	assert_true(sched_requested());
	assert_null(sched_loan.from);
}

/* A loan begins with what is left of an old budget, and goes on with a new one. */
static void test_loan_old_budget(void **state)
{
	nsec_t now;

	(void)state;
	(void)scene_short_way();
	now = time_now();
	assert_true(B->vcpu.sched.replenish_at <= time_ticks());
	B->vcpu.sched.budget_left = 10;
	irq_handle();
	fake_timer_sync();
	assert_int_equal(fake_shot, time_ticks() + 10);
	run(now + 200 * US);
	assert_true(ran(1, now, now + 103 * US) >= 98 * US);
	assert_in_range(B->vcpu.sched.budget_left, 895, 900);
	check_runstates();
}

/* Masked: it does not wake, and the other goes on. */
static void test_short_way_masked(void **state)
{
	unsigned int port = scene_short_way();

	(void)state;
	B->vcpu.arch.shared_info->evtchn_mask[0] |= bit_of(port);
	irq_handle();
	assert_int_equal(B->vcpu.sched.state, VCPU_BLOCKED);
	assert_int_equal(sched_runnable, 1);
	assert_true(sched_requested());
	schedule();
	assert_ptr_equal(pcpu.current, &A->vcpu);
	assert_true(B->vcpu.arch.shared_info->evtchn_pending[0] & bit_of(port));
	check_runstate(B);
}

/* While a decision is due the core is lent all the same, and the decision made later: it stays. */
static void test_loan_before_a_decision(void **state)
{
	(void)state;
	(void)scene_short_way();
	sched_request();
	assert_ptr_equal(irq_handle(), &B->vcpu);
	assert_ptr_equal(pcpu.current, &B->vcpu);
	assert_true(sched_requested());
	assert_true(B->vcpu.arch.shared_info->vcpu_info[0].evtchn_upcall_pending);
	runs_for(B, 3);
	take_events(B);
	assert_null(sched_block_now(&B->vcpu));
	assert_ptr_equal(pcpu.current, &B->vcpu);
	schedule();
	assert_ptr_equal(pcpu.current, &B->vcpu);
	assert_int_equal(B->vcpu.sched.runstate, RUNSTATE_running);
	assert_int_equal(A->vcpu.sched.runstate, RUNSTATE_runnable);
	assert_int_equal(sched_runnable, 2);
	run(20 * MS);
	check_runstates();
}

/* It never calls: the budget ends it all the same, after a timer that waited, too. */
static void test_loan_before_a_decision_not_returned(void **state)
{
	tick_t end;

	(void)state;
	(void)scene_short_way();
	B->vcpu.sched.replenish_at = time_ticks() + 3000;
	time_vcpu_set(&A->vcpu, time_now() + 1 * US);
	end = time_ticks() + B->vcpu.sched.budget_left;
	sched_request();
	assert_ptr_equal(irq_handle(), &B->vcpu);
	fake_pass(2);
	timer_interrupt();
	assert_true(A->vcpu.timer.armed);
	fake_pass(4);
	timer_interrupt();
	assert_false(A->vcpu.timer.armed);
	assert_int_equal(fake_shot, end);
	fake_pass(end - fake_ticks);
	timer_interrupt();
	assert_true(sched_requested());
	schedule();
	assert_ptr_equal(pcpu.current, &A->vcpu);
	assert_int_equal(B->vcpu.sched.budget_left, 0);
}

/* The one that has just blocked lends it as well; it wakes as ever. */
static void test_loan_of_a_blocked_one(void **state)
{
	uint32_t left;
	nsec_t lent;

	(void)state;
	(void)scene_short_way();
	B->vcpu.sched.replenish_at = time_ticks() + 3000;
	left = B->vcpu.sched.budget_left;
	block(A);
	runs_for(A, 2);
	lent = time_now();
	assert_ptr_equal(irq_handle(), &B->vcpu);
	assert_ptr_equal(pcpu.current, &B->vcpu);
	runs_for(B, 5);
	schedule();
	assert_ptr_equal(pcpu.current, &B->vcpu);
	assert_int_equal(A->vcpu.sched.runstate, RUNSTATE_blocked);
	assert_int_equal(sched_runnable, 1);
	assert_int_equal(B->vcpu.sched.budget_left, left); /* alone it does not pay */
	work[0] = work_left[0] = 10 * US;
	run(lent + 5 * MS);
	check_runstates();
	assert_int_equal(A->vcpu.sched.state, VCPU_BLOCKED);

	(void)scene_short_way();
	block(A);
	(void)irq_handle();
	event_send_virq(A, VIRQ_TIMER); /* not bound */
	sched_wake(&A->vcpu);
	schedule();
	assert_ptr_equal(pcpu.current, &B->vcpu);
	assert_int_equal(A->vcpu.sched.runstate, RUNSTATE_runnable);
	run(20 * MS);
	check_runstates();
}

/* All sleep. */
static void scene_nobody(void)
{
	scene_interrupt(100 * US);
	work[0] = work_left[0] = 10 * US;
	run(10 * MS);
	assert_int_equal(pcpu.idle, 1);
	pcpu.resched = 0;
}

/* Nor does one meet who was woken while nobody ran. */
static void test_begun_alone(void **state)
{
	struct timer late;

	(void)state;
	timer_init(&late, test_ends);
	scene_nobody();
	time_vcpu_set(&A->vcpu, time_now() + 1 * US);
	assert_false(timer_put_off(&late)); /* nobody runs */
	fake_lines |= 1u << 9;
	assert_ptr_equal(irq_handle(), &B->vcpu);
	fake_pass(2);
	timer_interrupt();
	assert_true(A->vcpu.timer.armed);
	fake_pass(4);
	timer_interrupt();
	assert_false(A->vcpu.timer.armed);
}

/* Nobody runs, Linux has just been woken, and the baseband's interrupt may come. */
static unsigned int scene_idle(void)
{
	scene_nobody();
	sched_wake(&A->vcpu);
	fake_lines |= 1u << 9;
	return B->events.pirq_port[9];
}

/* Whom its interrupt wakes when another one was woken just before runs at once, pays, and stops at the end
 * of its budget without having called; the decision comes later. */
static void test_idle_before_a_decision(void **state)
{
	nsec_t from;

	(void)state;
	(void)scene_idle();
	from = time_now();
	assert_ptr_equal(irq_handle(), &B->vcpu);
	assert_ptr_equal(pcpu.current, &B->vcpu);
	assert_int_equal(pcpu.idle, 0);
	assert_true(sched_requested());
	assert_ptr_equal(sched_paying, &B->vcpu);
	assert_int_equal(A->vcpu.sched.runstate, RUNSTATE_runnable);
	fake_timer_sync();
	assert_int_equal(fake_shot, fake_ticks + 1000);
	runs_for(B, 1000);
	assert_true(irq_pending());
	irq_handle();
	schedule();
	assert_ptr_equal(pcpu.current, &A->vcpu); /* its turn */
	assert_int_equal(B->vcpu.sched.runstate, RUNSTATE_runnable);
	run(from + 20 * MS);
	check_runstates();
}

/* It calls: the decision is made then. */
static void test_idle_then_a_decision(void **state)
{
	nsec_t from;

	(void)state;
	(void)scene_idle();
	from = time_now();
	(void)irq_handle();
	take_events(B);
	runs_for(B, 7);
	block(B);
	schedule();
	assert_ptr_equal(pcpu.current, &A->vcpu);
	assert_int_equal(B->vcpu.sched.budget_left, 1000 - 8); /* and SWITCH_NS */
	run(from + 20 * MS);
	check_runstates();
}

/* Masked, or without budget: the others go on. */
static void test_idle_no_wake(void **state)
{
	unsigned int port = scene_idle();

	(void)state;
	B->vcpu.arch.shared_info->evtchn_mask[0] |= bit_of(port);
	assert_null(irq_handle());
	assert_int_equal(B->vcpu.sched.state, VCPU_BLOCKED);
	assert_null(schedule());
	assert_ptr_equal(pcpu.current, &A->vcpu);

	(void)scene_idle();
	B->vcpu.sched.may_borrow = false;
	B->vcpu.sched.budget_left = 0;
	B->vcpu.sched.replenish_at = time_ticks() + 1000;
	assert_null(irq_handle());
	assert_int_equal(pcpu.idle, 1);
	assert_int_equal(B->vcpu.sched.state, VCPU_RUNNABLE);
}

/* A timer that is over, for which the device is set to the next tick, does not wait for the budget's end. */
static void test_loan_timer_over(void **state)
{
	static struct timer asks, late;

	(void)state;
	(void)scene_short_way();
	fake_lines = 0;
	timer_init(&asks, test_asks);
	timer_init(&late, test_ends);
	timer_set(&asks, time_now() + 2 * US);
	timer_set(&late, time_now() + 2 * US);
	fake_pass(3);
	fake_lines |= 1u << 9; /* it comes first */
	timer_interrupt();
	assert_true(late.armed);
	assert_true(sched_requested());
	assert_ptr_equal(irq_handle(), &B->vcpu);
	run(time_now() + 20 * US);
	assert_false(late.armed);
}

/* Whoever was woken for the decision that is due waits from the loan on. */
static void test_loan_waiting(void **state)
{
	struct vcpu_runstate_info info;

	(void)state;
	begin("static", 3);
	set_real_time(1, 1 * MS, 5 * MS);
	work[1] = 100 * US;
	work[2] = 1 * US;
	start_all();
	set_source(0, 9, 1);
	run(50 * MS);
	assert_ptr_equal(pcpu.current, &A->vcpu);
	assert_int_equal(C->vcpu.sched.state, VCPU_BLOCKED);
	C->vcpu.sched.time[RUNSTATE_runnable] = 0;
	fake_lines |= 1u << 9;
	sched_wake(&C->vcpu);
	assert_true(sched_requested());
	assert_ptr_equal(irq_handle(), &B->vcpu);
	fake_pass(70);
	schedule();
	assert_ptr_equal(pcpu.current, &B->vcpu);
	fake_pass(1);
	sched_runstate(&C->vcpu, &info);
	assert_int_equal(info.state, RUNSTATE_runnable);
	assert_int_equal(info.time[RUNSTATE_runnable], 71);
}

/* Not when it has no budget, polls, has itself just blocked, or the other has ended. */
static void test_long_way(void **state)
{
	(void)state;
	(void)scene_short_way();
	B->vcpu.sched.budget_left = 0;
	B->vcpu.sched.may_borrow = false;
	B->vcpu.sched.replenish_at = time_ticks() + 1000;
	irq_handle();
	assert_ptr_equal(pcpu.current, &A->vcpu);
	assert_int_equal(B->vcpu.sched.state, VCPU_RUNNABLE);
	schedule();
	assert_ptr_equal(pcpu.current, &A->vcpu);
	assert_true(time_limit <= B->vcpu.sched.replenish_at);

	(void)scene_short_way();
	B->vcpu.sched.poll_port = SCHED_POLL_ANY;
	B->vcpu.sched.may_borrow = false;
	irq_handle();
	assert_ptr_equal(pcpu.current, &A->vcpu);
	schedule();
	assert_ptr_equal(pcpu.current, &B->vcpu);

	(void)scene_short_way();
	sched_stop(&A->vcpu);
	assert_null(irq_handle());
	assert_ptr_equal(pcpu.current, &A->vcpu);
	schedule();
	assert_ptr_equal(pcpu.current, &B->vcpu);
	assert_int_equal(A->vcpu.sched.runstate, RUNSTATE_offline);

	fake_pass(1);
	take_events(B);
	sched_block(&B->vcpu);
	fake_lines |= 1u << 9;
	assert_null(irq_handle());
	assert_int_equal(B->vcpu.sched.state, VCPU_RUNNABLE);
	schedule();
	assert_ptr_equal(pcpu.current, &B->vcpu);
}

/* A timer that is set again and again, on the microsecond of interrupts; how late it was at most. */
static struct beat { struct timer timer; nsec_t period, worst; } beats[3];

static void beat(struct timer *t)
{
	struct beat *b = container_of(t, struct beat, timer);
	nsec_t late = time_now() - time_at(t->expires);
	struct domain *d = domains[rand() % 4];

	if (late > b->worst)
		b->worst = late;
	timer_set_ticks(t, t->expires + time_to_ticks(b->period));
	if (rand() % 2)
		sched_wake(&d->vcpu);
	if (rand() % 8 == 0 && d != A && d != B) {
		if (d->vcpu.sched.state == VCPU_DOWN)
			sched_start(&d->vcpu);
		else if (rand() % 4 == 0)
			sched_stop(&d->vcpu);
	}
}

/* 100 ms of a round: sums are right, and budgets kept but for the end of each that the hypervisor's work puts off. */
static void run_at_random(unsigned int round, nsec_t late)
{
	irq_ticks = round % 3;
	run(100 * (nsec_t)MS);
	irq_ticks = 0;
	check_runstates();
	for (unsigned int i = 0; i < 80 && !work[0]; i++) /* n periods: n + 1 budgets at most */
		assert_true(ran(1, i * MS, (i + 15) * MS) <= 4 * MS + late);
}

/* Everything comes together, domains stop and begin: no timer waits for a budget, budgets are kept, sums right. */
static void test_random_loans(void **state)
{
	unsigned int round, i;

	(void)state;
	for (round = 0; round < 200; round++) {
		srand(round);
		begin("static", 4);
		set_real_time(1, 1 * MS, 5 * MS);
		work[1] = work_left[1] = (nsec_t)(rand() % 400 + 1) * US;
		work[2] = (nsec_t)(rand() % 30 + 1) * US;
		work[3] = (nsec_t)(rand() % 300 + 1) * US;
		if (rand() % 2)
			work[0] = (nsec_t)(rand() % 300 + 1) * US;
		start_all();
		source[0].period = (nsec_t)(rand() % 8 + 1) * 50 * US;
		source[0].next = 1 * MS + (nsec_t)(rand() % 3) * US;
		set_source(0, rand() % 2 ? 2 : 9, 1); /* before or behind the timer's line */
		for (i = 0; i < ARRAY_SIZE(beats); i++) {
			beats[i] = (struct beat){ .period = (nsec_t)(rand() % 8 + 1) * 50 * US };
			timer_init(&beats[i].timer, beat);
			timer_set(&beats[i].timer, 1 * MS);
		}
		run_at_random(round, 40 * US);
		for (i = 0; i < ARRAY_SIZE(beats); i++)
			assert_true(beats[i].worst <= 12 * US); /* twice GRACE_NS, and what comes first */
	}
}

/* The same beside guests that call what they like: the books are right after each call, budgets are kept. */
static void test_random_calls(void **state)
{
	struct evtchn_bind_virq bind = { VIRQ_TIMER, 0, 0 };
	unsigned int round, i;

	(void)state;
	for (round = 0; round < 200; round++) {
		srand(round);
		begin("static", 4);
		set_real_time(1, 1 * MS, 5 * MS);
		for (i = round % 2; i < 4; i++)
			work[i] = work_left[i] = (nsec_t)(rand() % 300 + 1) * US;
		start_all();
		for (i = 0; i < 4; i++)
			assert_int_equal(event_call(domains[i], EVTCHNOP_bind_virq, &bind, sizeof(bind)), 0);
		source[0].period = (nsec_t)(rand() % 20 + 1) * 25 * US;
		source[0].next = 1 * MS;
		set_source(0, rand() % 2 ? 2 : 9, 1); /* before or behind the timer's line */
		hostile = true;
		run_at_random(round, 60 * US);
		hostile = false;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_real_time_no_loan),
		cmocka_unit_test(test_short_way),
		cmocka_unit_test(test_loan_returned),
		cmocka_unit_test(test_loan_hog),
		cmocka_unit_test(test_loan_not_returned),
		cmocka_unit_test(test_loan_counter_turns),
		cmocka_unit_test(test_loan_timer_waits),
		cmocka_unit_test(test_loan_timer_waits_once),
		cmocka_unit_test(test_loan_timer_at_the_end_of_the_budget),
		cmocka_unit_test(test_loan_old_budget),
		cmocka_unit_test(test_loan_before_a_decision),
		cmocka_unit_test(test_loan_before_a_decision_not_returned),
		cmocka_unit_test(test_loan_of_a_blocked_one),
		cmocka_unit_test(test_begun_timer_waits),
		cmocka_unit_test(test_begun_alone),
		cmocka_unit_test(test_idle_before_a_decision),
		cmocka_unit_test(test_idle_then_a_decision),
		cmocka_unit_test(test_idle_no_wake),
		cmocka_unit_test(test_loan_timer_over),
		cmocka_unit_test(test_loan_waiting),
		cmocka_unit_test(test_short_way_masked),
		cmocka_unit_test(test_long_way),
		cmocka_unit_test(test_random_loans),
		cmocka_unit_test(test_random_calls),
	};

	return cmocka_run_group_tests_name("loan", tests, NULL, NULL);
}
