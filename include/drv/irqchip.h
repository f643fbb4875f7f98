/* SPDX-License-Identifier: MIT */
/* irqchip.h - class of interrupt controllers.  Lines are numbered 0-63: 0-31 of
 * the primary controller, 32 up of a secondary one behind it. */
#ifndef DRV_IRQCHIP_H
#define DRV_IRQCHIP_H

#include <hv/types.h>

struct irqchip {
	const char *name;
	const void *data;  /* the driver's per-instance constants */
	/* Lines 0-31 without a call: own says which of them have a bit in two registers, status (1:
	 * pending and unmasked) and clear (writing 1 masks).  NULL: there are no such registers. */
	const volatile uint32_t *status;
	volatile uint32_t *clear;
	uint32_t own;
	const struct irqchip_ops *ops;
};

struct irqchip_ops {
	void (*init)(const struct irqchip *chip);               /* all masked */
	void (*mask)(const struct irqchip *chip, unsigned int line);
	void (*unmask)(const struct irqchip *chip, unsigned int line);
	/* Lowest pending unmasked line, -1 if none. */
	int (*pending)(const struct irqchip *chip);
};

#endif
