/* SPDX-License-Identifier: MIT */
/*
 * mode=check: would the guest still be right on virtually tagged caches?
 *
 * Every physical word has a version, which each store increases.  The model
 * knows which version memory holds and which version each cached line holds.
 * An access is wrong when it would see a version other than the newest.
 *
 * The caches have infinite capacity, so that a stale line stays until the guest
 * invalidates it, and a dirty line is a hazard as soon as its eviction could
 * do harm.  After a report the state is repaired, so that one mistake does not
 * drown the others.
 */
#include <stdlib.h>
#include <sys/mman.h>

#include "vivt.h"

struct cached_line {
	uint32_t virt, phys;                /* line addresses */
	uint32_t version[WORDS_PER_LINE];
	uint32_t dirty_pc[2];               /* first store to each half line */
	uint32_t filler_pc;
	bool valid;
	bool dirty[2];
	struct cached_line *next, **link;               /* all valid lines */
	struct cached_line *next_alias, **alias_link;   /* D lines of one phys */
};

struct line_page {
	struct cached_line line[LINES_PER_PAGE];
};

struct cache {
	struct line_page *page[VIRTUAL_PAGES];
	struct cached_line *valid_lines;
};

struct memory_line {
	uint32_t newest[WORDS_PER_LINE];    /* version of the last store */
	uint32_t memory[WORDS_PER_LINE];    /* version that memory holds */
	uint32_t writer_pc[WORDS_PER_LINE];
	struct cached_line *aliases;        /* D-cache lines of this memory */
	uint8_t table_words;                /* words in use as table entries */
};

static struct cache dcache, icache;
static struct memory_line *memory;
static bool write_allocate;
static unsigned ways_done[3][CACHE_SETS];   /* [action - 1][set]: way mask */

static struct memory_line *memory_at(uint32_t phys)
{
	return &memory[phys / LINE_BYTES];
}

static struct cached_line *line_at(struct cache *cache, uint32_t virt)
{
	struct line_page **page = &cache->page[virt / PAGE_BYTES];

	if (!*page) {
		*page = calloc(1, sizeof(**page));
		if (!*page) {
			abort();
		}
	}
	return &(*page)->line[virt % PAGE_BYTES / LINE_BYTES];
}

/* ---- line state ---- */

static void drop_line(struct cached_line *line)
{
	line->valid = false;
	*line->link = line->next;
	if (line->next) {
		line->next->link = line->link;
	}
	if (line->alias_link) {
		*line->alias_link = line->next_alias;
		if (line->next_alias) {
			line->next_alias->alias_link = line->alias_link;
		}
	}
}

static void fill_line(struct cache *cache, struct cached_line *line,
					  uint32_t virt, uint32_t phys, uint32_t pc)
{
	struct memory_line *source = memory_at(phys);
	unsigned word;

	*line = (struct cached_line){
		.virt = line_of(virt), .phys = line_of(phys), .filler_pc = pc,
		.valid = true, .next = cache->valid_lines, .link = &cache->valid_lines,
	};
	for (word = 0; word < WORDS_PER_LINE; word++) {
		line->version[word] = source->memory[word];
	}
	if (line->next) {
		line->next->link = &line->next;
	}
	cache->valid_lines = line;

	if (cache == &dcache) {
		line->next_alias = source->aliases;
		line->alias_link = &source->aliases;
		if (line->next_alias) {
			line->next_alias->alias_link = &line->next_alias;
		}
		source->aliases = line;
	}
}

static void clean_line(struct cached_line *line)
{
	struct memory_line *target = memory_at(line->phys);
	unsigned word;

	for (word = 0; word < WORDS_PER_LINE; word++) {
		if (line->dirty[word / WORDS_PER_HALF]) {
			target->memory[word] = line->version[word];
		}
	}
	line->dirty[0] = line->dirty[1] = false;
}

static void maintain_line(struct cached_line *line, unsigned action)
{
	if (action & CLEAN) {
		clean_line(line);
	}
	if (action & INVALIDATE) {
		drop_line(line);
	}
}

/* ---- stores ---- */

/* Is the newest version of the word in memory or in another dirty line?  It is
 * not if the guest has invalidated the only line that held it. */
static bool newest_is_elsewhere(const struct memory_line *mem,
								const struct cached_line *line, unsigned word)
{
	const struct cached_line *other;

	if (mem->memory[word] == mem->newest[word]) {
		return true;
	}
	for (other = mem->aliases; other; other = other->next_alias) {
		if (other != line && other->dirty[word / WORDS_PER_HALF] &&
			other->version[word] == mem->newest[word]) {
			return true;
		}
	}
	return false;
}

/* The half line has just become dirty: its eviction writes all four words, so
 * none of them may be older than the newest version. */
