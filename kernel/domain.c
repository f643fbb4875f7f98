/* SPDX-License-Identifier: MIT */
/*
 * domain.c - the life of domains: created once at boot, then built, run, shut
 * down and built again (builder.c).  Memory, ids and grants of devices stay.
 */
#include <hv/domain.h>
#include <arch/cpu.h>
#include <arch/mm.h>
#include <arch/current.h>
#include <hv/board.h>
#include <hv/frame.h>
#include <hv/hypercall.h>
#include <hv/irq.h>
#include <hv/lib.h>
#include <hv/memory.h>
#include <hv/panic.h>
#include <hv/pagetable.h>
#include <hv/partition.h>
#include <hv/trace.h>
#include <drv/power.h>
#include <xen/sched.h>

struct domain *domains[PARTITION_MAX];
unsigned int domain_count;

void machine_power_off(unsigned int status)
{
	console_set_sync();
	dump_finish();
	log_line("power off, status %u", status);
	board.power->reset(board.power);
	arch_halt();
}

void machine_reboot(void)
{
	console_set_sync();
	dump_finish();
	log_line("reboot");
	board.power->reset(board.power);
	arch_halt();
}

/* Why a domain ended, once. */
static void tell_end(struct domain *d)
{
	const char *format = d->end.format;

	d->end.format = NULL;
	log_guest(d, format, d->end.why, d->end.no_dump);
}

/* It does not go on, and nothing of the hardware reaches it any more; what it is told or asked about
 * its end, its timers and event channels are dealt with in its own time. */
static void stop(struct domain *d, uint8_t code)
{
	d->shutdown_code = code;
	d->end.restarts = false;
	dump_note(&d->vcpu, &d->end.note);
	d->vcpu.kernel_mode = false;
	for (unsigned int i = 0; i < d->partition->irq_count; i++)
		irq_disable_guest(d->partition->irqs[i]);
	if (arch_space_loaded(d))
		arch_space_unload();
	if (d->privileged && (code == SHUTDOWN_poweroff || code == SHUTDOWN_reboot)) {
		tell_end(d);
		if (code == SHUTDOWN_poweroff)
			machine_power_off(0);
		machine_reboot();
	}
	d->state = DOMAIN_CLOSING;
	sched_wake(&d->vcpu);
	sched_request();
}

static bool all_ended(void)
{
	for (unsigned int i = 0; i < domain_count; i++)
		if (domains[i]->state != DOMAIN_SHUTDOWN)
			return false;
	return true;
}

static bool restarts(const struct domain *d)
{
	switch (d->partition->restart) {
	case RESTART_ALWAYS:
		return true;
	case RESTART_ON_CRASH:
		return d->shutdown_code == SHUTDOWN_crash ||
		       d->shutdown_code == SHUTDOWN_watchdog ||
		       d->shutdown_code == SHUTDOWN_reboot;
	default:
		return d->shutdown_code == SHUTDOWN_reboot;
	}
}

static void close_step(struct domain *d)
{
	if (!d->end.no_dump) {
		d->end.no_dump = dump_begin(d);
		return;
	}
	if (d->end.format) {
		tell_end(d);
		return;
	}
	/* To look through all ports takes long enough. */
	if (dump_step(d) || !event_destroy(d) || hypercall_preempted())
		return;
	if (restarts(d) && !d->end.restarts) {
		d->end.restarts = true;
		log_guest(d, "restarting");
		return;
	}
	d->state = DOMAIN_SHUTDOWN;
	sched_stop(&d->vcpu);
	if (d->end.restarts && !domain_restart(d))
		return;
	if (all_ended())
		machine_power_off(d->shutdown_code == SHUTDOWN_crash ? 1 : 0);
}

void domain_step(struct domain *d)
{
	if (d->state == DOMAIN_BUILDING)
		domain_build_step(d);
	else
		close_step(d);
}

