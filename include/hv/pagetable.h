/* SPDX-License-Identifier: MIT */
/*
 * pagetable.h - direct paging: validated hardware tables in guest memory.
 *
 * The safety core beside frame.h.  Entries cross the ABI with guest frame
 * numbers; see public/arch-armv5.h, "Page tables", for what is accepted.
 * The kernel's part of the address space is one for the domain: arch_domain.space
 * holds it, every pinned root of the domain has a copy.  Context: interrupts off.
 */
#ifndef HV_PAGETABLE_H
#define HV_PAGETABLE_H

#include <hv/types.h>

/*
 * For the domain builder: builds the initial mapping of a non-resident domain whose
 * memory is populated (whole MiB): sections at virt_base, the last MiB in small pages.
 * The root table is at *table_gfn, the leaf follows, 3 unused frames end the memory; both are
 * validated, pinned and mapped (root read-only, leaf half-writable) as if the guest had
 * done it.  *table_count is 5, for start_info.  0, -XEN_EINVAL (sizes), -XEN_EBUSY;
 * -FRAME_ERESTART: work is pending, call again to go on (d->build_tables says where).
 */
int pagetable_build(struct domain *d, gfn_t *table_gfn, uint32_t *table_count);

/* Forgets the root and the kernel's part of a domain that ended (its root is not loaded);
 * frame_reset() follows, which forgets what tables held. */
void pagetable_destroy(struct domain *d);

/* Loads v's root (its space is switched with cache and TLB maintenance). */
void pagetable_load(struct vcpu *v);

/* The entries of a virtual address in d's current root, for dumps; root 0: no tables of its own. */
struct pagetable_walk {
	vaddr_t va;
	mfn_t root;
	uint32_t l1, l2;
};
void pagetable_walk(const struct domain *d, vaddr_t va, struct pagetable_walk *w);
/* The line of level 1 or 2, if there is one. */
void pagetable_walk_print(const struct pagetable_walk *w, unsigned int level);

int32_t do_mmu_update(struct domain *caller, const uint32_t *arg);
int32_t do_update_va_mapping(struct domain *caller, const uint32_t *arg);
int32_t do_mmuext_op(struct domain *caller, const uint32_t *arg);

#endif
