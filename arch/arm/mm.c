/* SPDX-License-Identifier: MIT */
/*
 * mm.c - the hypervisor's own address space and the spaces of domains.
 *
 * Owns hv_root, the hypervisor's first-level table: its slots from
 * ARMV5_WINDOW_START up are in every root, but for the slot of the shared info
 * page, which is the domain's.  They are complete before the first root is
 * made, so no root is ever visited again for them.  Context: interrupts off.
 *
 * Cache rules (DESIGN.md 4): hypervisor tables are written through the cache and
 * cleaned before use; frames of guests are seen through non-cacheable windows.
 */
#include <arch/mm.h>
#include <arch/cpu.h>
#include <arch/current.h>
#include <arch/layout.h>
#include <hv/board.h>
#include <hv/domain.h>
#include <hv/frame.h>
#include <hv/lib.h>
#include <hv/memory.h>
#include <hv/panic.h>
#include <hv/partition.h>

#include <arch/init.h>
#include "arm.h"

#define TABLE_WINDOWS  (hv_tables + 0 * L2_ENTRIES)
#define TABLE_M2P      (hv_tables + 1 * L2_ENTRIES)
#define TABLE_COUNTER  (hv_tables + 2 * L2_ENTRIES)
#define TABLE_VECTORS  (hv_tables + 3 * L2_ENTRIES)

#define PAGE_WINDOW    (L2_SMALL | L2_AP_ALL(AP_HV))
#define PAGE_CACHED(ap) (L2_SMALL | PTE_B | PTE_C | L2_AP_ALL(ap))
#define PAGE_DEVICE(ap) (L2_SMALL | L2_AP_ALL(ap))
#define SECTION_DEVICE (L1_SECTION | L1_MUST_BE_ONE | L1_SECTION_AP(AP_HV))
#define SECTION_CACHED(ap, domain) \
	(L1_SECTION | L1_MUST_BE_ONE | PTE_B | PTE_C | L1_SECTION_AP(ap) | L1_DOMAIN(domain))

static maddr_t ram_base;           /* of HV_RAM_VA */
static mfn_t loaded_root;          /* what the walker uses */
static struct domain *loaded_domain; /* whose it is; NULL: hv_root */
static unsigned int resident_count;

static maddr_t hv_maddr(const void *p)
{
	return (vaddr_t)p - HV_RAM_VA + ram_base;
}

static void entry_write(uint32_t *entry, uint32_t value)
{
	*entry = value;
	arch_cache_clean_range((vaddr_t)entry, sizeof(*entry));
}

static uint32_t coarse(const uint32_t *table, uint32_t arm_domain)
{
	return hv_maddr(table) | L1_COARSE | L1_MUST_BE_ONE | L1_DOMAIN(arm_domain);
}

static void map_tables(void)
{
	entry_write(&hv_root[L1_INDEX(HV_FRAME_VA)], coarse(TABLE_WINDOWS, ARM_DOMAIN_HV));
	entry_write(&hv_root[L1_INDEX(ARMV5_M2P_START)], coarse(TABLE_M2P, ARM_DOMAIN_KERNEL));
	entry_write(&hv_root[L1_INDEX(ARMV5_COUNTER_START)],
		    coarse(TABLE_COUNTER, ARM_DOMAIN_HV));
	entry_write(&hv_root[L1_INDEX(HV_VECTOR_VA)], coarse(TABLE_VECTORS, ARM_DOMAIN_HV));
}

/* The page is filled at its heap address once, cleaned to memory, and from
 * then on used at 0xFFFF0000 only: one virtual address, no alias. */
static void map_vectors(void)
{
	size_t size = (size_t)(kuser_helpers_end - kuser_helpers);

	memcpy(vector_page, vectors, (size_t)(vectors_end - vectors));
	memcpy(vector_page + PAGE_SIZE - size, kuser_helpers, size);
	arch_cache_flush_range((vaddr_t)vector_page, PAGE_SIZE);
	arch_icache_invalidate();
	entry_write(&TABLE_VECTORS[L2_INDEX(HV_VECTOR_VA)],
		    hv_maddr(vector_page) | PAGE_CACHED(AP_HV_USER_RO));
}