void domain_crash(struct domain *d, const char *why)
{
	if (d->state != DOMAIN_RUNNING)
		return;
	trace(TRACE_CRASH, d->id, d->vcpu.regs.pc);
	d->end.format = "crashed: %s%s";
	d->end.why = why;
	d->end.no_dump = NULL;
	stop(d, SHUTDOWN_crash);
}

void domain_shutdown(struct domain *d, uint8_t code)
{
	static const char *const names[] = {
		[SHUTDOWN_poweroff] = "power off", [SHUTDOWN_reboot] = "reboot",
		[SHUTDOWN_suspend] = "suspend", [SHUTDOWN_crash] = "crash",
		[SHUTDOWN_watchdog] = "watchdog", [SHUTDOWN_soft_reset] = "soft reset",
	};

	if (d->state != DOMAIN_RUNNING && d->state != DOMAIN_BUILDING)
		return;
	d->end.format = "shut down: %s%s";
	d->end.why = code < ARRAY_SIZE(names) ? names[code] : "?";
	d->end.no_dump = code == SHUTDOWN_crash && d->state == DOMAIN_RUNNING ? NULL : "";
	stop(d, code);
}

static void set_limits(struct domain *d)
{
	const struct partition *p = d->partition;

	d->limit_low = p->resident ? p->window : 0;
	d->limit_high = p->resident ? p->window + p->window_size : ARMV5_WINDOW_START;
	/* With a 0 behind it, it fits into start_info and xen_version's answer. */
	d->command_length = (uint16_t)strnlen(p->cmdline, MAX_GUEST_CMDLINE - 1u);
}

static struct domain *create(domid_t id, const struct partition *p)
{
	struct domain *d = boot_alloc(sizeof(*d), 8);
	uint32_t align;
	mfn_t first;

	d->id = id;
	d->partition = p;
	d->resident = p->resident;
	d->privileged = p->privileged;
	d->vcpu.domain = d;
	d->state = DOMAIN_SHUTDOWN;
	string_copy(d->name, p->name, sizeof(d->name));
	set_limits(d);
	d->max_pages = p->memory >> PAGE_SHIFT;
	d->p2m = boot_alloc(d->max_pages * sizeof(d->p2m[0]), sizeof(d->p2m[0]));
	memset(d->p2m, 0xFF, d->max_pages * sizeof(d->p2m[0]));
	align = p->memory < SECTION_SIZE ? 1u : SECTION_SIZE >> PAGE_SHIFT;
	if (frame_populate(d, gfn_make(0), d->max_pages, align, &first))
		panic("%s: no %u KiB of memory are left", d->name, p->memory >> 10);
	d->nr_pages = d->max_pages;
	d->virt_base = p->resident ? p->window : ARMV5_KERNEL_START;
	event_init(d);
	arch_domain_init(d);
	console_domain_init(d);
	sched_vcpu_init(&d->vcpu);
	for (unsigned int i = 0; i < p->irq_count; i++)
		if (irq_grant(p->irqs[i], d))
			panic("%s: interrupt %u is somebody else's", d->name, p->irqs[i]);
	return d;
}

static void print(const struct domain *d)
{
	const struct partition *p = d->partition;

	log_line("  %2u %-12s %6u KiB  %s%s", d->id, d->name, p->memory >> 10,
		 p->resident ? "resident" : "own tables", p->privileged ? ", privileged" : "");
	if (p->budget)
		log_line("     real-time: %u us of %u us", time_to_us(p->budget),
			 time_to_us(p->period));
}

/* All are created before the first is built: from then on the resident window
 * and so the hypervisor's part of every root stays as it is. */
void domain_create_all(void)
{
	for (unsigned int i = 0; i < system_partition.count; i++) {
		domains[i] = create((domid_t)i, &system_partition.partition[i]);
		domain_count++;
		print(domains[i]);
	}
	for (unsigned int i = 0; i < domain_count; i++)
		(void)domain_restart(domains[i]);
	if (all_ended())
		panic("no domain could be started");
}
