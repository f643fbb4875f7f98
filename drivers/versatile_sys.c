/* SPDX-License-Identifier: MIT */
/* versatile_sys.c - the system registers of the Versatile boards (DUI 0225): reset. */
#include <drv/mmio.h>
#include <drv/versatile_sys.h>

#define SYS_LOCK         0x20u
#define SYS_RESET_CTL    0x40u

#define LOCK_KEY         0xA05Fu
#define RESET_REQUEST    REG_BIT(8)
#define RESET_DEPTH      5u /* as after power-on */

void versatile_sys_reset(const struct power *power)
{
	const struct versatile_sys_data *p = power->data;

	mmio_write32(p->base + SYS_LOCK, LOCK_KEY);
	mmio_write32(p->base + SYS_RESET_CTL, RESET_REQUEST | RESET_DEPTH);
}
