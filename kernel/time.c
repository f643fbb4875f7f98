/* SPDX-License-Identifier: MIT */
/*
 * time.c - system time, one-shot timers, the guests' time page.
 *
 * Owns the board's timer device.  Time is a pair (ticks of the counter, ns), taken
 * now and then, and since then
 *     ns = base.ns + ((ticks - time_base.ticks) * mult >> shift)
 * which is what guests compute from vcpu_time_info with the same numbers.  A new
 * pair is computed exactly and its remainder carried, so that rounding never adds
 * up; mult is rounded down, so that time does not step back there.
 *
 * Turns of the counter: the timer keep_alive renews the pair every 3/8 turn.  It is
 * always armed, so the list is never empty and nothing in it that is first is
 * further away than that: the low words of tick counts tell how far.  Context:
 * interrupts off.
 */
#include <hv/time.h>

#include <hv/domain.h>
#include <hv/event.h>
#include <hv/irq.h>
#include <hv/partition.h>
#include <hv/sched.h>
#include <hv/trace.h>
#include <arch/cpu.h>
#include <arch/mm.h>
#include <drv/timer.h>

#define NS_PER_S    1000000000u
#define RENEW_TICKS 0x60000000u
#define GRACE_NS    4000u             /* see grace_end() */
#define FAR_NS      ((nsec_t)1 << 62) /* 146 years */

struct time_base time_base;
tick_t time_limit;

static const struct timer_device *device;
static struct timer *first;      /* armed timers, sorted by expiry */
static bool expiring;            /* timer_interrupt() sets the device at its end */
static bool graced;              /* the last timer_interrupt() has put off what was due */
static struct timer keep_alive;
static unsigned int pages_left;  /* domains whose time page has an old pair: renew() */

static struct {
	nsec_t ns;               /* at time_base.ticks */
	uint32_t mult;           /* the first 32 bits of ns_per_tick */
	uint32_t shift;
	uint32_t hz;
	uint64_t remainder;      /* of ns, in units of 1 / hz ns */
	tick_t boot;             /* ticks at ns 0 */
	uint32_t grace;          /* GRACE_NS in ticks */
} base;

/* a / b, for products without a division. */
struct ratio {
	uint64_t mult;           /* a / b * 2^shift, rounded down, top bit set */
	uint32_t shift;          /* at least 32 */
	uint32_t a, b;
};
static struct ratio ns_per_tick, ticks_per_ns;
static const struct ratio s_per_ns = { 0x89705F4136B4A597u, 93, 1, NS_PER_S }; /* 2^93 / 10^9 */

/* ---- time ---------------------------------------------------------------- */

/* By long division, at boot only. */
static SELDOM void ratio_init(struct ratio *r, uint32_t a, uint32_t b)
{
	uint64_t rest = a;

	*r = (struct ratio){ .a = a, .b = b };
	for (; rest >= b; rest -= b)
		r->mult++;
	for (; !(r->mult >> 63); r->shift++) {
		rest *= 2u;
		r->mult *= 2u;
		if (rest >= b) {
			rest -= b;
			r->mult++;
		}
	}
}

/* The upper half of a product. */
static uint64_t multiply_high(uint64_t x, uint64_t y)
{
	uint64_t low = (uint64_t)(uint32_t)x * (uint32_t)y;
	uint64_t one = (x >> 32) * (uint32_t)y + (low >> 32);
	uint64_t other = (uint64_t)(uint32_t)x * (y >> 32) + (uint32_t)one;

	return (x >> 32) * (y >> 32) + (one >> 32) + (other >> 32);
}

/*
 * x * a / b, rounded down.  x * mult / 2^shift is too small by less than x / 2^shift + 1, that is, for a
 * result of 64 bits, by 2 at most (3 with the short multiplication): the remainder shows it, of which
 * 64 bits are enough.
 */
static uint64_t scale(uint64_t x, const struct ratio *r)
{
	uint64_t result, rest;

	if (!(x >> 32))
		result = (x * (r->mult >> 32)) >> (r->shift - 32u);
	else if (r->shift >= 64u)
		result = multiply_high(x, r->mult) >> (r->shift - 64u);
	else
		result = multiply_high(x, r->mult) << (64u - r->shift) |
			 (x * r->mult) >> r->shift;
	for (rest = x * r->a - result * r->b; rest >= r->b; rest -= r->b)
		result++;
	return result;
}

/* Of less than a turn. */
static nsec_t ns_of(uint32_t ticks)
{
	return ((uint64_t)ticks * base.mult) >> base.shift;
}

nsec_t time_now(void)
{
	return base.ns + ns_of(time_counter() - (uint32_t)time_base.ticks);
}

tick_t time_to_ticks(nsec_t duration)
{
	return scale(duration, &ticks_per_ns);
}

nsec_t time_to_ns(tick_t duration)
{
	return scale(duration, &ns_per_tick);
}

