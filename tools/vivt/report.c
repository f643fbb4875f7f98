/* SPDX-License-Identifier: MIT */
/* Hazard reports, one per (kind, PC, earlier PC), with a count. */
#include <stdlib.h>

#include "vivt.h"

enum { SITES = 4096 };                  /* power of two */

struct site {
	uint64_t count, first_insn;
	enum hazard kind;
	uint32_t pc, earlier_pc;
	uint32_t virt, phys, table_base;    /* of the first occurrence */
	const char *detail, *mode;
};

static const char *const hazard_name[HAZARDS] = {
	"STALE_HIT", "STALE_ALIAS", "LOST_WRITE", "DIRTY_PTE", "STALE_INSN",
	"STALE_TLB",
};

static struct site sites[SITES];
static unsigned site_count;
static uint64_t total[HAZARDS], not_recorded;

static struct site *find_site(enum hazard kind, uint32_t pc, uint32_t earlier)
{
	uint32_t slot = (pc * 2654435761u) ^ (earlier * 40503u) ^ kind;

	for (;; slot++) {
		slot &= SITES - 1;
		if (!sites[slot].count) {
			break;
		}
		if (sites[slot].kind == kind && sites[slot].pc == pc &&
			sites[slot].earlier_pc == earlier) {
			break;
		}
	}
	return &sites[slot];
}

static void print_site(FILE *out, const struct site *site)
{
	fprintf(out, "vivt: %-11s count=%llu pc=%08x mode=%s mva=%08x pa=%08x "
			"earlier=%08x ttb=%08x first=%llu %s\n", hazard_name[site->kind],
			(unsigned long long)site->count, site->pc, site->mode, site->virt,
			site->phys, site->earlier_pc, site->table_base,
			(unsigned long long)site->first_insn, site->detail);
}

void report_hazard(enum hazard kind, const char *detail, uint32_t pc,
				   uint32_t virt, uint32_t phys, uint32_t earlier_pc)
{
	struct site *site = find_site(kind, pc, earlier_pc);

	total[kind]++;
	if (site->count == 0) {
		if (site_count >= SITES / 2) {
			not_recorded++;
			return;
		}
		site_count++;
		*site = (struct site){
			.kind = kind, .pc = pc, .earlier_pc = earlier_pc, .virt = virt,
			.phys = phys, .table_base = mmu_table_base(), .detail = detail,
			.mode = cpu_mode_name(), .first_insn = cpu_insn_count(),
		};
	}
	site->count++;
}

static int more_frequent_first(const void *a, const void *b)
{
	const struct site *first = a, *second = b;

	return (first->count < second->count) - (first->count > second->count);
}

void report_print(FILE *out, unsigned top)
{
	unsigned i;

	qsort(sites, SITES, sizeof(sites[0]), more_frequent_first);
	for (i = 0; i < top && i < SITES && sites[i].count; i++) {
		print_site(out, &sites[i]);
	}
	fprintf(out, "vivt: %u sites%s;", site_count,
			not_recorded ? " (table full)" : "");
	for (i = 0; i < HAZARDS; i++) {
		fprintf(out, " %s %llu", hazard_name[i], (unsigned long long)total[i]);
	}
	fprintf(out, "\n");
}
