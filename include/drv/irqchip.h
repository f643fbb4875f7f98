/* SPDX-License-Identifier: MIT */
/* irqchip.h - class of interrupt controllers.  Lines are numbered 0-63: 0-31 of
 * the primary controller, 32 up of a secondary one behind it. */
#ifndef DRV_IRQCHIP_H
#define DRV_IRQCHIP_H

#include <hv/types.h>

struct irqchip {
	const char *name;
	const void *data;  /* the driver's per-instance constants */
	const struct irqchip_ops *ops;
};

struct irqchip_ops {
	void (*init)(const struct irqchip *chip);               /* all masked */
	void (*mask)(const struct irqchip *chip, unsigned int line);
	void (*unmask)(const struct irqchip *chip, unsigned int line);
	/* Lowest pending unmasked line, -1 if none. */
	int (*pending)(const struct irqchip *chip);
	/* As pending; the line is masked if its bit is set (by 32 lines). */
	int (*take)(const struct irqchip *chip, const uint32_t mask_bits[2]);
};

#endif
