/* SPDX-License-Identifier: MIT */
/*
 * sched.h - who runs next, and until when.
 *
 * sched.c owns vCPU states and runstates; a scheduler (sched_static.c,
 * sched_null.c) is a struct sched_ops, chosen at boot.  Context: interrupts off.
 */
#ifndef HV_SCHED_H
#define HV_SCHED_H

#include <hv/types.h>

struct partition;

enum vcpu_state {
	VCPU_DOWN,     /* domain not running */
	VCPU_RUNNABLE, /* or running */
	VCPU_BLOCKED,  /* SCHEDOP_block, SCHEDOP_poll */
};

struct sched_vcpu {
	enum vcpu_state state;
	bool polling;          /* SCHEDOP_poll: any event of the list wakes it */
	/* sched_static: sporadic server of a real-time domain */
	nsec_t budget;         /* of one period, ns; 0: not real-time */
	nsec_t period;
	nsec_t budget_left;
	nsec_t replenish_at;
	nsec_t last_run;       /* round robin in slack */
};

/* One scheduler. */
struct sched_ops {
	const char *name;
	void (*init)(void);
	void (*add)(struct vcpu *v);
	/* Charges prev for [since, now); returns who runs from now on (NULL: idle)
	 * and sets *until to the time of the next decision (0: none). */
	struct vcpu *(*pick)(struct vcpu *prev, nsec_t since, nsec_t now,
			     nsec_t *until);
	/* A vCPU became runnable: true if the current one must yield to it now. */
	bool (*preempts)(struct vcpu *woken, struct vcpu *running);
	void (*dump)(void);
};
extern const struct sched_ops sched_static, sched_null;

void sched_init(void);
void sched_vcpu_init(struct vcpu *v);  /* state DOWN; reads the partition */
void sched_start(struct vcpu *v);      /* DOWN -> RUNNABLE */
void sched_stop(struct vcpu *v);       /* any -> DOWN */
void sched_wake(struct vcpu *v);       /* BLOCKED -> RUNNABLE; else nothing */
void sched_block(struct vcpu *v);      /* current -> BLOCKED */

/* Asks for schedule() on the way out of the hypervisor. */
void sched_request(void);
bool sched_requested(void);

/* Switches to whom the scheduler picks; waits for interrupts while it is nobody.
 * Called by the exit path alone, on the empty hypervisor stack. */
void schedule(void);

void sched_dump(void);
int32_t do_sched_op(struct domain *caller, const uint32_t *arg);
int32_t do_vcpu_op(struct domain *caller, const uint32_t *arg);

/* vcpu_current(): who runs (or ran last, while idle). */
#include <arch/current.h>

#endif
