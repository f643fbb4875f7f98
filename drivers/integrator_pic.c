/* SPDX-License-Identifier: MIT */
/*
 * integrator_pic.c - interrupt controllers of the Integrator boards: a register with a bit for
 * each line, set and cleared by two addresses (DUI 0159B, chapter 4).
 *
 * The secondary controller has the same registers; its output is a line of the primary one.
 */
#include <drv/integrator_pic.h>
#include <drv/mmio.h>

#define IRQ_STATUS       INTEGRATOR_PIC_STATUS
#define IRQ_ENABLE_SET   0x08u
#define IRQ_ENABLE_CLEAR INTEGRATOR_PIC_CLEAR
#define SOFT_CLEAR       0x14u /* of line 0, the software interrupt */
#define FIQ_ENABLE_CLEAR 0x2Cu

static const struct integrator_pic_data *data_of(const struct irqchip *chip)
{
	return chip->data;
}

static void quiet(uintptr_t base)
{
	mmio_write32(base + IRQ_ENABLE_CLEAR, ~0u);
	mmio_write32(base + FIQ_ENABLE_CLEAR, ~0u);
	mmio_write32(base + SOFT_CLEAR, 1);
}

static void integrator_pic_init(const struct irqchip *chip)
{
	const struct integrator_pic_data *p = data_of(chip);

	quiet(p->primary);
	quiet(p->secondary);
	mmio_write32(p->primary + IRQ_ENABLE_SET, p->secondary_mask);
}

static void write_bit(const struct irqchip *chip, unsigned int line, uintptr_t offset)
{
	const struct integrator_pic_data *p = data_of(chip);

	mmio_write32((line < 32 ? p->primary : p->secondary) + offset, REG_BIT(line % 32));
}

static void integrator_pic_mask(const struct irqchip *chip, unsigned int line)
{
	write_bit(chip, line, IRQ_ENABLE_CLEAR);
}

static void integrator_pic_unmask(const struct irqchip *chip, unsigned int line)
{
	write_bit(chip, line, IRQ_ENABLE_SET);
}

static int integrator_pic_pending(const struct irqchip *chip)
{
	const struct integrator_pic_data *p = data_of(chip);
	uint32_t status = mmio_read32(p->primary + IRQ_STATUS);
	uint32_t own = status & ~p->secondary_mask;

	if (own)
		return __builtin_ctz(own);
	if (!status)
		return -1;
	status = mmio_read32(p->secondary + IRQ_STATUS);
	return status ? 32 + __builtin_ctz(status) : -1;
}

const struct irqchip_ops integrator_pic_ops = {
	.init = integrator_pic_init,
	.mask = integrator_pic_mask,
	.unmask = integrator_pic_unmask,
	.pending = integrator_pic_pending,
};
