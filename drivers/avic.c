/* SPDX-License-Identifier: MIT */
/*
 * avic.c - Freescale's interrupt controller of the i.MX25 (MCIMX25RM, ARM9 Simple Interrupt
 * Controller / AVIC), 64 lines.
 *
 * Neither priorities nor vectors are used: the register that tells the vector (NIVECSR) is
 * not read, all lines keep priority 0, and the lowest pending number goes first.
 */
#include <drv/avic.h>
#include <drv/mmio.h>

#define AVIC_CONTROL      0x00u
#define AVIC_MASK         0x04u /* priorities up to this are masked; 0x1F: none */
#define AVIC_ENABLE       0x08u /* takes the number of a line */
#define AVIC_DISABLE      0x0Cu
#define AVIC_ENABLED_HIGH 0x10u /* lines 32-63 */
#define AVIC_ENABLED_LOW  0x14u
#define AVIC_FAST_HIGH    0x18u /* 1: FIQ */
#define AVIC_FAST_LOW     0x1Cu
#define AVIC_PENDING_HIGH 0x58u /* enabled, and no FIQ */
#define AVIC_PENDING_LOW  0x5Cu

#define MASK_NONE         0x1Fu

static uintptr_t base_of(const struct irqchip *chip)
{
	return ((const struct avic_data *)chip->data)->base;
}

static void avic_init(const struct irqchip *chip)
{
	uintptr_t base = base_of(chip);

	mmio_write32(base + AVIC_ENABLED_HIGH, 0);
	mmio_write32(base + AVIC_ENABLED_LOW, 0);
	mmio_write32(base + AVIC_FAST_HIGH, 0);
	mmio_write32(base + AVIC_FAST_LOW, 0);
	mmio_write32(base + AVIC_MASK, MASK_NONE);
	mmio_write32(base + AVIC_CONTROL, 0);
}

static void avic_mask(const struct irqchip *chip, unsigned int line)
{
	mmio_write32(base_of(chip) + AVIC_DISABLE, line);
}

static void avic_unmask(const struct irqchip *chip, unsigned int line)
{
	mmio_write32(base_of(chip) + AVIC_ENABLE, line);
}

static int avic_pending(const struct irqchip *chip)
{
	uintptr_t base = base_of(chip);
	uint32_t low = mmio_read32(base + AVIC_PENDING_LOW);
	uint32_t high;

	if (low)
		return __builtin_ctz(low);
	high = mmio_read32(base + AVIC_PENDING_HIGH);
	return high ? 32 + __builtin_ctz(high) : -1;
}

const struct irqchip_ops avic_ops = {
	.init = avic_init,
	.mask = avic_mask,
	.unmask = avic_unmask,
	.pending = avic_pending,
};
