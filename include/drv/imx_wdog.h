/* SPDX-License-Identifier: MIT */
/* imx_wdog.h - what a board says of its i.MX watchdog. */
#ifndef DRV_IMX_WDOG_H
#define DRV_IMX_WDOG_H

#include <drv/power.h>

struct imx_wdog_data {
	uintptr_t base;
	uintptr_t boot_mark; /* of U-Boot, in internal RAM: docs/boot.md */
};
void imx_wdog_reset(const struct power *power);
void imx_wdog_confirm(const struct power *power);

#endif
