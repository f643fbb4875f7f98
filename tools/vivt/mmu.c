/* SPDX-License-Identifier: MIT */
/*
 * Page-table walks in guest RAM and a TLB that never evicts.
 *
 * Guest RAM is shared with QEMU through a memory-backend-file, so the tables
 * read here are the values QEMU sees: the newest ones.  Whether the hardware
 * walker would have seen the same is for model->walk to say.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vivt.h"

enum { CONTROL_M = 1 << 0, CONTROL_C = 1 << 2, CONTROL_I = 1 << 12,
	   CONTROL_V = 1 << 13 };

static const uint8_t *ram;
static uint32_t ram_bytes;
static uint32_t control, table_base;

static struct mapping *tlb;             /* indexed by virtual page number */
static uint32_t epoch = 1;
static uint32_t *filled;                /* virtual pages filled this epoch */
static unsigned filled_count;

bool mmu_init(const char *ram_path, uint32_t bytes)
{
	int fd = open(ram_path, O_RDONLY);

	if (fd < 0) {
		perror(ram_path);
		return false;
	}
	ram = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	tlb = calloc(VIRTUAL_PAGES, sizeof(*tlb));
	filled = calloc(VIRTUAL_PAGES, sizeof(*filled));
	ram_bytes = bytes;
	return ram != MAP_FAILED && tlb && filled;
}

uint32_t mmu_ram_bytes(void) { return ram_bytes; }
void mmu_set_control(uint32_t value) { control = value; }
uint32_t mmu_control(void) { return control; }
void mmu_set_table_base(uint32_t value) { table_base = value & ~0x3fffu; }
uint32_t mmu_table_base(void) { return table_base; }
bool mmu_enabled(void) { return control & CONTROL_M; }

bool dcache_enabled(void)
{
	return (control & CONTROL_C) && (control & CONTROL_M);
}

bool icache_enabled(void) { return control & CONTROL_I; }

uint32_t vector_base(void)
{
	return control & CONTROL_V ? 0xffff0000u : 0;
}

static uint32_t read_ram(uint32_t phys)
{
	return phys < ram_bytes ? *(const volatile uint32_t *)(ram + phys) : 0;
}

void mmu_walk(uint32_t virt, struct mapping *map)
{
	uint32_t l1, l2;

	*map = (struct mapping){
		.table_base = table_base,
		.l1_address = table_base | (virt >> 20) << 2,
	};
	l1 = read_ram(map->l1_address);
	if ((l1 & 3) == 2) {                        /* section */
		map->frame = (l1 & 0xfff00000) | (virt & 0x000ff000);
		map->permissions = (l1 >> 10 & 3) * 0x55;
		map->size_shift = 20;
		map->cacheable = l1 & 8;
		map->bufferable = l1 & 4;
		map->valid = true;
		return;
	}
	if ((l1 & 3) == 0) {
		return;
	}

	map->two_level = true;
	map->l2_address = (l1 & 3) == 1             /* coarse or fine table */
		? (l1 & 0xfffffc00) | (virt >> 12 & 0xff) << 2
		: (l1 & 0xfffff000) | (virt >> 10 & 0x3ff) << 2;
	l2 = read_ram(map->l2_address);
	map->permissions = l2 >> 4 & 0xff;
	map->cacheable = l2 & 8;
	map->bufferable = l2 & 4;
	if ((l2 & 3) == 1) {                        /* large page, 64 KiB */
		map->frame = (l2 & 0xffff0000) | (virt & 0x0000f000);
		map->size_shift = 16;
		map->valid = true;
	} else if ((l2 & 3) == 2) {                 /* small page, 4 KiB */
		map->frame = l2 & 0xfffff000;
		map->size_shift = 12;
		map->valid = true;
	} else if ((l2 & 3) == 3) {
		fprintf(stderr, "vivt: tiny page at %08x is not modelled\n", virt);
	}
}

void mmu_invalidate_all(void)
{
	epoch++;
	filled_count = 0;
}

void mmu_invalidate_page(uint32_t virt)
{
	struct mapping *map = &tlb[virt >> 12];
	uint32_t page, pages;

	if (map->epoch != epoch) {
		return;
	}
	/* One TLB entry covers the whole section or large page. */
	pages = 1u << (map->size_shift - 12);
	for (page = virt >> 12 & ~(pages - 1); pages > 0; pages--, page++) {
		tlb[page].epoch = 0;
	}
}

/* What makes the old mapping wrong, or NULL.  More permission than the TLB
 * knows of does not: that only faults again. */
static const char *withdrawn(const struct mapping *old,
							 const struct mapping *now)
{
	unsigned subpage;

	if (!now->valid) {
		return "mapping removed";
	}
	if (old->frame != now->frame) {
		return "mapping moved";
	}
	if (old->cacheable != now->cacheable ||
		old->bufferable != now->bufferable) {
		return "cacheability changed";
	}
	for (subpage = 0; subpage < 8; subpage += 2) {
		if ((old->permissions >> subpage & 3) >
			(now->permissions >> subpage & 3)) {
			return "permissions reduced";
		}
	}
	return NULL;
}

struct mapping *mmu_lookup(uint32_t virt, uint32_t pc)
{
	static struct mapping identity = { .verified = true };
	struct mapping *map, now;
	const char *detail;

	if (!mmu_enabled()) {
		identity.frame = virt & ~0xfffu;
		return &identity;
	}
	map = &tlb[virt >> 12];
	if (map->epoch == epoch && !map->rewritten &&
		map->table_base == table_base) {
		return map;
	}
	mmu_walk(virt, &now);
	detail = map->epoch == epoch ? withdrawn(map, &now) : NULL;
	if (detail) {
		report_hazard(STALE_TLB, detail, pc, virt,
					  map->two_level ? map->l2_address : map->l1_address,
					  map->rewriter_pc);
	}
	if (!now.valid) {
		map->epoch = 0;
		return NULL;
	}
	if (filled_count == VIRTUAL_PAGES) {
		mmu_invalidate_all();
	}
	if (map->epoch != epoch) {
		filled[filled_count++] = virt >> 12;
	}
	*map = now;
	map->epoch = epoch;
	model->walk(pc, virt, map);
	return map;
}

void mmu_table_written(uint32_t phys, uint32_t pc)
{
	unsigned i;

	for (i = 0; i < filled_count; i++) {
		struct mapping *map = &tlb[filled[i]];

		if (map->epoch == epoch && (map->l1_address == phys ||
			(map->two_level && map->l2_address == phys))) {
			map->rewritten = true;
			map->rewriter_pc = pc;
		}
	}
}
