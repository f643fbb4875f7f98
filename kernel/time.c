/* SPDX-License-Identifier: MIT */
/*
 * time.c - system time, one-shot timers, the guests' time page.
 *
 * Owns the board's timer device.  Time is a pair (counter as 64 bits, ns), taken
 * now and then, and since then
 *     ns = base.ns + (ticks since * mult >> shift)
 * which is what guests compute from vcpu_time_info with the same numbers.  A new
 * pair is computed exactly and its remainder carried, so that rounding never adds
 * up; mult is rounded down, so that time does not step back there.
 *
 * Turns of the counter: the device is never set further than 3/8 turn ahead, and
 * whenever it is set a pair older than 1/4 turn is renewed; so no pair gets older
 * than 5/8 turn.  Context: interrupts off.
 */
#include <hv/time.h>

#include <hv/domain.h>
#include <hv/event.h>
#include <hv/irq.h>
#include <hv/partition.h>
#include <hv/trace.h>
#include <arch/cpu.h>
#include <arch/mm.h>
#include <drv/timer.h>

#define NS_PER_S    1000000000u
#define RENEW_TICKS 0x40000000u
#define MAX_TICKS   0x60000000u
#define COARSE      10u  /* far timers: in units of 1,024 ns, so that 32 bits do */

uint32_t time_generation;

static const struct timer_device *device;
static struct timer *first;      /* armed timers, sorted by expiry */
static bool expiring;            /* timer_interrupt() sets the device at its end */

static struct {
	uint32_t counter;        /* the pair; counter is the low word of ticks */
	uint32_t mult;           /* ns of a tick * 2^shift, top bit set */
	uint32_t shift;
	uint32_t inverse;        /* ticks of a ns * 2^inverse_shift, top bit set */
	uint32_t inverse_shift;
	uint32_t hz;
	nsec_t ns;
	nsec_t renew_ns;         /* RENEW_TICKS */
	uint64_t ticks;
	uint64_t remainder;      /* of ns, in units of 1 / hz ns */
} base;

/* ---- time ---------------------------------------------------------------- */

/* a / b = mult / 2^shift, rounded down, mult with its top bit set.  By long
 * division, at boot only. */
static void scale_of(uint32_t a, uint32_t b, uint32_t *mult, uint32_t *shift)
{
	uint64_t rest = a % b;
	uint32_t quotient = a / b;
	uint32_t bits = 0;

	while (!(quotient >> 31)) {
		rest *= 2u;
		quotient *= 2u;
		if (rest >= b) {
			rest -= b;
			quotient++;
		}
		bits++;
	}
	*mult = quotient;
	*shift = bits;
}

static nsec_t ns_of(uint32_t ticks)
{
	return ((uint64_t)ticks * base.mult) >> base.shift;
}

nsec_t time_now(void)
{
	return base.ns + ns_of(device->ops->read(device) - base.counter);
}

/* Takes a new pair. */
static void renew(void)
{
	uint32_t counter = device->ops->read(device);
	uint32_t passed = counter - base.counter;
	uint64_t units = (uint64_t)passed * NS_PER_S + base.remainder;

	base.ns += units / base.hz;
	base.remainder = units % base.hz;
	base.ticks += passed;
	base.counter = counter;
	time_generation++;
	/* All others: when they are switched to. */
	if (pcpu.current && !pcpu.idle)
		time_page_update(pcpu.current);
}

void time_init(const struct timer_device *timer)
{
	device = timer;
	first = NULL;
	base.hz = system_partition.timer_hz ? system_partition.timer_hz : timer->hz;
	scale_of(NS_PER_S, base.hz, &base.mult, &base.shift);
	scale_of(base.hz, NS_PER_S, &base.inverse, &base.inverse_shift);
	base.renew_ns = ns_of(RENEW_TICKS);
	base.ns = 0;
	base.remainder = 0;
	timer->ops->init(timer);
	base.counter = timer->ops->read(timer);
	base.ticks = base.counter;
	time_generation = 1;
	timer->ops->set(timer, MAX_TICKS);
	irq_attach(timer->irq, timer_interrupt);
}

