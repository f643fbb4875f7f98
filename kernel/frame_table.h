/* SPDX-License-Identifier: MIT */
/*
 * frame_table.h - private to the memory-safety core (frame*.c, pagetable*.c, mmu_ops.c):
 * what the frame table looks like, and the steps between its files.
 *
 * info is an enum frame_type and flags.  Type count, by info:
 *     no flag       users of the type
 *     PARTIAL       (tables) entries [0, type_count) are hardware entries and hold
 *                   references, the others are still the guest's; no users.  Of a root
 *                   more than ROOT_USER_ENTRIES: all, and pieces of the kernel's part
 *     ROOT, not the first of its four frames: 16 bits of the version of the kernel's
 *                   part that the root has a copy of
 *
 * A mapping of a whole MiB is counted once, in its section: the frames of a section that is
 * mapped writable are FRAME_RW or FRAME_NONE.
 */
#ifndef KERNEL_FRAME_TABLE_H
#define KERNEL_FRAME_TABLE_H

#include <hv/domain.h>
#include <hv/frame.h>

#define FRAME_TYPE_MASK   0x07u
#define FRAME_PARTIAL     0x08u
#define FRAME_PINNED      0x10u
#define FRAME_BUSY        0x20u /* being worked on: its type stays */
#define FRAME_COUNT_MAX   0xFFFFu /* a count that gets here stays, see below */

#define ROOT_FRAMES       4u
#define ROOT_USER_ENTRIES KERNEL_SLOT_FIRST
#define ROOT_COMPLETE     (ROOT_USER_ENTRIES + ROOT_PIECES)
#define WORDS_PER_FRAME   (PAGE_SIZE / 4u)
#define LEAF_TABLE_WORD   (ARMV5_LEAF_OFFSET / 4u)
#define SMALL_AP_MASK     0xFF0u
#define SMALL_AP_HALF     0x0F0u /* AP0 = AP1 = ARMV5_AP_RW, AP2 = AP3 = ARMV5_AP_RO */
/* Entries that differ in these bits alone hold the same references. */
#define SAME_HOLDS        (PTE_B | PTE_C)
#define COARSE_OFFSET     0xC00u /* of a second-level table in its frame */
#define LEAF_ENTRIES      (WORDS_PER_FRAME - LEAF_TABLE_WORD)

struct frame {
	uint8_t owner;       /* domain id, FRAME_NO_OWNER, FRAME_OWNER_HV */
	uint8_t info;
	uint16_t type_count;
	uint16_t ref_count;
};

#define SECTION_FRAMES    (SECTION_SIZE / PAGE_SIZE)

/* An aligned MiB of machine memory. */
struct section {
	uint16_t gfn;        /* of its first frame, if all are one domain's and in a row; or P2M_INVALID */
	uint16_t refs;       /* mappings of it as a whole */
	uint16_t writable;   /* those of them that are writable */
	uint16_t tables;     /* its frames that are FRAME_LEAF or FRAME_ROOT */
	uint16_t shared;     /* its frames that are FRAME_SHARED */
	uint16_t searched;   /* the frames before this one are no tables */
};

struct frame_table {
	struct frame *entry;
	struct section *section;
	xen_pfn_t *m2p;
	uint32_t base;
	uint32_t count;
	/* Since the last whole flush a frame lost its last writable mapping: dirty lines and
	 * stale TLB entries of it may exist. */
	bool stale_writable;
};
extern struct frame_table frame_table;

static inline __attribute__((always_inline)) struct frame *frame_at(mfn_t mfn)
{
	return &frame_table.entry[mfn.n - frame_table.base];
}

static inline struct section *section_of(mfn_t mfn)
{
	return &frame_table.section[mfn.n / SECTION_FRAMES - frame_table.base / SECTION_FRAMES];
}

/* Each change of type, with the flags that the new one begins with. */
void frame_set_type(mfn_t mfn, uint8_t info);

/* The offset of gfn's frame in the table, P2M_INVALID if it has none. */
static inline uint32_t frame_offset(const struct domain *d, uint32_t gfn)
{
	return gfn < d->max_pages ? d->p2m[gfn] : P2M_INVALID;
}

/*
 * A full count does not move any more: whoever may map a page often (a guest's
 * zero page) must not make its kernel fail.  The frame keeps its type or its owner
 * until its domain is built again.
 */
