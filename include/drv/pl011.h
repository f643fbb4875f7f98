/* SPDX-License-Identifier: MIT */
/* pl011.h - what a board says of its PL011 serial port. */
#ifndef DRV_PL011_H
#define DRV_PL011_H

#include <drv/uart.h>

struct pl011_data {
	uintptr_t base;
	/* Divisor of the baud rate, in 1/64, if the loader has set none. */
	uint32_t divisor;
};
extern const struct uart_ops pl011_ops;

#endif
