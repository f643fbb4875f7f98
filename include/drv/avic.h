/* SPDX-License-Identifier: MIT */
/* avic.h - what a board says of its AVIC interrupt controller. */
#ifndef DRV_AVIC_H
#define DRV_AVIC_H

#include <drv/irqchip.h>

struct avic_data {
	uintptr_t base;
};
extern const struct irqchip_ops avic_ops;

#endif