static inline void count_up(uint16_t *count)
{
	if (*count != FRAME_COUNT_MAX)
		++*count;
}

/* True if it was the last. */
static inline bool count_down(uint16_t *count)
{
	if (*count == FRAME_COUNT_MAX)
		return false;
	return --*count == 0;
}

static inline void frame_hold_type(struct frame *f)
{
	count_up(&f->ref_count);
	count_up(&f->type_count);
}

static inline mfn_t root_head(mfn_t mfn)
{
	return mfn_make(mfn.n & ~(ROOT_FRAMES - 1u));
}

/* True if f is of a validated table of the type that is in use. */
static inline bool is_table(const struct frame *f, enum frame_type type)
{
	return (f->info & (FRAME_TYPE_MASK | FRAME_PARTIAL)) == type;
}

static inline bool frame_is_table(mfn_t mfn, enum frame_type type)
{
	return is_table(frame_at(mfn), type);
}

static inline bool frame_is_partial(mfn_t mfn)
{
	return (frame_at(mfn)->info & FRAME_PARTIAL) != 0;
}

/* Before a frame that may have been writable becomes a table or leaves its owner. */
void frame_flush_stale(mfn_t mfn);

/* Makes a frame that has no users of its type ready for another type: 0, -XEN_EBUSY,
 * -FRAME_ERESTART. */
int frame_claim(mfn_t mfn);

/* frame_get_type() for each type; the caller has checked the owner. */
int frame_get_rw(struct domain *d, mfn_t mfn);
int frame_get_leaf(struct domain *d, mfn_t mfn);
int frame_get_root(struct domain *d, mfn_t mfn);

/* frame_put_type() after the last user is gone. */
void frame_type_unused(mfn_t mfn);

/* Fills in a piece of what a root holds beside the guest's user part: when it becomes one, and all
 * of them before it is loaded if it is not current.  It is as current as its first piece. */
void root_complete(struct domain *d, mfn_t root, uint32_t piece);
bool root_is_current(const struct domain *d, mfn_t root);

/* Turns a table without users into a frame of no type: 0 or -FRAME_ERESTART. */
int table_undo(mfn_t mfn);

/* Entries: see pagetable_entry.c. */
int leaf_entry_translate(const struct domain *d, uint32_t guest, uint32_t *hw);
int leaf_entry_hold(struct domain *d, uint32_t hw); /* validates nothing: else -XEN_EINVAL */
void leaf_entry_put(uint32_t hw);
int root_entry_translate(const struct domain *d, uint32_t slot, uint32_t guest, uint32_t *hw);
int root_entry_get(struct domain *d, uint32_t hw);
void root_entry_put(uint32_t hw);

/* One checked change of a table in use: word is the entry's index in its frame. */
int leaf_set(struct domain *d, mfn_t leaf, uint32_t word, uint32_t guest);
int root_set(struct domain *d, mfn_t root, uint32_t slot, uint32_t guest);
int kernel_set(struct domain *d, mfn_t root, uint32_t slot, uint32_t guest);

/* A second-level table of which several entries are set in a row. */
struct leaf {
	uint32_t at;               /* guest physical address of its entries */
	const struct frame *frame;
	uint32_t *table;           /* where it is mapped, until anything else is; NULL: none */
};
#define LEAF_SAME (~(PAGE_SIZE - 1u) | ARMV5_LEAF_OFFSET | 1u) /* bit 0: of a command */

/* Sets those of u[0] to u[count - 1] that come before the first which is not in the table, is wrong
 * or needs more than a count to change, and before an interrupt that waits; returns how many. */
uint32_t leaf_set_many(const struct domain *d, const struct leaf *leaf, const struct mmu_update *u,
		       uint32_t count);

/* Clears count entries of a table in use: 0, -XEN_EINVAL if it is none any more, or -FRAME_ERESTART:
 * the same again goes on. */
int leaf_clear(mfn_t leaf, uint32_t word, uint32_t count);

/* The hardware entry of a slot, the domain's for the kernel's part. */
uint32_t root_entry(const struct domain *d, mfn_t root, uint32_t slot);

/* Makes root the current one of v, which is running. */
int pagetable_switch(struct vcpu *v, mfn_t root);

/* MMUEXT_PIN_* and MMUEXT_UNPIN_TABLE of the domain's own frame. */
int table_pin(struct domain *d, mfn_t mfn, enum frame_type type);
int table_unpin(mfn_t mfn);

#endif
