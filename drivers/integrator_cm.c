/* SPDX-License-Identifier: MIT */
/* integrator_cm.c - registers of an Integrator core module (DUI 0138, core module registers): reset. */
#include <drv/integrator_cm.h>
#include <drv/mmio.h>

#define CM_CTRL    0x0Cu
#define CTRL_RESET REG_BIT(3) /* of core module and motherboard */

/* The other bits stay: with REMAP clear the vectors would be those of the flash. */
void integrator_cm_reset(const struct power *power)
{
	const struct integrator_cm_data *p = power->data;

	mmio_write32(p->base + CM_CTRL, mmio_read32(p->base + CM_CTRL) | CTRL_RESET);
}
