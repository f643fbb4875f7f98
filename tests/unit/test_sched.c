/* SPDX-License-Identifier: MIT */
/*
 * test_sched.c - schedulers, states, sched_op and vcpu_op, with the real rooms for
 * events, time and interrupts below them.
 *
 * The core is simulated: run() plays the exit path (schedule() when it is asked for), lets time
 * pass until the timer fires, a line is raised or the running vCPU has done its work,
 * and writes down who ran.  The properties are then checked against that log.
 */
#include "host.h"

#define CONFIG_MAX_DOMAINS  4
#define CONFIG_SCHED_STATIC 1
#define CONFIG_SCHED_NULL   1

#include "base.c"
#include "current.c"
#include "devices.c"
#include "domain.c"
#include "guest_access.c"
#include "hypercall.c"
#include "shared_info.c"

#include "../../kernel/event.c"
#include "../../kernel/irq.c"
#include "../../kernel/time.c"
#include "../../kernel/sched.c"
#include "../../kernel/sched_null.c"
#include "../../kernel/sched_static.c"
#include "../../kernel/vcpu_op.c"

#define US 1000u
#define MS 1000000u

#define ARG       (FAKE_GUEST_RW + 0x100u)
#define PORTS     (FAKE_GUEST_RW + 0x400u)
#define READ_ONLY (FAKE_GUEST_RO + 0x100u)
#define NOWHERE   0x20u

#define A (domains[0])
#define B (domains[1])
#define C (domains[2])
#define IDLE FAKE_DOMAINS
#define FIRST_TICK 1000u /* time 0 */

struct run { nsec_t start, end; unsigned int who; };
static struct run run_log[200000];
static unsigned int runs;

/* What a domain does: work ns after each wake-up, then it blocks (0: for ever). */
static nsec_t work[FAKE_DOMAINS], work_left[FAKE_DOMAINS];

/* A line that the test raises by the clock. */
static struct { unsigned int line; nsec_t next, period; } source[3];
static nsec_t end_of_test;
static jmp_buf end_idle;        /* out of schedule(), when nobody runs at the end */

static void test_ends(struct timer *t) { (void)t; }
static void test_asks(struct timer *t) { (void)t; sched_request(); }
static struct timer end_timer;

/* ---- the simulated core ---------------------------------------------------- */

static uint64_t ticks_of(nsec_t ns)
{
	if (ns == UINT64_MAX)
		return UINT64_MAX;
	return FIRST_TICK + (uint64_t)(((unsigned __int128)ns * base.hz + NS_PER_S - 1) / NS_PER_S);
}

static nsec_t next_source(void)
{
	nsec_t next = UINT64_MAX;

	for (unsigned int i = 0; i < ARRAY_SIZE(source); i++) {
		if (source[i].period && source[i].next < next)
			next = source[i].next;
	}
	return next;
}

static void raise_sources(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(source); i++) {
		if (!source[i].period || source[i].next > time_now())
			continue;
		fake_lines |= (uint64_t)1 << source[i].line;
		source[i].next += source[i].period;
	}
}

/* Time goes on to the next thing that happens, at most to `to`. */
static void advance(nsec_t to)
{
	uint64_t tick = ticks_of(earlier(to, next_source()));

	fake_timer_sync();
	if (fake_shot < tick)
		tick = fake_shot;
	if (tick > fake_ticks)
		fake_ticks = tick;
	else if (!irq_pending())
		fake_ticks++;
	raise_sources();
}

void arch_wait_for_interrupt(void)
{
	nsec_t start = time_now();

	assert_int_equal(pcpu.idle, 1);
	if (start >= end_of_test)
		longjmp(end_idle, 1);
	while (!irq_pending())
		advance(UINT64_MAX);
	run_log[runs++] = (struct run){ start, time_now(), IDLE };
}