void arch_init(uint32_t virtual_to_physical)
{
	ram_base = HV_RAM_VA + virtual_to_physical;
	for (unsigned int i = 0; i < board.device_section_count; i++)
		entry_write(&hv_root[L1_INDEX(BOARD_DEVICE_VA(i))],
			    board.device_sections[i] | SECTION_DEVICE);
	map_tables();
	map_vectors();
	loaded_root = maddr_to_mfn(hv_maddr(hv_root));
	entry_write(&hv_root[L1_INDEX(ram_base)], 0); /* boot.S's identity map */
	arch_tlb_flush();
}

const void *arch_map_boot(maddr_t maddr)
{
	uint32_t *entry = &hv_root[L1_INDEX(HV_BOOT_VA)];
	maddr_t base = ROUND_DOWN(maddr, SECTION_SIZE);

	entry_write(&entry[0], base | SECTION_DEVICE);
	entry_write(&entry[1], (base + SECTION_SIZE) | SECTION_DEVICE);
	arch_tlb_flush();
	return (const void *)(HV_BOOT_VA + (maddr - base));
}

void arch_unmap_boot(void)
{
	uint32_t *entry = &hv_root[L1_INDEX(HV_BOOT_VA)];

	entry_write(&entry[0], 0);
	entry_write(&entry[1], 0);
	arch_tlb_flush();
}

maddr_t arch_ram_base(void)
{
	return ram_base;
}

void arch_map_m2p(maddr_t m2p, size_t size)
{
	for (uint32_t i = 0; i * PAGE_SIZE < size; i++)
		TABLE_M2P[i] = (m2p + i * PAGE_SIZE) | PAGE_DEVICE(AP_READ_ONLY);
	arch_cache_clean_range((vaddr_t)TABLE_M2P, L2_ENTRIES * sizeof(uint32_t));
	arch_tlb_flush();
}

void arch_map_counter(maddr_t counter)
{
	entry_write(&TABLE_COUNTER[L2_INDEX(ARMV5_COUNTER_START)],
		    ROUND_DOWN(counter, PAGE_SIZE) | PAGE_DEVICE(AP_READ_ONLY));
	arch_tlb_flush();
}

maddr_t arch_hv_maddr(const void *p)
{
	return hv_maddr(p);
}

static void *frame_window(mfn_t mfn, uint32_t slot)
{
	uint32_t *entry = &TABLE_WINDOWS[slot];
	uint32_t value = mfn_to_maddr(mfn) | PAGE_WINDOW;
	vaddr_t va = HV_FRAME_VA + slot * PAGE_SIZE;

	if (*entry != value) {
		entry_write(entry, value);
		arch_tlb_flush_va(va);
	}
	return (void *)va;
}

void *arch_frame_map(mfn_t mfn)
{
	return frame_window(mfn, mfn.n % 128u);
}

void *arch_frame_map_source(mfn_t mfn)
{
	return frame_window(mfn, 128u + mfn.n % 128u);
}

_Static_assert(KERNEL_SLOTS == (ROOT_PIECES - 1u) * ROOT_PIECE, "the last piece is the hypervisor's");

/*
 * Slots 0xC00-0xFFF are the fourth frame of a root.  Written non-cached; the
 * walker sees them after the drain of the TLB flush that loads the root.
 */
void arch_root_init(struct domain *d, mfn_t root, uint32_t piece)
{
	uint32_t first = piece * ROOT_PIECE;
	uint32_t *slot = arch_frame_map(mfn_add(root, 3));

	if (first < KERNEL_SLOTS) {
		memcpy(slot + first, d->arch.space->kernel + first, ROOT_PIECE * sizeof(*slot));
		return;
	}
	memcpy(slot + first, hv_root + KERNEL_SLOT_FIRST + first, ROOT_PIECE * sizeof(*slot));
	slot[L1_INDEX(ARMV5_SHARED_INFO) - KERNEL_SLOT_FIRST] =
		coarse(d->arch.space->shared_table, ARM_DOMAIN_KERNEL);
}

