/* SPDX-License-Identifier: MIT */
/*
 * mode=cycles: an estimate of ARM926EJ-S cycles.
 *
 * Instruction classes are from the ARM9EJ-S TRM (DDI 0222), table 8.2; cache
 * and TLB geometry from the ARM926EJ-S TRM (DDI 0198).  The memory costs are
 * parameters, in core cycles.  Their defaults are an assumption: a core at
 * twice its bus clock, SDRAM with about 8 bus cycles to the first word and one
 * for each word after it.
 */
#include <stdlib.h>
#include <string.h>

#include "vivt.h"

enum { TLB_SETS = 32, TLB_WAYS = 2, REGIONS = 64, BUFFERED_WRITES = 4,
	   BUFFERED_WORDS = 16, WALKED = 256 };

/* ---- parameters ---- */

static unsigned mem_first = 16;     /* first word of any bus read */
static unsigned mem_next = 2;       /* each further word of a burst */
static unsigned write_first = 8;    /* first word of a bus write */
static unsigned line_op = 1;        /* extra for a cache operation on a line */
static unsigned tlb_op = 1;         /* extra for a TLB operation */
static unsigned walks;              /* 1: tell which pages were walked for */

bool cycles_set(const char *name, unsigned value)
{
	static const struct { const char *name; unsigned *value; } parameter[] = {
		{ "mem_first", &mem_first }, { "mem_next", &mem_next },
		{ "write_first", &write_first }, { "line_op", &line_op },
		{ "tlb_op", &tlb_op }, { "walks", &walks },
	};
	unsigned i;

	for (i = 0; i < sizeof(parameter) / sizeof(parameter[0]); i++) {
		if (!strcmp(name, parameter[i].name)) {
			*parameter[i].value = value;
			return true;
		}
	}
	return false;
}

/* ---- counters ---- */

static const char *const counter_name[COUNTERS] = {
	"insns", "cycles", "i-miss", "d-miss", "uncached", "wb-stall", "wrback",
	"walks", "d-whole", "d-line", "i-whole", "i-line", "tlb-all", "tlb-pg",
	"dacr", "ttbr", "drains",
};

static uint64_t count[COUNTERS];

struct region {
	uint32_t id;
	uint64_t entries;
	bool open;
	uint64_t begin[COUNTERS], sum[COUNTERS];
	struct { uint32_t tag; uint64_t count; } walked[WALKED];    /* TLB tags */
};

static struct region regions[REGIONS];
static unsigned region_count;

static struct region *find_region(uint32_t id)
{
	unsigned i;

	for (i = 0; i < region_count; i++) {
		if (regions[i].id == id) {
			return &regions[i];
		}
	}
	if (region_count == REGIONS) {
		return NULL;
	}
	regions[region_count].id = id;
	return &regions[region_count++];
}

void cycles_region_begin(uint32_t id)
{
	struct region *region = find_region(id);

	if (region) {
		memcpy(region->begin, count, sizeof(count));
		region->open = true;
	}
}

void cycles_region_end(uint32_t id)
{
	struct region *region = find_region(id);
	unsigned i;

	if (region && region->open) {
		for (i = 0; i < COUNTERS; i++) {
			region->sum[i] += count[i] - region->begin[i];
		}
		region->entries++;
		region->open = false;
	}
}

/* ---- instruction cost ---- */

/* The first row that matches.  A jump costs 2 more, which cycles_jump adds when
 * it is taken, so a branch has 1 here and a load of the PC 3. */
static const struct { uint32_t mask, value; unsigned cycles; } insn_class[] = {
	{ 0x0fc000f0, 0x00000090, 2 },      /* MUL, MLA */
	{ 0x0f8000f0, 0x00800090, 3 },      /* long multiply */
	{ 0x0fb00ff0, 0x01000090, 2 },      /* SWP */
	{ 0x0e1000d0, 0x000000d0, 2 },      /* LDRD, STRD */
	{ 0x0e000090, 0x00000090, 1 },      /* halfword transfer */
	{ 0x0fb700f0, 0x01200000, 1 },      /* MSR, flags only */
	{ 0x0fb000f0, 0x01200000, 3 },      /* MSR */
	{ 0x0fbf0fff, 0x010f0000, 2 },      /* MRS */
	{ 0x0f900090, 0x01000010, 1 },      /* BX, CLZ, saturating add */
	{ 0x0e000090, 0x00000010, 2 },      /* shift by register */
	{ 0x0fb70000, 0x03200000, 1 },      /* MSR immediate, flags only */
	{ 0x0fb00000, 0x03200000, 3 },      /* MSR immediate */
	{ 0x0e10f000, 0x0410f000, 3 },      /* LDR PC */
	{ 0x0e10f000, 0x0610f000, 4 },      /* LDR PC, scaled */
	{ 0x0e000ff0, 0x06000000, 1 },      /* LDR, STR, register offset */
	{ 0x0e000000, 0x06000000, 2 },      /* scaled offset */
	{ 0x0e000000, 0x0c000000, 2 },      /* LDC, STC, MCRR */
	{ 0x0f000000, 0x0e000000, 2 },      /* CDP, MCR, MRC */
	{ 0x00000000, 0x00000000, 1 },      /* data, LDR, STR, B, SWI */
};

