/* SPDX-License-Identifier: MIT */
/*
 * One cache hazard per CASE, done right (WRONG=0, must be silent) or without
 * the maintenance that it needs (WRONG=1, must be reported).
 */
#include <stdint.h>

typedef volatile uint32_t *words;

#define UNLESS_WRONG(action) do { if (!WRONG) { action; } } while (0)

enum {
	L1_TABLE = 0x4000, L2_TABLE = 0x8000, OTHER_L1 = 0xc000,    /* physical */
	DATA = 0x00200000,          /* physical, and mapped one to one, cached */
	OTHER = 0x00201000,         /* another physical page */
	WINDOW = 0x40000000,        /* small page, cached; DATA at first */
	SECOND = 0x40001000,        /* small page, not mapped at first */
	UNCACHED = 0x50000000,      /* sections: physical memory, not cached */
};

#define CACHED 0xcu
#define SMALL_PAGE(phys) ((phys) | 0xff0 | 2 | CACHED)

static inline uint32_t load(uint32_t at) { return *(words)at; }
static inline void store(uint32_t at, uint32_t value) { *(words)at = value; }

#define MCR(crn, crm, op2, value) \
	__asm__ volatile("mcr p15, 0, %0, c" #crn ", c" #crm ", " #op2 \
					 :: "r"(value) : "memory")

static void clean(uint32_t at) { MCR(7, 10, 1, at); MCR(7, 10, 4, 0); }
static void flush(uint32_t at) { MCR(7, 14, 1, at); MCR(7, 10, 4, 0); }
static void invalidate(uint32_t at) { MCR(7, 6, 1, at); }
static void invalidate_code(uint32_t at) { MCR(7, 5, 1, at); }
static void invalidate_tlb(uint32_t at) { MCR(8, 7, 1, at); }

static void flush_all(void)
{
	__asm__ volatile("1: mrc p15, 0, r15, c7, c14, 3\n bne 1b"
					 ::: "memory", "cc");
}

static void clean_all(void)
{
	__asm__ volatile("1: mrc p15, 0, r15, c7, c10, 3\n bne 1b"
					 ::: "memory", "cc");
}

static void flush_by_index(void)
{
	uint32_t way, set;

	for (way = 0; way < 4; way++) {
		for (set = 0; set < 128; set++) {
			MCR(7, 14, 2, way << 30 | set << 5);
		}
	}
}

/* Page-table entry of a WINDOW page, in the cached mapping of the tables. */
static uint32_t entry(uint32_t virt)
{
	return L2_TABLE + (virt >> 12 & 0xff) * 4;
}

static void map_uncached(uint32_t virt, uint32_t phys)
{
	store(UNCACHED + entry(virt), phys ? SMALL_PAGE(phys) : 0);
}

static void mmu_on(void)
{
	uint32_t i;

	for (i = 0; i < 4096; i++) {
		store(L1_TABLE + i * 4, 0);
	}
	for (i = 0; i < 256; i++) {
		store(L2_TABLE + i * 4, 0);
	}
	for (i = 0; i < 16; i++) {          /* 16 MiB of RAM, twice */
		store(L1_TABLE + i * 4, i << 20 | 0xc12 | CACHED);
		store(L1_TABLE + ((UNCACHED >> 20) + i) * 4, i << 20 | 0xc12);
	}
	store(L1_TABLE + (WINDOW >> 20) * 4, L2_TABLE | 0x11);
	store(L2_TABLE + (WINDOW >> 12 & 0xff) * 4, SMALL_PAGE(DATA));
	MCR(2, 0, 0, L1_TABLE);
	MCR(3, 0, 0, 1);
	MCR(7, 7, 0, 0);
	MCR(8, 7, 0, 0);
	MCR(1, 0, 0, 0x0005107d);           /* MMU, both caches */
}

typedef void (*function)(void);

enum { RETURN = 0xe12fff1e };           /* bx lr */

