/* SPDX-License-Identifier: MIT */
/* test_time.c - 64-bit time from 32 bits, timers, the time page, set_timer_op. */
#include "host.h"

#include "base.c"
#include "current.c"
#include "devices.c"
#include "domain.c"
#include "shared_info.c"

#include "../../kernel/time.c"

#define A (domains[0])

static unsigned int virqs;
static void (*attached)(void);
static struct timer timers[64];
static unsigned int order[256], fired;
static nsec_t fired_at[256];

void event_send_virq(struct domain *d, unsigned int virq)
{
	assert_ptr_equal(d, A);
	assert_int_equal(virq, VIRQ_TIMER);
	virqs++;
}

void irq_attach(unsigned int line, void (*handler)(void))
{
	assert_int_equal(line, FAKE_TIMER_LINE);
	attached = handler;
}

static unsigned int settled;

void sched_settle(void)
{
	settled++;
}

bool sched_just_begun(uint32_t now, uint32_t ticks)
{
	(void)now;
	(void)ticks;
	return false;
}

static bool line_pending;

bool irq_pending(void)
{
	return line_pending;
}

static void expired(struct timer *t)
{
	assert_false(t->armed);
	order[fired] = (unsigned int)(t - timers);
	fired_at[fired++] = time_now();
}

static void start(uint32_t hz, uint64_t counter)
{
	fake_domains_create(1);
	memset(&pcpu, 0, sizeof(pcpu));
	memset(timers, 0, sizeof(timers));
	fired = 0;
	virqs = 0;
	fake_ticks = counter;
	system_partition.timer_hz = hz;
	time_init(&fake_timer);
	time_vcpu_init(&A->vcpu);
	for (unsigned int i = 0; i < ARRAY_SIZE(timers); i++)
		timer_init(&timers[i], expired);
}

static int setup(void **state)
{
	(void)state;
	start(1000000, 12345);
	return 0;
}

/* Lets time pass, with all timer interrupts in it; returns how many. */
static unsigned int pass(uint64_t ticks)
{
	uint64_t end = fake_ticks + ticks;
	unsigned int count = 0;

	while (fake_shot <= end) {
		if (fake_ticks < fake_shot)
			fake_ticks = fake_shot;
		attached();
		count++;
	}
	fake_ticks = end;
	return count;
}

/* ns of ticks, exactly */
static nsec_t exact(uint64_t ticks, uint32_t hz)
{
	return (nsec_t)((unsigned __int128)ticks * NS_PER_S / hz);
}

/* The clock as a guest computes it from its time page. */
static nsec_t guest_time(const struct vcpu_time_info *t)
{
	uint32_t value = (uint32_t)fake_ticks;
	uint64_t delta = (uint32_t)(value - (uint32_t)t->tsc_timestamp);

	if (t->tsc_shift < 0)
		delta >>= -t->tsc_shift;
	else
		delta <<= t->tsc_shift;
	return t->system_time + (uint64_t)(((unsigned __int128)delta * t->tsc_to_system_mul) >> 32);
}

static const uint32_t rates[] = {
	1000000, 1000000000, 24000000, 32768, 999999937, 13000000, 66666667,
};

/* Hours and many turns: never off by more than a tick and 2^-31, never back; the
 * guest's clock is the hypervisor's. */
static void test_no_drift(void **state)
{
	const struct vcpu_time_info *page;
	unsigned int i, n;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		uint64_t begin = 0xFFFFFF00u;
		nsec_t last = 0;

		start(rates[i], begin);
		time_page_init(A);
		pcpu.current = &A->vcpu;
		page = &A->vcpu.arch.shared_info->vcpu_info[0].time;
		srand(i);
		for (n = 0; n < 20000; n++) {
			nsec_t now, want;

			(void)pass((uint64_t)rand() % (n % 2 ? 1000u : 0x9FFFFFFFu));
			now = time_now();
			want = exact(fake_ticks - begin, rates[i]);
			assert_true(now >= last);
			assert_true(now <= want);
			assert_true(want - now <= 2 + (exact(0x60000000, rates[i]) >> 30));
			assert_true(guest_time(page) == now);
			last = now;
		}
	}
}

/* Without any timer: an interrupt at most 3/8 turn away, and few of them. */
static void test_keep_alive(void **state)
{
	unsigned int count;

	(void)state;
	assert_true(fake_shot - fake_ticks <= 0x60000000u);
	count = pass((uint64_t)10 << 32);
	assert_in_range(count, 20, 27);
	assert_int_equal(time_now(), exact((uint64_t)10 << 32, 1000000));
}