/* The guest's handler: takes its event, acknowledges the line. */
static void take_events(struct domain *d)
{
	struct shared_info *s = d->vcpu.arch.shared_info;

	if (!s->vcpu_info[0].evtchn_upcall_pending)
		return;
	memset(s->evtchn_pending, 0, sizeof(s->evtchn_pending));
	s->vcpu_info[0].evtchn_pending_sel = 0;
	s->vcpu_info[0].evtchn_upcall_pending = 0;
	for (unsigned int line = 0; line < IRQ_LINES; line++) {
		if (!d->events.pirq_port[line])
			continue;
		fake_lines &= ~((uint64_t)1 << line);
		irq_enable_guest(line);
	}
	work_left[d->id] = work[d->id];
}

static void block(struct domain *d)
{
	uint32_t arg[5] = { SCHEDOP_block, 0, 0, 0, 0 };

	if (!sched_block_now(&d->vcpu))
		assert_int_equal(do_sched_op(d, arg), 0);
}

static bool hostile;            /* who runs makes calls at random */

/* Who is counted, and that the device fires for what is due next, or GRACE_NS later. */
static void check_books(void)
{
	unsigned int runnable = 0, i;
	uint64_t due = earlier(first->expires, time_limit);

	for (i = 0; i < domain_count; i++)
		runnable += domains[i]->vcpu.sched.state == VCPU_RUNNABLE;
	if (sched_loan.from && pcpu.current == sched_loan.to)
		runnable--;
	assert_int_equal(sched_runnable, runnable);
	fake_timer_sync();
	if (due < fake_ticks)
		due = fake_ticks;
	assert_true(fake_shot <= due + base.grace + 1);
}

static void call_poll(struct domain *d)
{
	uint32_t arg[5] = { SCHEDOP_poll, ARG, 0, 0, 0 };
	struct sched_poll poll = {
		.nr_ports = (unsigned int)rand() % 2, .timeout = time_now() + (nsec_t)(rand() % 300 + 1) * US };
	evtchn_port_t port = (evtchn_port_t)rand() % 4;

	poll.ports.p = (evtchn_port_t *)(uintptr_t)PORTS;
	memcpy(&fake_guest[PORTS - FAKE_GUEST_RW], &port, sizeof(port));
	memcpy(&fake_guest[ARG - FAKE_GUEST_RW], &poll, sizeof(poll));
	assert_int_equal(do_sched_op(d, arg), 0);
}

static void call_at_random(struct domain *d)
{
	uint32_t yield[5] = { SCHEDOP_yield, 0, 0, 0, 0 };
	struct vcpu_runstate_info info;

	switch (rand() % 9) {
	case 0:
		assert_int_equal(do_sched_op(d, yield), 0);
		break;
	case 1:
		time_vcpu_set(&d->vcpu, time_now() + (nsec_t)(rand() % 20) * US);
		break;
	case 2:
		time_vcpu_set_period(&d->vcpu, rand() % 2 ? 1 * MS : 0);
		break;
	case 3:
		d->vcpu.arch.shared_info->evtchn_mask[0] ^= 1u << rand() % 8;
		break;
	case 4:
		sched_runstate(&d->vcpu, &info);
		break;
	case 5:
		timer_cancel(&d->vcpu.timer);
		break;
	case 6:
		event_send_virq(domains[rand() % 4], VIRQ_TIMER);
		break;
	case 7:
		call_poll(d);
		break;
	default:
		block(d);
	}
}

/* True if it does not go on. */
static bool calls_at_random(struct domain *d)
{
	nsec_t start = time_now();
	bool goes_on = true;

	check_books();
	for (int n = rand() % 4; n && goes_on; n--) {
		fake_pass((unsigned int)rand() % 3);
		call_at_random(d);
		check_books();
		goes_on = pcpu.current == &d->vcpu && !pcpu.resched;
	}
	run_log[runs++] = (struct run){ start, time_now(), d->id };
	raise_sources();
	return !goes_on || irq_pending();
}

