// SPDX-License-Identifier: MIT
/*
 * pagetable.c - changes of first-level tables in use, and the loaded root.
 *
 * The order in every change is that of leaf_set() in pagetable_entry.c.
 * Context: interrupts off.
 */
#include <hv/console.h>
#include <hv/hypercall.h>
#include <hv/pagetable.h>
#include <hv/panic.h>
#include <arch/mm.h>

#include "frame_table.h"

/*
 * The kernel's part is one for the domain, and a domain has as many roots as it likes: a change
 * goes to the current root and the one it was asked for; the others get it when they
 * are loaded.  48 bits of version do not come round in years.
 */
#define VERSION_BITS 16u

static uint64_t root_version(mfn_t root)
{
	const struct frame *f = frame_at(root);

	return f[1].type_count | (uint64_t)f[2].type_count << VERSION_BITS |
	       (uint64_t)f[3].type_count << (2u * VERSION_BITS);
}

static void root_set_version(mfn_t root, uint64_t version)
{
	struct frame *f = frame_at(root);

	f[1].type_count = (uint16_t)version;
	f[2].type_count = (uint16_t)(version >> VERSION_BITS);
	f[3].type_count = (uint16_t)(version >> (2u * VERSION_BITS));
}

bool root_is_current(const struct domain *d, mfn_t root)
{
	return root_version(root) == d->arch.kernel_version;
}

void root_complete(struct domain *d, mfn_t root, uint32_t piece)
{
	arch_root_init(d, root, piece);
	if (!piece)
		root_set_version(root, d->arch.kernel_version);
}

static void kernel_write(struct domain *d, mfn_t root, uint32_t slot, uint32_t hw)
{
	mfn_t current = d->vcpu.arch.root;
	bool follows = root.n && root_is_current(d, root);

	d->arch.space->kernel[slot - KERNEL_SLOT_FIRST] = hw;
	d->arch.kernel_version++;
	if (current.n) {
		arch_root_set(current, slot, hw);
		root_set_version(current, d->arch.kernel_version);
	}
	if (root.n && root.n != current.n) {
		arch_root_set(root, slot, hw);
		if (follows)
			root_set_version(root, d->arch.kernel_version);
	}
}

int kernel_set(struct domain *d, mfn_t root, uint32_t slot, uint32_t guest)
{
	uint32_t old = d->arch.space->kernel[slot - KERNEL_SLOT_FIRST];
	uint32_t hw;
	int rc = root_entry_translate(d, slot, guest, &hw);

	if (rc || hw == old)
		return rc;
	if ((old ^ hw) & ~SAME_HOLDS) {
		rc = root_entry_get(d, hw);
		if (rc)
			return rc;
	}
	kernel_write(d, root, slot, hw);
	if ((old ^ hw) & ~SAME_HOLDS)
		root_entry_put(old);
	return 0;
}

static int user_set(struct domain *d, mfn_t root, uint32_t slot, uint32_t guest)
{
	mfn_t frame = mfn_add(root, slot / WORDS_PER_FRAME);
	uint32_t *entry;
	uint32_t old, hw;
	int rc = root_entry_translate(d, slot, guest, &hw);

	if (!rc)
		rc = root_entry_get(d, hw);
	if (rc)
		return rc;
	entry = (uint32_t *)arch_frame_map(frame) + slot % WORDS_PER_FRAME;
	old = *entry;
	*entry = hw;
	root_entry_put(old);
	return 0;
}

int root_set(struct domain *d, mfn_t root, uint32_t slot, uint32_t guest)
{
	if (slot < KERNEL_SLOT_FIRST)
		return user_set(d, root, slot, guest);
	if (slot < KERNEL_SLOT_FIRST + KERNEL_SLOTS)
		return kernel_set(d, root, slot, guest);
	return -XEN_EPERM;
}

uint32_t root_entry(const struct domain *d, mfn_t root, uint32_t slot)
{
	if (slot - KERNEL_SLOT_FIRST < KERNEL_SLOTS)
		return d->arch.space->kernel[slot - KERNEL_SLOT_FIRST];
	return ((uint32_t *)arch_frame_map(mfn_add(root, slot / WORDS_PER_FRAME)))
		[slot % WORDS_PER_FRAME];
}

int pagetable_switch(struct vcpu *v, mfn_t root)
{
	mfn_t old = v->arch.root;
	int rc;

	if (old.n == root.n)
		return 0;
	rc = frame_get_root(v->domain, root);
	if (rc)
		return rc;
	/* The first piece, which makes it current, comes last: all of them are of one version. */
	for (uint32_t piece = ROOT_PIECES; !root_is_current(v->domain, root); ) {
		if (hypercall_preempted()) {
			frame_put_type(root);
			return -FRAME_ERESTART;
		}
		root_complete(v->domain, root, --piece);
	}
	v->arch.root = root;
	arch_space_load(v);
	if (old.n)
		frame_put_type(old);
	return 0;
}

void pagetable_load(struct vcpu *v)
{
	arch_space_load(v);
}

void pagetable_walk(const struct domain *d, vaddr_t va, struct pagetable_walk *w)
{
	*w = (struct pagetable_walk){ .va = va, .root = d->resident ? mfn_make(0) : d->vcpu.arch.root };
	if (!w->root.n)
		return;
	w->l1 = ((uint32_t *)arch_frame_map(mfn_add(w->root, L1_INDEX(va) / WORDS_PER_FRAME)))
		[L1_INDEX(va) % WORDS_PER_FRAME];
	if (PTE_TYPE(w->l1) == L1_COARSE)
		w->l2 = ((uint32_t *)arch_frame_map(maddr_to_mfn(w->l1)))
			[(w->l1 & COARSE_OFFSET) / 4u + L2_INDEX(va)];
}

void pagetable_walk_print(const struct pagetable_walk *w, unsigned int level)
{
	static const char *const kind[] = { "fault", "coarse", "section", "fine" };

	if (level == 1 && w->root.n)
		log_line("walk %08x: root %08x[%03x] = %08x %s, domain %u", w->va,
			 mfn_to_maddr(w->root), L1_INDEX(w->va), w->l1, kind[PTE_TYPE(w->l1)],
			 (w->l1 >> 5) & (ARM_DOMAINS - 1u));
	if (level == 2 && PTE_TYPE(w->l1) == L1_COARSE)
		log_line("walk %08x: leaf %08x[%02x] = %08x, AP %u%u%u%u", w->va,
			 w->l1 & L1_COARSE_BASE, L2_INDEX(w->va), w->l2, L2_AP_FIELD(w->l2, 0),
			 L2_AP_FIELD(w->l2, 1), L2_AP_FIELD(w->l2, 2), L2_AP_FIELD(w->l2, 3));
}