/* ---- timers -------------------------------------------------------------- */

/* Ticks from now until expires, 1 to MAX_TICKS.  Rounded up when near; a far
 * timer may come early by 1,024 ns and is then set again. */
static uint32_t ticks_until(nsec_t expires, nsec_t now)
{
	nsec_t delta = expires - now;
	uint64_t ticks;

	if (expires <= now)
		return 1;
	if (!(delta >> 31)) {
		ticks = (uint64_t)(uint32_t)delta * base.inverse;
		ticks += ((uint64_t)1 << base.inverse_shift) - 1u;
		ticks >>= base.inverse_shift;
	} else if (!(delta >> (32u + COARSE))) {
		ticks = (uint64_t)(uint32_t)(delta >> COARSE) * base.inverse;
		ticks >>= base.inverse_shift - COARSE;
	} else {
		return MAX_TICKS;
	}
	return ticks < MAX_TICKS ? (uint32_t)ticks : MAX_TICKS;
}

static void program(nsec_t now)
{
	if (now - base.ns > base.renew_ns)
		renew();
	device->ops->set(device, first ? ticks_until(first->expires, now) : MAX_TICKS);
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

void timer_set_from(struct timer *t, nsec_t expires, nsec_t now)
{
	struct timer *old = first;
	struct timer **p = &first;

	if (t->armed)
		timer_unlink(t);
	while (*p && (*p)->expires <= expires)
		p = &(*p)->next;
	t->expires = expires;
	t->next = *p;
	t->armed = true;
	*p = t;
	if ((first == t || old == t) && !expiring)
		program(now);
}

void timer_set(struct timer *t, nsec_t expires)
{
	timer_set_from(t, expires, time_now());
}

void timer_cancel(struct timer *t)
{
	struct timer *old = first;

	if (!t->armed)
		return;
	timer_unlink(t);
	if (old == t && !expiring)
		program(time_now());
}

void timer_interrupt(void)
{
	nsec_t now = time_now();
	struct timer *t;

	device->ops->ack(device);
	expiring = true;
	while (first && first->expires <= now) {
		t = first;
		first = t->next;
		t->armed = false;
		trace(TRACE_TIMER, (uint32_t)t->expires, (uint32_t)now);
		t->expired(t);
	}
	expiring = false;
	program(time_now());
}

/* ---- a vCPU's timers ----------------------------------------------------- */

static void single_shot_expired(struct timer *t)
{
	event_send_virq(container_of(t, struct vcpu, timer)->domain, VIRQ_TIMER);
}

static void periodic_expired(struct timer *t)
{
	struct vcpu *v = container_of(t, struct vcpu, sched.periodic);
	nsec_t now = time_now();
	nsec_t next = t->expires + v->sched.periodic_ns;

	event_send_virq(v->domain, VIRQ_TIMER);
	timer_set_from(t, next > now ? next : now + v->sched.periodic_ns, now);
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
	nsec_t now = time_now();

	if (expires > now) {
		timer_set_from(&v->timer, expires, now);
	} else {
		timer_cancel(&v->timer);
		event_send_virq(v->domain, VIRQ_TIMER);
	}
}

void time_vcpu_set_period(struct vcpu *v, nsec_t period)
{
	nsec_t now;

	timer_cancel(&v->sched.periodic);
	v->sched.periodic_ns = period;
	if (!period)
		return;
	now = time_now();
	timer_set_from(&v->sched.periodic, now + period, now);
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
	info->tsc_timestamp = base.ticks;  /* 2. the values */
	info->system_time = base.ns;
	info->tsc_to_system_mul = base.mult;
	info->tsc_shift = (int8_t)(32 - (int)base.shift);
	barrier();
	info->version = version + 1u;      /* 3. even: valid */
	arch_shared_info_close();
	v->sched.time_generation = time_generation;
}

void time_page_init(struct domain *d)
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
