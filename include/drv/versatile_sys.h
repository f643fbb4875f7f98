/* SPDX-License-Identifier: MIT */
/* versatile_sys.h - what a board says of the Versatile's system registers. */
#ifndef DRV_VERSATILE_SYS_H
#define DRV_VERSATILE_SYS_H

#include <drv/power.h>

struct versatile_sys_data {
	uintptr_t base;
	uintptr_t boot_log; /* of U-Boot, in NOR flash: docs/boot.md */
};
void versatile_sys_reset(const struct power *power);
void versatile_sys_confirm(const struct power *power);

#endif