/* The current vCPU runs until something happens. */
static void run_current(void)
{
	struct domain *d = pcpu.current->domain;
	nsec_t start = time_now(), to = UINT64_MAX, used;

	assert_int_equal(d->vcpu.sched.state, VCPU_RUNNABLE);
	assert_true(sched_loan.from || d->vcpu.sched.runstate == RUNSTATE_running);
	take_events(d);
	if (hostile && (d != A || work[0])) {
		if (calls_at_random(d))
			return;
		start = time_now();
	}
	if (work[d->id])
		to = start + work_left[d->id];
	advance(to);
	used = time_now() - start;
	assert_true(runs < ARRAY_SIZE(run_log));
	run_log[runs++] = (struct run){ start, time_now(), d->id };
	if (work[d->id]) {
		work_left[d->id] -= earlier(used, work_left[d->id]);
		if (!work_left[d->id])
			block(d);
	}
}

/* The hypervisor itself takes up to so many ticks for an interrupt; who runs pays. */
static unsigned int irq_ticks;

static void irq_took(void)
{
	nsec_t start = time_now();

	if (!irq_ticks)
		return;
	fake_pass((unsigned int)rand() % (irq_ticks + 1u));
	raise_sources();
	if (sched_loan.from || pcpu.current->sched.runstate == RUNSTATE_running)
		run_log[runs++] = (struct run){ start, time_now(), pcpu.current->domain->id };
}

/* A domain is known to run for so many ticks of 1 us. */
static void runs_for(struct domain *d, unsigned int ticks)
{
	nsec_t start = time_now();

	fake_pass(ticks);
	run_log[runs++] = (struct run){ start, time_now(), d->id };
}

static void run(nsec_t until)
{
	timer_init(&end_timer, test_ends);
	end_of_test = until;
	timer_set(&end_timer, until);
	if (setjmp(end_idle)) {
		pcpu.resched = 1;
		return;
	}
	while (time_now() < end_of_test) {
		while (pcpu.resched && !schedule())
			;
		if (time_now() >= end_of_test)
			break;
		run_current();
		do {
			struct vcpu *woken = irq_handle();

			irq_took();
			if (woken)
				continue; /* before a new schedule */
			while (pcpu.resched && !schedule())
				;
		} while (irq_pending());
	}
}

/* Lines of the debug key's answer. */
static unsigned int dump_lines(struct domain *d)
{
	unsigned int before = fake_lines_logged;
	uint32_t at = 0;

	do
		at = sched_dump(d, at);
	while (at);
	return fake_lines_logged - before;
}

/* ---- setting the scene ----------------------------------------------------- */

static void begin_framed(const char *scheduler, unsigned int count, nsec_t major)
{
	fake_domains_create(count);
	memset(&pcpu, 0, sizeof(pcpu));
	memset(lines, 0, sizeof(lines));
	memset(work, 0, sizeof(work));
	memset(work_left, 0, sizeof(work_left));
	memset(source, 0, sizeof(source));
	memset(fake_guest, 0, sizeof(fake_guest));
	runs = 0;
	fake_ticks = FIRST_TICK;
	fake_lines = 0;
	system_partition = (struct system_partition){
		.scheduler = scheduler, .major_frame = major };
	irq_init(&fake_chip);
	time_init(&fake_timer);
	sched_init();
}

static void begin(const char *scheduler, unsigned int count)
{
	begin_framed(scheduler, count, 0);
}

static void set_window(unsigned int d, nsec_t start, nsec_t length)
{
	struct partition *p = &fake_partition[d];

	p->windows[p->window_count++] = (struct partition_window){ start, length };
}

static void set_real_time(unsigned int d, nsec_t budget, nsec_t period)
{
	fake_partition[d].budget = budget;
	fake_partition[d].period = period;
}

static void start_all(void)
{
	for (unsigned int i = 0; i < domain_count; i++) {
		event_init(domains[i]);
		sched_vcpu_init(&domains[i]->vcpu);
		sched_start(&domains[i]->vcpu);
	}
}