/* Cycles that the next instruction waits for the register just loaded.  Only
 * the usual operand fields are looked at. */
static unsigned load_use_stall(uint32_t opcode, uint32_t next)
{
	bool word = (opcode & 0x0c500000) == 0x04100000;
	bool narrow = (opcode & 0x0c500000) == 0x04500000 ||
				  (opcode & 0x0e100090) == 0x00100090;
	bool no_rm = (next & 0x0e000000) == 0x02000000 ||
				 (next & 0x0e000000) == 0x04000000;
	unsigned loaded = opcode >> 12 & 15;

	if ((!word && !narrow) || (next & 0x0e000000) == 0x0a000000 ||
		((next >> 16 & 15) != loaded && (no_rm || (next & 15) != loaded))) {
		return 0;
	}
	return narrow ? 2 : 1;
}

/* Base cycles of an instruction, without memory.  Thumb counts as 1 each. */
unsigned cycles_of_insn(uint32_t opcode, uint32_t next_opcode, bool thumb)
{
	unsigned i = 0, registers = __builtin_popcount(opcode & 0xffff);

	if (thumb) {
		return 1;
	}
	if ((opcode & 0x0e000000) == 0x08000000) {          /* LDM, STM */
		return (opcode & 0x00108000) == 0x00108000 ? registers + 2
			: registers > 1 ? registers : 2;
	}
	while ((opcode & insn_class[i].mask) != insn_class[i].value) {
		i++;
	}
	if (i < 2 && (opcode & 0x00100000)) {
		return insn_class[i].cycles + 2;                /* MULS */
	}
	return insn_class[i].cycles + load_use_stall(opcode, next_opcode);
}

void cycles_run(unsigned insns, unsigned base_cycles)
{
	count[INSNS] += insns;
	count[CYCLES] += base_cycles;
}

void cycles_jump(void) { count[CYCLES] += 2; }

/* ---- bus and write buffer ---- */

static uint64_t bus_free_at;            /* when all queued writes are done */
static uint32_t last_write;

static void wait_for_bus(void)
{
	if (bus_free_at > count[CYCLES]) {
		count[CYCLES] = bus_free_at;
	}
}

static void bus_read(unsigned words)
{
	wait_for_bus();
	count[CYCLES] += mem_first + (words - 1) * mem_next;
}

/* Queue a write; the core waits only when the queue is full. */
static void bus_write(uint32_t phys, unsigned words)
{
	uint64_t limit = BUFFERED_WRITES * write_first + BUFFERED_WORDS * mem_next;
	bool sequential = phys == last_write + 4 && bus_free_at > count[CYCLES];

	if (bus_free_at < count[CYCLES]) {
		bus_free_at = count[CYCLES];
	}
	bus_free_at += (sequential ? mem_next : write_first) +
				   (words - 1) * mem_next;
	last_write = phys + (words - 1) * 4;
	if (bus_free_at > count[CYCLES] + limit) {
		count[STALLS] += bus_free_at - limit - count[CYCLES];
		count[CYCLES] = bus_free_at - limit;
	}
}

/* ---- caches and TLB ---- */

struct way {
	uint32_t virt, phys;
	bool valid;
	bool dirty[2];
};

struct cache {
	struct way way[CACHE_SETS][CACHE_WAYS];
	uint8_t victim[CACHE_SETS];
};

static struct cache icache, dcache;

static struct way *find_way(struct cache *cache, uint32_t virt)
{
	struct way *way = cache->way[set_of(virt)];
	unsigned i;

