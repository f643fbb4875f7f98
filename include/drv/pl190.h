/* SPDX-License-Identifier: MIT */
/* pl190.h - what a board says of its PL190 interrupt controller. */
#ifndef DRV_PL190_H
#define DRV_PL190_H

#include <drv/irqchip.h>

/* For struct irqchip: offsets of its registers. */
#define PL190_STATUS 0x00u
#define PL190_CLEAR  0x14u

struct pl190_data {
	uintptr_t base;
	uintptr_t sic;             /* Versatile's secondary controller; 0: none */
	uint32_t sic_mask;         /* bit of the line that it drives */
	uint32_t sic_pass_through; /* its lines that go straight to the same line here */
};
extern const struct irqchip_ops pl190_ops;

#endif
