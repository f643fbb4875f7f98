/* SPDX-License-Identifier: MIT */
/*
 * sched_static.c - windows of a major frame, real-time budgets, slack.
 *
 * Who runs, first that applies:
 *   1. a runnable real-time vCPU with budget left; of several the one with the shortest
 *      period (equal: the lower domain id);
 *   2. the owner of the window that is open now;
 *   3. slack: the runnable vCPUs that are not real-time in turn, SLICE_NS each (an
 *      interrupted slice goes on); real-time ones without budget only if there are
 *      no others.
 *
 * Budget.  A real-time vCPU pays for the time that it runs by rule 1 outside its own
 * window while somebody else could run, and SWITCH_NS (sched.c) each time: a clock of 1 MHz does
 * not see short runs.  In its own window, in slack and while it is the only
 * runnable one it pays nothing, so an idle machine needs no timer for it.  One period after
 * the first payment from a full budget, or after it went to sleep with one, that returns, all at
 * once: any interval of n periods gives it n + 1 budgets at most.
 *
 * Decision times: the end of the budget paid from, the next edge of a window, the end
 * of a slice, the return of a budget that a runnable vCPU waits for; none while only
 * one vCPU is runnable.  Context: interrupts off.
 */
#include <hv/sched.h>

#include <hv/console.h>
#include <hv/domain.h>
#include <hv/partition.h>

#define SLICE_NS    10000000u /* of slack in one turn */
#define VCPUS_MAX   ((unsigned int)CONFIG_MAX_DOMAINS)

struct window {
	tick_t start, end;   /* from the start of the major frame */
	struct vcpu *owner;
};

static struct window windows[VCPUS_MAX * PARTITION_WINDOWS]; /* sorted by start */
static struct vcpu *vcpus[VCPUS_MAX];                        /* all of them */
static struct vcpu *real_time[VCPUS_MAX];                    /* sorted by period */
static unsigned int window_count, vcpu_count, real_time_count;

static tick_t major_frame;      /* 0: no windows */
static tick_t frame_start;      /* of the present one */
static unsigned int window_now; /* the first window that has not ended */
static tick_t edge;             /* of the next change of window_owner */
static struct vcpu *window_owner;

static struct vcpu *slack;      /* whose turn it is */
static tick_t slice_end;
static tick_t slice;
static uint32_t turns;

/* ---- windows ------------------------------------------------------------- */

/* Of a duration of at least one: that or, after a long sleep, many.  A division would be slower. */
static tick_t whole_frames(tick_t duration)
{
	tick_t frames = major_frame, whole = 0;

	while (frames <= duration / 2u)
		frames *= 2u;
	for (; frames >= major_frame; frames /= 2u) {
		if (duration - whole >= frames)
			whole += frames;
	}
	return whole;
}

/* Goes on to the window of now. */
static void window_advance(tick_t now)
{
	const struct window *w;

	if (now - frame_start >= major_frame) {
		frame_start += whole_frames(now - frame_start);
		window_now = 0;
	}
	while (window_now < window_count &&
	       frame_start + windows[window_now].end <= now)
		window_now++;

	window_owner = NULL;
	edge = frame_start + major_frame;
	if (window_now == window_count)
		return;
	w = &windows[window_now];
	if (frame_start + w->start <= now) {
		window_owner = w->owner;
		edge = frame_start + w->end;
	} else {
		edge = frame_start + w->start;
	}
}

static void window_add(struct vcpu *v, const struct partition_window *p)
{
	tick_t start = time_to_ticks(p->start);
	unsigned int i = window_count;

	if (i == VCPUS_MAX * PARTITION_WINDOWS)
		return;
	for (; i > 0 && windows[i - 1].start > start; i--)
		windows[i] = windows[i - 1];
	windows[i] = (struct window){ start, time_to_ticks(p->start + p->length), v };
	window_count++;
	edge = 0; /* look again */
}

/* ---- budgets ------------------------------------------------------------- */

static tick_t earlier(tick_t a, tick_t b)
{
	return a < b ? a : b;
}

/* v runs by rule 1; returns until when. */
static tick_t run_real_time(struct vcpu *v, tick_t now)
{
	struct sched_vcpu *s = &v->sched;

	if (sched_runnable == 1)
		return TICK_NEVER;
	if (s->windowed && v == window_owner)
		return edge;
	sched_paying = v;
	if (!s->replenish_at)
		s->replenish_at = now + s->period;
	now += s->budget_left;
	return s->windowed ? earlier(now, edge) : now;
}

