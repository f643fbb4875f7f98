// SPDX-License-Identifier: MIT
/*
 * mmu_ops.c - the hypercalls that change translations: mmu_update,
 * update_va_mapping, mmuext_op.
 *
 * A resident has no tables: it may only flush.  Context: interrupts off.
 */
#include <hv/guest_access.h>
#include <hv/hypercall.h>
#include <hv/lib.h>
#include <hv/pagetable.h>
#include <arch/cpu.h>
#include <arch/mm.h>

#include "frame_table.h"

#define UPDATE_BATCH   4u   /* entries copied at once */
#define UPDATE_COMMAND 3u   /* ptr[1:0] */
#define UPDATE_LONG    1    /* done, and it may have taken long: look at what is pending */
#define MMU_UPDATE_PREEMPTED 0x80000000u /* in a count: the call goes on */
#define QUARTERS_SHIFT 28u /* there, too: quarters of the first operation's page that are filled, */
#define QUARTERS_MASK  3u  /* so many */
#define QUARTER        (PAGE_SIZE / 4u)

/* Only the caller's own tables and frames. */
static int check_own(struct domain *caller, uint32_t id)
{
	struct domain *d;

	if (id == DOMID_SELF || id == caller->id)
		return 0;
	d = id > UINT16_MAX ? NULL : domain_find(caller, (domid_t)id);
	return d ? -XEN_EPERM : -XEN_ESRCH;
}

/* The case of a slot in a first-level table.  A section is counted frame by frame: that takes long. */
static int update_slot(struct domain *d, mfn_t mfn, uint32_t word, uint32_t val)
{
	if (hypercall_preempted())
		return -FRAME_ERESTART;
	if (!frame_is_table(mfn, FRAME_ROOT) || frame_is_partial(root_head(mfn)))
		return -XEN_EINVAL;
	return root_set(d, root_head(mfn), mfn.n % ROOT_FRAMES * WORDS_PER_FRAME + word, val);
}

/* The entries [word, word + count) of a second-level table. */
static int update_leaf(struct domain *d, mfn_t mfn, uint32_t word, const struct mmu_update *u)
{
	uint32_t val = (uint32_t)u->val, more = (uint32_t)(u->val >> 32);

	if (!more)
		return leaf_set(d, mfn, word, val);
	if (val || more >= ARMV5_CLEAR_MAX || word + more >= WORDS_PER_FRAME)
		return -XEN_EINVAL;
	return leaf_clear(mfn, word, more + 1u);
}

/* An entry named by its guest physical address: 0, UPDATE_LONG or an error.  *leaf is for
 * those that follow, if any do: most updates are of neighbours. */
static int update_entry(struct domain *d, const struct mmu_update *u, struct leaf *leaf)
{
	uint32_t ptr = (uint32_t)u->ptr;
	uint32_t word = (ptr % PAGE_SIZE) / 4u;
	mfn_t mfn;
	int rc;

	if (leaf)
		leaf->table = NULL;
	if (ptr & 1u)
		return (ptr & UPDATE_COMMAND) == MMU_MACHPHYS_UPDATE ?
			-XEN_EINVAL : -XEN_ENOSYS;
	if ((uint32_t)(u->ptr >> 32) || !frame_translate(d, gfn_make(ptr >> PAGE_SHIFT), &mfn))
		return -XEN_EINVAL;
	if (frame_is_table(mfn, FRAME_LEAF) && word >= LEAF_TABLE_WORD) {
		rc = update_leaf(d, mfn, word, u);
		if (!leaf)
			return rc;
		leaf->at = (ptr & ~(PAGE_SIZE - 1u)) | ARMV5_LEAF_OFFSET;
		leaf->frame = frame_at(mfn);
		leaf->table = arch_frame_map(mfn);
	} else if (u->val >> 32) {
		return -XEN_EINVAL;
	} else {
		rc = update_slot(d, mfn, word, (uint32_t)u->val);
	}
	return rc ? rc : UPDATE_LONG;
}