/* Timers set and cancelled all the time must not put the renewal off. */
static void test_keep_alive_busy(void **state)
{
	uint64_t n;

	(void)state;
	for (n = 0; n < 1000; n++) {
		timer_set(&timers[0], time_now() + 900 * (nsec_t)NS_PER_S);
		(void)pass(100000000);
		timer_cancel(&timers[0]);
	}
	assert_int_equal(time_now(), exact(fake_ticks - 12345, 1000000));
	assert_int_equal(fired, 0);
}

/* Another interrupt comes between two timers of one instant. The first one is not put off for it: a guest's
 * frames may come by it, and where the timer's line is served first it would be put off for ever. */
static void test_interrupts_come_between(void **state)
{
	(void)state;
	timer_set(&timers[0], 20000);
	timer_set(&timers[1], 20000);
	fake_ticks = fake_shot;
	line_pending = true;
	attached();
	assert_int_equal(fired, 1);
	assert_int_equal(fake_shot, fake_ticks + 1);
	line_pending = false;
	assert_int_equal(pass(1), 1);
	assert_int_equal(fired, 2);
}

static void test_order(void **state)
{
	static const unsigned int at[] = { 50, 20, 70, 20, 10, 60, 20 };
	static const unsigned int want[] = { 4, 1, 3, 6, 0, 5, 2 };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(at); i++)
		timer_set(&timers[i], at[i] * 1000u);
	timer_set(&timers[9], 30000);
	timer_cancel(&timers[9]);
	timer_cancel(&timers[9]); /* twice: nothing */
	assert_int_equal(fake_shot - fake_ticks, 10);
	assert_int_equal(pass(1000), 5); /* one interrupt an instant */
	assert_int_equal(fired, ARRAY_SIZE(at));
	assert_memory_equal(order, want, sizeof(want));
	for (i = 0; i < fired; i++)
		assert_int_equal(fired_at[i], at[want[i]] * 1000u);
	assert_int_equal(fake_shot - fake_ticks, 0x60000000u - 1000);
}

static void test_rearm(void **state)
{
	(void)state;
	timer_set(&timers[0], 10000);
	timer_set(&timers[1], 20000);
	timer_set(&timers[0], 30000); /* later, behind the other */
	assert_int_equal(fake_shot - fake_ticks, 20);
	timer_set(&timers[0], 5000);
	assert_int_equal(fake_shot - fake_ticks, 5);
	timer_cancel(&timers[0]);
	assert_int_equal(fake_shot - fake_ticks, 20);
	(void)pass(100);
	assert_int_equal(fired, 1);
	assert_int_equal(order[0], 1);
}

static void test_past(void **state)
{
	(void)state;
	(void)pass(1000);
	timer_set(&timers[0], 0);
	assert_int_equal(fake_shot - fake_ticks, 1);
	(void)pass(1);
	assert_int_equal(fired, 1);
}

/* Never early, late by less than a tick (near) or a tick and the coarse unit. */
static void test_precision(void **state)
{
	unsigned int i, n;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		nsec_t tick = exact(1, rates[i]) + 1;
		/* what the clock may be slow within a pair; 1 MHz and 1 GHz are exact */
		nsec_t slow = i < 2 ? 0 : 2 + (exact(0x60000000, rates[i]) >> 30);

		start(rates[i], 77);
		srand(i);
		for (n = 0; n < 3000; n++) {
			nsec_t now = time_now();
			nsec_t to = now + 1 + (nsec_t)rand() * (n % 3 ? 1u : 1000u);

			fired = 0;
			timer_set(&timers[0], to);
			while (!fired)
				(void)pass(fake_shot - fake_ticks);
			assert_true(fired_at[0] + slow >= to);
			assert_true((int64_t)(fired_at[0] - to) <= (int64_t)(2 * tick + 1 + slow));
		}
	}
}

/* A timer far beyond a turn. */
static void test_far(void **state)
{
	nsec_t to = (nsec_t)40000 * NS_PER_S;

	(void)state;
	timer_set(&timers[0], to);
	timer_set(&timers[1], UINT64_MAX);
	(void)pass(39999999999u);
	assert_int_equal(fired, 0);
	(void)pass(2);
	assert_int_equal(fired, 1);
	assert_int_equal(fired_at[0], to);
	assert_true(timers[1].armed);
}

static struct timer *again_timer;
static void set_again(struct timer *t)
{
	expired(t);
	if (fired < 10)
		timer_set(again_timer, time_now() + 10000);
}

static void test_set_in_callback(void **state)
{
	unsigned int before;

	(void)state;
	timer_init(&timers[0], set_again);
	again_timer = &timers[0];
	timer_set(&timers[0], 10000);
	before = fake_programmed;
	(void)pass(1000);
	assert_int_equal(fired, 10);
	assert_int_equal(fake_programmed - before, 10); /* once an interrupt */
	settled = 0;
	timer_set(&timers[0], time_now() + 10000); /* a loan's limit is known before */
	assert_int_equal(settled, 1);
	assert_int_equal(fired_at[9], 100000);
}

