/* SPDX-License-Identifier: MIT */
/* check.c without QEMU, for oracle.py. */
#include "../vivt.h"

const struct model *model = &check_model;
static unsigned reports[HAZARDS];

void report_hazard(enum hazard kind, const char *detail, uint32_t pc,
				   uint32_t virt, uint32_t phys, uint32_t earlier_pc)
{
	reports[kind]++;
}

uint32_t mmu_ram_bytes(void) { return 256u << 20; }
bool mmu_enabled(void) { return true; }
bool dcache_enabled(void) { return true; }
bool icache_enabled(void) { return true; }
void mmu_table_written(uint32_t phys, uint32_t pc) { }

unsigned reported(enum hazard kind) { return reports[kind]; }

void start(void)
{
	check_init(false);
}

void restart(void)
{
	unsigned i;

	check_model.maintain(CACHE_D, INVALIDATE, WHOLE, 0);
	for (i = 0; i < HAZARDS; i++) {
		reports[i] = 0;
	}
}

void access_word(bool is_store, bool cached, uint32_t virt, uint32_t phys)
{
	struct mapping map = { .frame = phys & ~0xfffu, .cacheable = cached,
						   .bufferable = cached };

	(is_store ? check_model.store : check_model.load)(1, virt, 4, &map);
}

void maintain(unsigned action, uint32_t virt)
{
	check_model.maintain(CACHE_D, action, BY_ADDRESS, virt);
}
