/* SPDX-License-Identifier: MIT */
/* uart.h - class of serial ports: 8 data bits, no parity, rate as the loader left it. */
#ifndef DRV_UART_H
#define DRV_UART_H

#include <hv/types.h>

struct uart {
	const char *name;
	const void *data;
	unsigned int irq;
	const struct uart_ops *ops;
};

struct uart_ops {
	void (*init)(const struct uart *uart);
	/* Sends what the port takes at once; returns how many. */
	size_t (*write)(const struct uart *uart, const char *text, size_t size);
	int (*rx)(const struct uart *uart);                  /* -1: nothing */
	/* The receive interrupt, the only one, off after init: stands while there is something
	 * to read. */
	void (*listen)(const struct uart *uart, bool on);
};

#endif
