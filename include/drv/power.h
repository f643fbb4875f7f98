/* SPDX-License-Identifier: MIT */
/* power.h - class of power controllers. */
#ifndef DRV_POWER_H
#define DRV_POWER_H

#include <hv/types.h>

struct power {
	const char *name;
	const void *data;
	void (*reset)(const struct power *power); /* does not return on hardware */
	/* Tells the boot loader that this image works; NULL: it keeps no account. */
	void (*confirm)(const struct power *power);
};

#endif