/* Random sets and cancels: expiry in order, none lost. */
static void test_random(void **state)
{
	nsec_t due[ARRAY_SIZE(timers)] = { 0 };
	unsigned int n, i;

	(void)state;
	srand(7);
	for (n = 0; n < 50000; n++) {
		i = (unsigned int)rand() % ARRAY_SIZE(timers);
		if (rand() % 3) {
			due[i] = time_now() + (nsec_t)(rand() % 5000) * 1000u;
			timer_set(&timers[i], due[i]);
		} else {
			timer_cancel(&timers[i]);
			due[i] = 0;
		}
		fired = 0;
		(void)pass((uint64_t)(rand() % 200) + 1);
		for (unsigned int k = 0; k < fired; k++) {
			assert_true(due[order[k]] != 0);
			assert_true(fired_at[k] >= due[order[k]]);
			assert_true(fired_at[k] - due[order[k]] <= 1000);
			due[order[k]] = 0;
		}
		for (i = 0; i < ARRAY_SIZE(timers); i++) {
			assert_int_equal(timers[i].armed, due[i] != 0);
			assert_true(!due[i] || due[i] > time_now());
		}
	}
}

/* ---- the time page --------------------------------------------------------- */

static void test_page(void **state)
{
	struct shared_info *s = A->vcpu.arch.shared_info;
	struct vcpu_time_info *t = &s->vcpu_info[0].time;
	uint32_t version;

	(void)state;
	fake_timer.counter_xor = 0xFFFFFFFF;
	time_page_init(A);
	fake_timer.counter_xor = 0;
	assert_int_equal(s->arch.counter, ARMV5_COUNTER_START + 0x24);
	assert_int_equal(s->arch.counter_xor, 0xFFFFFFFF);
	assert_int_equal(s->arch.counter_hz, 1000000);
	assert_int_equal(s->arch.midr, 0x41069265);
	assert_int_equal(t->version & 1u, 0);
	version = t->version;
	pcpu.current = &A->vcpu;
	(void)pass((uint64_t)1 << 31);
	assert_true(t->version != version);
	assert_int_equal(t->version & 1u, 0);
	assert_int_equal((uint32_t)(fake_ticks - t->tsc_timestamp) >> 31, 0);
	t->version = 0xFFFFFFFF; /* the guest may write it */
	time_page_update(&A->vcpu);
	assert_int_equal(t->version & 1u, 0);
}

/* Two domains and their time pages. */
static void two_pages(struct vcpu_time_info *t[2])
{
	fake_domains_create(2);
	for (unsigned int i = 0; i < 2; i++) {
		time_page_init(domains[i]);
		t[i] = &domains[i]->vcpu.arch.shared_info->vcpu_info[0].time;
	}
}

/* An interrupt that comes meanwhile goes before the rest of the pages, and all of them get the same pair. */
static void test_page_interrupted(void **state)
{
	struct vcpu_time_info *t[2];

	(void)state;
	two_pages(t);
	fake_ticks = fake_shot;
	line_pending = true;
	attached();
	line_pending = false;
	assert_int_equal(t[1]->tsc_timestamp, time_base.ticks);
	assert_int_not_equal(t[0]->tsc_timestamp, time_base.ticks);
	assert_int_equal(pass(1000), 1);
	assert_int_equal(t[0]->tsc_timestamp, time_base.ticks);
	assert_int_equal(t[0]->system_time, t[1]->system_time);
}

/* All pages are renewed, but not that of a domain that does not run. */
static void test_page_all(void **state)
{
	struct vcpu_time_info *t[2];
	uint32_t version;

	(void)state;
	two_pages(t);
	version = t[1]->version;
	(void)pass((uint64_t)1 << 31);
	assert_int_equal(t[0]->tsc_timestamp, time_base.ticks);
	assert_int_equal(t[1]->tsc_timestamp, time_base.ticks);
	assert_int_not_equal(t[1]->version, version);
	version = t[1]->version;
	domains[1]->state = DOMAIN_SHUTDOWN;
	(void)pass((uint64_t)1 << 31);
	assert_int_equal(t[1]->version, version);
}

static void test_page_rates(void **state)
{
	struct vcpu_time_info *t;

	(void)state;
	start(1000000000, 0);
	t = &A->vcpu.arch.shared_info->vcpu_info[0].time;
	time_page_init(A);
	assert_int_equal(t->tsc_to_system_mul, 0x80000000);
	assert_int_equal(t->tsc_shift, 1);
	start(0, 0); /* the device's own rate */
	t = &A->vcpu.arch.shared_info->vcpu_info[0].time;
	time_page_init(A);
	assert_int_equal(t->tsc_to_system_mul, 0xFA000000);
	assert_int_equal(t->tsc_shift, 10);
}