void arch_root_set(mfn_t root, uint32_t slot, uint32_t entry)
{
	uint32_t *table = arch_frame_map(mfn_add(root, slot / 1024u));

	table[slot % 1024u] = entry;
}

/* A domain with its own tables: the shared info page is reached at the guest's
 * address or through a non-cached window, never at its heap address. */
static void own_space_init(struct domain *d)
{
	struct arch_space *space = boot_alloc(PAGE_SIZE, PAGE_SIZE);
	void *page = boot_alloc(PAGE_SIZE, PAGE_SIZE);

	arch_cache_flush_range((vaddr_t)page, PAGE_SIZE);
	d->arch.space = space;
	d->arch.shared_info_mfn = maddr_to_mfn(hv_maddr(page));
	entry_write(&space->shared_table[L2_INDEX(ARMV5_SHARED_INFO)],
		    hv_maddr(page) | PAGE_CACHED(AP_USER));
	d->vcpu.arch.shared_info = (struct shared_info *)ARMV5_SHARED_INFO;
	d->vcpu.arch.dacr_user = DACR_CLIENT(ARM_DOMAIN_HV) | DACR_CLIENT(ARM_DOMAIN_USER);
	d->vcpu.arch.dacr_kernel = d->vcpu.arch.dacr_user | DACR_CLIENT(ARM_DOMAIN_KERNEL);
}

/* One small page of a resident's window. */
static void resident_map_page(struct domain *d, vaddr_t va, uint32_t entry)
{
	uint32_t *slot = &hv_root[L1_INDEX(va)];
	uint32_t *table;

	if (PTE_TYPE(*slot) == L1_FAULT) {
		table = boot_alloc(L2_ENTRIES * sizeof(*table), L2_ENTRIES * sizeof(*table));
		entry_write(slot, coarse(table, d->arch.arm_domain));
	} else {
		table = (uint32_t *)((*slot & L1_COARSE_BASE) - ram_base + HV_RAM_VA);
	}
	entry_write(&table[L2_INDEX(va)], entry);
}

/* Memory: whole megabytes in sections (they are contiguous), the rest in pages. */
static void resident_map_memory(struct domain *d)
{
	uint32_t size = d->nr_pages * PAGE_SIZE;
	uint32_t at = 0;
	mfn_t mfn;

	while (at < size) {
		vaddr_t va = d->virt_base + at;

		(void)frame_translate(d, gfn_make(at >> PAGE_SHIFT), &mfn);
		if (size - at >= SECTION_SIZE) {
			entry_write(&hv_root[L1_INDEX(va)], mfn_to_maddr(mfn) |
				    SECTION_CACHED(AP_USER, d->arch.arm_domain));
			at += SECTION_SIZE;
		} else {
			resident_map_page(d, va, mfn_to_maddr(mfn) | PAGE_CACHED(AP_USER));
			at += PAGE_SIZE;
		}
	}
}

static void resident_map_device(struct domain *d, const struct partition_device *device)
{
	for (uint32_t at = 0; at < device->size; at += PAGE_SIZE)
		resident_map_page(d, device->guest + at,
				  (device->maddr + at) | PAGE_DEVICE(AP_USER));
}

/* The last page of a resident's memory is its shared info. */
static void resident_init(struct domain *d)
{
	uint32_t last = d->nr_pages - 1u;

	if (resident_count == ARM_DOMAINS - ARM_DOMAIN_RESIDENT)
		panic("%s: more than %u residents", d->name, resident_count);
	d->arch.arm_domain = ARM_DOMAIN_RESIDENT + resident_count++;
	resident_map_memory(d);
	for (unsigned int i = 0; i < d->partition->device_count; i++)
		resident_map_device(d, &d->partition->devices[i]);
	(void)frame_translate(d, gfn_make(last), &d->arch.shared_info_mfn);
	d->vcpu.arch.shared_info = (struct shared_info *)(d->virt_base + last * PAGE_SIZE);
	d->vcpu.arch.dacr_kernel = DACR_CLIENT(ARM_DOMAIN_HV) | DACR_CLIENT(d->arch.arm_domain);
	d->vcpu.arch.dacr_user = d->vcpu.arch.dacr_kernel;
}