/* Line comes every period ns from first on, goes to d, and means work ns. */
static void set_source(unsigned int i, unsigned int line, unsigned int d)
{
	struct evtchn_bind_pirq bind = { line, 0, 0 };
	uint32_t arg[5] = { EVTCHNOP_bind_pirq, ARG, 0, 0, 0 };

	source[i].line = line;
	assert_int_equal(irq_grant(line, domains[d]), 0);
	memcpy(&fake_guest[ARG - FAKE_GUEST_RW], &bind, sizeof(bind));
	assert_int_equal(do_event_channel_op(domains[d], arg), 0);
}

static nsec_t overlap(struct run r, nsec_t from, nsec_t to)
{
	nsec_t start = r.start > from ? r.start : from;
	nsec_t end = r.end < to ? r.end : to;

	return end > start ? end - start : 0;
}

/* Time of who in [from, to). */
static nsec_t ran(unsigned int who, nsec_t from, nsec_t to)
{
	nsec_t sum = 0;

	for (unsigned int i = 0; i < runs; i++) {
		if (run_log[i].who == who)
			sum += overlap(run_log[i], from, to);
	}
	return sum;
}

/* Longest time that who did not run in [from, to). */
static nsec_t longest_gap(unsigned int who, nsec_t from, nsec_t to)
{
	nsec_t last = from, gap = 0;

	for (unsigned int i = 0; i < runs; i++) {
		if (run_log[i].who != who || run_log[i].end <= from || run_log[i].start >= to)
			continue;
		if (run_log[i].start > last && run_log[i].start - last > gap)
			gap = run_log[i].start - last;
		last = run_log[i].end;
	}
	return to > last && to - last > gap ? to - last : gap;
}

static void check_runstate(struct domain *d)
{
	struct vcpu_runstate_info info;
	nsec_t sum;

	sched_runstate(&d->vcpu, &info);
	for (unsigned int i = 0; i < ARRAY_SIZE(info.time); i++)
		info.time[i] = time_to_ns(info.time[i]);
	sum = info.time[0] + info.time[1] + info.time[2] + info.time[3];
	assert_int_equal(sum, time_now());
	assert_int_equal(info.time[RUNSTATE_running], ran(d->id, 0, time_now()));
}

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
	check_runstate(A);
	check_runstate(B);
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
	check_runstate(A);
	check_runstate(B);
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
	check_runstate(A);
	check_runstate(B);
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
	check_runstate(A);
	check_runstate(B);
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
		check_runstate(A);
		check_runstate(B);
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
	check_runstate(A);
	check_runstate(B);
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
	check_runstate(A);
	check_runstate(B);
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
	check_runstate(A);
	check_runstate(B);
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
	check_runstate(A);
	check_runstate(B);
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
	check_runstate(A);
	check_runstate(B);
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
	check_runstate(A);
	check_runstate(B);
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
		irq_ticks = round % 3;
		run(100 * (nsec_t)MS);
		irq_ticks = 0;
		for (i = 0; i < ARRAY_SIZE(beats); i++)
			assert_true(beats[i].worst <= 12 * US); /* twice GRACE_NS, and what comes first */
		for (i = 0; i < 4; i++)
			check_runstate(domains[i]);
		for (i = 0; i < 80 && !work[0]; i++) /* n periods: n + 1 budgets at most */
			assert_true(ran(1, i * MS, (i + 15) * MS) <= 4 * MS + 40 * US);
	}
}

