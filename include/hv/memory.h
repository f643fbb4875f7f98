/* SPDX-License-Identifier: MIT */
/* memory.h - memory_op, and the allocator that serves the boot only. */
#ifndef HV_MEMORY_H
#define HV_MEMORY_H

#include <hv/types.h>

/* Zeroed memory of the hypervisor's own, never freed; panics if there is no more
 * (the partition tool checks sizes first).  align: a power of two. */
void *boot_alloc(size_t size, size_t align);
void boot_alloc_init(vaddr_t start, vaddr_t end);
size_t boot_alloc_used(void);

int32_t do_memory_op(struct domain *caller, const uint32_t *arg);

#endif
