/* SPDX-License-Identifier: MIT */
/*
 * device.c - an SP804 (ARM DDI 0271), whose timer expires; and a PL011 (DDI 0183), whose
 * transmitter has room again after it was given a character.
 */
#include <sdk/domain.h>
#include "device.h"

static volatile uint32_t *const registers = (volatile uint32_t *)DEVICE_REGISTERS;

enum { TIMER_LOAD = 0x00 / 4, TIMER_CONTROL = 0x08 / 4, TIMER_INTCLR = 0x0C / 4 };

static void sp804_stop(void)
{
	registers[TIMER_CONTROL] = 0;
	registers[TIMER_INTCLR] = 1;
}

static void sp804_start(bool periodic)
{
	sp804_stop();
	registers[TIMER_LOAD] = shared_info->arch.counter_hz / 200;
	registers[TIMER_CONTROL] = 0xA2 | (periodic ? 0x40 : 0x01);
}

static void sp804_clear(void)
{
	registers[TIMER_INTCLR] = 1;
}

const struct device sp804 = { "sp804", sp804_start, sp804_clear, sp804_stop };

enum { UART_DATA = 0x00 / 4, UART_CONTROL = 0x30 / 4, UART_MASK = 0x38 / 4, UART_CLEAR = 0x44 / 4 };
#define CONTROL_TRANSMITS 0x101u /* enabled, transmitter on */
#define INT_TRANSMIT      0x20u

static bool pl011_periodic;

static void pl011_stop(void)
{
	registers[UART_MASK] = 0;
	registers[UART_CONTROL] = 0;
	registers[UART_CLEAR] = INT_TRANSMIT;
}

static void pl011_start(bool periodic)
{
	pl011_periodic = periodic;
	pl011_stop();
	registers[UART_CONTROL] = CONTROL_TRANSMITS;
	registers[UART_MASK] = INT_TRANSMIT;
	registers[UART_DATA] = 0;
}

static void pl011_clear(void)
{
	registers[UART_CLEAR] = INT_TRANSMIT;
	if (pl011_periodic)
		registers[UART_DATA] = 0;
}

const struct device pl011 = { "pl011", pl011_start, pl011_clear, pl011_stop };
