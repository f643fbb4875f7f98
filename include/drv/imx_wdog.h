/* SPDX-License-Identifier: MIT */
/* imx_wdog.h - what a board says of its i.MX watchdog. */
#ifndef DRV_IMX_WDOG_H
#define DRV_IMX_WDOG_H

#include <drv/power.h>

struct imx_wdog_data {
	uintptr_t base;
};
void imx_wdog_reset(const struct power *power);

#endif
