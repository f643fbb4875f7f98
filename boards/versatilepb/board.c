/* SPDX-License-Identifier: MIT */
/*
 * board.c - ARM Versatile PB (DUI 0225), real or QEMU's -M versatilepb.
 *
 * Devices: the core tile's peripherals at 0x10100000, the FPGA's at 0x10000000.
 * UART0 and the first SP804 are the hypervisor's, all else may be granted.
 */
#include <hv/board.h>
#include <drv/pl011.h>
#include <drv/pl190.h>
#include <drv/sp804.h>
#include <drv/versatile_sys.h>

#define FPGA      BOARD_DEVICE_VA(0u) /* 0x10000000 */
#define TILE      BOARD_DEVICE_VA(1u) /* 0x10100000 */
#define LAST_OF_FLASH BOARD_DEVICE_VA(2u) /* 0x37F00000: the last MiB */

#define TIMER_MADDR 0x101E2000u
#define IRQ_TIMER01 4u
#define IRQ_UART0   12u

#define VIC         (TILE + 0x40000u)
#define VIC_SIC     (1u << 31) /* the line of the secondary controller */

static const struct pl190_data vic_data = {
	.base = VIC,
	.sic = FPGA + 0x3000u,
	.sic_mask = VIC_SIC,
	.sic_pass_through = 0x7FE00000u, /* lines 21-30: PCI, Ethernet, USB... */
};
static const struct irqchip vic = {
	.name = "PL190",
	.data = &vic_data,
	.status = (const volatile uint32_t *)(VIC + PL190_STATUS),
	.clear = (volatile uint32_t *)(VIC + PL190_CLEAR),
	.own = ~VIC_SIC,
	.ops = &pl190_ops,
};

static const struct sp804_data timer_data = {
	.one_shot = TILE + 0xE2000u,
	.counter = TILE + 0xE2000u + SP804_SECOND,
	.clock_select = TILE + 0xE0000u, /* SP810 system controller: TIMCLK of all four */
	.clock_bits = 0x002A8000u,
};
static const struct timer_device timer = {
	.name = "SP804",
	.data = &timer_data,
	.irq = IRQ_TIMER01,
	.counter_maddr = TIMER_MADDR + SP804_SECOND + SP804_VALUE,
	.counter = (const volatile uint32_t *)(TILE + 0xE2000u + SP804_SECOND +
						      SP804_VALUE),
	.restart = (volatile uint32_t *)(TILE + 0xE2000u),
	.counter_xor = SP804_COUNTER_XOR,
	.hz = 1000000,
	.ops = &sp804_ops,
};

static const struct pl011_data uart_data = {
	.base = TILE + 0xF1000u,
	.divisor = 833, /* 24 MHz / 16 / 115,200 baud */
};
static const struct uart uart0 = {
	.name = "PL011",
	.data = &uart_data,
	.irq = IRQ_UART0,
	.ops = &pl011_ops,
};

static const struct versatile_sys_data sys_data = { .base = FPGA, .boot_log = LAST_OF_FLASH + 0xC0000u };
static const struct power sys = {
	.name = "Versatile system registers",
	.data = &sys_data,
	.reset = versatile_sys_reset,
	.confirm = versatile_sys_confirm,
};

const struct board board = {
	.name = "ARM Versatile PB",
	.compatible = "arm,versatile-pb",
	.device_sections = { 0x10000000u, 0x10100000u, 0x37F00000u },
	.device_section_count = 3,
	.irqchip = &vic,
	.timer = &timer,
	.uart = &uart0,
	.power = &sys,
};
