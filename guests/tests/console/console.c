/* SPDX-License-Identifier: MIT */
/*
 * console.c - console_io.
 */
#include "../lib/test.h"

static long op(unsigned int command, word_t count, word_t buffer)
{
	return hypercall_console_io(command, count, buffer);
}

int main(void)
{
	static char text[] = "a line of the console test\n";
	char input[16];
	word_t end = test_end_of_memory();

	test_is("write", op(CONSOLEIO_write, sizeof(text) - 1, ARG(text)), 0);
	test_is("write nothing", op(CONSOLEIO_write, 0, ARG(text)), 0);
	test_is("write: hypervisor address", op(CONSOLEIO_write, 4, AT_HYPERVISOR), -XEN_EFAULT);
	test_is("write: foreign address", op(CONSOLEIO_write, 4, AT_FOREIGN), -XEN_EFAULT);
	test_is("write: out of memory", op(CONSOLEIO_write, 4, end), -XEN_EFAULT);
	test_ok("write: runs out of memory", op(CONSOLEIO_write, 0x100000, end - 4) < 0);
	test_is("write: too large", op(CONSOLEIO_write, 0xFFFFFFFF, ARG(text)), -XEN_E2BIG);
	test_is("read: too large", op(CONSOLEIO_read, 0x80000000, ARG(input)), -XEN_E2BIG);
	test_is("read: nothing was typed", op(CONSOLEIO_read, sizeof(input), ARG(input)), 0);
	test_is("read nothing", op(CONSOLEIO_read, 0, ARG(input)), 0);
	test_is("unknown command", op(77, 1, ARG(text)), -XEN_ENOSYS);
	test_end();
}