/* ---- a vCPU's timers ------------------------------------------------------- */

static int32_t set_timer(nsec_t ns)
{
	uint32_t arg[5] = { (uint32_t)ns, (uint32_t)(ns >> 32), 0, 0, 0 };

	return do_set_timer_op(A, arg);
}

static void test_set_timer_op(void **state)
{
	(void)state;
	assert_int_equal(set_timer(50000), 0);
	(void)pass(49);
	assert_int_equal(virqs, 0);
	(void)pass(1);
	assert_int_equal(virqs, 1);
	assert_int_equal(set_timer(1), 0); /* past: at once */
	assert_int_equal(virqs, 2);
	assert_false(A->vcpu.timer.armed);
	assert_int_equal(set_timer(100000), 0);
	assert_int_equal(set_timer(0), 0); /* cancelled */
	(void)pass(1000);
	assert_int_equal(virqs, 2);
	assert_int_equal(set_timer((nsec_t)5 << 32), 0); /* both words count */
	(void)pass(21000000);
	assert_int_equal(virqs, 2);
	(void)pass(1000000);
	assert_int_equal(virqs, 3);
	assert_int_equal(set_timer(UINT64_MAX), 0);
	assert_int_equal(virqs, 3);
}

static void test_periodic(void **state)
{
	(void)state;
	time_vcpu_set_period(&A->vcpu, 1000000);
	(void)pass(10500);
	assert_int_equal(virqs, 10);
	fake_ticks += 5300; /* held up: no burst afterwards */
	(void)pass(1000);
	assert_int_equal(virqs, 12);
	time_vcpu_set_period(&A->vcpu, 0);
	(void)pass(10000);
	assert_int_equal(virqs, 12);
	time_vcpu_set_period(&A->vcpu, 1000000);
	assert_int_equal(set_timer(time_now() + 1000), 0);
	time_vcpu_stop(&A->vcpu);
	(void)pass(10000);
	assert_int_equal(virqs, 12);
	assert_ptr_equal(first, &keep_alive);
	assert_null(first->next);
}

static void test_us(void **state)
{
	static const uint64_t some[] = { 0, 999, 1000, 1001, 1000000007, UINT64_MAX, UINT64_MAX - 615 };

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(some); i++) {
		assert_int_equal(time_to_us(some[i]), (uint32_t)(some[i] / 1000u));
		assert_int_equal(time_to_seconds(some[i]).s, (uint32_t)(some[i] / 1000000000u));
		assert_int_equal(time_to_seconds(some[i]).us, some[i] / 1000u % 1000000u);
	}
}

/* Products without a division are exact, whatever the rate. */
static void test_scale(void **state)
{
	static const uint32_t some[] = { 1000000, 24000000, 32768, 19200000, 133000000, 999999937,
					  1000000000, 1 };

	(void)state;
	srand(7);
	for (unsigned int i = 0; i < ARRAY_SIZE(some); i++) {
		struct ratio up, down;

		ratio_init(&up, NS_PER_S, some[i]);
		ratio_init(&down, some[i], NS_PER_S);
		for (unsigned int n = 0; n < 20000; n++) {
			uint64_t x = ((uint64_t)rand() << 33 ^ (uint64_t)rand() << 11 ^
				      (uint64_t)rand()) >> (n % 64);
			unsigned __int128 ns = (unsigned __int128)x * NS_PER_S / some[i];

			if (!(ns >> 64))
				assert_int_equal(scale(x, &up), (uint64_t)ns);
			assert_int_equal(scale(x, &down),
					 (uint64_t)((unsigned __int128)x * some[i] / NS_PER_S));
		}
		assert_int_equal(scale(UINT64_MAX, &down),
				 (uint64_t)((unsigned __int128)UINT64_MAX * some[i] / NS_PER_S));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scale),
		cmocka_unit_test(test_us),
		cmocka_unit_test_setup(test_no_drift, setup),
		cmocka_unit_test_setup(test_keep_alive, setup),
		cmocka_unit_test_setup(test_keep_alive_busy, setup),
		cmocka_unit_test_setup(test_order, setup),
		cmocka_unit_test_setup(test_rearm, setup),
		cmocka_unit_test_setup(test_past, setup),
		cmocka_unit_test_setup(test_precision, setup),
		cmocka_unit_test_setup(test_far, setup),
		cmocka_unit_test_setup(test_set_in_callback, setup),
		cmocka_unit_test_setup(test_random, setup),
		cmocka_unit_test_setup(test_page, setup),
		cmocka_unit_test_setup(test_page_interrupted, setup),
		cmocka_unit_test_setup(test_page_all, setup),
		cmocka_unit_test_setup(test_page_rates, setup),
		cmocka_unit_test_setup(test_set_timer_op, setup),
		cmocka_unit_test_setup(test_periodic, setup),
	};

	return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
