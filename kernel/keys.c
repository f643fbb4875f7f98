/* SPDX-License-Identifier: MIT */
/*
 * keys.c - the debug keys, one table.
 *
 * Answers may be longer than the console's ring and are then waited for, with
 * interrupts off: whoever uses the keys accepts that frames may be lost.
 */
#include <hv/keys.h>
#include <hv/console.h>
#include <hv/domain.h>
#include <hv/event.h>
#include <hv/frame.h>
#include <hv/memory.h>
#include <hv/panic.h>
#include <hv/sched.h>
#include <hv/time.h>
#include <hv/trace.h>

#define TRACE_LINES 48u
#define ESC         '\033'

struct key {
	char key;
	const char *text;
	void (*run)(void);
	void (*run_domain)(struct domain *d); /* after a digit: the domain's id */
};

/* What the next key means: a command that wants a domain, or an escape sequence
 * that is skipped (a terminal's answer to a guest's question must not act here). */
static const struct key *waits;
static enum { ESCAPE_NONE, ESCAPE_BEGUN, ESCAPE_CONTROL } escape;

static const char *state_name(const struct domain *d)
{
	static const char *const names[] = {
		[DOMAIN_BUILDING] = "building",
		[DOMAIN_RUNNING] = "running",
		[DOMAIN_CLOSING] = "shutting down",
		[DOMAIN_SHUTDOWN] = "shut down",
	};

	return (unsigned int)d->state < ARRAY_SIZE(names) ? names[d->state] : "?";
}

static void print_domain(struct domain *d)
{
	static const char *const vcpu_names[] = {
		[VCPU_DOWN] = "down", [VCPU_RUNNABLE] = "runnable", [VCPU_BLOCKED] = "blocked",
	};
	log_line("d%u %s: %s%s%s, %s, restarts %u, memory %u KiB", d->id, d->name,
		 state_name(d), d->privileged ? ", privileged" : "",
		 d->resident ? ", resident" : "",
		 (unsigned int)d->vcpu.sched.state < ARRAY_SIZE(vcpu_names) ?
		 vcpu_names[d->vcpu.sched.state] : "?",
		 d->restart_count, d->nr_pages * (PAGE_SIZE / 1024u));
	if (d->state == DOMAIN_SHUTDOWN)
		log_line("   shutdown code %u", d->shutdown_code);
	log_line("   pc %08x %s mode, addresses %08x-%08x", d->vcpu.regs.pc,
		 d->vcpu.kernel_mode ? "kernel" : "user", d->limit_low, d->limit_high);
}

static void for_each_domain(void (*what)(struct domain *d))
{
	unsigned int i;

	for (i = 0; i < domain_count; i++)
		if (domains[i])
			what(domains[i]);
}

static void key_help(void);

static void key_domains(void)
{
	for_each_domain(print_domain);
}

static void dump_events(struct domain *d)
{
	log_line("event channels of d%u %s:", d->id, d->name);
	event_dump(d);
}

static void key_events(void)
{
	for_each_domain(dump_events);
}

static void key_grants(void)
{
	log_line("no grant tables in this build");
}

static void key_memory(void)
{
	unsigned int i, pages = 0;

	for (i = 0; i < domain_count; i++)
		pages += domains[i] ? domains[i]->nr_pages : 0;
	log_line("hypervisor heap: %u bytes used; domains: %u KiB",
		 (unsigned int)boot_alloc_used(), pages * (PAGE_SIZE / 1024u));
}

static void key_trace(void)
{
	trace_dump(TRACE_LINES);
}

static void dump_one(struct domain *d)
{
	dump_vcpu_now(&d->vcpu);
}

static void key_registers(void)
{
	for_each_domain(dump_one);
}

static void kill_domain(struct domain *d)
{
	if (d->state == DOMAIN_RUNNING)
		domain_crash(d, "killed by debug key");
	else
		log_line("%s does not run", d->name);
}

static void restart_domain(struct domain *d)
{
	int result = domain_restart(d);

	if (result)
		log_line("%s: not restarted (%d); it must be shut down", d->name, result);
}

static void key_power_off(void)
{
	machine_power_off(0);
}

static const struct key keys[] = {
	{ 'h', "this list", key_help, NULL },
	{ 'd', "domains", key_domains, NULL },
	{ 'e', "event channels", key_events, NULL },
	{ 'f', "frames by type", frame_dump_all, NULL },
	{ 'g', "grants", key_grants, NULL },
	{ 'm', "memory", key_memory, NULL },
	{ 's', "scheduler", sched_dump, NULL },
	{ 't', "trace", key_trace, NULL },
	{ 'r', "registers, stacks and last faults", key_registers, NULL },
	{ 'k', "kill a domain", NULL, kill_domain },
	{ 'b', "build a domain again that is shut down", NULL, restart_domain },
	{ 'R', "reboot the machine", machine_reboot, NULL },
	{ 'Q', "power off", key_power_off, NULL },
	{ 0 },
};

static void key_help(void)
{
	const struct key *k;

	log_line("debug keys:");
	for (k = keys; k->key; k++)
		log_line("  %c%s  %s", k->key, k->run_domain ? "<digit>" : "       ", k->text);
}

/* True if the character belongs to an escape sequence. */
static bool skip_escape(char c)
{
	switch (escape) {
	case ESCAPE_NONE:
		if (c == ESC)
			escape = ESCAPE_BEGUN;
		return c == ESC;
	case ESCAPE_BEGUN:
		escape = c == '[' || c == 'O' ? ESCAPE_CONTROL : ESCAPE_NONE;
		return true;
	default:
		if (c >= '@' && c <= '~')
			escape = ESCAPE_NONE;
		return true;
	}
}

static void run_for_domain(char digit)
{
	const struct key *k = waits;
	unsigned int id = (unsigned int)(digit - '0');

	waits = NULL;
	if (digit < '0' || digit > '9' || id >= domain_count || !domains[id])
		log_line("no such domain");
	else
		k->run_domain(domains[id]);
}

void keys_input(char c)
{
	const struct key *k;

	if (skip_escape(c) || c == '\r' || c == '\n' || c == ' ')
		return;
	if (waits) {
		run_for_domain(c);
		return;
	}
	for (k = keys; k->key && k->key != c; k++)
		;
	if (!k->key) {
		log_line("no such key; h lists them");
	} else if (k->run) {
		k->run();
	} else {
		waits = k;
		log_line("%s: which? (digit)", k->text);
	}
}
