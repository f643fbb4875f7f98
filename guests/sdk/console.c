/* SPDX-License-Identifier: MIT */
/*
 * console.c - console_io: the domain's line on the serial port.
 */
#include <string.h>
#include <sdk/console.h>
#include <sdk/domain.h>
#include <sdk/time.h>

/* Small enough for the hypervisor's ring, large enough for a line. */
#define PIECE 128u

int console_write(const char *text, size_t size)
{
	while (size != 0) {
		size_t piece = size < PIECE ? size : PIECE;
		long result = hypercall_console_io(CONSOLEIO_write, piece, ARG(text));

		if (result == -XEN_EAGAIN) {
			/* Asleep, so that a real-time domain keeps its budget. */
			domain_poll(NULL, 0, time_now() + NS_PER_MS);
			continue;
		}
		if (result < 0)
			return (int)result;
		text += piece;
		size -= piece;
	}
	return 0;
}

void console_puts(const char *text)
{
	console_write(text, strlen(text));
	console_write("\n", 1);
}

int console_read(char *text, size_t size)
{
	return (int)hypercall_console_io(CONSOLEIO_read, size, ARG(text));
}
