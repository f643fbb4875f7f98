/* SPDX-License-Identifier: MIT */
/*
 * device.c - an SP804 (ARM DDI 0271), whose timer expires; a PL011 (DDI 0183), whose
 * transmitter has room again after it was given a character; an EPIT (MCIMX25RM), whose
 * counter passes its compare register.
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

enum { EPIT_CONTROL = 0x00 / 4, EPIT_STATUS = 0x04 / 4, EPIT_LOAD = 0x08 / 4, EPIT_COMPARE = 0x0C / 4 };
#define CONTROL_OFF  0x0108000Eu /* bus clock, also in wait; from LOAD, again and again; interrupt */
#define CONTROL_ON   0x0108000Fu

static void epit_clear(void)
{
	registers[EPIT_STATUS] = 1;
}

static void epit_stop(void)
{
	registers[EPIT_CONTROL] = 0;
	epit_clear();
}

/* (Once is not one of its modes: it comes again, and nobody minds.) */
static void epit_start(bool periodic)
{
	(void)periodic;
	epit_stop();
	registers[EPIT_CONTROL] = CONTROL_OFF;
	registers[EPIT_LOAD] = shared_info->arch.counter_hz / 200;
	registers[EPIT_COMPARE] = 0;
	registers[EPIT_CONTROL] = CONTROL_ON;
}

const struct device epit = { "epit", epit_start, epit_clear, epit_stop };
