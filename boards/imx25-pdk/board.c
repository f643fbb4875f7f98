/* SPDX-License-Identifier: MIT */
/*
 * board.c - Freescale i.MX25 PDK, real or QEMU's -M imx25-pdk (MCIMX25RM, memory map).
 *
 * UART1, GPT1, EPIT1, the watchdog, the clock controller and the bus bridges are the
 * hypervisor's, all else may be granted.  A granted device needs its clock and its bit
 * in the bridge as EPIT2 has them here.
 */
#include <hv/board.h>
#include <drv/avic.h>
#include <drv/imx_timer.h>
#include <drv/imx_uart.h>
#include <drv/imx_wdog.h>

#define AIPS1   BOARD_DEVICE_VA(0u) /* 0x43F00000 */
#define AIPS2   BOARD_DEVICE_VA(1u) /* 0x53F00000 */
#define ASIC    BOARD_DEVICE_VA(2u) /* 0x68000000 */
#define IRAM    BOARD_DEVICE_VA(3u) /* 0x78000000: 128 KiB of RAM on the chip */

#define CCM     (AIPS2 + 0x80000u)

#define GPT1_MADDR 0x53F90000u
#define IRQ_EPIT1  28u
#define IRQ_UART1  45u

static const struct avic_data avic_data = { .base = ASIC };
static const struct irqchip avic = {
	.name = "AVIC",
	.data = &avic_data,
	.ops = &avic_ops,
};

static const struct imx_timer_data timer_data = {
	.gpt = AIPS2 + 0x90000u,
	.epit = AIPS2 + 0x94000u,
	.clock_gate = CCM + 0x10u,  /* CGCR1: GPT1, EPIT2, EPIT1 */
	.clock_bits = 1u << 19 | 1u << 11 | 1u << 10,
	.access = AIPS2 + 0x40u,    /* OPACR0-7, 4 bits each from the top: bit 2 of 4 (GPT1) */
	.access_bits = 1u << 14 | 1u << 6, /* and 6 (EPIT2) asks for privilege */
};
static const struct timer_device timer = {
	.name = "GPT",
	.data = &timer_data,
	.irq = IRQ_EPIT1,
	.counter_maddr = GPT1_MADDR + GPT_COUNTER,
	.counter = (const volatile uint32_t *)(AIPS2 + 0x90000u + GPT_COUNTER),
	.restart = (volatile uint32_t *)(AIPS2 + 0x94000u + EPIT_LOAD),
	.counter_xor = 0,
	.hz = 33250000, /* ipg_clk after reset: 532 MHz / 4 / 2 / 2 */
	.ops = &imx_timer_ops,
};

static const struct imx_uart_data uart_data = { .base = AIPS1 + 0x90000u };
static const struct uart uart1 = {
	.name = "UART1",
	.data = &uart_data,
	.irq = IRQ_UART1,
	.ops = &imx_uart_ops,
};

static const struct imx_wdog_data wdog_data = { .base = AIPS2 + 0xDC000u, .boot_mark = IRAM + 0x10000u };
static const struct power wdog = {
	.name = "WDOG",
	.data = &wdog_data,
	.reset = imx_wdog_reset,
	.confirm = imx_wdog_confirm,
};

const struct board board = {
	.name = "i.MX25 PDK",
	.compatible = "fsl,imx25-pdk",
	.device_sections = { 0x43F00000u, 0x53F00000u, 0x68000000u, 0x78000000u },
	.device_section_count = 4,
	.irqchip = &avic,
	.timer = &timer,
	.uart = &uart1,
	.power = &wdog,
};
