/* SPDX-License-Identifier: MIT */
/*
 * devices.c - fakes of drv/timer.h and drv/irqchip.h: a counter that the test moves
 * (64 bits, of which the driver shows 32), a one-shot, lines that the test raises.
 */
#include <drv/irqchip.h>
#include <drv/timer.h>

#define FAKE_TIMER_LINE 4u
#define FAKE_NO_SHOT    UINT64_MAX

static uint64_t fake_ticks;                 /* the counter */
static uint64_t fake_shot = FAKE_NO_SHOT;   /* when the one-shot fires */
static unsigned int fake_programmed;        /* how often it was set */
static uint64_t fake_lines;                 /* raised by the test */
static uint64_t fake_unmasked;
static uint32_t fake_restart;               /* the register of that name, 0: not written */

/* Before time passes, or the one-shot is looked at: what was written to the register. */
static void fake_timer_sync(void)
{
	if (fake_restart && fake_shot > fake_ticks && fake_shot != FAKE_NO_SHOT)
		fake_shot = fake_ticks + fake_restart;
	fake_restart = 0;
}

/* Time passes. */
static void fake_pass(uint64_t ticks)
{
	fake_timer_sync();
	fake_ticks += ticks;
}

static void fake_timer_init(const struct timer_device *device)
{
	(void)device;
	fake_shot = FAKE_NO_SHOT;
	fake_restart = 0;
}

static void fake_timer_set(const struct timer_device *device, uint32_t ticks)
{
	(void)device;
	assert_true(ticks > 0);
	fake_shot = fake_ticks + ticks;
	fake_restart = 0;
	fake_programmed++;
}

static void fake_timer_ack(const struct timer_device *device)
{
	(void)device;
	fake_timer_sync();
	if (fake_shot <= fake_ticks)
		fake_shot = FAKE_NO_SHOT;
}

static const struct timer_ops fake_timer_ops = {
	fake_timer_init, fake_timer_set, fake_timer_ack,
};

static struct timer_device fake_timer = {
	.name = "fake", .irq = FAKE_TIMER_LINE, .counter_maddr = 0x101E2024,
	.counter = (const volatile uint32_t *)&fake_ticks, .restart = &fake_restart, .hz = 1000000, .ops = &fake_timer_ops,
};

static void fake_chip_init(const struct irqchip *chip)
{
	(void)chip;
	fake_unmasked = 0;
}

static void fake_chip_mask(const struct irqchip *chip, unsigned int line)
{
	(void)chip;
	fake_unmasked &= ~((uint64_t)1 << line);
}

static void fake_chip_unmask(const struct irqchip *chip, unsigned int line)
{
	(void)chip;
	fake_unmasked |= (uint64_t)1 << line;
}

static int fake_chip_pending(const struct irqchip *chip)
{
	uint64_t raised = fake_lines;

	(void)chip;
	fake_timer_sync();
	if (fake_shot <= fake_ticks)
		raised |= (uint64_t)1 << FAKE_TIMER_LINE;
	raised &= fake_unmasked;
	return raised ? __builtin_ctzll(raised) : -1;
}

static const struct irqchip_ops fake_chip_ops = {
	fake_chip_init, fake_chip_mask, fake_chip_unmask, fake_chip_pending,
};

static const struct irqchip fake_chip = { .name = "fake", .ops = &fake_chip_ops };
