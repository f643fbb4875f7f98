/* SPDX-License-Identifier: MIT */
/*
 * keys.c - the debug keys, one table.
 *
 * An answer is given in pieces of at most a line, between which everybody goes on: it is of no one
 * moment, and what it says about a domain is as of its line.
 */
#include <hv/keys.h>
#include <hv/console.h>
#include <hv/domain.h>
#include <hv/event.h>
#include <hv/frame.h>
#include <hv/irq.h>
#include <hv/memory.h>
#include <hv/panic.h>
#include <hv/sched.h>
#include <hv/time.h>
#include <hv/trace.h>

#define TRACE_LINES 48u
#define ESC         '\033'

struct key {
	char key;
	bool digit;        /* follows: the id of the domain that it is for */
	const char *text;
	/* A piece of the answer: about the machine if d is NULL, then about each domain, each with at = 0
	 * first and then with what the last piece returned, until that is 0. */
	uint32_t (*answer)(struct domain *d, uint32_t at);
};

/* The answer that is under way, and its next piece. */
static struct {
	const struct key *key; /* NULL: none */
	unsigned int next;     /* the machine, then the domains: by id, plus 1 */
	uint32_t at;
} answer;

/* What the next key means: a command that wants a domain, or an escape sequence
 * that is skipped (a terminal's answer to a guest's question must not act here). */
static const struct key *waits;
static enum { ESCAPE_NONE, ESCAPE_BEGUN, ESCAPE_CONTROL } escape;

static uint32_t key_help(struct domain *d, uint32_t at);

static uint32_t key_domains(struct domain *d, uint32_t at)
{
	static const char *const names[] = {
		[DOMAIN_BUILDING] = "building",
		[DOMAIN_RUNNING] = "running",
		[DOMAIN_CLOSING] = "shutting down",
		[DOMAIN_SHUTDOWN] = "shut down",
	};
	static const char *const vcpu_names[] = {
		[VCPU_DOWN] = "down", [VCPU_RUNNABLE] = "runnable", [VCPU_BLOCKED] = "blocked",
	};

	if (!d)
		return 0;
	switch (at) {
	case 0:
		log_line("d%u %s: %s%s%s, %s, restarts %u, memory %u KiB", d->id, d->name,
			 names[d->state], d->privileged ? ", privileged" : "",
			 d->resident ? ", resident" : "", vcpu_names[d->vcpu.sched.state],
			 d->restart_count, d->nr_pages * (PAGE_SIZE / 1024u));
		return 1;
	case 1:
		log_line("   pc %08x %s mode, addresses %08x-%08x", d->vcpu.regs.pc,
			 d->vcpu.kernel_mode ? "kernel" : "user", d->limit_low, d->limit_high);
		return d->state == DOMAIN_SHUTDOWN ? 2 : 0;
	default:
		log_line("   shutdown code %u", d->shutdown_code);
		return 0;
	}
}

static uint32_t key_grants(struct domain *d, uint32_t at)
{
	(void)at;
	if (!d)
		log_line("no grant tables in this build");
	return 0;
}

static uint32_t key_memory(struct domain *d, uint32_t at)
{
	static uint32_t pages;

	(void)at;
	if (!d) {
		log_line("hypervisor heap: %u bytes used", (unsigned int)boot_alloc_used());
		pages = 0;
		return 0;
	}
	pages += d->nr_pages;
	if (d->id + 1u == domain_count)
		log_line("domains: %u KiB", pages * (PAGE_SIZE / 1024u));
	return 0;
}

static uint32_t key_trace(struct domain *d, uint32_t at)
{
	return d ? 0 : trace_dump(TRACE_LINES, at);
}

/* The dump comes before the next piece; one of another domain that is being printed before it. */
static uint32_t key_registers(struct domain *d, uint32_t at)
{
	(void)at;
	return d && !dump_asked(d);
}

static uint32_t kill_domain(struct domain *d, uint32_t at)
{
	(void)at;
	if (d->state == DOMAIN_RUNNING)
		domain_crash(d, "killed by debug key");
	else
		log_line("%s does not run", d->name);
	return 0;
}

static uint32_t restart_domain(struct domain *d, uint32_t at)
{
	int result = domain_restart(d);

	(void)at;
	if (result)
		log_line("%s: not restarted (%d); it must be shut down", d->name, result);
	return 0;
}

static uint32_t key_reboot(struct domain *d, uint32_t at)
{
	(void)d;
	(void)at;
	machine_reboot();
}

static uint32_t key_power_off(struct domain *d, uint32_t at)
{
	(void)d;
	(void)at;
	machine_power_off(0);
}

static const struct key keys[] = {
	{ 'h', false, "this list", key_help },
	{ 'd', false, "domains", key_domains },
	{ 'e', false, "event channels", event_dump },
	{ 'f', false, "frames by type", frame_dump },
	{ 'g', false, "grants", key_grants },
	{ 'm', false, "memory", key_memory },
	{ 's', false, "scheduler", sched_dump },
	{ 't', false, "trace", key_trace },
	{ 'r', false, "registers, stacks and last faults", key_registers },
	{ 'k', true, "kill a domain", kill_domain },
	{ 'b', true, "build a domain again that is shut down", restart_domain },
	{ 'R', false, "reboot the machine", key_reboot },
	{ 'Q', false, "power off", key_power_off },
	{ 0 },
};

static uint32_t key_help(struct domain *d, uint32_t at)
{
	const struct key *k = &keys[at];

	if (d)
		return 0;
	if (!at)
		log_line("debug keys:");
	log_line("  %c%s  %s", k->key, k->digit ? "<digit>" : "       ", k->text);
	return k[1].key ? at + 1 : 0;
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
	if (digit < '0' || digit > '9' || id >= domain_count)
		log_line("no such domain");
	else
		(void)k->answer(domains[id], 0);
}

bool keys_line(void)
{
	if (!answer.key)
		return false;
	answer.at = answer.key->answer(answer.next ? domains[answer.next - 1] : NULL, answer.at);
	if (!answer.at && answer.next++ == domain_count)
		answer.key = NULL;
	return true;
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
	} else if (k->digit) {
		waits = k;
		log_line("%s: which? (digit)", k->text);
	} else {
		answer.key = k;
		answer.next = 0;
		answer.at = 0;
		console_feed();
		if (k->key < 'a' || !irq_pending()) /* capitals end the machine, at once */
			(void)keys_line();
	}
}
