/* SPDX-License-Identifier: MIT */
/* console.c - early version: polled output of whole lines. */
#include <hv/console.h>
#include <hv/domain.h>
#include <hv/guest_access.h>
#include <hv/lib.h>
#include <drv/uart.h>

static const struct uart *uart;

static void put(char c)
{
	unsigned int tries;

	if (!uart)
		return;
	for (tries = 0; tries < 1000000 && !uart->ops->tx_ready(uart); tries++)
		;
	uart->ops->tx(uart, c);
}

static void put_text(const char *text)
{
	for (; *text; text++)
		put(*text);
}

void console_early_init(const struct uart *u)
{
	uart = u;
	uart->ops->init(uart);
}

void console_init(void) { }
void console_domain_init(struct domain *d) { d->console.line_length = 0; }

void console_interrupt(void)
{
	uart->ops->ack(uart);
	while (uart->ops->rx(uart) >= 0)
		;
}

void console_flush(void) { }
void console_set_sync(void) { }

void log_line(const char *format, ...)
{
	char line[160];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	put_text("(bantam) ");
	put_text(line);
	put_text("\r\n");
}

static void domain_char(struct domain *d, char c)
{
	struct console_domain *con = &d->console;

	if (c != '\n' && con->line_length < CONSOLE_LINE - 1) {
		con->line[con->line_length++] = c;
		return;
	}
	con->line[con->line_length] = '\0';
	put('(');
	put_text(d->name);
	put_text(") ");
	put_text(con->line);
	put_text("\r\n");
	con->line_length = 0;
}

int32_t do_console_io(struct domain *caller, const uint32_t *arg)
{
	char chunk[64];
	uint32_t done, n, i;

	if (arg[0] != CONSOLEIO_write)
		return 0;
	for (done = 0; done < arg[1]; done += n) {
		n = arg[1] - done < sizeof(chunk) ? arg[1] - done : sizeof(chunk);
		if (copy_from_guest(chunk, arg[2] + done, n))
			return -XEN_EFAULT;
		for (i = 0; i < n; i++)
			domain_char(caller, chunk[i]);
	}
	return 0;
}
