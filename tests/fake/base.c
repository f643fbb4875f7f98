/* SPDX-License-Identifier: MIT */
/* base.c - fakes of what every room needs: hv/console.h (lines are lost), hv/panic.h
 * (fails the test), hv/memory.h, hv/partition.h, the identity of the core. */
#include <arch/cpu.h>
#include <hv/console.h>
#include <hv/memory.h>
#include <hv/panic.h>
#include <hv/partition.h>

struct system_partition system_partition;
static unsigned int fake_lines_logged;
static bool fake_panic_expected;
static jmp_buf fake_panic_jump;

void log_words(unsigned int count, const char *format, ...)
{
	(void)count;
	(void)format;
	fake_lines_logged++;
}

void panic_words(unsigned int count, const char *format, ...)
{
	(void)count;
	if (fake_panic_expected)
		longjmp(fake_panic_jump, 1);
	fail_msg("panic: %s", format);
	abort();
}

void *boot_alloc(size_t size, size_t align)
{
	static _Alignas(64) uint8_t arena[256 * 1024];
	static size_t used;
	void *p = arena + ROUND_UP(used, align);

	used = ROUND_UP(used, align) + size;
	assert_true(used <= sizeof(arena));
	return p;
}

uint32_t arch_midr(void)
{
	return 0x41069265;
}
