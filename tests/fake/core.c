/* SPDX-License-Identifier: MIT */
/*
 * core.c - a simulated core for tests of the scheduler, with the real rooms for events, time and
 * interrupts below it.
 *
 * run() plays the exit path (schedule() when it is asked for), lets time pass until the timer fires, a
 * line is raised or the running vCPU has done its work, and writes down who ran.  The properties are then
 * checked against that log.
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

static int32_t sched_call(struct domain *d, uint32_t cmd, const void *value, size_t size)
{
	uint32_t arg[5] = { cmd, ARG, 0, 0, 0 };

	memcpy(&fake_guest[ARG - FAKE_GUEST_RW], value, size);
	return do_sched_op(d, arg);
}

static int32_t event_call(struct domain *d, uint32_t cmd, const void *value, size_t size)
{
	uint32_t arg[5] = { cmd, ARG, 0, 0, 0 };

	memcpy(&fake_guest[ARG - FAKE_GUEST_RW], value, size);
	return do_event_channel_op(d, arg);
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

static void call_poll(struct domain *d)
{
	unsigned int count = (unsigned int)rand() % 2;
	nsec_t timeout = time_now() + (nsec_t)(rand() % 300 + 1) * US;

	set_ports((evtchn_port_t)rand() % 4, 0);
	assert_int_equal(poll(d, poll_of(count, timeout)), 0);
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

	source[i].line = line;
	assert_int_equal(irq_grant(line, domains[d]), 0);
	assert_int_equal(event_call(domains[d], EVTCHNOP_bind_pirq, &bind, sizeof(bind)), 0);
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

static void check_runstates(void)
{
	for (unsigned int i = 0; i < domain_count; i++)
		check_runstate(domains[i]);
}

/* Three domains, of which the first, a privileged one, runs. */
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
