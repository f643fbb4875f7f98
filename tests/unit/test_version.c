/* SPDX-License-Identifier: MIT */
/* test_version.c - xen_version: its texts come in pieces, and nothing behind them does. */
#include "host.h"

#include "base.c"
#include "domain.c"
#include "guest_access.c"
#include "hypercall.c"

#include "../../kernel/version.c"

#define ARG  (FAKE_GUEST_RW + 0x101u) /* not aligned */
#define TEXT 300u

static char command[TEXT + 32];

static const char *answer(void)
{
	return (const char *)fake_guest_at(ARG, sizeof(xen_commandline_t), FAKE_GUEST_RW + 0x1000u);
}

static int setup(void **state)
{
	(void)state;
	fake_domains_create(1);
	memset(command, 'x', TEXT);
	memset(command + TEXT, '!', sizeof(command) - TEXT); /* somebody else's */
	fake_partition[0].cmdline = command;
	domains[0]->command_length = TEXT;
	memset(fake_guest, 0x55, sizeof(fake_guest));
	fake_preempted = false;
	fake_looks = 0;
	return 0;
}

static int32_t ask(uint32_t number, uint32_t at, uint32_t from)
{
	const uint32_t arg[5] = { number, at, from };

	return do_xen_version(domains[0], arg);
}

static void expect_command_line(void)
{
	for (uint32_t i = 0; i < sizeof(xen_commandline_t); i++)
		assert_int_equal(answer()[i], i < TEXT ? 'x' : 0);
	assert_int_equal(answer()[sizeof(xen_commandline_t)], 0x55);
}

/* What the registers hold beside the arguments does not count. */
static void test_texts(void **state)
{
	(void)state;
	assert_int_equal(ask(XENVER_commandline, ARG, 512), 0);
	expect_command_line();
	assert_int_equal(ask(XENVER_extraversion, ARG, 0), 0);
	assert_string_equal(answer(), "-bantam");
	assert_int_equal(ask(XENVER_compile_info, ARG, 0), 0);
	assert_string_equal(answer(), "gcc " __VERSION__);
	assert_int_equal(ask(XENVER_capabilities, ARG, 0), 0);
	assert_string_equal(answer(), "xen-3.0-armv5 ");
	assert_int_equal(ask(XENVER_changeset, ARG, 0), 0);
	assert_string_equal(answer(), BANTAM_VERSION);
	assert_int_equal(ask(XENVER_guest_handle, ARG, 0), 0);
	assert_string_equal(answer(), domains[0]->name);
	assert_int_equal(ask(XENVER_build_id, ARG, 0), -XEN_ENOSYS);
}

static void test_errors(void **state)
{
	(void)state;
	assert_int_equal(ask(XENVER_commandline, ARMV5_HYPERVISOR_START, 0), -XEN_EFAULT);
	assert_int_equal(ask(XENVER_commandline, FAKE_GUEST_RO, 0), -XEN_EFAULT);
	assert_int_equal(ask(XENVER_get_features, 0, 0), -XEN_EFAULT);
	assert_int_equal(ask(XENVER_pagesize, 1, 0), -XEN_EINVAL);
	assert_int_equal(ask(99, 0, 0), -XEN_ENOSYS);
}

/* A look comes before each piece, and each time something waits the call goes on behind what is done. */
static void test_preempted(void **state)
{
	unsigned int calls = 1;
	int32_t rc;

	(void)state;
	fake_preempted = true;
	fake_preempted_every = 2;
	for (rc = ask(XENVER_commandline, ARG, 0); rc == HYPERCALL_CONTINUED; calls++) {
		assert_int_equal(domains[0]->vcpu.continuation[1], ARG); /* it is the caller that goes on */
		rc = do_xen_version(domains[0], domains[0]->vcpu.continuation);
	}
	assert_int_equal(rc, 0);
	assert_int_equal(calls, sizeof(xen_commandline_t) / PIECE);
	expect_command_line();
}

/* The guest says from where: no more than its own text, whatever it says. */
static void test_hostile_offset(void **state)
{
	static const uint32_t from[] = { 0, 1, TEXT - 1, TEXT, TEXT + 1, 1008, 1023, 1024, 0x7FFFFFF0, 0xFFFFFFF0,
					 0xFFFFFFFF };

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(from); i++) {
		memset(fake_guest, 0x55, sizeof(fake_guest));
		assert_int_equal(ask(XENVER_commandline | GOES_ON, ARG, from[i]), 0);
		assert_null(memchr(fake_guest, '!', sizeof(fake_guest)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_texts, setup),
		cmocka_unit_test_setup(test_errors, setup),
		cmocka_unit_test_setup(test_preempted, setup),
		cmocka_unit_test_setup(test_hostile_offset, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