struct seconds time_to_seconds(nsec_t duration)
{
	uint64_t s = scale(duration, &s_per_ns);
	uint32_t ns = (uint32_t)(duration - s * NS_PER_S);

	return (struct seconds){ (uint32_t)s, (uint32_t)((uint64_t)ns * 0x10624DD3u >> 38) }; /* / 1000 */
}

uint32_t time_to_us(nsec_t duration)
{
	struct seconds t = time_to_seconds(duration);

	return t.s * 1000000u + t.us;
}

nsec_t time_at(tick_t at)
{
	return time_to_ns(at - base.boot);
}

/* Takes a new pair, and gives it to the guests; an interrupt goes before the rest of them. */
static void renew(struct timer *t)
{
	if (!pages_left) {
		uint32_t passed = time_counter() - (uint32_t)time_base.ticks;
		uint64_t ns = scale(passed, &ns_per_tick);

		base.remainder += (uint64_t)passed * NS_PER_S - ns * base.hz;
		if (base.remainder >= base.hz) {
			base.remainder -= base.hz;
			ns++;
		}
		base.ns += ns;
		time_base.ticks += passed;
		pages_left = domain_count;
	}
	while (pages_left) {
		if (domains[--pages_left]->state == DOMAIN_RUNNING)
			time_page_update(&domains[pages_left]->vcpu);
		if (irq_pending())
			break;
	}
	timer_set_ticks(t, time_base.ticks + (pages_left ? 0 : RENEW_TICKS));
}

SELDOM void time_init(const struct timer_device *timer)
{
	device = timer;
	first = NULL;
	graced = false;
	pages_left = 0;
	time_base.set = TICK_NEVER;
	time_limit = TICK_NEVER;
	base.hz = system_partition.timer_hz ? system_partition.timer_hz : timer->hz;
	ratio_init(&ns_per_tick, NS_PER_S, base.hz);
	ratio_init(&ticks_per_ns, base.hz, NS_PER_S);
	base.mult = (uint32_t)(ns_per_tick.mult >> 32);
	base.shift = ns_per_tick.shift - 32u;
	base.ns = 0;
	base.remainder = 0;
	base.grace = (uint32_t)time_to_ticks(GRACE_NS);
	timer->ops->init(timer);
	time_base.counter = timer->counter;
	time_base.counter_xor = timer->counter_xor;
	time_base.restart = timer->restart;
	time_base.ticks = time_counter();
	base.boot = time_base.ticks;
	trace_init(timer);
	timer_init(&keep_alive, renew);
	timer_set_ticks(&keep_alive, time_base.ticks + RENEW_TICKS);
	irq_attach(timer->irq, timer_interrupt);
}

/* ---- timers -------------------------------------------------------------- */

/* The tick of a time to come, rounded up; of one that is past: now. */
static tick_t tick_at(nsec_t at)
{
	tick_t ticks = time_ticks();
	nsec_t now = base.ns + ns_of((uint32_t)(ticks - time_base.ticks));
	nsec_t delta = at - now < FAR_NS ? at - now : FAR_NS;
	tick_t whole;

	if (at <= now)
		return ticks;
	whole = scale(delta, &ticks_per_ns);
	return ticks + whole + (delta * base.hz != whole * NS_PER_S);
}

/* The first timer is at most RENEW_TICKS away: low words are enough. */
static inline __attribute__((always_inline)) void device_set(tick_t at, uint32_t now)
{
	int32_t ticks = (int32_t)((uint32_t)at - now);

	time_base.set = at;
	device->ops->set(device, ticks > 0 ? (uint32_t)ticks : 1u);
}

static void program(void)
{
	tick_t next;

	sched_settle();
	next = first->expires < time_limit ? first->expires : time_limit;
	if (next != time_base.set)
		device_set(next, time_counter());
}

void time_set_limit(tick_t at, tick_t now)
{
	tick_t next = first->expires < at ? first->expires : at;

	time_limit = at;
	if (next != time_base.set)
		device_set(next, (uint32_t)now);
}

void time_limit_by(tick_t at)
{
	if (at < time_base.set)
		time_base.set = at;
	if (at < time_limit)
		time_limit = at;
}

static void timer_unlink(struct timer *t)
{
	struct timer **p = &first;

	while (*p != t)
		p = &(*p)->next;
	*p = t->next;
	t->armed = false;
}

void timer_init(struct timer *t, void (*expired)(struct timer *t))
{
	t->expired = expired;
	t->armed = false;
}

static void timer_link(struct timer *t, tick_t expires)
{
	struct timer **p = &first;

	if (t->armed)
		timer_unlink(t);
	while (*p && (*p)->expires <= expires)
		p = &(*p)->next;
	t->expires = expires;
	t->next = *p;
	t->armed = true;
	*p = t;
}

void timer_set_ticks(struct timer *t, tick_t expires)
{
	timer_link(t, expires);
	if (!expiring)
		program();
}

void timer_set(struct timer *t, nsec_t expires)
{
	timer_set_ticks(t, tick_at(expires));
}