#if CASE == 11
static void hazard(void)	/* STALE_HIT: page remapped, old line left in place */
{
	load(WINDOW);
	map_uncached(WINDOW, OTHER);
	invalidate_tlb(WINDOW);
	UNLESS_WRONG(invalidate(WINDOW));
	load(WINDOW);
}
#elif CASE == 12
static void hazard(void)	/* STALE_HIT: a store to such a line */
{
	load(WINDOW);
	UNLESS_WRONG(flush_all());
	map_uncached(WINDOW, OTHER);
	invalidate_tlb(WINDOW);
	store(WINDOW, 1);
}
#elif CASE == 21
static void hazard(void)	/* STALE_ALIAS: newest value dirty under an alias */
{
	load(DATA);
	store(DATA, 1);
	UNLESS_WRONG(clean(DATA));
	load(WINDOW);
}
#elif CASE == 22
static void hazard(void)	/* STALE_ALIAS: line older than the cleaned alias */
{
	load(WINDOW);
	load(DATA);
	store(DATA, 1);
	clean(DATA);
	UNLESS_WRONG(invalidate(WINDOW));
	load(WINDOW);
}
#elif CASE == 23
static void hazard(void)	/* STALE_ALIAS: uncached load of dirty data */
{
	load(DATA);
	store(DATA, 1);
	UNLESS_WRONG(clean_all());
	load(UNCACHED + DATA);
}
#elif CASE == 24
static void hazard(void)	/* STALE_ALIAS: uncached store under a clean line */
{
	load(DATA);
	store(UNCACHED + DATA, 1);
	UNLESS_WRONG(invalidate(DATA));
	load(DATA);
}
#elif CASE == 25
static void hazard(void)	/* STALE_ALIAS: dirty data discarded */
{
	load(DATA);
	store(DATA, 1);
	UNLESS_WRONG(flush_by_index());
	invalidate(DATA);
	load(DATA);
}
#elif CASE == 31
static void hazard(void)	/* LOST_WRITE: two dirty aliases of one word */
{
	load(DATA);
	load(WINDOW);
	store(DATA, 1);
	UNLESS_WRONG((flush(DATA), invalidate(WINDOW)));
	store(WINDOW, 2);
}
#elif CASE == 32
static void hazard(void)	/* LOST_WRITE: uncached store under a dirty line */
{
	load(DATA);
	store(DATA, 1);
	UNLESS_WRONG(flush_all());
	store(UNCACHED + DATA, 2);
}
#elif CASE == 33
static void hazard(void)	/* LOST_WRITE: neighbours in one half line */
{
	load(DATA);
	store(DATA, 1);
	UNLESS_WRONG(flush(DATA));
	store(UNCACHED + DATA + 4, 2);
}
#elif CASE == 41
static void hazard(void)	/* DIRTY_PTE: new entry still in the cache */
{
	load(entry(SECOND));
	store(entry(SECOND), SMALL_PAGE(OTHER));
	UNLESS_WRONG(clean(entry(SECOND)));
	load(SECOND);
}
#elif CASE == 42
static void hazard(void)	/* DIRTY_PTE: entry removed, but only in the cache */
{
	load(entry(WINDOW));
	store(entry(WINDOW), 0);
	UNLESS_WRONG(clean(entry(WINDOW)));
	invalidate_tlb(WINDOW);
	load(WINDOW);                       /* QEMU aborts; the handler goes on */
}
#elif CASE == 51
static void hazard(void)	/* STALE_INSN: code still in the D-cache */
{
	load(DATA);
	store(DATA, RETURN);
	UNLESS_WRONG(clean(DATA));
	((function)DATA)();
}
#elif CASE == 52
static void hazard(void)	/* STALE_INSN: old line in the I-cache */
{
	store(DATA, RETURN);
	((function)DATA)();
	store(UNCACHED + DATA, RETURN);
	UNLESS_WRONG(invalidate_code(DATA));
	((function)DATA)();
}
#elif CASE == 62
static void hazard(void)	/* STALE_TLB: other tables, TLB not invalidated */
{
	load(WINDOW);
	flush_all();
	for (uint32_t i = 0; i < 16; i++) {
		store(UNCACHED + OTHER_L1 + i * 4, i << 20 | 0xc12 | CACHED);
	}
	store(UNCACHED + OTHER_L1 + (WINDOW >> 20) * 4, 0x00300c12 | CACHED);
	MCR(2, 0, 0, OTHER_L1);
	UNLESS_WRONG(MCR(8, 7, 0, 0));
	load(WINDOW);
}
#elif CASE == 61
static void hazard(void)	/* STALE_TLB: entry changed, old translation used */
{
	load(WINDOW);
	flush(WINDOW);
	map_uncached(WINDOW, OTHER);
	UNLESS_WRONG(invalidate_tlb(WINDOW));
	load(WINDOW);
}
#elif CASE == 71
static void hazard(void)	/* mode=cycles: a third page in the TLB set of the code's section */
{
	uint32_t i;

	__asm__ volatile("mov r0, #1\n mov r12, r12" ::: "r0");
	for (i = 0; i < 10; i++) {
		load(WINDOW);
		load(WRONG ? UNCACHED : UNCACHED + (1u << 20));
	}
	__asm__ volatile("mov r0, #1\n mov r11, r11" ::: "r0");
}
#endif

int main(void)
{
	mmu_on();
	hazard();
	return 0;
}