/* How far a call over an array is. */
struct progress {
	vaddr_t array;
	uint32_t left;
	uint32_t done;
	vaddr_t pdone;    /* 0: the caller does not want to know */
	uint32_t domid;
	uint32_t batch;   /* entries to copy at once */
	struct leaf leaf;
};

/*
 * As Xen: when a call goes on after a preemption, MMU_UPDATE_PREEMPTED is in the count and
 * *pdone holds what was done before.
 */
static int progress_init(struct progress *p, struct domain *caller, const uint32_t *arg,
			 uint32_t size)
{
	p->array = arg[0];
	p->left = arg[1] & ~MMU_UPDATE_PREEMPTED;
	p->done = 0;
	p->pdone = arg[2];
	p->domid = arg[3];
	p->batch = UPDATE_BATCH;
	p->leaf.table = NULL;
	if (p->left > UINT32_MAX / size || !guest_range_ok(caller, p->array, p->left * size) ||
	    (p->pdone && !guest_range_ok(caller, p->pdone, sizeof(p->done))))
		return -XEN_EFAULT;
	if ((arg[1] & MMU_UPDATE_PREEMPTED) && p->pdone &&
	    copy_from_guest(&p->done, p->pdone, sizeof(p->done)))
		return -XEN_EFAULT;
	return p->domid == DOMID_SELF ? 0 : check_own(caller, p->domid);
}

static int32_t progress_end(const struct progress *p, struct domain *caller, int rc)
{
	uint32_t arg[5] = { p->array, p->left | MMU_UPDATE_PREEMPTED, p->pdone, p->domid, 0 };

	if (p->pdone && copy_to_guest(p->pdone, &p->done, sizeof(p->done)))
		return -XEN_EFAULT;
	if (rc == -FRAME_ERESTART)
		return p->left ? hypercall_continue(caller, arg) : 0;
	return rc;
}

/*
 * Up to UPDATE_BATCH entries: 0 or an error, -FRAME_ERESTART if there is pending work.  That is
 * done before the call goes on, so a look before the first entry holds nobody up for good.
 */
static int update_some(struct domain *d, struct progress *p)
{
	struct mmu_update batch[UPDATE_BATCH];
	uint32_t n = p->left < p->batch ? p->left : p->batch;
	uint32_t i = 0;
	int rc = copy_from_guest(batch, p->array, n * (uint32_t)sizeof(batch[0]));

	if (rc && n > 1) {
		p->batch = 1; /* the array ends early: do what there is */
		return 0;
	}
	while (rc >= 0 && i < n) {
		uint32_t set;

		if (hypercall_interrupted()) {
			rc = -FRAME_ERESTART;
			break;
		}
		set = p->leaf.table ? leaf_set_many(d, &p->leaf, &batch[i], n - i) : 0;
		if (!set) {
			rc = update_entry(d, &batch[i], &p->leaf);
			set = rc >= 0;
		}
		i += set;
	}
	p->array += i * (uint32_t)sizeof(batch[0]);
	p->left -= i;
	p->done += i;
	return rc < 0 ? rc : 0;
}

/* The usual call: one entry, and nobody asks how many were done. */
static int32_t update_one(struct domain *caller, const uint32_t *arg)
{
	struct mmu_update u;
	int rc = copy_from_guest(&u, arg[0], sizeof(u));

	if (!rc)
		rc = update_entry(caller, &u, NULL);
	arch_write_buffer_drain();
	if (rc == -FRAME_ERESTART)
		return hypercall_continue(caller, arg);
	return rc == UPDATE_LONG ? 0 : rc;
}

