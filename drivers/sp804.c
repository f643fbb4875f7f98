/* SPDX-License-Identifier: MIT */
/*
 * sp804.c - ARM dual timer (DDI 0271): one timer is the one-shot, another the
 * free-running counter.  Both count down; the counter is inverted when it is read.
 * The Integrator/CP has three timers of this kind, each by itself (DUI 0159B, table 4.18).
 */
#include <drv/mmio.h>
#include <drv/sp804.h>

#define TIMER_LOAD      0x00u
#define TIMER_CONTROL   0x08u
#define TIMER_INT_CLEAR 0x0Cu

#define CONTROL_ONE_SHOT REG_BIT(0)
#define CONTROL_32_BIT   REG_BIT(1)
#define CONTROL_INT      REG_BIT(5)
#define CONTROL_ENABLE   REG_BIT(7)

static const struct sp804_data *data_of(const struct timer_device *device)
{
	return device->data;
}

static void sp804_init(const struct timer_device *device)
{
	const struct sp804_data *p = data_of(device);
	uint32_t select;

	if (p->clock_select) {
		select = mmio_read32(p->clock_select);
		mmio_write32(p->clock_select, select | p->clock_bits);
	}
	mmio_write32(p->one_shot + TIMER_CONTROL, 0);
	mmio_write32(p->one_shot + TIMER_INT_CLEAR, 1);
	mmio_write32(p->counter + TIMER_CONTROL, 0);
	mmio_write32(p->counter + TIMER_INT_CLEAR, 1);
	mmio_write32(p->counter + TIMER_LOAD, 0xFFFFFFFFu);
	mmio_write32(p->counter + TIMER_CONTROL, CONTROL_ENABLE | CONTROL_32_BIT);
}

static void sp804_set(const struct timer_device *device, uint32_t ticks)
{
	uintptr_t base = data_of(device)->one_shot;

	/* A load starts the count again.  An interrupt that is pending stays so: the core
	 * takes one too many. */
	mmio_write32(base + TIMER_LOAD, ticks);
	mmio_write32(base + TIMER_CONTROL,
		     CONTROL_ENABLE | CONTROL_INT | CONTROL_32_BIT | CONTROL_ONE_SHOT);
}

static void sp804_ack(const struct timer_device *device)
{
	mmio_write32(data_of(device)->one_shot + TIMER_INT_CLEAR, 1);
}

const struct timer_ops sp804_ops = {
	.init = sp804_init,
	.set = sp804_set,
	.ack = sp804_ack,
};
