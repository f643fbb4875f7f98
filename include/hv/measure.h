/* SPDX-License-Identifier: MIT */
/*
 * measure.h - the log of what was started: SHA-256 digests, chained.
 *
 * docs/boot.md, "Measurements", says what is in it; XENPF_measurement reads it.
 */
#ifndef HV_MEASURE_H
#define HV_MEASURE_H

#include <hv/types.h>

#ifdef CONFIG_MEASURED_BOOT

/* The digest that the boot loader found of what it put at maddr; NULL: it says nothing. */
const void *measure_told(const void *fdt, maddr_t maddr, uint32_t size);

/* At boot: the hypervisor and the device tree. */
void measure_machine(const void *fdt);

/* The images and the command line of a domain that is built: one step, true at the end. */
bool measure_domain(struct domain *d);

int32_t do_platform_op(struct domain *caller, const uint32_t *arg);

#else

static inline const void *measure_told(const void *fdt, maddr_t maddr, uint32_t size)
{
	(void)fdt, (void)maddr, (void)size;
	return NULL;
}
static inline void measure_machine(const void *fdt) { (void)fdt; }
static inline bool measure_domain(struct domain *d) { (void)d; return true; }
#define do_platform_op NULL

#endif

#endif