	for (i = 0; i < CACHE_WAYS; i++) {
		if (way[i].valid && way[i].virt == line_of(virt)) {
			return &way[i];
		}
	}
	return NULL;
}

static bool write_back(struct way *way)
{
	unsigned half;
	bool was_dirty = way->dirty[0] || way->dirty[1];

	for (half = 0; half < 2; half++) {
		if (way->dirty[half]) {
			bus_write(way->phys + half * 16, WORDS_PER_HALF);
			way->dirty[half] = false;
		}
	}
	count[WRITEBACKS] += was_dirty;
	return was_dirty;
}

static void fill(struct cache *cache, uint32_t virt, uint32_t phys)
{
	unsigned set = set_of(virt);
	struct way *way = &cache->way[set][cache->victim[set]++ % CACHE_WAYS];

	if (way->valid) {
		write_back(way);
	}
	bus_read(WORDS_PER_LINE);
	*way = (struct way){ .virt = line_of(virt), .phys = line_of(phys),
						 .valid = true };
}

static uint32_t tlb[TLB_SETS][TLB_WAYS];        /* tags, 0 is empty */
static uint8_t tlb_victim[TLB_SETS];

static uint32_t tlb_tag(uint32_t virt, unsigned size_shift)
{
	return (virt >> size_shift) << 6 | size_shift;
}

/* Counts a walk in the region that is open; what finds no room is not counted. */
static void note_walk(uint32_t tag)
{
	unsigned i, r = 0;

	while (r < region_count && !regions[r].open) {
		r++;
	}
	for (i = 0; r < region_count && i < WALKED; i++) {
		if (!regions[r].walked[i].count) {
			regions[r].walked[i].tag = tag;
		}
		if (regions[r].walked[i].tag == tag) {
			regions[r].walked[i].count++;
			return;
		}
	}
}

static void tlb_access(uint32_t virt, const struct mapping *map)
{
	uint32_t tag, *way;
	unsigned set;

	if (!mmu_enabled()) {
		return;
	}
	tag = tlb_tag(virt, map->size_shift);
	set = virt >> map->size_shift & (TLB_SETS - 1);
	way = tlb[set];
	if (way[0] != tag && way[1] != tag) {
		way[tlb_victim[set]++ % TLB_WAYS] = tag;
		count[WALKS]++;
		if (walks) {
			note_walk(tag);
		}
		bus_read(1);
		if (map->two_level) {
			bus_read(1);
		}
	}
}

static void tlb_drop_page(uint32_t virt)
{
	static const unsigned shifts[] = { 12, 16, 20 };
	unsigned i, w;

	for (i = 0; i < 3; i++) {
		uint32_t *way = tlb[virt >> shifts[i] & (TLB_SETS - 1)];

		for (w = 0; w < TLB_WAYS; w++) {
			if (way[w] == tlb_tag(virt, shifts[i])) {
				way[w] = 0;
			}
		}
	}
}

/* ---- accesses ---- */

static void cycles_fetch(uint32_t virt, unsigned words,
						 const struct mapping *map)
{
	uint32_t phys = map->frame | virt % PAGE_BYTES;

	tlb_access(virt, map);
	if (icache_enabled() && (map->cacheable || !mmu_enabled())) {
		if (!find_way(&icache, virt)) {
			count[I_MISS]++;
			fill(&icache, virt, phys);
		}
	} else {
		count[UNCACHED]++;
		bus_read(__builtin_popcount(words));
	}
}

static void cycles_load(uint32_t pc, uint32_t virt, unsigned bytes,
						const struct mapping *map)
{
	uint32_t phys = map->frame | virt % PAGE_BYTES;

	tlb_access(virt, map);
	if (dcache_enabled() && map->cacheable) {
		if (!find_way(&dcache, virt)) {
			count[D_MISS]++;
			fill(&dcache, virt, phys);
		}
	} else {
		count[UNCACHED]++;
		bus_read(bytes == 8 ? 2 : 1);
	}
}

static void cycles_store(uint32_t pc, uint32_t virt, unsigned bytes,
						 const struct mapping *map)
{
	uint32_t phys = map->frame | virt % PAGE_BYTES;
	struct way *way = NULL;

	tlb_access(virt, map);
	if (dcache_enabled() && map->cacheable) {
		way = find_way(&dcache, virt);
	}
	if (way && map->bufferable) {
		way->dirty[word_of(virt) / WORDS_PER_HALF] = true;
		return;
	}
	bus_write(phys, bytes == 8 ? 2 : 1);
	if (!map->bufferable && !map->cacheable) {
		wait_for_bus();                 /* uncached and unbuffered */
	}
}

