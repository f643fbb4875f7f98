/* SPDX-License-Identifier: MIT */
/*
 * bench_stretch.c - TCG plugin: the longest ways of the hypervisor with interrupts off.
 *
 * Built by tools/bench with the qemu-plugin.h of the QEMU that it is loaded into.
 *     -plugin FILE,out=PATHS,look=ADDRESS...
 * All of the hypervisor runs with interrupts off.  A stretch begins where a guest is left, or
 * where the interrupt controller is asked (an instruction at an address look), and ends where
 * a guest goes on or it is asked again: for so long an interrupt may wait.  What comes before
 * the first instruction of a guest does not count.  Of stretches that spend most of their
 * instructions in the same piece of code, PATHS gets "stretch LENGTH COUNT" and the addresses of
 * the longest in their order; the longest stretch first.
 */
#include "bench_plugin.h"

#define LONGEST    65536u
#define LEAST      200u        /* shorter ones do not count */
#define PIECE      256u        /* bytes of code */
#define PIECES     4096u
#define SHOWN      10u
#define LOOKS      64u

struct piece {
	uint32_t length; /* of the longest stretch */
	uint64_t count;
	uint32_t *path;
};

static struct piece pieces[PIECES];
static uint32_t path[LONGEST];
static uint32_t length;
static uintptr_t looks[LOOKS];
static unsigned int look_count;
static bool guest_ran;

/* Where most of the instructions are. */
static struct piece *most_used(uint32_t shown)
{
	static uint32_t used[PIECES];
	uint32_t i, most = 0;

	for (i = 0; i < shown; i++) {
		uint32_t n = path[i] / PIECE % PIECES;

		used[n]++;
		if (used[n] > used[most])
			most = n;
	}
	for (i = 0; i < shown; i++)
		used[path[i] / PIECE % PIECES] = 0;
	return &pieces[most];
}

static void stretch_ends(void)
{
	uint32_t shown = length < LONGEST ? length : LONGEST;

	if (guest_ran && length >= LEAST) {
		struct piece *piece = most_used(shown);

		piece->count++;
		if (length > piece->length) {
			free(piece->path);
			piece->path = malloc(shown * sizeof(path[0]));
			piece->length = length;
			if (piece->path != NULL)
				memcpy(piece->path, path, shown * sizeof(path[0]));
		}
	}
	length = 0;
}

static void guest_runs(unsigned int cpu, void *data)
{
	(void)cpu;
	(void)data;
	if (length == 0)
		return; /* the hypervisor at boot, before its own addresses, or a guest goes on */
	stretch_ends();
	guest_ran = true;
}

static void step(unsigned int cpu, void *address)
{
	(void)cpu;
	if (length < LONGEST)
		path[length] = (uint32_t)(uintptr_t)address;
	length++;
}

static bool looks_at(uintptr_t pc)
{
	for (unsigned int i = 0; i < look_count; i++)
		if (looks[i] == pc)
			return true;
	return false;
}

static void looked(unsigned int cpu, void *data)
{
	(void)cpu;
	(void)data;
	stretch_ends();
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
	uint32_t start = (uint32_t)qemu_plugin_tb_vaddr(block);

	(void)id;
	if (!is_hypervisor(start)) {
		qemu_plugin_register_vcpu_tb_exec_cb(block, guest_runs, QEMU_PLUGIN_CB_NO_REGS, NULL);
		return;
	}
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(block, i);
		uintptr_t pc = (uintptr_t)qemu_plugin_insn_vaddr(insn);

		if (looks_at(pc))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, looked, QEMU_PLUGIN_CB_NO_REGS,
							       NULL);
		qemu_plugin_register_vcpu_insn_exec_cb(insn, step, QEMU_PLUGIN_CB_NO_REGS, (void *)pc);
	}
}

static int longest_first(const void *a, const void *b)
{
	const struct piece *first = a, *second = b;

	return (first->length < second->length) - (first->length > second->length);
}

static void finished(qemu_plugin_id_t id, void *data)
{
	FILE *file = create(out_path);

	(void)id;
	(void)data;
	if (file == NULL)
		return;
	qsort(pieces, PIECES, sizeof(pieces[0]), longest_first);
	for (unsigned int i = 0; i < SHOWN && pieces[i].path; i++) {
		fprintf(file, "stretch %" PRIu32 " %" PRIu64 "\n", pieces[i].length, pieces[i].count);
		for (uint32_t n = 0; n < pieces[i].length && n < LONGEST; n++)
			fprintf(file, "%08" PRIx32 "\n", pieces[i].path[n]);
	}
	fclose(file);
}

static bool set_option(const char *name, const char *value)
{
	if (strcmp(name, "look") != 0 || look_count == LOOKS)
		return false;
	looks[look_count++] = hexadecimal(value);
	return true;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info,
					   int argc, char **argv)
{
	(void)info;
	if (!read_options(argc, argv))
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, finished, NULL);
	return 0;
}
