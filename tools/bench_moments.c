/* SPDX-License-Identifier: MIT */
/*
 * bench_moments.c - TCG plugin: how many instructions were executed before moments of a boot.
 *
 * Built by tools/bench with the qemu-plugin.h of the QEMU that it is loaded into.
 *     -plugin FILE,out=COUNTS,moment=FIRST-LAST...
 * A moment is when an instruction at an address from FIRST to LAST, in hexadecimal, is executed
 * for the first time after the moment before.  COUNTS gets a line for each, as soon as it is there:
 * the instructions executed since reset.  Time in which the processor waits for an
 * interrupt counts nothing.
 */
#include "bench_plugin.h"

#define MOMENTS 8u

static struct {
	uint32_t first, last;
} moments[MOMENTS];
static uintptr_t moment_count, next;
static uint64_t executed;
static FILE *out_file;

static void block_begins(unsigned int cpu, void *moment)
{
	(void)cpu;
	if ((uintptr_t)moment != next)
		return;
	next++;
	fprintf(out_file, "%" PRIu64 "\n", executed);
	fflush(out_file);
}

/* What is jumped to begins a block. */
static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
	uint32_t start = (uint32_t)qemu_plugin_tb_vaddr(block);

	(void)id;
	for (uintptr_t i = next; i < moment_count; i++) {
		if (start >= moments[i].first && start <= moments[i].last)
			qemu_plugin_register_vcpu_tb_exec_cb(block, block_begins, QEMU_PLUGIN_CB_NO_REGS,
							     (void *)i);
	}
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++)
		qemu_plugin_register_vcpu_insn_exec_inline(qemu_plugin_tb_get_insn(block, i),
							   QEMU_PLUGIN_INLINE_ADD_U64, &executed, 1);
}

static bool set_option(const char *name, const char *value)
{
	const char *last = strchr(value, '-');

	if (strcmp(name, "moment") != 0 || last == NULL || moment_count == MOMENTS)
		return false;
	moments[moment_count].first = hexadecimal(value);
	moments[moment_count++].last = hexadecimal(last + 1);
	return true;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info,
					   int argc, char **argv)
{
	(void)info;
	if (!read_options(argc, argv))
		return -1;
	out_file = create(out_path);
	if (out_file == NULL)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
