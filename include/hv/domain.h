/* SPDX-License-Identifier: MIT */
/*
 * domain.h - the isolation unit: an address space, its memory, its one vCPU.
 *
 * Every other room keeps its part of a domain in a member of struct domain
 * and alone touches it.  All of it is changed with interrupts off.
 */
#ifndef HV_DOMAIN_H
#define HV_DOMAIN_H

#include <hv/console.h>
#include <hv/event.h>
#include <hv/image.h>
#include <hv/panic.h>
#include <hv/sched.h>
#include <hv/sha256.h>
#include <hv/time.h>
#include <hv/types.h>
#include <arch/domain.h>
#include <xen/vcpu.h>

#define DOMAIN_NAME_SIZE 16

enum domain_state {
	DOMAIN_BUILDING,
	DOMAIN_RUNNING,
	DOMAIN_CLOSING,  /* shut down: its event channels end */
	DOMAIN_SHUTDOWN, /* shutdown_code says why (SHUTDOWN_*) */
};

struct guest_trap {
	vaddr_t address;     /* 0: none */
	bool masks_events;
};

/*
 * regs comes first: exception entry stores into it by offset 0.  regs.psr
 * holds the hardware's flags and T bit; the virtual mode is kernel_mode.
 */
struct vcpu {
	struct cpu_user_regs regs;
	bool kernel_mode;
	bool first_call;         /* the next system call is the first: domain_runs_programs() */
	struct domain *domain;
	struct arch_vcpu arch;   /* shared info address, DACR values */

	struct guest_trap traps[TRAP_VECTORS]; /* no vector has the number 0 */
	vaddr_t event_callback;  /* 0: none, no upcall is delivered */
	vaddr_t failsafe_callback;
	vaddr_t restart_start;   /* restartable sequences, [start, end) */
	vaddr_t restart_end;

	uint32_t continuation[5]; /* hypercall_continue() */

	struct sched_vcpu sched;
	struct timer timer;      /* set_timer_op and vcpu_op single shot */
};

struct domain {
	struct vcpu vcpu;
	domid_t id;
	bool resident;
	bool privileged;
	enum domain_state state;
	uint8_t shutdown_code;
	uint16_t command_length; /* of its command line, as far as it is told */
	struct {
		const char *format; /* of the line that says so; NULL: it is told */
		const char *why;
		const char *no_dump; /* why there is none, "" if there is; NULL: one is to begin */
		bool restarts;      /* that is told */
		struct dump_note note;
	} end;
	uint32_t restart_count;
	char name[DOMAIN_NAME_SIZE];
	const struct partition *partition; /* its description */

	vaddr_t virt_base;  /* address of gfn 0 in the initial mapping */
	vaddr_t limit_low;  /* the domain's own addresses are */
	vaddr_t limit_high; /* [limit_low, limit_high) */

	uint16_t *p2m;      /* gfn -> mfn - frame_base; P2M_INVALID */
	uint32_t nr_pages;  /* populated */
	uint32_t max_pages; /* length of p2m */

	struct image image;      /* read at each build */
#ifdef CONFIG_MEASURED_BOOT
	struct sha256 measuring; /* of an image: measure.c */
#endif
	uint32_t build_phase;    /* while BUILDING: see builder.c */
	uint32_t build_segment;
	uint32_t build_next;     /* page or byte of the phase */
	uint32_t build_tables;   /* step of pagetable_build() */
	uint32_t build_info;     /* offset of its start info */
	uint32_t build_table_count;

	struct arch_domain arch;
	struct event_table events;
	struct console_domain console;
};

extern struct domain *domains[];   /* by id; NULL beyond domain_count */
extern unsigned int domain_count;

/* NULL if there is no such domain.  DOMID_SELF is the caller's. */
struct domain *domain_find(struct domain *caller, domid_t id);

/* Ends a domain for its own fault: dumps it, says why, applies its restart
 * policy.  The domain does not run again before it is rebuilt. */
void domain_crash(struct domain *d, const char *why);

/* SCHEDOP_shutdown and the debug keys: code is SHUTDOWN_*.  Control domain
 * poweroff ends the machine. */
void domain_shutdown(struct domain *d, uint8_t code);

/* Starts building a domain that is shut down, or new, from its images; it runs
 * when that is done.  -XEN_EBUSY if it is neither. */
int domain_restart(struct domain *d);

/* The control domain made its first system call: tells the boot loader that this works. */
void domain_runs_programs(struct vcpu *v);

/* End of the machine: the status is that of the phone, 0 for a clean end. */
void machine_power_off(unsigned int status) __attribute__((noreturn));
void machine_reboot(void) __attribute__((noreturn));

/* One bounded step, in d's own time, of a domain that does not run: of building it or of
 * ending it. */
void domain_step(struct domain *d);
/* The one while BUILDING. */
void domain_build_step(struct domain *d);

/* Creates all domains of the partition description, at boot. */
void domain_create_all(void);

#endif