static void check_dirty_half(struct cached_line *line, unsigned half,
							 uint32_t pc, uint32_t virt, uint32_t phys)
{
	struct memory_line *mem = memory_at(phys);
	unsigned word = half * WORDS_PER_HALF;
	unsigned end = word + WORDS_PER_HALF;

	for (; word < end; word++) {
		if (line->version[word] != mem->newest[word] &&
			newest_is_elsewhere(mem, line, word)) {
			report_hazard(LOST_WRITE, "store dirties a line with an old word",
						  pc, virt, line_of(phys) + word * 4,
						  mem->writer_pc[word]);
			line->version[word] = mem->newest[word];
		}
	}
}

/* The word at phys has just been written other than through line `through`:
 * any other dirty line that holds it may be evicted over the new value. */
static void check_other_dirty_lines(const struct cached_line *through,
									uint32_t pc, uint32_t virt, uint32_t phys)
{
	struct memory_line *mem = memory_at(phys);
	unsigned word = word_of(phys), half = word / WORDS_PER_HALF;
	struct cached_line *other;

	for (other = mem->aliases; other; other = other->next_alias) {
		if (other != through && other->dirty[half] &&
			other->version[word] != mem->newest[word]) {
			report_hazard(LOST_WRITE, "store under a dirty line", pc, virt,
						  phys, other->dirty_pc[half]);
			other->version[word] = mem->newest[word];
		}
	}
}

/* Drop a line whose mapping has changed, after reporting the hit on it. */
static void stale_hit(struct cached_line *line, const char *detail, uint32_t pc,
					  uint32_t virt, uint32_t phys)
{
	report_hazard(STALE_HIT, detail, pc, virt, phys, line->filler_pc);
	maintain_line(line, CLEAN | INVALIDATE);
}

static void store_word(uint32_t pc, uint32_t virt, uint32_t phys,
					   unsigned bytes, const struct mapping *map)
{
	struct memory_line *mem = memory_at(phys);
	unsigned word = word_of(phys), half = word / WORDS_PER_HALF;
	struct cached_line *line = NULL;
	bool to_memory = true;

	if (dcache_enabled() && map->cacheable) {
		line = line_at(&dcache, virt);
		if (line->valid && line->phys != line_of(phys)) {
			stale_hit(line, "store", pc, virt, phys);
		}
		if (!line->valid && write_allocate && map->bufferable) {
			fill_line(&dcache, line, virt, phys, pc);
		}
		if (!line->valid) {
			line = NULL;
		}
	}
	if (line && bytes < 4 && line->version[word] != mem->newest[word]) {
		report_hazard(STALE_ALIAS, "store merges into an old word", pc, virt,
					  phys, mem->writer_pc[word]);
	}

	mem->newest[word]++;
	if (line) {
		line->version[word] = mem->newest[word];
		if (map->bufferable) {                  /* write-back */
			to_memory = false;
			if (!line->dirty[half]) {
				line->dirty[half] = true;
				line->dirty_pc[half] = pc;
			}
			check_dirty_half(line, half, pc, virt, phys);
		}
	}
	if (to_memory) {
		mem->memory[word] = mem->newest[word];
	}
	if (mem->aliases && (mem->aliases != line || line->next_alias)) {
		check_other_dirty_lines(line, pc, virt, phys);
	}
	mem->writer_pc[word] = pc;
	if (mem->table_words & 1 << word) {
		mmu_table_written(phys & ~3u, pc);
	}
}

/* ---- loads ---- */

static void load_word(uint32_t pc, uint32_t virt, uint32_t phys,
					  const struct mapping *map)
{
	struct memory_line *mem = memory_at(phys);
	unsigned word = word_of(phys);
	struct cached_line *line;

	if (!dcache_enabled() || !map->cacheable) {
		if (mem->memory[word] != mem->newest[word]) {
			report_hazard(STALE_ALIAS, "uncached load", pc, virt, phys,
						  mem->writer_pc[word]);
		}
		return;
	}
	line = line_at(&dcache, virt);
	if (line->valid && line->phys != line_of(phys)) {
		stale_hit(line, "load", pc, virt, phys);
	}
	if (!line->valid) {
		fill_line(&dcache, line, virt, phys, pc);
	}
	if (line->version[word] != mem->newest[word]) {
		report_hazard(STALE_ALIAS,
					  mem->memory[word] == mem->newest[word]
					  ? "load hits an old line" : "newest value not in memory",
					  pc, virt, phys, mem->writer_pc[word]);
		line->version[word] = mem->newest[word];
	}
}

static void check_load(uint32_t pc, uint32_t virt, unsigned bytes,
					   const struct mapping *map)
{
	uint32_t phys = map->frame | virt % PAGE_BYTES;

	if (phys < mmu_ram_bytes()) {
		load_word(pc, virt, phys, map);
		if (bytes == 8) {
			load_word(pc, virt + 4, phys + 4, map);
		}
	}
}