int32_t do_mmu_update(struct domain *caller, const uint32_t *arg)
{
	struct progress p;
	int rc;

	if (caller->resident)
		return -XEN_EPERM;
	if (arg[1] == 1 && !arg[2] && arg[3] == DOMID_SELF)
		return update_one(caller, arg);
	rc = progress_init(&p, caller, arg, sizeof(struct mmu_update));
	if (rc)
		return rc;
	while (p.left && !rc)
		rc = hypercall_interrupted() ? -FRAME_ERESTART : update_some(caller, &p);
	arch_write_buffer_drain();
	return progress_end(&p, caller, rc);
}

static int flush_after_va_mapping(vaddr_t va, uint32_t flags)
{
	if ((flags & UVMF_FLUSHTYPE_MASK) == UVMF_TLB_FLUSH)
		arch_tlb_flush();
	else if ((flags & UVMF_FLUSHTYPE_MASK) == UVMF_INVLPG)
		arch_tlb_flush_va(va);
	else
		arch_write_buffer_drain();
	return 0;
}

/* arg: virtual address, value, UVMF_* flags.  One processor: LOCAL, ALL and MULTI are the same. */
int32_t do_update_va_mapping(struct domain *caller, const uint32_t *arg)
{
	uint32_t continued[5] = { arg[0], arg[1], arg[2], 0, 0 };
	vaddr_t va = arg[0];
	uint32_t l1;
	int rc;

	if (caller->resident)
		return -XEN_EPERM;
	if (va >= ARMV5_WINDOW_START || (arg[2] & UVMF_FLUSHTYPE_MASK) == UVMF_FLUSHTYPE_MASK)
		return -XEN_EINVAL;
	l1 = root_entry(caller, caller->vcpu.arch.root, L1_INDEX(va));
	if (PTE_TYPE(l1) != L1_COARSE)
		return -XEN_EINVAL;
	rc = leaf_set(caller, maddr_to_mfn(l1), (l1 & COARSE_OFFSET) / 4u + L2_INDEX(va), arg[1]);
	if (rc == -FRAME_ERESTART)
		return hypercall_continue(caller, continued);
	return rc ? rc : flush_after_va_mapping(va, arg[2]);
}

/* Frame contents for CLEAR_PAGE (no from) and COPY_PAGE: through the non-cached view, so the
 * guest's lines of it go first.  From one quarter on; how many are done if there is pending work. */
static int frame_fill(struct domain *d, mfn_t to, const mfn_t *from, uint32_t quarter)
{
	int rc = frame_get_rw(d, to);

	if (rc)
		return rc;
	arch_cache_flush_all();
	do {
		uint8_t *target = (uint8_t *)arch_frame_map(to) + quarter * QUARTER;

		if (from)
			memcpy(target, (const uint8_t *)arch_frame_map_source(*from) + quarter * QUARTER, QUARTER);
		else
			memset(target, 0, QUARTER);
		quarter = (quarter + 1u) & QUARTERS_MASK;
	} while (quarter && !hypercall_preempted());
	frame_put_type(to);
	return (int)quarter;
}

static int frame_copy(struct domain *d, mfn_t to, gfn_t source, uint32_t quarter)
{
	mfn_t from;
	int rc;

	if (!frame_translate(d, source, &from))
		return -XEN_EINVAL;
	rc = frame_get_rw(d, from);
	if (rc)
		return rc;
	rc = frame_fill(d, to, &from, quarter);
	frame_put_type(from);
	return rc;
}

/* Operations whose first operand is a frame of a domain that has tables. */
#define OF_FRAME (1u << MMUEXT_PIN_LEAF | 1u << MMUEXT_PIN_ROOT | 1u << MMUEXT_UNPIN_TABLE | \
		  1u << MMUEXT_NEW_BASEPTR | 1u << MMUEXT_CLEAR_PAGE | 1u << MMUEXT_COPY_PAGE)

