/* SPDX-License-Identifier: MIT */
/*
 * hog.c - takes all the time it can get, with events masked.
 *
 * case=<name> says how.  Never ends.
 */
#include "../lib/test.h"

static struct multicall_entry calls[64];

static void spin(void)
{
}

static void hypercalls(void)
{
	hypercall_xen_version(0, 0);
}

static void multicalls(void)
{
	for (unsigned int i = 0; i < 64; i++) {
		calls[i].op = __HYPERVISOR_cache_op;
		calls[i].args[0] = CACHE_CLEAN_D | CACHE_INVALIDATE_I;
		calls[i].args[1] = 0;
		calls[i].args[2] = CACHE_ALL;
	}
	hypercall_multicall(ARG(calls), 64);
}

static void events(void)
{
	static int port;

	if (port == 0)
		port = event_bind_ipi(NULL, NULL);
	event_send((evtchn_port_t)port);
}

static void timers(void)
{
	timer_set(1);
}

static void yields(void)
{
	domain_yield();
}

static void udf(void *data)
{
	(void)data;
	__asm__ volatile("udf #7");
}

static void faults(void)
{
	trap_try(udf, NULL);
}

static void floods(void)
{
	static const char line[] = "flood flood flood flood flood flood flood flood\n";

	hypercall_console_io(CONSOLEIO_write, sizeof(line) - 1, ARG(line));
}

static const struct test_step cases[] = {
	{ "spin", spin }, { "hypercalls", hypercalls }, { "multicalls", multicalls },
	{ "events", events }, { "timers", timers }, { "yields", yields },
	{ "faults", faults }, { "floods", floods },
};

int main(void)
{
	test_repeat(cases, sizeof(cases) / sizeof(cases[0]));
}
