/* SPDX-License-Identifier: MIT */
/*
 * Model of the ARM926EJ-S virtually indexed, virtually tagged caches for QEMU.
 *
 * plugin.c  QEMU glue: options, instrumentation, CP15 decoding
 * mmu.c     page-table walks and an (infinite) TLB, from guest RAM
 * check.c   mode=check: coherency checker, infinite caches
 * cycles.c  mode=cycles: finite caches and a cost model
 * report.c  de-duplicated hazard reports
 */
#ifndef VIVT_H
#define VIVT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum {
	LINE_BYTES = 32,
	WORDS_PER_LINE = 8,
	WORDS_PER_HALF = 4,         /* the ARM926 has one dirty bit per half line */
	PAGE_BYTES = 4096,
	LINES_PER_PAGE = PAGE_BYTES / LINE_BYTES,
	VIRTUAL_PAGES = 1 << 20,
	CACHE_SETS = 128,           /* 16 KiB, 4 ways, 32-byte lines */
	CACHE_WAYS = 4,
};

static inline uint32_t line_of(uint32_t address) { return address & ~31u; }
static inline uint32_t word_of(uint32_t address) { return (address >> 2) & 7; }
static inline uint32_t set_of(uint32_t address) { return (address >> 5) & 127; }

/* ---- mmu.c ---- */

/* One translation of a 4 KiB virtual page, as the TLB would hold it. */
struct mapping {
	uint32_t epoch;             /* valid while equal to the current TLB epoch */
	uint32_t table_base;        /* translation table base of the walk */
	uint32_t frame;             /* physical address of the page */
	uint32_t l1_address;        /* physical address of the first-level entry */
	uint32_t l2_address;        /* of the second-level entry, if two_level */
	uint32_t permissions;       /* AP fields, most significant subpage first */
	bool valid;
	uint8_t size_shift;         /* 20 section, 16 large page, 12 small page */
	bool two_level;
	bool cacheable;
	bool bufferable;
	bool rewritten;             /* a table entry was written since the walk */
	uint32_t rewriter_pc;       /* by this store */
	bool verified;              /* compared with QEMU's own translation */
};

bool mmu_init(const char *ram_path, uint32_t ram_bytes);
uint32_t mmu_ram_bytes(void);
void mmu_set_control(uint32_t value);
uint32_t mmu_control(void);
void mmu_set_table_base(uint32_t value);
uint32_t mmu_table_base(void);
void mmu_invalidate_all(void);
void mmu_invalidate_page(uint32_t virt);
/* Translation of virt: from the TLB, or by a walk (which calls model->walk).
 * NULL when the tables have no valid entry for it. */
struct mapping *mmu_lookup(uint32_t virt, uint32_t pc);
/* Read the tables for virt without touching the TLB.  The addresses of the
 * entries are set even if it is not mapped. */
void mmu_walk(uint32_t virt, struct mapping *result);
/* A word that model->walk saw as a table entry has been written. */
void mmu_table_written(uint32_t phys, uint32_t pc);

bool mmu_enabled(void);
bool dcache_enabled(void);
bool icache_enabled(void);
uint32_t vector_base(void);

/* ---- report.c ---- */

enum hazard {
	STALE_HIT,      /* 1: hit on a line filled under another mapping */
	STALE_ALIAS,    /* 2: read of a word whose newest value is elsewhere */
	LOST_WRITE,     /* 3: a dirty line may be evicted over newer data */
	DIRTY_PTE,      /* 4: the table walker would read an old entry */
	STALE_INSN,     /* 5: instruction fetch of an old word */
	STALE_TLB,      /* 6: use of a TLB entry whose table entry has changed */
	HAZARDS,
};

void report_hazard(enum hazard kind, const char *detail, uint32_t pc,
				   uint32_t virt, uint32_t phys, uint32_t earlier_pc);
void report_print(FILE *out, unsigned top);

/* ---- models ---- */

enum { CACHE_I = 1, CACHE_D = 2 };
enum { CLEAN = 1, INVALIDATE = 2 };
enum scope { WHOLE, BY_ADDRESS, BY_INDEX, TEST_AND_CLEAN };

struct model {
	/* words: bit mask of the words of the line at virt that are executed */
	void (*fetch)(uint32_t virt, unsigned words, const struct mapping *map);
	void (*load)(uint32_t pc, uint32_t virt, unsigned bytes,
				 const struct mapping *map);
	void (*store)(uint32_t pc, uint32_t virt, unsigned bytes,
				  const struct mapping *map);
	void (*walk)(uint32_t pc, uint32_t virt, const struct mapping *map);
	void (*maintain)(unsigned caches, unsigned action, enum scope scope,
					 uint32_t operand);
};

extern const struct model *model;       /* the mode that was chosen */
extern const struct model check_model;
extern const struct model cycles_model;

/* check.c */
void check_init(bool write_allocate);

/* cycles.c; harmless in mode=check */
enum counter {
	INSNS, CYCLES, I_MISS, D_MISS, UNCACHED, STALLS, WRITEBACKS, WALKS,
	D_WHOLE, D_LINES, I_WHOLE, I_LINES, TLB_ALL, TLB_PAGE, DACR_WRITES,
	TTBR_WRITES, DRAINS, COUNTERS,
};
void cycles_event(enum counter event, uint32_t operand);
bool cycles_set(const char *name, unsigned value);
unsigned cycles_of_insn(uint32_t opcode, uint32_t next_opcode, bool thumb);
void cycles_run(unsigned insns, unsigned base_cycles);
void cycles_jump(void);
void cycles_region_begin(uint32_t id);
void cycles_region_end(uint32_t id);
void cycles_print(FILE *out);

/* plugin.c */
const char *cpu_mode_name(void);
uint64_t cpu_insn_count(void);

#endif
