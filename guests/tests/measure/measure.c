/* SPDX-License-Identifier: MIT */
/*
 * measure.c - the log of measurements, as the control domain reads it.
 *
 * case=log prints it, and goes on to print what is added, for tests/system/test_measure.py:
 *     entry N kind K by B domain D digest chain
 * A digit that is typed makes that domain reboot.
 */
#include "../lib/test.h"
#include <xen/platform.h>
#include <xen/sched.h>

/* A struct xen_platform_op, with the argument that only this architecture has. */
static struct {
	uint32_t command, version;
	struct xenpf_measurement entry;
} op;

static long read_entry(uint32_t index)
{
	op.command = XENPF_measurement;
	op.version = XENPF_INTERFACE_VERSION;
	op.entry.index = index;
	return hypercall_platform_op(ARG(&op));
}

static void text_of(char *to, const uint8_t *digest)
{
	for (unsigned int i = 0; i < 32; i++)
		sprintf(to + 2 * i, "%02x", digest[i]);
}

static void reboot_typed(void)
{
	struct sched_remote_shutdown stop = { .reason = SHUTDOWN_reboot };
	char typed;

	if (console_read(&typed, 1) == 1 && typed > '0' && typed <= '9') {
		stop.domain_id = (domid_t)(typed - '0');
		hypercall_sched_op(SCHEDOP_remote_shutdown, ARG(&stop));
	}
}

static void print_log(void)
{
	char digest[65], chain[65];

	for (uint32_t index = 0;;) {
		if (read_entry(index)) {
			reboot_typed();
			time_sleep_until(time_now() + 10 * NS_PER_MS);
			continue;
		}
		index = op.entry.index + 1;
		text_of(digest, op.entry.digest);
		text_of(chain, op.entry.chain);
		printf("entry %u kind %u by %u domain %u %s %s\n", (unsigned int)op.entry.index,
		       op.entry.kind, op.entry.by, op.entry.domain, digest, chain);
	}
}

static void test_log(void)
{
	struct xenpf_measurement before;
	uint32_t index = 0;
	bool whole = true;

	test_is("entry 0", read_entry(0), 0);
	test_is("it is the hypervisor", op.entry.kind, MEASURED_HYPERVISOR);
	test_is("which is no domain", op.entry.domain, (long)DOMID_XEN);
	for (; !read_entry(index); index++)
		whole = whole && op.entry.index == index;
	test_ok("all entries are there", whole && index >= 5);
	test_is("the last one", read_entry(index - 1), 0);
	test_is("is our command line", op.entry.kind, MEASURED_COMMAND_LINE);
	test_is("by the hypervisor", op.entry.by, MEASURED_BY_HYPERVISOR);
	test_is("and ours", op.entry.domain, 0);
	before = op.entry;
	test_is("again", read_entry(index - 1), 0);
	test_ok("it is the same", !memcmp(&before, &op.entry, sizeof(before)));
	test_is("behind the last one", read_entry(index), -XEN_ENOENT);
	test_is("far behind", read_entry(0xFFFFFFFF), -XEN_ENOENT);
}

static void errors(void)
{
	uint32_t *last = (uint32_t *)(test_end_of_memory() - 12);

	op.command = XENPF_measurement;
	op.version = XENPF_INTERFACE_VERSION - 1;
	op.entry.index = 0;
	test_is("another version", hypercall_platform_op(ARG(&op)), -XEN_EACCES);
	op.version = XENPF_INTERFACE_VERSION;
	op.command = XENPF_settime32;
	test_is("an operation of Xen's", hypercall_platform_op(ARG(&op)), -XEN_ENOSYS);
	op.command = XENPF_measurement + 1;
	test_is("an unknown operation", hypercall_platform_op(ARG(&op)), -XEN_ENOSYS);
	test_is("NULL", hypercall_platform_op(0), -XEN_EFAULT);
	test_is("the hypervisor's address", hypercall_platform_op(AT_HYPERVISOR), -XEN_EFAULT);
	test_is("another domain's", hypercall_platform_op(AT_FOREIGN), -XEN_EFAULT);
	test_is("around the end of the addresses", hypercall_platform_op(AT_WRAP), -XEN_EFAULT);
	last[0] = XENPF_measurement;
	last[1] = XENPF_INTERFACE_VERSION;
	last[2] = 0;
	test_is("no room for the entry", hypercall_platform_op(ARG(last)), -XEN_EFAULT);
	test_is("not even for the question", hypercall_platform_op(ARG(last + 1)), -XEN_EFAULT);
}

int main(void)
{
	if (!strcmp(test_case(), "log"))
		print_log();
	test_log();
	errors();
	test_end();
}
