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
	/* Of the receive interrupt, the only one, on after init: before rx. */
	void (*ack)(const struct uart *uart);
};

#endif
