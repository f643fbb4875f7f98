/* SPDX-License-Identifier: MIT */
/*
 * test_imx.c - drivers of the i.MX25 on models of their registers: AVIC, GPT and EPIT, UART,
 * watchdog.  A model does what the reference manual says of the registers that a driver
 * uses, and fails the test at any other.
 */
#include "host.h"

#include <hv/types.h>

#define DRV_MMIO_H
#define REG_BIT(n) (1u << (n))
static uint32_t mmio_read32(uintptr_t address);
static void mmio_write32(uintptr_t address, uint32_t value);
static void mmio_write16(uintptr_t address, uint16_t value);

#include "../../drivers/avic.c"
#define base_of uart_base_of
#include "../../drivers/imx_uart.c"
#define data_of timer_data_of
#include "../../drivers/imx_timer.c"
#include "../../drivers/imx_wdog.c"

#define AVIC  0x1000u
#define UART  0x2000u
#define GPT   0x3000u
#define EPIT  0x4000u
#define WDOG  0x5000u
#define GATE  0x6010u
#define OPACR 0x7040u
#define IRAM  0x8000u

static const struct avic_data avic_data = { AVIC };
static const struct irqchip avic = { .data = &avic_data, .ops = &avic_ops };
static const struct imx_uart_data uart_data = { UART };
static const struct uart uart = { .data = &uart_data, .ops = &imx_uart_ops };
static const struct imx_timer_data timer_data = {
	.gpt = GPT, .epit = EPIT, .clock_gate = GATE, .clock_bits = 0x80C00,
	.access = OPACR, .access_bits = 0x4040,
};
static const struct timer_device timer = { .data = &timer_data, .ops = &imx_timer_ops };
static const struct imx_wdog_data wdog_data = { .base = WDOG, .boot_mark = IRAM };
static const struct power wdog = { .data = &wdog_data, .reset = imx_wdog_reset, .confirm = imx_wdog_confirm };
static uint32_t mark;

static struct {
	uint64_t raised, enabled, fast;
	uint32_t mask, control;
} avic_model;

static struct {
	uint32_t control[5], fifo;   /* control[0] is not there */
	uint32_t in[64];
	unsigned int in_first, in_end;
	char out[64];
	unsigned int out_count, out_room;
} uart_model;

static struct {
	uint32_t control, interrupts, prescaler, status;
	uint32_t begun_with;         /* control when the counter began */
} gpt_model;

static struct {
	uint32_t control, status, load, compare, count;
	bool counting;
} epit_model;

static uint32_t gate, opacr;
static unsigned int resets;

/* ---- models -------------------------------------------------------------- */

static uint32_t avic_read(uint32_t offset)
{
	uint64_t pending = avic_model.raised & avic_model.enabled & ~avic_model.fast;

	switch (offset) {
	case 0x58: return (uint32_t)(pending >> 32);
	case 0x5C: return (uint32_t)pending;
	default: fail_msg("AVIC: read of %#x", offset);
	}
	return 0;
}

static void set_half(uint64_t *word, bool high, uint32_t value)
{
	uint64_t keep = high ? 0xFFFFFFFFu : ~(uint64_t)0xFFFFFFFFu;

	*word = (*word & keep) | (uint64_t)value << (high ? 32 : 0);
}

static void avic_write(uint32_t offset, uint32_t value)
{
	switch (offset) {
	case 0x00: avic_model.control = value; break;
	case 0x04: avic_model.mask = value; break;
	case 0x08: assert_true(value < 64); avic_model.enabled |= (uint64_t)1 << value; break;
	case 0x0C: assert_true(value < 64); avic_model.enabled &= ~((uint64_t)1 << value); break;
	case 0x10: case 0x14: set_half(&avic_model.enabled, offset == 0x10, value); break;
	case 0x18: case 0x1C: set_half(&avic_model.fast, offset == 0x18, value); break;
	default: fail_msg("AVIC: write to %#x", offset);
	}
}