/* Rule 1; *until: when to decide again because of budgets. */
static struct vcpu *pick_real_time(tick_t now, tick_t *until)
{
	tick_t wait = TICK_NEVER; /* when a budget returns that somebody waits for */
	unsigned int i;

	for (i = 0; i < real_time_count; i++) {
		struct vcpu *v = real_time[i];
		struct sched_vcpu *s = &v->sched;

		if (s->state != VCPU_RUNNABLE)
			continue;
		if (sched_budget(s, now)) {
			*until = earlier(wait, run_real_time(v, now));
			return v;
		}
		wait = earlier(wait, s->replenish_at);
	}
	*until = wait;
	return NULL;
}

/* ---- slack --------------------------------------------------------------- */

/* Is a before b in slack? */
static bool slack_before(const struct sched_vcpu *a, const struct sched_vcpu *b)
{
	if (a->real_time != b->real_time)
		return b->real_time;
	return (int32_t)(a->turn - b->turn) < 0;
}

/* Rule 3: the turn that is not over, else who has waited for the most turns. */
static struct vcpu *pick_slack(tick_t now)
{
	struct vcpu *best = NULL;
	unsigned int i;

	if (slack && slack->sched.state == VCPU_RUNNABLE && !slack->sched.real_time &&
	    !slack->sched.yielded && now < slice_end)
		return slack;
	for (i = 0; i < vcpu_count; i++) {
		struct vcpu *v = vcpus[i];

		if (v->sched.state == VCPU_RUNNABLE &&
		    (!best || slack_before(&v->sched, &best->sched)))
			best = v;
	}
	slack = best;
	if (best) {
		best->sched.turn = ++turns;
		slice_end = now + slice;
	}
	return best;
}

/* ---- the operations ------------------------------------------------------ */

static SELDOM void static_init(void)
{
	window_count = 0;
	vcpu_count = 0;
	real_time_count = 0;
	major_frame = time_to_ticks(system_partition.major_frame);
	frame_start = time_ticks();
	slice = time_to_ticks(SLICE_NS);
	window_now = 0;
	window_owner = NULL;
	edge = TICK_NEVER;
	slack = NULL;
	turns = 0;
}

static SELDOM void static_add(struct vcpu *v)
{
	const struct partition *p = v->domain->partition;
	unsigned int i;

	vcpus[vcpu_count++] = v;
	v->sched.turn = turns;
	if (v->sched.real_time) {
		i = real_time_count++;
		for (; i > 0 && real_time[i - 1]->sched.period > v->sched.period; i--)
			real_time[i] = real_time[i - 1];
		real_time[i] = v;
		/* Rule 1 picks it for certain if it is the only one and has no window. */
		for (i = 0; i < real_time_count; i++)
			real_time[i]->sched.prompt = real_time_count == 1 && !v->sched.windowed;
	}
	if (!major_frame)
		return;
	for (i = 0; i < p->window_count; i++)
		window_add(v, &p->windows[i]);
}

static struct vcpu *static_pick(struct vcpu *prev, struct sched_decision *d)
{
	tick_t now = d->now, until;
	struct vcpu *v;

	(void)prev;
	if (sched_paying)
		sched_charge(sched_paying, now - d->since);
	if (now >= edge)
		window_advance(now);

	v = pick_real_time(now, &until);
	if (!v) {
		until = earlier(until, edge);
		v = window_owner;
		if (!v || v->sched.state != VCPU_RUNNABLE) {
			v = pick_slack(now);
			until = earlier(until, slice_end);
		}
		if (sched_runnable <= 1)
			until = TICK_NEVER;
	}
	d->until = until;
	return v;
}

/* While a budget is paid from, that goes on unless a more urgent one wakes.  Else the
 * choice or the time of the next decision may be another one now. */
static bool static_preempts(struct vcpu *woken, struct vcpu *running)
{
	if (!sched_paying || running->sched.state != VCPU_RUNNABLE)
		return true;
	return woken->sched.real_time && woken->sched.period < running->sched.period;
}

static SELDOM uint32_t static_dump(uint32_t at)
{
	const struct vcpu *v;

	if (at == 1) {
		log_line("major frame %u us, %u windows, owner now %s",
			 time_to_us(system_partition.major_frame), window_count,
			 window_owner ? window_owner->domain->name : "nobody");
	} else {
		v = real_time[at - 2];
		log_line("%s: %u us of its budget left", v->domain->name,
			 time_to_us(time_to_ns(v->sched.budget_left)));
	}
	return at <= real_time_count ? at + 1 : 0;
}

const struct sched_ops sched_static = {
	.name = "static",
	.init = static_init,
	.add = static_add,
	.pick = static_pick,
	.preempts = static_preempts,
	.dump = static_dump,
};
