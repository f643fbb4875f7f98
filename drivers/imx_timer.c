/* SPDX-License-Identifier: MIT */
/*
 * imx_timer.c - timers of the i.MX25 (MCIMX25RM, GPT and EPIT): a GPT counts up and is never
 * touched again, so that guests may read its page; an EPIT, which counts down, is the one-shot.
 *
 * Both take the peripheral clock (ipg_clk).  The EPIT runs free, and a write to its load
 * register goes to the counter at once (IOVW): setting the one-shot is one write, and it
 * cannot be missed as a value to be compared with a running counter can.
 */
#include <drv/imx_timer.h>
#include <drv/mmio.h>

#define GPT_CONTROL      0x00u
#define GPT_PRESCALER    0x04u
#define GPT_STATUS       0x08u
#define GPT_INTERRUPTS   0x0Cu

#define GPT_ENABLE       REG_BIT(0)
#define GPT_FROM_ZERO    REG_BIT(1) /* when it is enabled */
#define GPT_IN_WAIT      REG_BIT(3) /* counts while the core waits for interrupt */
#define GPT_CLOCK_IPG    (1u << 6)
#define GPT_FREE_RUN     REG_BIT(9)
#define GPT_STATUS_ALL   0x3Fu

#define EPIT_CONTROL     0x00u
#define EPIT_STATUS      0x04u
#define EPIT_COMPARE     0x0Cu

#define EPIT_ENABLE      REG_BIT(0)
#define EPIT_FROM_LOAD   REG_BIT(1) /* when it is enabled */
#define EPIT_INTERRUPT   REG_BIT(2)
#define EPIT_OVERWRITE   REG_BIT(17)
#define EPIT_IN_WAIT     REG_BIT(19)
#define EPIT_CLOCK_IPG   (1u << 24)

static const struct imx_timer_data *data_of(const struct timer_device *device)
{
	return device->data;
}

static void start_counter(uintptr_t gpt)
{
	uint32_t control = GPT_FROM_ZERO | GPT_IN_WAIT | GPT_CLOCK_IPG | GPT_FREE_RUN;

	/* The clock may be changed while it is disabled only. */
	mmio_write32(gpt + GPT_CONTROL, 0);
	mmio_write32(gpt + GPT_INTERRUPTS, 0);
	mmio_write32(gpt + GPT_STATUS, GPT_STATUS_ALL);
	mmio_write32(gpt + GPT_PRESCALER, 0);
	mmio_write32(gpt + GPT_CONTROL, control);
	mmio_write32(gpt + GPT_CONTROL, control | GPT_ENABLE);
}

/* It runs on from all ones, 129 s of 33 MHz, as after each expiry: then the core takes an
 * interrupt too many. */
static void start_one_shot(uintptr_t epit)
{
	uint32_t control = EPIT_FROM_LOAD | EPIT_INTERRUPT | EPIT_OVERWRITE | EPIT_IN_WAIT |
			   EPIT_CLOCK_IPG;

	mmio_write32(epit + EPIT_CONTROL, 0);
	mmio_write32(epit + EPIT_STATUS, 1);
	mmio_write32(epit + EPIT_COMPARE, 0);
	mmio_write32(epit + EPIT_CONTROL, control);
	mmio_write32(epit + EPIT_CONTROL, control | EPIT_ENABLE);
}

static void imx_timer_init(const struct timer_device *device)
{
	const struct imx_timer_data *p = data_of(device);

	mmio_write32(p->clock_gate, mmio_read32(p->clock_gate) | p->clock_bits);
	mmio_write32(p->access, mmio_read32(p->access) & ~p->access_bits);
	start_counter(p->gpt);
	start_one_shot(p->epit);
}

static void imx_timer_set(const struct timer_device *device, uint32_t ticks)
{
	mmio_write32(data_of(device)->epit + EPIT_LOAD, ticks);
}

static void imx_timer_ack(const struct timer_device *device)
{
	mmio_write32(data_of(device)->epit + EPIT_STATUS, 1);
}

const struct timer_ops imx_timer_ops = {
	.init = imx_timer_init,
	.set = imx_timer_set,
	.ack = imx_timer_ack,
};
