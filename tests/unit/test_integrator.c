/* SPDX-License-Identifier: MIT */
/*
 * test_integrator.c - drivers of the Integrator/CP on models of their registers: the two
 * interrupt controllers, two of the three timers, the core module.  A model fails the test at
 * a register that it does not have.
 */
#include "host.h"

#include <hv/types.h>

#define DRV_MMIO_H
#define REG_BIT(n) (1u << (n))
static uint32_t mmio_read32(uintptr_t address);
static void mmio_write32(uintptr_t address, uint32_t value);

#define data_of pic_data_of
#include "../../drivers/integrator_pic.c"
#undef data_of
#include "../../drivers/integrator_cm.c"
#include "../../drivers/sp804.c"

#define PRIMARY   0x1000u
#define SECONDARY 0x2000u
#define CORE      0x3000u
#define TIMERS    0x4000u
#define CASCADE   26u

static const struct integrator_pic_data pic_data = { PRIMARY, SECONDARY, 1u << CASCADE };
static const struct irqchip pic = { .data = &pic_data, .ops = &integrator_pic_ops };
static const struct integrator_cm_data core_data = { CORE };
static const struct power core = { .data = &core_data, .reset = integrator_cm_reset };
static const struct sp804_data timer_data = { .one_shot = TIMERS + 0x100, .counter = TIMERS + 0x200 };
static const struct timer_device timer = { .data = &timer_data, .ops = &sp804_ops };

static struct pic_model {
	uint32_t raised, irq, fiq, soft;
} primary, secondary;

static struct timer_model {
	uint32_t load, control;
	unsigned int loads, clears;
} timers[3];

static uint32_t cm_ctrl;
static unsigned int resets;

/* ---- models -------------------------------------------------------------- */

static uint32_t lines_of(const struct pic_model *m)
{
	uint32_t lines = m->raised | m->soft;

	if (m == &primary && secondary.irq & lines_of(&secondary))
		lines |= 1u << CASCADE;
	return lines;
}

static void pic_write(struct pic_model *m, uint32_t offset, uint32_t value)
{
	switch (offset) {
	case 0x08: m->irq |= value; break;
	case 0x0C: m->irq &= ~value; break;
	case 0x10: m->soft |= value & 1u; break;
	case 0x14: m->soft &= ~(value & 1u); break;
	case 0x28: m->fiq |= value; break;
	case 0x2C: m->fiq &= ~value; break;
	default: fail_msg("interrupt controller: write to %#x", offset);
	}
}

static void timer_write(struct timer_model *m, uint32_t offset, uint32_t value)
{
	switch (offset) {
	case 0x00:
		m->load = value;
		m->loads++;
		break;
	case 0x08: m->control = value; break;
	case 0x0C: m->clears++; break;
	default: fail_msg("timer: write to %#x", offset);
	}
}

static uint32_t mmio_read32(uintptr_t address)
{
	switch (address) {
	case PRIMARY: return primary.irq & lines_of(&primary);
	case SECONDARY: return secondary.irq & lines_of(&secondary);
	case CORE + 0x0C: return cm_ctrl;
	default: fail_msg("read of %#lx", (unsigned long)address);
	}
	return 0;
}

static void mmio_write32(uintptr_t address, uint32_t value)
{
	uint32_t offset = address & 0xFFFu;

	switch (address & ~(uintptr_t)0xFFFu) {
	case PRIMARY: pic_write(&primary, offset, value); break;
	case SECONDARY: pic_write(&secondary, offset, value); break;
	case TIMERS:
		assert_in_range(offset >> 8, 1, 2); /* timer 0 is left alone */
		timer_write(&timers[offset >> 8], offset & 0xFFu, value);
		break;
	case CORE:
		assert_int_equal(offset, 0x0C);
		cm_ctrl = value & ~8u; /* reads as zero */
		resets += (value & 8u) != 0;
		break;
	default: fail_msg("write to %#lx", (unsigned long)address);
	}
}

