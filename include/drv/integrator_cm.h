/* SPDX-License-Identifier: MIT */
/* integrator_cm.h - what a board says of its Integrator core module's registers. */
#ifndef DRV_INTEGRATOR_CM_H
#define DRV_INTEGRATOR_CM_H

#include <drv/power.h>

struct integrator_cm_data {
	uintptr_t base;
};
void integrator_cm_reset(const struct power *power);

#endif