void arch_domain_init(struct domain *d)
{
	if (d->resident)
		resident_init(d);
	else
		own_space_init(d);
	/* Not in a resident's devices: those may abort at any word of a frame. */
	d->vcpu.arch.frames.low = d->vcpu.arch.system_call.low = d->limit_low;
	d->vcpu.arch.frames.words = ((d->resident ? d->nr_pages * PAGE_SIZE : d->limit_high) -
				     sizeof(struct cpu_user_regs)) / 4u + 1u;
	arch_cache_flush_all(); /* new tables: the walker must see the empty entries, too */
	arch_tlb_flush();
}

void arch_frame_retire_writable(mfn_t mfn)
{
	/* Its lines may lie at any virtual address of the domain. */
	(void)mfn;
	arch_cache_flush_all();
}

/* The caches are indexed and tagged by virtual address: nothing of the old space
 * may stay behind when addresses change their meaning. */
static void root_load(mfn_t root, struct domain *d)
{
	arch_cache_flush_all();
	arm_ttbr_load(mfn_to_maddr(root));
	loaded_root = root;
	loaded_domain = d;
}

void arch_space_load(struct vcpu *v)
{
	if (v->domain->resident || v->arch.root.n == loaded_root.n)
		return;
	root_load(v->arch.root, v->domain);
}

bool arch_space_loaded(const struct domain *d)
{
	return loaded_domain == d;
}

void arch_space_unload(void)
{
	root_load(maddr_to_mfn(hv_maddr(hv_root)), NULL);
}

static uint32_t current_dacr(void)
{
	const struct vcpu *v = pcpu.current;

	if (!v || v->domain->state != DOMAIN_RUNNING)
		return DACR_CLIENT(ARM_DOMAIN_HV);
	return v->kernel_mode ? v->arch.dacr_kernel : v->arch.dacr_user;
}

static uint32_t dacr_closed; /* what close() restores; 0: nothing */

struct shared_info *arch_shared_info_open(struct domain *d)
{
	const struct vcpu *v = pcpu.current;

	if (v && v->domain == d && v->kernel_mode && d->state == DOMAIN_RUNNING)
		return d->vcpu.arch.shared_info;
	/* While d is built its page is filled through the window: the same one here. */
	if (d->state == DOMAIN_BUILDING || (!d->resident && loaded_domain != d))
		return arch_frame_map(d->arch.shared_info_mfn);
	dacr_closed = arm_dacr_read();
	arm_dacr_write(DACR_ALL);
	return d->vcpu.arch.shared_info;
}

void arch_shared_info_close(void)
{
	if (dacr_closed) {
		arm_dacr_write(dacr_closed);
		dacr_closed = 0;
	}
}

void arm_set_kernel_mode(struct vcpu *v, bool kernel_mode)
{
	v->kernel_mode = kernel_mode;
	arm_dacr_write(current_dacr());
}

/* Its shared info can be reached from here on. */
static inline void kernel_open(const struct vcpu *v)
{
	arm_dacr_write(v->arch.dacr_kernel);
	/* In virtual kernel mode, too: the word must not show another domain's. */
	*(volatile uint32_t *)ARMV5_KUSER_TLS = v->arch.shared_info->vcpu_info[0].arch.tls;
}

static __attribute__((noinline)) void space_switch(struct vcpu *next)
{
	if (next->domain->state != DOMAIN_RUNNING) { /* no space yet */
		pcpu.building = 1;
		arm_dacr_write(DACR_CLIENT(ARM_DOMAIN_HV));
		return;
	}
	arch_space_load(next);
	kernel_open(next);
}

/* A resident has no root, it is in every space; nor has a domain that is being built. */
void arch_context_switch(struct vcpu *next)
{
	uint32_t root = next->arch.root.n;

	pcpu.idle = 0;
	pcpu.building = 0;
	pcpu.current = next;
	pcpu.dacr_user = next->arch.dacr_user;
	if (root ? root == loaded_root.n : next->kernel_mode)
		kernel_open(next);
	else
		space_switch(next);
}