static uint32_t uart_read(uint32_t offset)
{
	switch (offset) {
	case 0x00:
		if (uart_model.in_first == uart_model.in_end)
			return 0x4000;          /* error, not ready */
		return uart_model.in[uart_model.in_first++] | 0x8000;
	case 0x80: case 0x84: case 0x88: case 0x8C:
		return uart_model.control[(offset - 0x80) / 4 + 1];
	case 0x90: return uart_model.fifo;
	case 0xB4: return uart_model.out_room ? 0 : 0x10;
	default: fail_msg("UART: read of %#x", offset);
	}
	return 0;
}

static void uart_write(uint32_t offset, uint32_t value)
{
	switch (offset) {
	case 0x40:
		assert_true(uart_model.out_room > 0);
		assert_true(uart_model.control[1] & 1);
		assert_true(uart_model.control[2] & 4);
		uart_model.out[uart_model.out_count++] = (char)value;
		uart_model.out_room--;
		break;
	case 0x80: case 0x84: case 0x88: case 0x8C:
		uart_model.control[(offset - 0x80) / 4 + 1] = value;
		break;
	case 0x90: uart_model.fifo = value; break;
	default: fail_msg("UART: write to %#x", offset);
	}
}

static void gpt_write(uint32_t offset, uint32_t value)
{
	switch (offset) {
	case 0x00:
		if (value & 1 && !(gpt_model.control & 1)) {
			/* the clock source was chosen before */
			assert_int_equal((gpt_model.control ^ value) & (7u << 6), 0);
			gpt_model.begun_with = value;
		}
		gpt_model.control = value;
		break;
	case 0x04: gpt_model.prescaler = value; break;
	case 0x08: gpt_model.status &= ~value; break;
	case 0x0C: gpt_model.interrupts = value; break;
	default: fail_msg("GPT: write to %#x", offset);
	}
}

static void epit_write(uint32_t offset, uint32_t value)
{
	switch (offset) {
	case 0x00:
		if (value & 1 && !epit_model.counting) {
			assert_int_equal((epit_model.control ^ value) & (3u << 24), 0);
			assert_int_equal(value & 0xAu, 0x2);   /* from all ones */
			epit_model.count = 0xFFFFFFFFu;
		}
		epit_model.counting = value & 1;
		epit_model.control = value;
		break;
	case 0x04: epit_model.status &= ~value; break;
	case 0x08:
		epit_model.load = value;
		if (epit_model.control & (1u << 17))
			epit_model.count = value;
		break;
	case 0x0C: epit_model.compare = value; break;
	default: fail_msg("EPIT: write to %#x", offset);
	}
}

/* Ticks of the peripheral clock; true if an interrupt is pending then. */
static bool epit_pass(uint32_t ticks)
{
	while (ticks-- && epit_model.counting) {
		if (--epit_model.count == epit_model.compare)
			epit_model.status = 1;
	}
	return epit_model.status && epit_model.control & 4;
}

static uint32_t mmio_read32(uintptr_t address)
{
	switch (address & ~(uintptr_t)0xFFF) {
	case AVIC: return avic_read(address & 0xFFF);
	case UART: return uart_read(address & 0xFFF);
	}
	if (address == GATE)
		return gate;
	if (address == IRAM)
		return mark;
	assert_int_equal(address, OPACR);
	return opacr;
}

static void mmio_write32(uintptr_t address, uint32_t value)
{
	uint32_t offset = address & 0xFFF;

	switch (address & ~(uintptr_t)0xFFF) {
	case AVIC: avic_write(offset, value); return;
	case UART: uart_write(offset, value); return;
	case GPT: assert_true(gate & 1u << 19); gpt_write(offset, value); return;
	case EPIT: assert_true(gate & 1u << 10); epit_write(offset, value); return;
	}
	if (address == GATE) {
		gate = value;
	} else if (address == IRAM) {
		mark = value;
	} else {
		assert_int_equal(address, OPACR);
		opacr = value;
	}
}

static void mmio_write16(uintptr_t address, uint16_t value)
{
	assert_int_equal(address, WDOG);
	if (!(value & 0x10))    /* SRS */
		resets++;
}

