/* SPDX-License-Identifier: MIT */
/*
 * imx_uart.c - serial port of the i.MX processors (MCIMX25RM, UART).  FIFOs of 32.
 *
 * The rate, its clock and the pins are as the loader left them.  The receive interrupt
 * stands while there is a character to read.
 */
#include <drv/imx_uart.h>
#include <drv/mmio.h>

#define UART_RX          0x00u
#define UART_TX          0x40u
#define UART_CONTROL_1   0x80u
#define UART_CONTROL_2   0x84u
#define UART_CONTROL_3   0x88u
#define UART_CONTROL_4   0x8Cu
#define UART_FIFO        0x90u
#define UART_TEST        0xB4u

#define RX_READY         REG_BIT(15)
#define RX_DAMAGED       (REG_BIT(12) | REG_BIT(11) | REG_BIT(10)) /* framing, break, parity */
#define CONTROL_1_ENABLE REG_BIT(0)
#define CONTROL_1_RX_INT REG_BIT(9)
#define CONTROL_2_NO_RESET   REG_BIT(0)
#define CONTROL_2_RX         REG_BIT(1)
#define CONTROL_2_TX         REG_BIT(2)
#define CONTROL_2_8_BITS     REG_BIT(5)
#define CONTROL_2_IGNORE_RTS REG_BIT(14)
#define CONTROL_3_RX_MUX REG_BIT(2)  /* must be set on this chip: RXD comes through the pin mux */
#define FIFO_DIVIDER     (7u << 7)   /* of the clock: the loader's */
#define FIFO_LEVELS      (2u << 10 | 1u) /* 1 character received interrupts */
#define TEST_TX_FULL     REG_BIT(4)

static uintptr_t base_of(const struct uart *uart)
{
	return ((const struct imx_uart_data *)uart->data)->base;
}

static void imx_uart_listen(const struct uart *uart, bool on)
{
	mmio_write32(base_of(uart) + UART_CONTROL_1,
		     CONTROL_1_ENABLE | (on ? CONTROL_1_RX_INT : 0));
}

static void imx_uart_init(const struct uart *uart)
{
	uintptr_t base = base_of(uart);

	imx_uart_listen(uart, false);
	mmio_write32(base + UART_CONTROL_3,
		     mmio_read32(base + UART_CONTROL_3) | CONTROL_3_RX_MUX);
	mmio_write32(base + UART_CONTROL_4, 0);
	mmio_write32(base + UART_FIFO,
		     (mmio_read32(base + UART_FIFO) & FIFO_DIVIDER) | FIFO_LEVELS);
	mmio_write32(base + UART_CONTROL_2, CONTROL_2_NO_RESET | CONTROL_2_RX | CONTROL_2_TX |
		     CONTROL_2_8_BITS | CONTROL_2_IGNORE_RTS);
}

static size_t imx_uart_write(const struct uart *uart, const char *text, size_t size)
{
	uintptr_t base = base_of(uart);
	size_t sent;

	for (sent = 0; sent < size; sent++) {
		if (mmio_read32(base + UART_TEST) & TEST_TX_FULL)
			break;
		mmio_write32(base + UART_TX, (uint8_t)text[sent]);
	}
	return sent;
}

/* Characters that arrived damaged, and breaks, are skipped. */
static int imx_uart_rx(const struct uart *uart)
{
	unsigned int tries;
	uint32_t data;

	for (tries = 0; tries < 32; tries++) {
		data = mmio_read32(base_of(uart) + UART_RX);
		if (!(data & RX_READY))
			return -1;
		if (!(data & RX_DAMAGED))
			return (int)(data & 0xFFu);
	}
	return -1;
}

const struct uart_ops imx_uart_ops = {
	.init = imx_uart_init,
	.write = imx_uart_write,
	.rx = imx_uart_rx,
	.listen = imx_uart_listen,
};
