/* SPDX-License-Identifier: MIT */
/*
 * guest_access.h - the only way to read and write the current guest's memory.
 *
 * At the guest's own address (so its cache lines are the ones used: DESIGN.md 4),
 * for the current vCPU in virtual kernel mode.  Read once into a local copy,
 * then check the copy.  0 or -XEN_EFAULT; a partial copy may have happened.
 */
#ifndef HV_GUEST_ACCESS_H
#define HV_GUEST_ACCESS_H

#include <hv/types.h>

/* True if [va, va + size) are the domain's own addresses (not: mapped). */
bool guest_range_ok(const struct domain *d, vaddr_t va, size_t size);

int copy_from_guest(void *to, vaddr_t from, size_t size);
int copy_to_guest(vaddr_t to, const void *from, size_t size);

#endif
