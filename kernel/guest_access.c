/* SPDX-License-Identifier: MIT */
/* guest_access.c - see the header: the only door to guest memory. */
#include <hv/guest_access.h>
#include <arch/guest_copy.h>
#include <hv/domain.h>

bool guest_range_ok(const struct domain *d, vaddr_t va, size_t size)
{
	return va >= d->limit_low && va <= d->limit_high && size <= d->limit_high - va;
}

int copy_from_guest(void *to, vaddr_t from, size_t size)
{
	if (!guest_range_ok(vcpu_current()->domain, from, size))
		return -XEN_EFAULT;
	return arch_copy_from_user(to, from, size) ? -XEN_EFAULT : 0;
}

int copy_to_guest(vaddr_t to, const void *from, size_t size)
{
	if (!guest_range_ok(vcpu_current()->domain, to, size))
		return -XEN_EFAULT;
	return arch_copy_to_user(to, from, size) ? -XEN_EFAULT : 0;
}