/* The same beside guests that call what they like: the books are right after each call, budgets are kept. */
static void test_random_calls(void **state)
{
	struct evtchn_bind_virq bind = { VIRQ_TIMER, 0, 0 };
	uint32_t arg[5] = { EVTCHNOP_bind_virq, ARG, 0, 0, 0 };
	unsigned int round, i;

	(void)state;
	for (round = 0; round < 200; round++) {
		srand(round);
		begin("static", 4);
		set_real_time(1, 1 * MS, 5 * MS);
		for (i = round % 2; i < 4; i++)
			work[i] = work_left[i] = (nsec_t)(rand() % 300 + 1) * US;
		start_all();
		for (i = 0; i < 4; i++) {
			memcpy(&fake_guest[ARG - FAKE_GUEST_RW], &bind, sizeof(bind));
			assert_int_equal(do_event_channel_op(domains[i], arg), 0);
		}
		source[0].period = (nsec_t)(rand() % 20 + 1) * 25 * US;
		source[0].next = 1 * MS;
		set_source(0, rand() % 2 ? 2 : 9, 1); /* before or behind the timer's line */
		hostile = true;
		irq_ticks = round % 3;
		run(100 * (nsec_t)MS);
		irq_ticks = 0;
		hostile = false;
		for (i = 0; i < 4; i++)
			check_runstate(domains[i]);
		for (i = 0; i < 80 && !work[0]; i++) /* n periods: n + 1 budgets at most */
			assert_true(ran(1, i * MS, (i + 15) * MS) <= 4 * MS + 60 * US);
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

static int scene(void **state)
{
	(void)state;
	begin("static", 3);
	A->privileged = true;
	start_all();
	schedule();
	assert_ptr_equal(pcpu.current, &A->vcpu);
	return 0;
}

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

/* ---- sched_op -------------------------------------------------------------- */

static int32_t sched_call(struct domain *d, uint32_t cmd, const void *value, size_t size)
{
	uint32_t arg[5] = { cmd, ARG, 0, 0, 0 };

	memcpy(&fake_guest[ARG - FAKE_GUEST_RW], value, size);
	return do_sched_op(d, arg);
}

static void test_sched_op_errors(void **state)
{
	static const uint32_t with_arg[] = {
		SCHEDOP_shutdown, SCHEDOP_poll, SCHEDOP_remote_shutdown, SCHEDOP_shutdown_code,
	};
	static const uint32_t unknown[] = { SCHEDOP_watchdog, SCHEDOP_pin_override, 8, ~0u };
	uint32_t arg[5] = { 0, NOWHERE, 0, 0, 0 };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(with_arg); i++) {
		arg[0] = with_arg[i];
		assert_int_equal(do_sched_op(A, arg), -XEN_EFAULT);
	}
	for (i = 0; i < ARRAY_SIZE(unknown); i++) {
		arg[0] = unknown[i];
		assert_int_equal(do_sched_op(A, arg), -XEN_ENOSYS);
	}
	assert_int_equal(fake_shutdown[0], -1);
}

static void test_block(void **state)
{
	struct vcpu_info *info = &A->vcpu.arch.shared_info->vcpu_info[0];

	(void)state;
	info->evtchn_upcall_mask = 1;
	info->evtchn_upcall_pending = 1;
	block(A); /* an upcall is due: goes on */
	assert_int_equal(info->evtchn_upcall_mask, 0);
	assert_int_equal(A->vcpu.sched.state, VCPU_RUNNABLE);
	info->evtchn_upcall_pending = 0;
	info->evtchn_upcall_mask = 1;
	block(A);
	assert_int_equal(info->evtchn_upcall_mask, 0);
	assert_int_equal(A->vcpu.sched.state, VCPU_BLOCKED);
	assert_true(sched_requested());
	schedule();
	assert_ptr_equal(pcpu.current, &B->vcpu);
	assert_int_equal(A->vcpu.sched.runstate, RUNSTATE_blocked);
}

static void test_shutdown(void **state)
{
	struct sched_shutdown s = { SHUTDOWN_reboot };
	struct sched_remote_shutdown r = { 77, SHUTDOWN_crash };

	(void)state;
	assert_int_equal(sched_call(A, SCHEDOP_shutdown_code, &s, sizeof(s)), 0);
	assert_int_equal(A->shutdown_code, SHUTDOWN_reboot);
	assert_int_equal(fake_shutdown[0], -1);
	assert_int_equal(sched_call(A, SCHEDOP_shutdown, &s, sizeof(s)), 0);
	assert_int_equal(fake_shutdown[0], SHUTDOWN_reboot);

	assert_int_equal(sched_call(A, SCHEDOP_remote_shutdown, &r, sizeof(r)), -XEN_ESRCH);
	r.domain_id = DOMID_SELF;
	assert_int_equal(sched_call(A, SCHEDOP_remote_shutdown, &r, sizeof(r)), -XEN_ESRCH);
	r.domain_id = 2;
	assert_int_equal(sched_call(B, SCHEDOP_remote_shutdown, &r, sizeof(r)), -XEN_EPERM);
	assert_int_equal(fake_shutdown[2], -1);
	assert_int_equal(sched_call(A, SCHEDOP_remote_shutdown, &r, sizeof(r)), 0);
	assert_int_equal(fake_shutdown[2], SHUTDOWN_crash);
}

static struct sched_poll poll_of(unsigned int count, nsec_t timeout)
{
	struct sched_poll p = { .nr_ports = count, .timeout = timeout };

	p.ports.p = (evtchn_port_t *)(uintptr_t)PORTS;
	return p;
}

static void set_ports(evtchn_port_t one, evtchn_port_t two)
{
	evtchn_port_t ports[2] = { one, two };

	memcpy(&fake_guest[PORTS - FAKE_GUEST_RW], ports, sizeof(ports));
}

static int32_t poll(struct domain *d, struct sched_poll p)
{
	return sched_call(d, SCHEDOP_poll, &p, sizeof(p));
}

static void test_poll_errors(void **state)
{
	struct sched_poll p = poll_of(129, 0);

	(void)state;
	assert_int_equal(poll(A, p), -XEN_EINVAL);
	p = poll_of(2, 0);
	p.ports.p = (evtchn_port_t *)(uintptr_t)NOWHERE;
	assert_int_equal(poll(A, p), -XEN_EFAULT);
	set_ports(3, EVENT_PORTS);
	assert_int_equal(poll(A, poll_of(2, 0)), -XEN_EINVAL);
	assert_int_equal(A->vcpu.sched.state, VCPU_RUNNABLE);
	set_ports(3, 4);
	assert_int_equal(poll(A, poll_of(128, 0)), 0); /* the most */
	assert_int_equal(A->vcpu.sched.state, VCPU_BLOCKED);
}

static void test_poll(void **state)
{
	struct shared_info *s = A->vcpu.arch.shared_info;
	struct sched_vcpu *v = &A->vcpu.sched;

	(void)state;
	set_ports(7, 8);
	memset(s->evtchn_mask, 0xFF, sizeof(s->evtchn_mask));
	event_set_pending(A, 8);
	assert_int_equal(poll(A, poll_of(2, 0)), 0); /* it is there already */
	assert_int_equal(v->state, VCPU_RUNNABLE);
	assert_int_equal(poll(A, poll_of(1, 0)), 0); /* port 7 alone */
	assert_int_equal(v->state, VCPU_BLOCKED);
	event_set_pending(A, 9);
	assert_int_equal(v->state, VCPU_BLOCKED);
	event_set_pending(A, 7);
	assert_int_equal(v->state, VCPU_RUNNABLE);
	assert_int_equal(v->poll_port, SCHED_POLL_NONE);

	s->evtchn_pending[0] = 0;
	assert_int_equal(poll(A, poll_of(0, 0)), 0); /* any event */
	event_set_pending(A, 100);
	assert_int_equal(v->state, VCPU_RUNNABLE);

	s->vcpu_info[0].evtchn_upcall_pending = 1; /* an upcall is due */
	assert_int_equal(poll(A, poll_of(0, 0)), 0);
	assert_int_equal(v->state, VCPU_RUNNABLE);
	assert_int_equal(s->vcpu_info[0].evtchn_upcall_mask, 0);
}

/* Work that is pending comes between, and nothing has been done. */
static void test_poll_preempted(void **state)
{
	(void)state;
	set_ports(3, 4);
	fake_preempted = true;
	fake_continued = 0;
	assert_int_equal(poll(A, poll_of(4, 0)), HYPERCALL_CONTINUED); /* before it blocks */
	assert_int_equal(poll(A, poll_of(5, 0)), HYPERCALL_CONTINUED); /* between its ports */
	assert_int_equal(A->vcpu.sched.state, VCPU_RUNNABLE);
	assert_int_equal(fake_continued, 2);
	fake_preempted = false;
	assert_int_equal(poll(A, poll_of(5, 0)), 0);
	assert_int_equal(A->vcpu.sched.state, VCPU_BLOCKED);
}

static void test_poll_timeout(void **state)
{
	struct sched_vcpu *v = &A->vcpu.sched;

	(void)state;
	run(2 * MS);
	assert_int_equal(poll(A, poll_of(0, 1 * MS)), 0); /* past */
	assert_int_equal(v->state, VCPU_RUNNABLE);
	assert_int_equal(poll(A, poll_of(0, 3 * MS)), 0);
	assert_int_equal(v->state, VCPU_BLOCKED);
	run(2900 * US);
	assert_int_equal(v->state, VCPU_BLOCKED);
	run(3001 * US);
	assert_int_equal(v->state, VCPU_RUNNABLE);
	assert_int_equal(poll(A, poll_of(0, 3500 * US)), 0);
	event_set_pending(A, 100); /* earlier than the timeout */
	assert_int_equal(v->state, VCPU_RUNNABLE);
	assert_false(v->poll_timer.armed);
}

/* ---- vcpu_op --------------------------------------------------------------- */

static int32_t vcpu_call(uint32_t cmd, uint32_t id, vaddr_t at)
{
	uint32_t arg[5] = { cmd, id, at, 0, 0 };

	return do_vcpu_op(A, arg);
}

static void test_vcpu_op(void **state)
{
	uint32_t cmd;

	(void)state;
	for (cmd = 0; cmd < 20; cmd++)
		assert_int_equal(vcpu_call(cmd, 1, ARG), -XEN_ENOENT);
	assert_int_equal(vcpu_call(VCPUOP_initialise, 0, ARG), -XEN_EEXIST);
	assert_int_equal(vcpu_call(VCPUOP_up, 0, 0), 0);
	assert_int_equal(vcpu_call(VCPUOP_is_up, 0, 0), 1);
	assert_int_equal(vcpu_call(VCPUOP_register_runstate_memory_area, 0, ARG), -XEN_ENOSYS);
	assert_int_equal(vcpu_call(VCPUOP_register_vcpu_info, 0, ARG), -XEN_ENOSYS);
	assert_int_equal(vcpu_call(VCPUOP_register_vcpu_time_memory_area, 0, ARG), -XEN_ENOSYS);
	assert_int_equal(vcpu_call(VCPUOP_send_nmi, 0, 0), -XEN_ENOSYS);
	assert_int_equal(vcpu_call(VCPUOP_get_physid, 0, ARG), -XEN_ENOSYS);
	assert_int_equal(vcpu_call(0xFFFFFFFF, 0, ARG), -XEN_ENOSYS);
	assert_int_equal(fake_shutdown[0], -1);
	assert_int_equal(vcpu_call(VCPUOP_down, 0, 0), 0);
	assert_int_equal(fake_shutdown[0], SHUTDOWN_poweroff);
}

static void test_vcpu_runstate(void **state)
{
	struct vcpu_runstate_info info;

	(void)state;
	run(100 * MS);
	assert_int_equal(vcpu_call(VCPUOP_get_runstate_info, 0, READ_ONLY), -XEN_EFAULT);
	assert_int_equal(vcpu_call(VCPUOP_get_runstate_info, 0, ARG), 0);
	memcpy(&info, &fake_guest[ARG - FAKE_GUEST_RW], sizeof(info));
	assert_int_equal(info.time[0] + info.time[1] + info.time[2] + info.time[3], time_now());
	assert_in_range(info.time[RUNSTATE_running], 30 * MS, 41 * MS);
	assert_int_equal(info.time[RUNSTATE_blocked], 0);
}

static void test_vcpu_timers(void **state)
{
	struct vcpu_set_singleshot_timer one = { 5 * MS, 0 };
	struct vcpu_set_periodic_timer many = { 999999 };
	uint8_t *at = &fake_guest[ARG - FAKE_GUEST_RW];

	(void)state;
	run(1 * MS);
	assert_int_equal(vcpu_call(VCPUOP_set_singleshot_timer, 0, NOWHERE), -XEN_EFAULT);
	assert_int_equal(vcpu_call(VCPUOP_set_periodic_timer, 0, NOWHERE), -XEN_EFAULT);
	memcpy(at, &many, sizeof(many));
	assert_int_equal(vcpu_call(VCPUOP_set_periodic_timer, 0, ARG), -XEN_EINVAL);
	many.period_ns = UINT64_MAX;
	memcpy(at, &many, sizeof(many));
	assert_int_equal(vcpu_call(VCPUOP_set_periodic_timer, 0, ARG), -XEN_EINVAL);
	many.period_ns = 1 * MS;
	memcpy(at, &many, sizeof(many));
	assert_int_equal(vcpu_call(VCPUOP_set_periodic_timer, 0, ARG), 0);
	assert_true(A->vcpu.sched.periodic.armed);
	assert_int_equal(vcpu_call(VCPUOP_stop_periodic_timer, 0, 0), 0);
	assert_false(A->vcpu.sched.periodic.armed);

	memcpy(at, &one, sizeof(one));
	assert_int_equal(vcpu_call(VCPUOP_set_singleshot_timer, 0, ARG), 0);
	assert_int_equal(time_at(A->vcpu.timer.expires), 5 * MS);
	assert_int_equal(vcpu_call(VCPUOP_stop_singleshot_timer, 0, 0), 0);
	assert_false(A->vcpu.timer.armed);
	one = (struct vcpu_set_singleshot_timer){ 1, VCPU_SSHOTTMR_future };
	memcpy(at, &one, sizeof(one));
	assert_int_equal(vcpu_call(VCPUOP_set_singleshot_timer, 0, ARG), -XEN_ETIME);
	one.flags = 0;
	memcpy(at, &one, sizeof(one));
	assert_int_equal(vcpu_call(VCPUOP_set_singleshot_timer, 0, ARG), 0); /* at once */
	assert_false(A->vcpu.timer.armed);
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
		cmocka_unit_test(test_two_real_time_no_loan),
		cmocka_unit_test(test_budget_short_runs),
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
		cmocka_unit_test(test_random_mix),
		cmocka_unit_test(test_random_loans),
		cmocka_unit_test(test_random_calls),
		cmocka_unit_test(test_null),
		cmocka_unit_test(test_unknown_scheduler),
		cmocka_unit_test_setup(test_states, scene),
		cmocka_unit_test_setup(test_restart, scene),
		cmocka_unit_test_setup(test_sched_op_errors, scene),
		cmocka_unit_test_setup(test_block, scene),
		cmocka_unit_test_setup(test_shutdown, scene),
		cmocka_unit_test_setup(test_poll_errors, scene),
		cmocka_unit_test_setup(test_poll, scene),
		cmocka_unit_test_setup(test_poll_preempted, scene),
		cmocka_unit_test_setup(test_poll_timeout, scene),
		cmocka_unit_test_setup(test_vcpu_op, scene),
		cmocka_unit_test_setup(test_vcpu_runstate, scene),
		cmocka_unit_test_setup(test_vcpu_timers, scene),
	};

	return cmocka_run_group_tests_name("sched", tests, NULL, NULL);
}
