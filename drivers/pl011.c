/* SPDX-License-Identifier: MIT */
/*
 * pl011.c - ARM PrimeCell UART (DDI 0183).
 *
 * The transmit interrupt is not used: it comes only when the FIFO falls through
 * its trigger level, and emulators that send at once raise it without pause.  The
 * console paces its output by a timer instead.
 */
#include <drv/mmio.h>
#include <drv/pl011.h>

#define UART_DATA         0x00u
#define UART_FLAGS        0x18u
#define UART_INTEGER_BAUD 0x24u
#define UART_FRACTION     0x28u
#define UART_LINE_CONTROL 0x2Cu
#define UART_CONTROL      0x30u
#define UART_FIFO_LEVEL   0x34u
#define UART_INT_MASK     0x38u
#define UART_INT_CLEAR    0x44u

#define DATA_ERRORS       0x700u     /* break, parity, framing; not overrun */
#define FLAG_RX_EMPTY     REG_BIT(4)
#define FLAG_TX_FULL      REG_BIT(5)
#define LINE_8_BITS_FIFO  0x70u
#define CONTROL_ENABLE    REG_BIT(0)
#define CONTROL_TX        REG_BIT(8)
#define CONTROL_RX        REG_BIT(9)
#define INT_RX            REG_BIT(4)
#define INT_RX_TIMEOUT    REG_BIT(6)
#define INT_ALL           0x7FFu

static uintptr_t base_of(const struct uart *uart)
{
	return ((const struct pl011_data *)uart->data)->base;
}

static void pl011_init(const struct uart *uart)
{
	const struct pl011_data *p = uart->data;

	mmio_write32(p->base + UART_INT_MASK, 0);
	if (mmio_read32(p->base + UART_INTEGER_BAUD) == 0) {
		mmio_write32(p->base + UART_CONTROL, 0);
		mmio_write32(p->base + UART_INTEGER_BAUD, p->divisor >> 6);
		mmio_write32(p->base + UART_FRACTION, p->divisor & 63u);
	}
	/* This write makes the divisor take effect (DDI 0183 3.3.6). */
	mmio_write32(p->base + UART_LINE_CONTROL, LINE_8_BITS_FIFO);
	mmio_write32(p->base + UART_CONTROL, CONTROL_ENABLE | CONTROL_TX | CONTROL_RX);
	mmio_write32(p->base + UART_FIFO_LEVEL, 0);
	mmio_write32(p->base + UART_INT_CLEAR, INT_ALL);
}

static size_t pl011_write(const struct uart *uart, const char *text, size_t size)
{
	uintptr_t base = base_of(uart);
	size_t sent;

	for (sent = 0; sent < size; sent++) {
		if (mmio_read32(base + UART_FLAGS) & FLAG_TX_FULL)
			break;
		mmio_write32(base + UART_DATA, (uint8_t)text[sent]);
	}
	return sent;
}

/* Characters that arrived damaged, and breaks, are skipped. */
static int pl011_rx(const struct uart *uart)
{
	uintptr_t base = base_of(uart);
	unsigned int tries;
	uint32_t data;

	for (tries = 0; tries < 16; tries++) {
		if (mmio_read32(base + UART_FLAGS) & FLAG_RX_EMPTY)
			return -1;
		data = mmio_read32(base + UART_DATA);
		if (!(data & DATA_ERRORS))
			return (int)(data & 0xFFu);
	}
	return -1;
}

/* Both stand until the FIFO is read below its level, or empty (DDI 0183 2.8). */
static void pl011_listen(const struct uart *uart, bool on)
{
	mmio_write32(base_of(uart) + UART_INT_MASK, on ? INT_RX | INT_RX_TIMEOUT : 0);
}

const struct uart_ops pl011_ops = {
	.init = pl011_init,
	.write = pl011_write,
	.rx = pl011_rx,
	.listen = pl011_listen,
};
