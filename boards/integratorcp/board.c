/* SPDX-License-Identifier: MIT */
/*
 * board.c - ARM Integrator/CP (DUI 0159) with an ARM926EJ-S, real or QEMU's -M integratorcp.
 *
 * The three timers are in one page, and the smallest thing that tables can protect holds
 * all of them: all are the hypervisor's, none can be granted.  Timers 1 and 2 have the
 * fixed 1 MHz, timer 0 the bus clock.
 *
 * The core module's reference counter has 24 MHz, but guests are not given its page:
 * reading its neighbour CM_LMBUSCNT ends QEMU.
 */
#include <hv/board.h>
#include <drv/integrator_cm.h>
#include <drv/integrator_pic.h>
#include <drv/pl011.h>
#include <drv/sp804.h>

#define CORE      BOARD_DEVICE_VA(0u) /* 0x10000000 */
#define TIMERS    BOARD_DEVICE_VA(1u) /* 0x13000000 */
#define PRIMARY   BOARD_DEVICE_VA(2u) /* 0x14000000 */
#define UART0     BOARD_DEVICE_VA(3u) /* 0x16000000 */
#define SECONDARY BOARD_DEVICE_VA(4u) /* 0xCA000000 */

#define TIMER_1     0x100u
#define TIMER_2     0x200u
#define IRQ_UART0   1u
#define IRQ_TIMER1  6u

#define PIC_SECONDARY (1u << 26)

static const struct integrator_pic_data pic_data = {
	.primary = PRIMARY,
	.secondary = SECONDARY,
	.secondary_mask = PIC_SECONDARY,
};
static const struct irqchip pic = {
	.name = "Integrator PIC",
	.data = &pic_data,
	.status = (const volatile uint32_t *)(PRIMARY + INTEGRATOR_PIC_STATUS),
	.clear = (volatile uint32_t *)(PRIMARY + INTEGRATOR_PIC_CLEAR),
	.own = ~PIC_SECONDARY,
	.ops = &integrator_pic_ops,
};

static const struct sp804_data timer_data = {
	.one_shot = TIMERS + TIMER_1,
	.counter = TIMERS + TIMER_2,
};
static const struct timer_device timer = {
	.name = "Integrator/CP timers",
	.data = &timer_data,
	.irq = IRQ_TIMER1,
	.counter_maddr = 0x13000000u + TIMER_2 + SP804_VALUE,
	.counter = (const volatile uint32_t *)(TIMERS + TIMER_2 + SP804_VALUE),
	.restart = (volatile uint32_t *)(TIMERS + TIMER_1),
	.counter_xor = SP804_COUNTER_XOR,
	.hz = 1000000,
	.ops = &sp804_ops,
};

static const struct pl011_data uart_data = {
	.base = UART0,
	.divisor = 512, /* 14.7456 MHz / 16 / 115,200 baud */
};
static const struct uart uart0 = {
	.name = "PL011",
	.data = &uart_data,
	.irq = IRQ_UART0,
	.ops = &pl011_ops,
};

static const struct integrator_cm_data core_data = { .base = CORE };
static const struct power core = {
	.name = "Integrator core module",
	.data = &core_data,
	.reset = integrator_cm_reset,
};

const struct board board = {
	.name = "ARM Integrator/CP",
	.compatible = "arm,integrator-cp",
	.device_sections = { 0x10000000u, 0x13000000u, 0x14000000u, 0x16000000u, 0xCA000000u },
	.device_section_count = 5,
	.irqchip = &pic,
	.timer = &timer,
	.uart = &uart0,
	.power = &core,
};
