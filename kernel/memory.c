// SPDX-License-Identifier: MIT
/*
 * memory.c - memory_op, and the allocator that serves the boot only.
 *
 * Memory is partitioned at boot: what would move it (the balloon) answers -XEN_ENOSYS.
 * Context: interrupts off.
 */
#include <hv/domain.h>
#include <hv/frame.h>
#include <hv/guest_access.h>
#include <hv/lib.h>
#include <hv/memory.h>
#include <hv/panic.h>
#include <xen/memory.h>

static vaddr_t heap_start, heap_next, heap_end;

void boot_alloc_init(vaddr_t start, vaddr_t end)
{
	heap_start = start;
	heap_next = start;
	heap_end = end;
}

void *boot_alloc(size_t size, size_t align)
{
	vaddr_t at = ROUND_UP(heap_next, (vaddr_t)align);
	void *p = (void *)(uintptr_t)at;

	if (at < heap_next || at > heap_end || size > heap_end - at)
		panic("out of memory of its own: %u bytes wanted, %u left", (unsigned int)size,
		      heap_end - heap_next);
	heap_next = at + (vaddr_t)size;
	memset(p, 0, size);
	return p;
}

size_t boot_alloc_used(void)
{
	return heap_next - heap_start;
}

/* The domain that a reservation is asked of; *error if there is none. */
static struct domain *reservation_domain(struct domain *caller, vaddr_t arg, int *error)
{
	struct domain *d;
	domid_t id;

	*error = copy_from_guest(&id, arg, sizeof(id));
	if (*error)
		return NULL;
	d = domain_find(caller, id);
	if (!d)
		*error = -XEN_ESRCH;
	else if (d != caller && !caller->privileged)
		*error = -XEN_EPERM;
	return *error ? NULL : d;
}

static int32_t reservation(struct domain *caller, uint32_t command, vaddr_t arg)
{
	int error;
	const struct domain *d = reservation_domain(caller, arg, &error);
	uint32_t gfn;
	mfn_t mfn;

	if (!d)
		return error;
	if (command == XENMEM_current_reservation)
		return (int32_t)d->nr_pages;
	if (command == XENMEM_maximum_reservation)
		return (int32_t)d->max_pages;
	for (gfn = d->max_pages; gfn > 0; gfn--) {
		if (frame_translate(d, gfn_make(gfn - 1), &mfn))
			return (int32_t)(gfn - 1);
	}
	return 0;
}

/* v_start is such that v_start[mfn] is the entry of a frame. */
static int32_t machphys_mapping(vaddr_t arg)
{
	uint32_t base = frame_base().n;
	struct xen_machphys_mapping m = {
		.v_start = ARMV5_M2P_START - base * (uint32_t)sizeof(xen_pfn_t),
		.v_end = ARMV5_M2P_START + frame_m2p_size(),
		.max_mfn = base + frame_count_all() - 1,
	};

	return copy_to_guest(arg, &m, sizeof(m));
}

int32_t do_memory_op(struct domain *caller, const uint32_t *arg)
{
	switch (arg[0]) {
	case XENMEM_maximum_ram_page:
		return (int32_t)(frame_base().n + frame_count_all());
	case XENMEM_current_reservation:
	case XENMEM_maximum_reservation:
	case XENMEM_maximum_gpfn:
		return reservation(caller, arg[0], arg[1]);
	case XENMEM_machphys_mapping:
		return machphys_mapping(arg[1]);
	default:
		return -XEN_ENOSYS;
	}
}
