/* SPDX-License-Identifier: MIT */
/* integrator_pic.h - what a board says of its Integrator interrupt controllers. */
#ifndef DRV_INTEGRATOR_PIC_H
#define DRV_INTEGRATOR_PIC_H

#include <drv/irqchip.h>

/* For struct irqchip: offsets of the primary's registers. */
#define INTEGRATOR_PIC_STATUS 0x00u
#define INTEGRATOR_PIC_CLEAR  0x0Cu

struct integrator_pic_data {
	uintptr_t primary;       /* lines 0-31 */
	uintptr_t secondary;     /* lines 32-63 */
	uint32_t secondary_mask; /* bit of the primary's line that the secondary drives */
};
extern const struct irqchip_ops integrator_pic_ops;

#endif
