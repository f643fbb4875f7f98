/* SPDX-License-Identifier: MIT */
/*
 * test_versatile.c - the Versatile's system registers and U-Boot's log in NOR flash, on a model
 * of both: a flash word is only changed after the program command, and only loses ones.
 */
#include "host.h"

#include <hv/types.h>

#define DRV_MMIO_H
#define REG_BIT(n) (1u << (n))
static uint32_t mmio_read32(uintptr_t address);
static void mmio_write32(uintptr_t address, uint32_t value);

#include "../../drivers/versatile_sys.c"

#define SYS   0x1000u
#define LOG   0x2000u
#define WORDS (LOG_SIZE / 4u)

static const struct versatile_sys_data data = { .base = SYS, .boot_log = LOG };
static const struct power sys = { .data = &data };

static struct {
	uint32_t words[WORDS];
	bool command, status;
	unsigned int programmed;
} flash;
static uint32_t lock, reset;

static uint32_t mmio_read32(uintptr_t address)
{
	assert_in_range(address, LOG, LOG + LOG_SIZE - 4);
	return flash.status ? 0x00800080u : flash.words[(address - LOG) / 4];
}

static void mmio_write32(uintptr_t address, uint32_t value)
{
	if (address == SYS + 0x20) {
		lock = value;
	} else if (address == SYS + 0x40) {
		reset = value;
	} else {
		assert_in_range(address, LOG, LOG + LOG_SIZE - 4);
		if (!flash.command) {
			assert_int_equal(value, 0x00400040);
			flash.command = true;
			return;
		}
		flash.words[(address - LOG) / 4] &= value;
		flash.command = false;
		flash.status = true;
		flash.programmed++;
	}
}

static int setup(void **state)
{
	(void)state;
	memset(&flash, 0, sizeof(flash));
	memset(flash.words, 0xFF, sizeof(flash.words));
	lock = reset = 0;
	return 0;
}

static void test_reset(void **state)
{
	(void)state;
	versatile_sys_reset(&sys);
	assert_int_equal(lock, 0xA05F);
	assert_int_equal(reset, 0x105);
}

static void test_the_open_word_is_closed(void **state)
{
	(void)state;
	flash.words[0] = 0x0000000A;
	flash.words[1] = 0xFFFFFF0B;
	versatile_sys_confirm(&sys);
	assert_int_equal(flash.words[0], 0x0000000A);
	assert_int_equal(flash.words[1], 0x0000000B);
	assert_int_equal(flash.words[2], 0xFFFFFFFF);
	/* a domain that is started again confirms again, and reads the flash's status */
	versatile_sys_confirm(&sys);
	assert_int_equal(flash.programmed, 1);
}

static void test_only_the_last_word(void **state)
{
	(void)state;
	flash.words[0] = 0xFFFFFF0A;
	flash.words[1] = 0x0000000B;
	versatile_sys_confirm(&sys);
	assert_int_equal(flash.programmed, 0);
}

static void test_an_empty_log(void **state)
{
	(void)state;
	versatile_sys_confirm(&sys);
	assert_int_equal(flash.programmed, 0);
}

/* QEMU without a flash image, or anything else that is no log. */
static void test_zeros(void **state)
{
	(void)state;
	memset(flash.words, 0, sizeof(flash.words));
	versatile_sys_confirm(&sys);
	assert_int_equal(flash.programmed, 0);
}

static void test_a_full_log(void **state)
{
	(void)state;
	memset(flash.words, 0, sizeof(flash.words));
	flash.words[WORDS - 1] = 0xFFFFFF0A;
	versatile_sys_confirm(&sys);
	assert_int_equal(flash.words[WORDS - 1], 0x0000000A);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_reset, setup),
		cmocka_unit_test_setup(test_the_open_word_is_closed, setup),
		cmocka_unit_test_setup(test_only_the_last_word, setup),
		cmocka_unit_test_setup(test_an_empty_log, setup),
		cmocka_unit_test_setup(test_zeros, setup),
		cmocka_unit_test_setup(test_a_full_log, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