void timer_cancel(struct timer *t)
{
	if (!t->armed)
		return;
	timer_unlink(t);
	if (!expiring)
		program();
}

/*
 * A real-time domain that has just begun to run is at the beginning of its interrupt's handler: what meets
 * it there comes GRACE_NS later.  A loan of the core stays one.  When that is; 0: nobody has.
 */
static tick_t grace_end(tick_t now)
{
	tick_t end = now + base.grace;

	if (!sched_just_begun((uint32_t)now, base.grace))
		return 0;
	device_set(end, (uint32_t)now);
	return end;
}

bool timer_put_off(struct timer *t)
{
	tick_t end = grace_end(time_ticks());

	if (end)
		timer_link(t, end);
	return end != 0;
}

/*
 * Timers of which another interrupt does not want to wait for the end are due again at once.  The first one
 * does not wait for what is pending: it may be a frame's, and a chip may serve the timer's line before that.
 * Grace is given once: whoever gets the core again and again does not hold up the rest.
 */
void timer_interrupt(void)
{
	tick_t now = time_ticks();
	struct timer *t;

	device->ops->ack(device);
	if (!graced && grace_end(now)) {
		graced = true;
		return;
	}
	graced = false;
	sched_settle();
	expiring = true;
	while ((t = first) && t->expires <= now) {
		first = t->next;
		t->armed = false;
		trace(TRACE_TIMER, (uint32_t)t->expires, (uint32_t)now);
		t->expired(t);
		if (irq_pending())
			break;
	}
	if (time_limit <= now) {
		time_limit = TICK_NEVER;
		sched_request();
	}
	expiring = false;
	time_base.set = TICK_NEVER;
	program();
}

/* ---- a vCPU's timers ----------------------------------------------------- */

static void single_shot_expired(struct timer *t)
{
	event_send_virq(container_of(t, struct vcpu, timer)->domain, VIRQ_TIMER);
}

static void periodic_expired(struct timer *t)
{
	struct vcpu *v = container_of(t, struct vcpu, sched.periodic);
	tick_t now = time_ticks();
	tick_t next = t->expires + v->sched.periodic_ticks;

	event_send_virq(v->domain, VIRQ_TIMER);
	timer_set_ticks(t, next > now ? next : now + v->sched.periodic_ticks);
}

void time_vcpu_init(struct vcpu *v)
{
	timer_init(&v->timer, single_shot_expired);
	timer_init(&v->sched.periodic, periodic_expired);
}

void time_vcpu_stop(struct vcpu *v)
{
	timer_cancel(&v->timer);
	timer_cancel(&v->sched.periodic);
}

void time_vcpu_set(struct vcpu *v, nsec_t expires)
{
	if (expires > time_now()) {
		timer_set(&v->timer, expires);
	} else {
		timer_cancel(&v->timer);
		event_send_virq(v->domain, VIRQ_TIMER);
	}
}

void time_vcpu_set_period(struct vcpu *v, nsec_t period)
{
	timer_cancel(&v->sched.periodic);
	if (!period)
		return;
	v->sched.periodic_ticks = time_to_ticks(period);
	timer_set_ticks(&v->sched.periodic, time_ticks() + v->sched.periodic_ticks);
}

/* ---- the time page ------------------------------------------------------- */

static inline void barrier(void)
{
	__asm__ volatile("" ::: "memory");
}

/* The reader takes the copy between two equal, even versions.  Each step is in
 * memory before the next: the page is either uncached, or read on this core only. */
void time_page_update(struct vcpu *v)
{
	struct vcpu_time_info *info = &arch_shared_info_open(v->domain)->vcpu_info[0].time;
	uint32_t version = info->version | 1u;

	info->version = version;           /* 1. odd: readers wait */
	barrier();
	info->tsc_timestamp = time_base.ticks;  /* 2. the values */
	info->system_time = base.ns;
	info->tsc_to_system_mul = base.mult;
	info->tsc_shift = (int8_t)(32 - (int)base.shift);
	barrier();
	info->version = version + 1u;      /* 3. even: valid */
	arch_shared_info_close();
}

SELDOM void time_page_init(struct domain *d)
{
	struct arch_shared_info *info = &arch_shared_info_open(d)->arch;

	info->counter = ARMV5_COUNTER_START + (device->counter_maddr & (PAGE_SIZE - 1u));
	info->counter_xor = device->counter_xor;
	info->counter_hz = base.hz;
	info->midr = arch_midr();
	arch_shared_info_close();
	time_page_update(&d->vcpu);
}

/* The time as two words, low first, as on 32-bit x86. */
int32_t do_set_timer_op(struct domain *caller, const uint32_t *arg)
{
	nsec_t expires = ((nsec_t)arg[1] << 32) | arg[0];

	if (expires)
		time_vcpu_set(&caller->vcpu, expires);
	else
		timer_cancel(&caller->vcpu.timer);
	return 0;
}
