/* SPDX-License-Identifier: MIT */
/*
 * sched.h - who runs next, and until when.
 *
 * sched.c owns vCPU states and runstates; a scheduler (sched_static.c,
 * sched_null.c) is a struct sched_ops, chosen at boot.  Context: interrupts off.
 */
#ifndef HV_SCHED_H
#define HV_SCHED_H

#include <arch/current.h>
#include <hv/time.h>
#include <hv/types.h>
#include <xen/vcpu.h>

struct partition;
struct vcpu_runstate_info;

enum vcpu_state {
	VCPU_DOWN,     /* domain not running */
	VCPU_RUNNABLE, /* or running */
	VCPU_BLOCKED,  /* SCHEDOP_block, SCHEDOP_poll */
};

#define SCHED_POLL_NONE 0u           /* not in SCHEDOP_poll */
#define SCHED_POLL_ANY  0xFFFFFFFFu  /* any event wakes it; else that port */

struct sched_vcpu {
	enum vcpu_state state;
	domid_t id;                /* the domain's, for records of switches */
	uint32_t poll_port;        /* SCHED_POLL_* or a port, while blocked */
	struct timer poll_timer;
	struct timer periodic;     /* VCPUOP_set_periodic_timer */
	tick_t periodic_ticks;
	uint32_t runstate;         /* RUNSTATE_*, since `entered` */
	tick_t entered;
	tick_t created;
	tick_t time[4];            /* up to `entered`; RUNSTATE_blocked: what is missing */
	bool yielded;              /* SCHEDOP_yield since it was picked */
	bool known;                /* to the scheduler */
	/* sched_static: budget of a real-time domain */
	bool real_time;
	bool windowed;             /* owns a window of the major frame */
	uint32_t turn;             /* order of turns in slack */
	bool prompt;               /* when it wakes and has budget it runs, whoever runs */
	bool may_borrow;           /* prompt, budget left, in SCHEDOP_block: sched_loan.h */
	uint32_t budget;           /* of one period, ticks */
	uint32_t budget_left;
	tick_t period;
	tick_t replenish_at;       /* 0: the budget is full */
};

struct sched_decision {
	tick_t since; /* in:  the last decision */
	tick_t now;   /* in */
	tick_t until; /* out: the next one; TICK_NEVER: none by the clock */
};

/* One scheduler. */
struct sched_ops {
	const char *name;
	void (*init)(void);
	void (*add)(struct vcpu *v);
	/* Charges prev (NULL: nobody) for [since, now); returns who runs from now on
	 * (NULL: idle) and sets d->until. */
	struct vcpu *(*pick)(struct vcpu *prev, struct sched_decision *d);
	/* A vCPU became runnable, running is another one: true if that calls for a decision now. */
	bool (*preempts)(struct vcpu *woken, struct vcpu *running);
	uint32_t (*dump)(uint32_t at); /* a line of an answer (keys.h), from 1 on */
};
extern const struct sched_ops sched_static, sched_null;

/* The vCPU that runs by its budget and pays for it; NULL: the running one does not. */
extern struct vcpu *sched_paying;
/* v paid until now for `used`. */
void sched_charge(struct vcpu *v, tick_t used);
/* Its budget now, ticks. */
static inline uint32_t sched_budget(struct sched_vcpu *s, tick_t now)
{
	if (s->replenish_at <= now) {
		s->budget_left = s->budget;
		s->replenish_at = 0;
	}
	return s->budget_left;
}

void sched_init(void);
void sched_vcpu_init(struct vcpu *v);  /* state DOWN; reads the partition */
void sched_start(struct vcpu *v);      /* DOWN -> RUNNABLE */
void sched_stop(struct vcpu *v);       /* any -> DOWN; stops its timers */
void sched_wake(struct vcpu *v);       /* BLOCKED -> RUNNABLE; else nothing */
/* v's own interrupt came while nobody ran: if it is sure to run next it is switched to here, true.  For
 * irq_handle() alone: no hypercall is under way. */
bool sched_wake_idle(struct vcpu *v, unsigned int line);
void sched_block(struct vcpu *v);      /* current -> BLOCKED */
/* SCHEDOP_block of v, which runs: if whoever it was preferred to goes on at once, it is switched
 * to here and returned, else NULL.  Not in a multicall. */
struct vcpu *sched_block_now(struct vcpu *v);
/* True if a real-time vCPU has begun to run less than so many ticks ago, and its budget lasts longer. */
bool sched_just_begun(uint32_t now, uint32_t ticks);
/* Enters in the books what sched_loan.h has put off. */
void sched_settle(void);

/* How many vCPUs are runnable, one that borrows not counted. */
extern unsigned int sched_runnable;

/* Asks for schedule() on the way out of the hypervisor. */
static inline void sched_request(void)
{
	pcpu.resched = 1;
}

static inline bool sched_requested(void)
{
	return pcpu.resched != 0;
}

/* Switches to whom the scheduler picks; waits for interrupts while it is nobody.  Whom one of them has
 * woken instead, as irq_handle().  Called by the exit path alone, on the empty hypervisor stack. */
struct vcpu *schedule(void);

/* The vCPU's runstate with the time up to now, its times in ticks: what makes ns of them is longer. */
void sched_runstate(const struct vcpu *v, struct vcpu_runstate_info *info);

/* A line about d, or the scheduler if it is NULL: a piece of an answer (keys.h). */
uint32_t sched_dump(struct domain *d, uint32_t at);
int32_t do_sched_op(struct domain *caller, const uint32_t *arg);
int32_t do_vcpu_op(struct domain *caller, const uint32_t *arg);

#endif
