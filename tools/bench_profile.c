/* SPDX-License-Identifier: MIT */
/*
 * bench_profile.c - TCG plugin: how often each instruction of the hypervisor, a guest
 * kernel and the residents was executed.
 *
 * Built by tools/profile with the qemu-plugin.h of the QEMU that it is loaded into.
 *     -plugin FILE,out=COUNTS[,marks=on]
 * COUNTS is written when QEMU ends: "address count" in hexadecimal and decimal, what is
 * in none of the areas below as address 0.  With marks=on only what is executed
 * between `mov r12, r12` and `mov r11, r11` counts; "entries n" says how often.
 *     -plugin FILE,out=PATH,histogram=ADDRESS,code=ADDRESS
 * writes to PATH the addresses of the last instructions before the function at code
 * counted in a higher bucket than ever of the histogram, of BUCKETS words; PATH gets the
 * bucket as its suffix, so the highest one is the way to the worst case.
 */
#include "bench_plugin.h"

#define KERNEL     0xC0000000u
#define SPAN       0x00800000u /* of each area below */
#define MARK_BEGIN 0xE1A0C00Cu
#define MARK_END   0xE1A0B00Bu

/* Static programs, guest kernel, residents, hypervisor, vectors and all that is at the top. */
static const uint32_t starts[] = { 0, KERNEL, 0xF0000000u, 0xF8000000u, 0xFF800000u };
#define AREAS (sizeof(starts) / sizeof(starts[0]))
#define WORDS (SPAN / 4)
#define COUNTERS (AREAS * WORDS + 1) /* the last one: anything else */

static uint64_t *counts, *base, *sums;
static uint64_t entries;
static int marks, inside;
#define DEPTH 8192u /* instructions of a path */
static uint32_t ring[DEPTH];
static uint64_t executed;
static uint32_t histogram, highest, code;
#define BUCKETS 16384u
#define CODE    64u /* bytes of the function that are looked at */

static uint64_t *counter_of(uint64_t address)
{
	for (size_t i = 0; i < AREAS; i++) {
		if (address >= starts[i] && address - starts[i] < SPAN)
			return &counts[i * WORDS + (address - starts[i]) / 4];
	}
	return &counts[COUNTERS - 1];
}

static void mark(unsigned int cpu, void *which)
{
	(void)cpu;
	if (which != NULL) {
		memcpy(base, counts, COUNTERS * sizeof(*counts));
		inside = 1;
		entries++;
		return;
	}
	for (size_t i = 0; inside && i < COUNTERS; i++)
		sums[i] += counts[i] - base[i];
	inside = 0;
}

static void write_path(void)
{
	uint64_t first = executed > DEPTH ? executed - DEPTH : 0;
	char name[4096];
	FILE *file;

	snprintf(name, sizeof(name), "%s.%" PRIu32, out_path, highest);
	file = create(name);
	if (file == NULL)
		return;
	for (uint64_t i = first; i < executed; i++)
		fprintf(file, "%08" PRIx32 "\n", ring[i % DEPTH]);
	fclose(file);
}

static void step(unsigned int cpu, void *address)
{
	(void)cpu;
	ring[executed++ % DEPTH] = (uint32_t)(uintptr_t)address;
}

static void stored(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t address, void *data)
{
	uint32_t bucket = ((uint32_t)address - histogram) / 4;

	(void)cpu;
	(void)info;
	(void)data;
	if (bucket < BUCKETS && bucket > highest) {
		highest = bucket;
		write_path();
	}
}

static void follow(struct qemu_plugin_insn *insn)
{
	uintptr_t pc = (uintptr_t)qemu_plugin_insn_vaddr(insn);

	qemu_plugin_register_vcpu_insn_exec_cb(insn, step, QEMU_PLUGIN_CB_NO_REGS, (void *)pc);
	if (pc >= code && pc < code + CODE)
		qemu_plugin_register_vcpu_mem_cb(insn, stored, QEMU_PLUGIN_CB_NO_REGS,
						 QEMU_PLUGIN_MEM_W, NULL);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
	(void)id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(block, i);
		uint32_t word = 0;

		if (histogram != 0) {
			follow(insn);
			continue;
		}
		if (qemu_plugin_insn_size(insn) == 4)
			memcpy(&word, qemu_plugin_insn_data(insn), 4);
		if (marks && (word == MARK_BEGIN || word == MARK_END))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, mark, QEMU_PLUGIN_CB_NO_REGS,
							       word == MARK_BEGIN ? &marks : NULL);
		qemu_plugin_register_vcpu_insn_exec_inline(
			insn, QEMU_PLUGIN_INLINE_ADD_U64,
			counter_of(qemu_plugin_insn_vaddr(insn)), 1);
	}
}

static void finished(qemu_plugin_id_t id, void *data)
{
	const uint64_t *result = marks ? sums : counts;
	FILE *file;

	(void)id;
	(void)data;
	if (histogram != 0)
		return;
	file = create(out_path);
	if (file == NULL)
		return;
	fprintf(file, "entries %" PRIu64 "\n", entries);
	for (size_t i = 0; i < COUNTERS - 1; i++) {
		if (result[i] != 0)
			fprintf(file, "%08x %" PRIu64 "\n",
				starts[i / WORDS] + (uint32_t)(i % WORDS) * 4, result[i]);
	}
	fprintf(file, "00000000 %" PRIu64 "\n", result[COUNTERS - 1]);
	fclose(file);
}

static bool set_option(const char *name, const char *value)
{
	if (strcmp(name, "marks") == 0)
		marks = strcmp(value, "on") == 0;
	else if (strcmp(name, "histogram") == 0)
		histogram = hexadecimal(value);
	else if (strcmp(name, "code") == 0)
		code = hexadecimal(value);
	else
		return false;
	return true;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info,
					   int argc, char **argv)
{
	(void)info;
	if (!read_options(argc, argv))
		return -1;
	counts = calloc(COUNTERS, sizeof(*counts));
	base = calloc(COUNTERS, sizeof(*base));
	sums = calloc(COUNTERS, sizeof(*sums));
	if (counts == NULL || base == NULL || sums == NULL)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, finished, NULL);
	return 0;
}
