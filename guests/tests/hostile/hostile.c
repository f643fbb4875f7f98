/* SPDX-License-Identifier: MIT */
/*
 * hostile.c - a large guest that wants its neighbour to miss a deadline: each case makes
 * the hypervisor do, as often as it can, something that takes long.
 *
 * case=<name> says what.  Never ends (tests/system/test_hostile.py looks at the neighbour).
 */
#include "../lib/test.h"
#include <xen/vcpu.h>
#include <xen/version.h>

#define CALLS      64u
#define SECTION_VA 0xE0000000u
#define SECTION    0x100000u

static struct multicall_entry calls[CALLS];
static struct mmu_update updates[CALLS];

static void call(unsigned int i, word_t number, word_t a0, word_t a1)
{
	calls[i] = (struct multicall_entry){ .op = number, .args = { a0, a1 } };
}

/* Megabytes of the kernel's part, mapped and taken away again. */
static void sections(void)
{
	for (unsigned int i = 0; i < CALLS; i++) {
		updates[i].ptr = test_root() + (SECTION_VA >> 20) * 4;
		updates[i].val = i & 1 ? 0 : SECTION | PTE_SECTION_AP(ARMV5_AP_RW) | PTE_SECTION;
		call(i, __HYPERVISOR_mmu_update, ARG(&updates[i]), 1);
		calls[i].args[3] = DOMID_SELF;
	}
	hypercall_multicall(ARG(calls), CALLS);
	if (calls[0].result != 0 || calls[1].result != 0)
		test_ok("sections change", false);
}

static void runstates(void)
{
	static struct vcpu_runstate_info info;

	for (unsigned int i = 0; i < CALLS; i++) {
		call(i, __HYPERVISOR_vcpu_op, VCPUOP_get_runstate_info, 0);
		calls[i].args[2] = ARG(&info);
	}
	hypercall_multicall(ARG(calls), CALLS);
}

static void timers(void)
{
	for (unsigned int i = 0; i < CALLS; i++)
		call(i, __HYPERVISOR_set_timer_op, 0x12345678, 0x1000000);
	hypercall_multicall(ARG(calls), CALLS);
}

static void polls(void)
{
	static evtchn_port_t ports[128];
	struct sched_poll poll = { .nr_ports = 128 };
	static int port;

	if (port == 0) {
		port = event_bind_ipi(NULL, NULL);
		event_send((evtchn_port_t)port);
	}
	for (unsigned int i = 0; i < 128; i++)
		ports[i] = 1023;
	ports[127] = (evtchn_port_t)port;
	set_xen_guest_handle(poll.ports, ports);
	for (unsigned int i = 0; i < CALLS; i++)
		call(i, __HYPERVISOR_sched_op, SCHEDOP_poll, ARG(&poll));
	hypercall_multicall(ARG(calls), CALLS);
}

static void caches(void)
{
	for (unsigned int i = 0; i < CALLS; i++) {
		call(i, __HYPERVISOR_cache_op, CACHE_CLEAN_D | CACHE_INVALIDATE_I, ARG(calls) & ~31u);
		calls[i].args[2] = 0x4000;
	}
	hypercall_multicall(ARG(calls), CALLS);
}

static void write(const char *text, size_t size)
{
	hypercall_console_io(CONSOLEIO_write, size, ARG(text));
}

static void tabs(void)
{
	static char text[512];

	memset(text, '\t', sizeof(text));
	write(text, sizeof(text));
}

static void escapes(void)
{
	static char text[504];

	for (unsigned int i = 0; i < sizeof(text); i += 12)
		memcpy(text + i, "\033[255C\033[255D", 12);
	write(text, sizeof(text));
}

static void lines(void)
{
	static char text[256];

	memset(text, '\n', sizeof(text));
	write(text, sizeof(text));
}

/* All ports open, then the end (the partition description has it built again). */
static void ports(void)
{
	while (event_bind_ipi(NULL, NULL) > 0)
		;
	__asm__ volatile("mov sp, #0\n udf #3" ::: "memory");
}

/* Asks the baseband, again and again. */
static void queries(void)
{
	static struct evtchn_bind_interdomain bind = { .remote_dom = 1, .remote_port = 1 };

	if (bind.local_port == 0)
		hypercall_event_channel_op(EVTCHNOP_bind_interdomain, ARG(&bind));
	else
		event_send(bind.local_port);
}

