/* SPDX-License-Identifier: MIT */
/*
 * mm.h - address spaces, as the kernel needs them from the architecture.
 */
#ifndef ARCH_MM_H
#define ARCH_MM_H

#include <hv/types.h>
#include <arch/pte.h>

/*
 * A non-cacheable view of any frame at a hypervisor address.  Valid until a frame
 * with the same number modulo 128 is mapped: use it at once, do not keep it.  Because
 * it is not cached a table entry written through it is in memory before the
 * walker can look (after the drain that arch_tlb_flush*() includes).
 */
void *arch_frame_map(mfn_t mfn);
/* Another 128 windows, so that one frame can be copied to another. */
void *arch_frame_map_source(mfn_t mfn);

/* Copies a piece of the kernel's part and the hypervisor's slots into a new root (four frames). */
void arch_root_init(struct domain *d, mfn_t root, uint32_t piece);

/* Writes a slot of the kernel's part into one root. */
void arch_root_set(mfn_t root, uint32_t slot, uint32_t entry);

/* Allocates and maps what a domain needs of the hypervisor: arch_space with the
 * shared info page, or the resident's window (its memory is populated). */
void arch_domain_init(struct domain *d);

/* A guest frame leaves its writable life (becomes a table) or its owner: no dirty line
 * of it may be evicted later.  Whole-cache flush; see DESIGN.md 4. */
void arch_frame_retire_writable(mfn_t mfn);

/* Loads v's space: cache flush, TTBR, TLB flush, if another one was loaded. */
void arch_space_load(struct vcpu *v);
/* The root that the walker uses now; true if it belongs to d. */
bool arch_space_loaded(const struct domain *d);
/* Loads the hypervisor's own tables (a domain ends). */
void arch_space_unload(void);

/*
 * The shared info page of any domain, for the hypervisor to read and write: at the guest's
 * own address when its space is loaded (the same cache lines), else non-cached.
 * Opens the DACR for it; close restores it.  Do not nest, do not keep.
 */
struct shared_info *arch_shared_info_open(struct domain *d);
void arch_shared_info_close(void);

#endif