/* As a loader leaves things: everything on. */
static int setup(void **state)
{
	(void)state;
	memset(&avic_model, 0xFF, sizeof(avic_model));
	avic_model.raised = 0;
	memset(&uart_model, 0, sizeof(uart_model));
	uart_model.control[1] = 0xFFFF;
	uart_model.control[3] = 0x700;
	uart_model.control[4] = 0xFFFF;
	uart_model.fifo = 0xFFFF;
	uart_model.out_room = 32;
	memset(&gpt_model, 0xFF, sizeof(gpt_model));
	memset(&epit_model, 0, sizeof(epit_model));
	epit_model.control = 0x0300000F;
	epit_model.counting = true;
	epit_model.status = 1;
	gate = 0x04008100;      /* after reset */
	opacr = 0x44444444;
	resets = 0;
	return 0;
}

/* ---- interrupt controller ------------------------------------------------ */

static void test_avic_begins_masked(void **state)
{
	(void)state;
	avic.ops->init(&avic);
	avic_model.raised = ~(uint64_t)0;
	assert_int_equal(avic.ops->pending(&avic), -1);
	assert_true(avic_model.fast == 0);
	assert_int_equal(avic_model.mask, 0x1F);
	assert_int_equal(avic_model.control, 0);
}

static void test_avic_lines(void **state)
{
	(void)state;
	avic.ops->init(&avic);
	avic_model.raised = ~(uint64_t)0;
	for (unsigned int line = 0; line < 64; line++) {
		avic.ops->unmask(&avic, line);
		assert_int_equal(avic.ops->pending(&avic), (int)line);
		avic.ops->mask(&avic, line);
		assert_int_equal(avic.ops->pending(&avic), -1);
	}
}

static void test_avic_lowest_goes_first(void **state)
{
	(void)state;
	avic.ops->init(&avic);
	avic.ops->unmask(&avic, 45);
	avic.ops->unmask(&avic, 27);
	avic.ops->unmask(&avic, 28);
	avic_model.raised = (uint64_t)1 << 45;
	assert_int_equal(avic.ops->pending(&avic), 45);
	avic_model.raised |= (uint64_t)1 << 28;
	assert_int_equal(avic.ops->pending(&avic), 28);
	avic_model.raised |= (uint64_t)1 << 27;
	assert_int_equal(avic.ops->pending(&avic), 27);
}

/* ---- timers -------------------------------------------------------------- */

static void test_counter_runs_free(void **state)
{
	(void)state;
	timer.ops->init(&timer);
	/* enabled, from zero, in wait mode, ipg_clk, free-running; no interrupt */
	assert_int_equal(gpt_model.begun_with, 1u << 9 | 1u << 6 | 0xB);
	assert_int_equal(gpt_model.control, gpt_model.begun_with);
	assert_int_equal(gpt_model.prescaler, 0);
	assert_int_equal(gpt_model.interrupts, 0);
	assert_int_equal(gpt_model.status & 0x3F, 0);
}

static void test_clocks_and_access(void **state)
{
	(void)state;
	timer.ops->init(&timer);
	assert_int_equal(gate, 0x04088D00);
	assert_int_equal(opacr, 0x44440404);
}

static void test_one_shot(void **state)
{
	(void)state;
	timer.ops->init(&timer);
	assert_false(epit_pass(1000));
	timer.ops->set(&timer, 100);
	assert_false(epit_pass(99));
	assert_true(epit_pass(1));
	timer.ops->ack(&timer);
	assert_false(epit_pass(100000));
	timer.ops->set(&timer, 1);
	assert_true(epit_pass(1));
}

static void test_one_shot_is_replaced(void **state)
{
	(void)state;
	timer.ops->init(&timer);
	timer.ops->set(&timer, 100);
	assert_false(epit_pass(50));
	timer.ops->set(&timer, 1000);
	assert_false(epit_pass(999));
	assert_true(epit_pass(1));
	timer.ops->ack(&timer);
	timer.ops->set(&timer, 1000);
	assert_false(epit_pass(10));
	timer.ops->set(&timer, 5);
	assert_true(epit_pass(5));
}

/* ---- serial port --------------------------------------------------------- */