/* Also how many quarters of a page are done, if it is not all of it. */
static int mmuext(struct domain *d, const struct mmuext_op *op, uint32_t quarter)
{
	mfn_t mfn = mfn_make(0);

	if (op->cmd < 32u && (OF_FRAME >> op->cmd & 1u)) {
		if (d->resident)
			return -XEN_EPERM;
		if (!frame_translate(d, gfn_make((uint32_t)op->arg1.mfn), &mfn))
			return -XEN_EINVAL;
		if (op->cmd == MMUEXT_NEW_BASEPTR) /* by far the most frequent */
			return pagetable_switch(&d->vcpu, mfn);
		if (hypercall_interrupted()) /* what follows takes long */
			return -FRAME_ERESTART;
	}
	switch (op->cmd) {
	case MMUEXT_PIN_LEAF:
	case MMUEXT_PIN_ROOT:
		return table_pin(d, mfn, op->cmd == MMUEXT_PIN_LEAF ? FRAME_LEAF : FRAME_ROOT);
	case MMUEXT_UNPIN_TABLE:
		return table_unpin(mfn);
	case MMUEXT_CLEAR_PAGE:
		return frame_fill(d, mfn, NULL, quarter);
	case MMUEXT_COPY_PAGE:
		return frame_copy(d, mfn, gfn_make((uint32_t)op->arg2.src_mfn), quarter);
	case MMUEXT_TLB_FLUSH_LOCAL:
	case MMUEXT_TLB_FLUSH_MULTI:
	case MMUEXT_TLB_FLUSH_ALL:
		arch_tlb_flush();
		return 0;
	case MMUEXT_INVLPG_LOCAL:
	case MMUEXT_INVLPG_MULTI:
	case MMUEXT_INVLPG_ALL:
		arch_tlb_flush_va((vaddr_t)op->arg1.linear_addr);
		return 0;
	case MMUEXT_FLUSH_CACHE:
	case MMUEXT_FLUSH_CACHE_GLOBAL:
		arch_cache_flush_all();
		return 0;
	case MMUEXT_PIN_L3_TABLE:
	case MMUEXT_PIN_L4_TABLE:
	case MMUEXT_MARK_SUPER:
	case MMUEXT_UNMARK_SUPER:
		return -XEN_EINVAL;
	default: /* SET_LDT and NEW_USER_BASEPTR, too */
		return -XEN_ENOSYS;
	}
}

/* The usual call, as update_one(). */
static int32_t mmuext_one(struct domain *caller, const uint32_t *arg)
{
	uint32_t rest[5] = { arg[0], 1, 0, DOMID_SELF };
	struct mmuext_op op;
	int rc = copy_from_guest(&op, arg[0], sizeof(op));

	if (!rc)
		rc = mmuext(caller, &op, 0);
	if (rc > 0)
		rest[1] |= (uint32_t)rc << QUARTERS_SHIFT;
	return rc > 0 || rc == -FRAME_ERESTART ? hypercall_continue(caller, rest) : rc;
}

int32_t do_mmuext_op(struct domain *caller, const uint32_t *arg)
{
	const uint32_t plain[5] = { arg[0], arg[1] & ~(QUARTERS_MASK << QUARTERS_SHIFT), arg[2], arg[3] };
	uint32_t quarter = arg[1] >> QUARTERS_SHIFT & QUARTERS_MASK;
	struct mmuext_op op;
	struct progress p;
	int rc;

	if (arg[1] == 1 && !arg[2] && arg[3] == DOMID_SELF)
		return mmuext_one(caller, arg);
	rc = progress_init(&p, caller, plain, sizeof(op));
	if (rc)
		return rc;
	while (p.left) {
		rc = copy_from_guest(&op, p.array, sizeof(op));
		if (!rc)
			rc = mmuext(caller, &op, quarter);
		if (rc > 0) {
			quarter = (uint32_t)rc;
			rc = -FRAME_ERESTART;
		}
		if (rc)
			break;
		quarter = 0;
		p.array += (uint32_t)sizeof(op);
		p.left--;
		p.done++;
		if (p.left && hypercall_preempted()) {
			rc = -FRAME_ERESTART;
			break;
		}
	}
	p.left |= quarter << QUARTERS_SHIFT;
	return progress_end(&p, caller, rc);
}
