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
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <qemu-plugin.h>

#define MOMENTS 8u

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static struct {
	uint32_t first, last;
} moments[MOMENTS];
static uintptr_t moment_count, next;
static uint64_t executed;
static const char *out_path = "moments.txt";
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

static int add_moment(const char *text)
{
	char *end;

	if (moment_count == MOMENTS)
		return -1;
	moments[moment_count].first = (uint32_t)strtoul(text, &end, 16);
	if (*end != '-')
		return -1;
	moments[moment_count].last = (uint32_t)strtoul(end + 1, &end, 16);
	moment_count++;
	return *end == '\0' ? 0 : -1;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info,
					   int argc, char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], "out=", 4) == 0) {
			out_path = strdup(argv[i] + 4);
		} else if (strncmp(argv[i], "moment=", 7) != 0 || add_moment(argv[i] + 7) != 0) {
			fprintf(stderr, "bench_moments: unknown option %s\n", argv[i]);
			return -1;
		}
	}
	out_file = fopen(out_path, "w");
	if (out_file == NULL) {
		perror(out_path);
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
