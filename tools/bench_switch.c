/* SPDX-License-Identifier: MIT */
/*
 * bench_switch.c - TCG plugin: the hypervisor's ways from a domain with tables of its own to a
 * resident, and back.
 *
 * Built by tools/bench with the qemu-plugin.h of the QEMU that it is loaded into.
 *     -plugin FILE,out=WAYS
 * A way begins with the instruction at the vector and ends before the first one of a guest.  WAYS gets
 * a line for each kind: "there" or "back", its instructions, how many of them were operations of
 * the caches or the TLB, how often it was gone.
 */
#include "bench_plugin.h"

#define RESIDENTS  0xF0000000u /* their window: up to the hypervisor */
#define LONGEST    4096u
#define OPERATIONS 16u         /* more are counted as so many */

/* MCR of CP15 (ARM926EJ-S TRM 2.3): c7 are the caches, c8 is the TLB. */
#define MCR_CP15_MASK  0x0F100F10u
#define MCR_CP15       0x0E000F10u
#define CRN(word)      ((word) >> 16 & 15u)
#define CRM(word)      ((word) & 15u)
#define WRITE_BUFFER   10u /* CRm of c7: drained, with opcode 2 = 4 */

enum { CODE_GUEST, CODE_RESIDENT, CODE_HYPERVISOR, CODE_OPERATION };

static uint32_t ways[2][LONGEST][OPERATIONS];
static unsigned int length, operations;
static uintptr_t from, now;

static void executed(unsigned int cpu, void *data)
{
	uintptr_t code = (uintptr_t)data;

	(void)cpu;
	if (code >= CODE_HYPERVISOR) {
		if (now < CODE_HYPERVISOR) {
			from = now;
			length = operations = 0;
		}
		length++;
		operations += code == CODE_OPERATION;
	} else if (now >= CODE_HYPERVISOR && code != from && length < LONGEST) {
		ways[code == CODE_GUEST][length][operations < OPERATIONS ? operations : OPERATIONS - 1]++;
	}
	now = code < CODE_HYPERVISOR ? code : CODE_HYPERVISOR;
}

static bool is_operation(uint32_t word)
{
	if ((word & MCR_CP15_MASK) != MCR_CP15)
		return false;
	if (CRN(word) == 7u)
		return CRM(word) != WRITE_BUFFER || (word >> 5 & 7u) != 4u;
	return CRN(word) == 8u;
}

static uintptr_t code_of(const struct qemu_plugin_insn *insn)
{
	uint32_t address = (uint32_t)qemu_plugin_insn_vaddr(insn), word = 0;

	if (!is_hypervisor(address))
		return address >= RESIDENTS && address < HYPERVISOR ? CODE_RESIDENT : CODE_GUEST;
	if (qemu_plugin_insn_size(insn) == sizeof(word))
		memcpy(&word, qemu_plugin_insn_data(insn), sizeof(word));
	return is_operation(word) ? CODE_OPERATION : CODE_HYPERVISOR;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
	(void)id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(block, i);
		uintptr_t code = code_of(insn);

		/* A block is all of a guest's or all of the hypervisor's. */
		if (i == 0 || code >= CODE_HYPERVISOR)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, executed, QEMU_PLUGIN_CB_NO_REGS,
							       (void *)code);
	}
}

static void ended(qemu_plugin_id_t id, void *file)
{
	(void)id;
	for (unsigned int i = 0; i < 2 * LONGEST * OPERATIONS; i++) {
		unsigned int back = i / OPERATIONS / LONGEST, n = i / OPERATIONS % LONGEST;
		uint32_t count = ways[back][n][i % OPERATIONS];

		if (count != 0)
			fprintf(file, "%s %u %u %" PRIu32 "\n", back ? "back" : "there", n, i % OPERATIONS, count);
	}
	fclose(file);
}

static bool set_option(const char *name, const char *value)
{
	(void)name;
	(void)value;
	return false;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info,
					   int argc, char **argv)
{
	FILE *file;

	(void)info;
	if (!read_options(argc, argv))
		return -1;
	file = create(out_path);
	if (file == NULL)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, ended, file);
	return 0;
}