static int setup(void **state)
{
	(void)state;
	/* as a loader may leave them */
	primary = (struct pic_model){ .irq = 0xFFFF, .fiq = 0xF0, .soft = 1 };
	secondary = (struct pic_model){ .irq = 0x3, .fiq = 0x1, .soft = 1 };
	memset(timers, 0, sizeof(timers));
	cm_ctrl = 5; /* REMAP, LED */
	resets = 0;
	pic.ops->init(&pic);
	return 0;
}

/* ---- interrupt controllers ------------------------------------------------- */

static void all_lines_are_masked_but_the_cascade(void **state)
{
	(void)state;
	assert_int_equal(primary.irq, 1u << CASCADE);
	assert_int_equal(secondary.irq, 0);
	assert_int_equal(primary.fiq | secondary.fiq | primary.soft | secondary.soft, 0);
	primary.raised = ~(1u << CASCADE);
	secondary.raised = ~0u;
	assert_int_equal(pic.ops->pending(&pic), -1);
}

static void each_line(void **state)
{
	(void)state;
	for (unsigned int line = 0; line < 64; line++) {
		if (line == CASCADE)
			continue;
		(line < 32 ? &primary : &secondary)->raised = 1u << line % 32;
		assert_int_equal(pic.ops->pending(&pic), -1);
		pic.ops->unmask(&pic, line);
		assert_int_equal(pic.ops->pending(&pic), (int)line);
		pic.ops->mask(&pic, line);
		assert_int_equal(pic.ops->pending(&pic), -1);
		primary.raised = 0;
		secondary.raised = 0;
	}
	assert_int_equal(primary.irq, 1u << CASCADE);
}

static void the_lowest_first_and_the_primarys_before(void **state)
{
	(void)state;
	primary.raised = 1u << 31 | 1u << 6;
	secondary.raised = 1u << 3;
	pic.ops->unmask(&pic, 31);
	pic.ops->unmask(&pic, 6);
	pic.ops->unmask(&pic, 35);
	assert_int_equal(pic.ops->pending(&pic), 6);
	primary.raised = 1u << 31;
	assert_int_equal(pic.ops->pending(&pic), 31);
	primary.raised = 0;
	assert_int_equal(pic.ops->pending(&pic), 35);
}

/* ---- timers, core module ----------------------------------------------------- */

static void counter_runs_freely(void **state)
{
	(void)state;
	timer.ops->init(&timer);
	assert_int_equal(timers[2].load, 0xFFFFFFFFu);
	assert_int_equal(timers[2].control, 0x82); /* enabled, 32 bits, no interrupt, it wraps */
	assert_int_equal(timers[1].control, 0);
	assert_true(timers[1].clears > 0 && timers[2].clears > 0);
}

static void one_shot_is_the_other_timer(void **state)
{
	unsigned int loads, clears;

	(void)state;
	timer.ops->init(&timer);
	loads = timers[2].loads;
	timer.ops->set(&timer, 1234);
	assert_int_equal(timers[1].load, 1234);
	assert_int_equal(timers[1].control, 0xA3); /* enabled, interrupt, 32 bits, once */
	clears = timers[1].clears;
	timer.ops->ack(&timer);
	assert_int_equal(timers[1].clears, clears + 1);
	assert_int_equal(timers[2].loads, loads);
}

static void reset_keeps_the_other_bits(void **state)
{
	(void)state;
	core.reset(&core);
	assert_int_equal(resets, 1);
	assert_int_equal(cm_ctrl, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(all_lines_are_masked_but_the_cascade, setup),
		cmocka_unit_test_setup(each_line, setup),
		cmocka_unit_test_setup(the_lowest_first_and_the_primarys_before, setup),
		cmocka_unit_test_setup(counter_runs_freely, setup),
		cmocka_unit_test_setup(one_shot_is_the_other_timer, setup),
		cmocka_unit_test_setup(reset_keeps_the_other_bits, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
