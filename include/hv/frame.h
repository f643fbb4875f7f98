/* SPDX-License-Identifier: MIT */
/*
 * frame.h - the frame table: who owns each frame of machine memory, and as what.
 *
 * A frame changes type only at type count zero.  While its type is FRAME_ROOT or
 * FRAME_LEAF no writable mapping of (the table part of) it exists; while it
 * is FRAME_RW it is no page table.  Context: interrupts off.
 *
 * ref count:  mappings and other holders that keep the frame with its owner.
 * type count: users of the type; each holds a ref as well.
 * A count that reaches its limit stays there until the domain is built again.
 *
 * A table that is not used any more (type count zero) keeps its type and the references
 * of its entries until the frame is wanted as something else or is unpinned: then its
 * entries become guest entries again, step by step.
 */
#ifndef HV_FRAME_H
#define HV_FRAME_H

#include <hv/types.h>

enum frame_type {
	FRAME_NONE,
	FRAME_RW,     /* mapped writable */
	FRAME_LEAF,   /* upper half: two second-level tables */
	FRAME_ROOT,   /* a quarter of a first-level table */
	FRAME_SHARED, /* the hypervisor's, visible to guests: never a table */
};

/* Error inside the core: work was preempted, the same call goes on.  Never a guest's result. */
#define FRAME_ERESTART 85

#define P2M_INVALID 0xFFFFu
#define FRAME_NO_OWNER 0xFFu
#define FRAME_OWNER_HV 0xFEu

/* Describes [base, base + count), at most 0xFFFF frames are used; the first frame is never
 * given away.  The table and the M2P come from boot_alloc(). */
void frame_table_init(mfn_t base, uint32_t count);
uint32_t frame_count_all(void);  /* described */
mfn_t frame_base(void);

/* The M2P (xen_pfn_t for each frame from frame_base()): its address in the hypervisor's heap,
 * page aligned, and its size, whole pages.  arch code maps it at
 * ARMV5_M2P_START: index 0 there is machine frame frame_base(). */
vaddr_t frame_m2p_address(void);
uint32_t frame_m2p_size(void);

/* gfn -> mfn of a domain; false if there is no frame. */
bool frame_translate(const struct domain *d, gfn_t gfn, mfn_t *mfn);
/* mfn -> gfn of its owner. */
gfn_t frame_gfn(mfn_t mfn);

/* Gives count free, contiguous frames, aligned to align frames (a power of two), to a domain
 * as gfn, gfn + 1...  0, -XEN_EINVAL (gfns beyond max_pages or in use) or -XEN_ENOMEM.
 * *first tells where.  Allocates d->p2m if it is NULL. */
int frame_populate(struct domain *d, gfn_t gfn, uint32_t count, uint32_t align,
		   mfn_t *first);
/* Marks frames as the hypervisor's (image, heap, modules). */
void frame_reserve(mfn_t first, uint32_t count);

/* Takes and drops a reference; 0 or -XEN_EINVAL (not d's frame), -XEN_EPERM (shared
 * type). */
int frame_get(struct domain *d, mfn_t mfn);
void frame_put(mfn_t mfn);

/* As above, and one of the type: -XEN_EBUSY if another type is in use, validation's error if
 * it becomes a table, -FRAME_ERESTART if the work was preempted: call again.
 * A root is named by its first frame and counted there. */
int frame_get_type(struct domain *d, mfn_t mfn, enum frame_type type);
void frame_put_type(mfn_t mfn);

/* Forgets types, counts and pins of the frames [first, first + count) of a domain that
 * ended, after pagetable_destroy(); the frames stay its own.  All of them before it has
 * tables again: in pieces, because there are many. */
void frame_reset(struct domain *d, uint32_t first, uint32_t count);

/* Counts by type of d's frames, by owner of all if d is NULL: a piece of an answer (keys.h). */
uint32_t frame_dump(struct domain *d, uint32_t at);

#endif