static void test_uart_init(void **state)
{
	(void)state;
	uart.ops->init(&uart);
	assert_int_equal(uart_model.control[1], 1);
	assert_int_equal(uart_model.control[2], 0x4027);
	assert_int_equal(uart_model.control[3], 0x704);
	assert_int_equal(uart_model.control[4], 0);
	assert_int_equal(uart_model.fifo, 0x380 | 2u << 10 | 1); /* the divider stays */
}

static void test_uart_write(void **state)
{
	(void)state;
	uart.ops->init(&uart);
	assert_int_equal(uart.ops->write(&uart, "bantam\xff", 7), 7);
	assert_memory_equal(uart_model.out, "bantam\xff", 7);
	uart_model.out_room = 3;
	assert_int_equal(uart.ops->write(&uart, "bantam", 6), 3);
	assert_int_equal(uart.ops->write(&uart, "bantam", 6), 0);
	assert_int_equal(uart_model.out_count, 10);
}

static void receive(uint32_t data)
{
	uart_model.in[uart_model.in_end++] = data;
}

static void test_uart_rx(void **state)
{
	(void)state;
	uart.ops->init(&uart);
	assert_int_equal(uart.ops->rx(&uart), -1);
	receive('a');
	receive(0xFF);
	receive(0x2000 | 'b');          /* others were lost before it */
	assert_int_equal(uart.ops->rx(&uart), 'a');
	assert_int_equal(uart.ops->rx(&uart), 0xFF);
	assert_int_equal(uart.ops->rx(&uart), 'b');
	assert_int_equal(uart.ops->rx(&uart), -1);
}

static void test_uart_listens(void **state)
{
	(void)state;
	uart.ops->init(&uart);
	assert_int_equal(uart_model.control[1], 1);
	uart.ops->listen(&uart, true);
	assert_int_equal(uart_model.control[1], 1u << 9 | 1);    /* RRDYEN, UARTEN */
	uart.ops->listen(&uart, false);
	assert_int_equal(uart_model.control[1], 1);
}

static void test_uart_skips_what_is_damaged(void **state)
{
	(void)state;
	uart.ops->init(&uart);
	receive(0x5000 | 'x');          /* framing */
	receive(0x5800);                /* break */
	receive(0x4400 | 'y');          /* parity */
	receive('z');
	assert_int_equal(uart.ops->rx(&uart), 'z');
	for (unsigned int i = 0; i < 33; i++)
		receive(0x5800);
	assert_int_equal(uart.ops->rx(&uart), -1);      /* and ends */
}

/* ---- watchdog ------------------------------------------------------------ */

static void test_reset(void **state)
{
	(void)state;
	wdog.reset(&wdog);
	assert_int_equal(resets, 1);
}

/* Only the digit of an open mark is cleared; anything else is left as it is. */
static void test_confirm(void **state)
{
	static const uint32_t marks[][2] = {
		{ 0x42414E1Au, 0x42414E0Au }, { 0x42414E3Bu, 0x42414E0Bu }, { 0x42414E0Bu, 0x42414E0Bu },
		{ 0x42414F2Au, 0x42414F2Au }, { 0u, 0u }, { 0xFFFFFFFFu, 0xFFFFFFFFu },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		mark = marks[i][0];
		wdog.confirm(&wdog);
		assert_int_equal(mark, marks[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_avic_begins_masked, setup),
		cmocka_unit_test_setup(test_avic_lines, setup),
		cmocka_unit_test_setup(test_avic_lowest_goes_first, setup),
		cmocka_unit_test_setup(test_counter_runs_free, setup),
		cmocka_unit_test_setup(test_clocks_and_access, setup),
		cmocka_unit_test_setup(test_one_shot, setup),
		cmocka_unit_test_setup(test_one_shot_is_replaced, setup),
		cmocka_unit_test_setup(test_uart_init, setup),
		cmocka_unit_test_setup(test_uart_write, setup),
		cmocka_unit_test_setup(test_uart_rx, setup),
		cmocka_unit_test_setup(test_uart_listens, setup),
		cmocka_unit_test_setup(test_uart_skips_what_is_damaged, setup),
		cmocka_unit_test_setup(test_reset, setup),
		cmocka_unit_test_setup(test_confirm, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