static void cycles_walk(uint32_t pc, uint32_t virt, const struct mapping *map)
{
	/* tlb_access counts them: the TLB of mmu.c never evicts */
}

/* ---- maintenance ---- */

static void maintain_way(struct way *way, unsigned action)
{
	if (action & CLEAN) {
		write_back(way);
	}
	if (action & INVALIDATE) {
		way->valid = false;
	}
}

static void maintain_whole(struct cache *cache, unsigned action, bool loop)
{
	unsigned i;

	for (i = 0; i < CACHE_SETS * CACHE_WAYS; i++) {
		struct way *way = &cache->way[i / CACHE_WAYS][i % CACHE_WAYS];
		bool dirty = way->valid && (way->dirty[0] || way->dirty[1]);

		if (way->valid) {
			maintain_way(way, action);
		}
		if (dirty && loop) {
			/* QEMU leaves the test-and-clean loop at once; the hardware takes
			 * a further MRC and taken branch for each dirty line. */
			count[INSNS] += 2;
			count[CYCLES] += 2 + 3;
		}
	}
}

static void maintain_one(struct cache *cache, unsigned action,
						 enum scope scope, uint32_t operand)
{
	struct way *way = scope == BY_ADDRESS ? find_way(cache, operand)
		: &cache->way[set_of(operand)][operand >> 30];

	if (way && way->valid) {
		maintain_way(way, action);
	}
	count[CYCLES] += line_op;
}

static void cycles_maintain(unsigned caches, unsigned action, enum scope scope,
							uint32_t operand)
{
	bool whole = scope == WHOLE || scope == TEST_AND_CLEAN;

	if (caches & CACHE_D) {
		count[whole ? D_WHOLE : D_LINES]++;
		if (whole) {
			maintain_whole(&dcache, action, scope == TEST_AND_CLEAN);
		} else {
			maintain_one(&dcache, action, scope, operand);
		}
	}
	if (caches & CACHE_I) {
		count[whole ? I_WHOLE : I_LINES]++;
		if (whole) {
			maintain_whole(&icache, action, false);
		} else {
			maintain_one(&icache, action, scope, operand);
		}
	}
}

void cycles_event(enum counter event, uint32_t operand)
{
	count[event]++;
	if (event == DRAINS) {
		wait_for_bus();
	} else if (event == TLB_ALL) {
		count[CYCLES] += tlb_op;
		memset(tlb, 0, sizeof(tlb));
	} else if (event == TLB_PAGE) {
		count[CYCLES] += tlb_op;
		tlb_drop_page(operand);
	}
}

/* ---- output ---- */

static void print_walks(FILE *out, const struct region *region)
{
	unsigned i;

	for (i = 0; i < WALKED && region->walked[i].count; i++) {
		unsigned size_shift = region->walked[i].tag & 63;
		uint32_t page = region->walked[i].tag >> 6;

		fprintf(out, "vivt: region %u walks for %08x (%u KiB, set %u): %llu\n",
				region->id, page << size_shift, 1u << (size_shift - 10),
				page % TLB_SETS, (unsigned long long)region->walked[i].count);
	}
}

void cycles_print(FILE *out)
{
	unsigned i, r;

	fprintf(out, "vivt: mem_first=%u mem_next=%u write_first=%u line_op=%u "
			"tlb_op=%u\n", mem_first, mem_next, write_first, line_op, tlb_op);
	for (i = 0; i < COUNTERS; i++) {
		fprintf(out, "vivt: total %-8s %llu\n", counter_name[i],
				(unsigned long long)count[i]);
	}
	for (r = 0; r < region_count; r++) {
		const struct region *region = &regions[r];

		fprintf(out, "vivt: region %u entries=%llu", region->id,
				(unsigned long long)region->entries);
		for (i = 0; i < COUNTERS; i++) {
			fprintf(out, " %s=%llu", counter_name[i],
					(unsigned long long)region->sum[i]);
		}
		fprintf(out, "\n");
		print_walks(out, region);
	}
}

const struct model cycles_model = {
	.fetch = cycles_fetch,
	.load = cycles_load,
	.store = cycles_store,
	.walk = cycles_walk,
	.maintain = cycles_maintain,
};