/* The longest texts, to where no word fits. */
static void texts(void)
{
	static char text[1 + sizeof(xen_commandline_t)];
	static const unsigned int which[] = {
		XENVER_commandline, XENVER_capabilities, XENVER_compile_info, XENVER_changeset,
	};

	for (unsigned int i = 0; i < CALLS; i++)
		call(i, __HYPERVISOR_xen_version, which[i % 4u], ARG(text + 1));
	hypercall_multicall(ARG(calls), CALLS);
	if (calls[CALLS - 1].result != 0)
		test_ok("texts", false);
}

/* Arrays that are not aligned. */
static void odd(void)
{
	static char space[sizeof(updates) + 1];
	static char entries[sizeof(calls) + 1];
	struct sched_poll poll = { .nr_ports = 128 };
	unsigned int i;

	for (i = 0; i < CALLS; i++) {
		updates[i].ptr = test_root() + (SECTION_VA >> 20) * 4;
		updates[i].val = 0;
	}
	memcpy(space + 1, updates, sizeof(updates));
	set_xen_guest_handle(poll.ports, (evtchn_port_t *)(space + 1));
	for (i = 0; i < CALLS; i += 2) {
		call(i, __HYPERVISOR_mmu_update, ARG(space + 1), CALLS);
		calls[i].args[3] = DOMID_SELF;
		call(i + 1, __HYPERVISOR_sched_op, SCHEDOP_poll, ARG(&poll));
	}
	memcpy(entries + 1, calls, sizeof(calls));
	hypercall_multicall(ARG(entries + 1), CALLS);
}

/* Frames are copied and cleared. */
static void pages(void)
{
	static struct mmuext_op ops[CALLS];
	static char page[2][4096] __attribute__((aligned(4096)));

	for (unsigned int i = 0; i < CALLS; i++) {
		ops[i].cmd = i & 1 ? MMUEXT_CLEAR_PAGE : MMUEXT_COPY_PAGE;
		ops[i].arg1.mfn = gfn_of(page[0]);
		ops[i].arg2.src_mfn = gfn_of(page[1]);
	}
	if (hypercall_mmuext_op(ARG(ops), CALLS, 0, DOMID_SELF))
		test_ok("pages", false);
}

/* A second first-level table: four frames of the pool. */
static uint32_t make_root(void)
{
	uint32_t page, root = 0;

	do
		page = test_pool_page();
	while (page & 0x3FFF);
	for (root = page; page < root + ARMV5_ROOT_SIZE; page += 4096) {
		if (page != root)
			test_pool_page();
		hypercall_update_va_mapping(page, (gfn_of((void *)page) << 12) | PTE_SMALL,
					    UVMF_INVLPG | UVMF_LOCAL);
	}
	return gfn_of((void *)root);
}

/* Switches to a table that has not seen the last change of the kernel's part. */
static void roots(void)
{
	static struct mmuext_op ops[2] = { { .cmd = MMUEXT_NEW_BASEPTR }, { .cmd = MMUEXT_NEW_BASEPTR } };

	if (!ops[0].arg1.mfn) {
		ops[1].arg1.mfn = test_root() >> 12;
		ops[0].arg1.mfn = make_root();
		ops[0].cmd = MMUEXT_PIN_ROOT;
		test_is("pin", hypercall_mmuext_op(ARG(ops), 1, 0, DOMID_SELF), 0);
		ops[0].cmd = MMUEXT_NEW_BASEPTR;
	}
	for (unsigned int i = 0; i < CALLS; i += 2) {
		updates[i].ptr = test_root() + (SECTION_VA >> 20) * 4;
		updates[i].val = i & 2 ? 0 : SECTION | PTE_SECTION_AP(ARMV5_AP_RO) | PTE_SECTION;
		call(i, __HYPERVISOR_mmu_update, ARG(&updates[i]), 1);
		call(i + 1, __HYPERVISOR_mmuext_op, ARG(&ops[i / 2 % 2]), 1);
		calls[i].args[3] = calls[i + 1].args[3] = DOMID_SELF;
	}
	hypercall_multicall(ARG(calls), CALLS);
	if (calls[1].result != 0 || calls[3].result != 0)
		test_ok("roots", false);
}

static const struct test_step cases[] = {
	{ "sections", sections }, { "runstates", runstates }, { "timers", timers },
	{ "polls", polls }, { "caches", caches }, { "tabs", tabs }, { "escapes", escapes },
	{ "lines", lines }, { "ports", ports }, { "queries", queries },
	{ "texts", texts }, { "odd", odd }, { "pages", pages }, { "roots", roots },
};

int main(void)
{
	test_repeat(cases, sizeof(cases) / sizeof(cases[0]));
}
