/* SPDX-License-Identifier: MIT */
/*
 * pl190.c - ARM PrimeCell vectored interrupt controller (DDI 0181), with the secondary
 * controller of the Versatile boards (DUI 0225) behind one of its lines.
 *
 * Lines 0-31 are the PL190's, 32-63 the secondary controller's.  Vectoring is not
 * used: VECTADDR is neither read nor written, so the priority logic stays idle.
 */
#include <drv/irqchip.h>
#include <drv/mmio.h>
#include <drv/pl190.h>

#define VIC_IRQ_STATUS   PL190_STATUS
#define VIC_INT_SELECT   0x0Cu /* 1: FIQ */
#define VIC_INT_ENABLE   0x10u
#define VIC_INT_CLEAR    PL190_CLEAR /* clears enable bits */
#define VIC_SOFT_CLEAR   0x1Cu

#define SIC_STATUS       0x00u
#define SIC_ENABLE_SET   0x08u
#define SIC_ENABLE_CLEAR 0x0Cu
#define SIC_SOFT_CLEAR   0x14u
#define SIC_PIC_SET      0x20u /* lines 21-30 go to the PL190's own lines */

static const struct pl190_data *data_of(const struct irqchip *chip)
{
	return chip->data;
}

static void pl190_init(const struct irqchip *chip)
{
	const struct pl190_data *p = data_of(chip);

	mmio_write32(p->base + VIC_INT_CLEAR, ~0u);
	mmio_write32(p->base + VIC_SOFT_CLEAR, ~0u);
	mmio_write32(p->base + VIC_INT_SELECT, 0);
	if (!p->sic)
		return;
	mmio_write32(p->sic + SIC_ENABLE_CLEAR, ~0u);
	mmio_write32(p->sic + SIC_SOFT_CLEAR, ~0u);
	mmio_write32(p->sic + SIC_PIC_SET, p->sic_pass_through);
	mmio_write32(p->base + VIC_INT_ENABLE, p->sic_mask);
}

static void pl190_mask(const struct irqchip *chip, unsigned int line)
{
	const struct pl190_data *p = data_of(chip);

	if (line < 32)
		mmio_write32(p->base + VIC_INT_CLEAR, REG_BIT(line));
	else
		mmio_write32(p->sic + SIC_ENABLE_CLEAR, REG_BIT(line - 32));
}

static void pl190_unmask(const struct irqchip *chip, unsigned int line)
{
	const struct pl190_data *p = data_of(chip);

	if (line < 32)
		mmio_write32(p->base + VIC_INT_ENABLE, REG_BIT(line));
	else
		mmio_write32(p->sic + SIC_ENABLE_SET, REG_BIT(line - 32));
}

static int pl190_pending(const struct irqchip *chip)
{
	const struct pl190_data *p = data_of(chip);
	uint32_t primary = mmio_read32(p->base + VIC_IRQ_STATUS);
	uint32_t own = primary & ~p->sic_mask;
	uint32_t secondary;

	if (own)
		return __builtin_ctz(own);
	if (!primary)
		return -1;
	secondary = mmio_read32(p->sic + SIC_STATUS);
	return secondary ? 32 + __builtin_ctz(secondary) : -1;
}

const struct irqchip_ops pl190_ops = {
	.init = pl190_init,
	.mask = pl190_mask,
	.unmask = pl190_unmask,
	.pending = pl190_pending,
};