static void check_store(uint32_t pc, uint32_t virt, unsigned bytes,
						const struct mapping *map)
{
	uint32_t phys = map->frame | virt % PAGE_BYTES;

	if (phys < mmu_ram_bytes()) {
		store_word(pc, virt, phys, bytes, map);
		if (bytes == 8) {
			store_word(pc, virt + 4, phys + 4, bytes, map);
		}
	}
}

/* ---- instruction fetches and table walks ---- */

static void check_fetch(uint32_t virt, unsigned words,
						const struct mapping *map)
{
	uint32_t phys = map->frame | virt % PAGE_BYTES;
	struct cached_line *line = NULL;
	struct memory_line *mem;
	unsigned word;

	if (phys >= mmu_ram_bytes()) {
		return;
	}
	mem = memory_at(phys);
	if (icache_enabled() && (map->cacheable || !mmu_enabled())) {
		line = line_at(&icache, virt);
		if (line->valid && line->phys != line_of(phys)) {
			report_hazard(STALE_INSN, "line of another mapping", virt, virt,
						  phys, line->filler_pc);
			drop_line(line);
		}
		if (!line->valid) {
			fill_line(&icache, line, virt, phys, virt);
		}
	}
	for (word = 0; word < WORDS_PER_LINE; word++) {
		uint32_t *seen = line ? &line->version[word] : &mem->memory[word];

		if ((words & 1 << word) && *seen != mem->newest[word]) {
			report_hazard(STALE_INSN, mem->memory[word] == mem->newest[word]
						  ? "old I-cache line" : "newest value not in memory",
						  line_of(virt) + word * 4, virt,
						  line_of(phys) + word * 4, mem->writer_pc[word]);
			if (line) {
				*seen = mem->newest[word];
			}
		}
	}
}

static void check_entry(uint32_t pc, uint32_t virt, uint32_t entry,
						const char *detail)
{
	struct memory_line *mem;
	unsigned word = word_of(entry);

	if (entry >= mmu_ram_bytes()) {
		return;
	}
	mem = memory_at(entry);
	mem->table_words |= 1 << word;
	if (mem->memory[word] != mem->newest[word]) {
		report_hazard(DIRTY_PTE, detail, pc, virt, entry,
					  mem->writer_pc[word]);
	}
}

static void check_walk(uint32_t pc, uint32_t virt, const struct mapping *map)
{
	check_entry(pc, virt, map->l1_address, "first-level entry");
	if (map->two_level) {
		check_entry(pc, virt, map->l2_address, "second-level entry");
	}
}

/* ---- maintenance ---- */

static void maintain_all(struct cache *cache, unsigned action)
{
	struct cached_line *line, *next;

	for (line = cache->valid_lines; line; line = next) {
		next = line->next;
		maintain_line(line, action);
	}
}

/* Which way a line would be in is not known, so an operation by index counts
 * once it has been done to all the ways of a set. */
static void maintain_index(unsigned action, uint32_t operand)
{
	unsigned set = set_of(operand);
	unsigned *done = &ways_done[action - 1][set];
	struct cached_line *line, *next;

	*done |= 1 << (operand >> 30);
	if (*done != (1 << CACHE_WAYS) - 1) {
		return;
	}
	*done = 0;
	for (line = dcache.valid_lines; line; line = next) {
		next = line->next;
		if (set_of(line->virt) == set) {
			maintain_line(line, action);
		}
	}
}

static void maintain_address(struct cache *cache, unsigned action,
							 uint32_t virt)
{
	struct cached_line *line = line_at(cache, virt);

	if (line->valid) {
		maintain_line(line, action);
	}
}

static void check_maintain(unsigned caches, unsigned action, enum scope scope,
						   uint32_t operand)
{
	if (scope == BY_ADDRESS) {
		if (caches & CACHE_D) {
			maintain_address(&dcache, action, operand);
		}
		if (caches & CACHE_I) {
			maintain_address(&icache, action, operand);
		}
	} else if (scope == BY_INDEX) {
		maintain_index(action, operand);
	} else {
		if (caches & CACHE_D) {
			maintain_all(&dcache, action);
		}
		if (caches & CACHE_I) {
			maintain_all(&icache, action);
		}
	}
}

void check_init(bool allocate_on_write)
{
	size_t bytes = mmu_ram_bytes() / LINE_BYTES * sizeof(*memory);

	write_allocate = allocate_on_write;
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED) {
		perror("vivt: shadow memory");
		exit(1);
	}
}

const struct model check_model = {
	.fetch = check_fetch,
	.load = check_load,
	.store = check_store,
	.walk = check_walk,
	.maintain = check_maintain,
};
