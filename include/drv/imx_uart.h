/* SPDX-License-Identifier: MIT */
/* imx_uart.h - what a board says of its i.MX serial port. */
#ifndef DRV_IMX_UART_H
#define DRV_IMX_UART_H

#include <drv/uart.h>

struct imx_uart_data {
	uintptr_t base;
};
extern const struct uart_ops imx_uart_ops;

#endif
