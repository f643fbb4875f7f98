/* SPDX-License-Identifier: MIT */
/* QEMU glue: options, instrumentation and CP15 decoding. */
#include <stdlib.h>
#include <string.h>

#include <qemu-plugin.h>

#include "vivt.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

const struct model *model = &check_model;

enum { MODE_MASK = 0x1f, MODE_USER = 0x10, REGISTERS = 16,
	   RESET_CONTROL = 0x00050078 };

/* Marker instructions, no-ops that compilers do not emit; r0 is the region. */
#define MARKER_BEGIN 0xe1a0c00cu        /* mov r12, r12 */
#define MARKER_END   0xe1a0b00bu        /* mov r11, r11 */

static struct qemu_plugin_register *core_register[REGISTERS];
static struct qemu_plugin_register *cpsr_register, *fault_address_register;
static GByteArray *register_bytes;

static unsigned top_sites = 40;
static bool have_region;
static uint32_t region_begin, region_end;
static const char *output_path;

static uint64_t insn_count;
static unsigned translation_differs;

/* QEMU shares a translation block between virtual mappings of one physical
 * page, so addresses known at translation are off by this much when it runs. */
static uint32_t address_shift;

/* What a callback needs to know; one per instrumented block or instruction. */
struct block {
	uint32_t virt;              /* as translated */
	uint32_t end;
	unsigned words;             /* of its first line that are executed */
	unsigned insns;
	unsigned base_cycles;
};

struct insn {
	uint32_t virt;
	uint32_t opcode;
	unsigned words;
};

/* ---- guest registers ---- */

static uint32_t read_register(struct qemu_plugin_register *handle)
{
	uint32_t value = 0;

	g_byte_array_set_size(register_bytes, 0);
	if (handle && qemu_plugin_read_register(handle, register_bytes) > 0) {
		memcpy(&value, register_bytes->data, sizeof(value));
	}
	return value;
}

static void find_registers(qemu_plugin_id_t id, unsigned vcpu)
{
	GArray *list = qemu_plugin_get_registers();
	char name[8];
	unsigned i, r;

	for (i = 0; i < list->len; i++) {
		qemu_plugin_reg_descriptor *reg =
			&g_array_index(list, qemu_plugin_reg_descriptor, i);

		for (r = 0; r < REGISTERS; r++) {
			snprintf(name, sizeof(name), "r%u", r);
			if (!strcmp(reg->name, r == 13 ? "sp" : r == 14 ? "lr" :
						r == 15 ? "pc" : name)) {
				core_register[r] = reg->handle;
			}
		}
		if (!strcmp(reg->name, "cpsr")) {
			cpsr_register = reg->handle;
		} else if (!strcmp(reg->name, "DFAR")) {
			fault_address_register = reg->handle;
		}
	}
	g_array_free(list, true);
	if (!core_register[0] || !core_register[15] || !cpsr_register) {
		fprintf(stderr, "vivt: core registers not found\n");
		exit(1);
	}
	if (!fault_address_register) {
		fprintf(stderr, "vivt: no DFAR: aborts are not checked\n");
	}
}

const char *cpu_mode_name(void)
{
	switch (read_register(cpsr_register) & MODE_MASK) {
	case 0x10: return "usr";
	case 0x11: return "fiq";
	case 0x12: return "irq";
	case 0x13: return "svc";
	case 0x17: return "abt";
	case 0x1b: return "und";
	case 0x1f: return "sys";
	default:   return "???";
	}
}

uint64_t cpu_insn_count(void) { return insn_count; }

static bool condition_holds(uint32_t opcode, uint32_t cpsr)
{
	bool n = cpsr >> 31, z = cpsr >> 30 & 1, c = cpsr >> 29 & 1;
	bool v = cpsr >> 28 & 1, holds;

	switch (opcode >> 29) {
	case 0: holds = z; break;
	case 1: holds = c; break;
	case 2: holds = n; break;
	case 3: holds = v; break;
	case 4: holds = c && !z; break;
	case 5: holds = n == v; break;
	case 6: holds = !z && n == v; break;
	default: return true;
	}
	return holds != (opcode >> 28 & 1);
}

/* ---- CP15 ---- */

static void cache_operation(unsigned crm, unsigned op2, uint32_t value)
{
	/* Indexed by CRm: which caches, and what is done to them. */
	static const struct { uint8_t caches, action; } operation[16] = {
		[5] = { CACHE_I, INVALIDATE }, [6] = { CACHE_D, INVALIDATE },
		[7] = { CACHE_I | CACHE_D, INVALIDATE },
		[10] = { CACHE_D, CLEAN }, [14] = { CACHE_D, CLEAN | INVALIDATE },
	};
	unsigned caches = operation[crm].caches, action = operation[crm].action;

	if (crm == 10 && op2 == 4) {
		cycles_event(DRAINS, 0);
	} else if (!caches) {
		return;                                 /* prefetch, wait */
	} else if (op2 == 0) {
		model->maintain(caches, action, WHOLE, 0);
	} else if (op2 == 1) {
		model->maintain(caches, action, BY_ADDRESS, value);
	} else if (op2 == 2) {
		model->maintain(caches, action, BY_INDEX, value);
	} else if (op2 == 3 && (action & CLEAN)) {
		model->maintain(caches, action, TEST_AND_CLEAN, 0);
	}
}

static void system_register_written(uint32_t opcode, uint32_t value)
{
	unsigned crn = opcode >> 16 & 15, crm = opcode & 15, op2 = opcode >> 5 & 7;

	switch (crn) {
	case 1:
		if (op2 == 0) {
			mmu_set_control(value);
		}
		break;
	case 2:
		mmu_set_table_base(value);
		cycles_event(TTBR_WRITES, value);
		break;
	case 3:
		cycles_event(DACR_WRITES, value);
		break;
	case 7:
		cache_operation(crm, op2, value);
		break;
	case 8:                     /* one unified TLB: CRm does not matter */
		if (op2 == 1) {
			mmu_invalidate_page(value);
			cycles_event(TLB_PAGE, value);
		} else {
			mmu_invalidate_all();
			cycles_event(TLB_ALL, value);
		}
		break;
	case 13:
		if (op2 == 0 && value) {
			fprintf(stderr, "vivt: FCSE PID %08x is not modelled\n", value);
		}
		break;
	}
}

/* MCR or MRC on CP15, before it is executed. */
static void on_cp15(unsigned vcpu, void *data)
{
	const struct insn *insn = data;
	uint32_t cpsr = read_register(cpsr_register);
	bool is_read = insn->opcode >> 20 & 1;

	if ((cpsr & MODE_MASK) == MODE_USER ||
		!condition_holds(insn->opcode, cpsr)) {
		return;
	}
	if (!is_read) {
		system_register_written(insn->opcode,
			read_register(core_register[insn->opcode >> 12 & 15]));
	} else if ((insn->opcode >> 16 & 15) == 7 &&
			   (insn->opcode >> 5 & 7) == 3) {
		cache_operation(insn->opcode & 15, 3, 0);       /* test and clean */
	}
}

/* ---- execution ---- */

static void fetch(uint32_t virt, unsigned words)
{
	const struct mapping *map = mmu_lookup(virt, virt);

	if (map) {
		model->fetch(virt, words, map);
	}
}

/* QEMU has taken an abort.  It walks the newest tables, but would the hardware
 * have seen the same entries? */
static void check_abort(uint32_t vector)
{
	uint32_t link = read_register(core_register[14]);
	bool data = vector == vector_base() + 0x10;
	uint32_t pc = data ? link - 8 : link - 4;
	uint32_t address = data ? read_register(fault_address_register) : pc;
	struct mapping map;

	if (mmu_enabled()) {
		mmu_walk(address, &map);
		model->walk(pc, address, &map);
	}
}

static void on_block(unsigned vcpu, void *data)
{
	static uint32_t expected_pc;
	const struct block *block = data;
	uint32_t pc = read_register(core_register[15]);

	address_shift = pc - block->virt;
	insn_count += block->insns;
	if (pc != expected_pc) {
		cycles_jump();
	}
	expected_pc = block->end + address_shift;
	if (pc == vector_base() + 0x10 || pc == vector_base() + 0x0c) {
		check_abort(pc);
	}
	fetch(pc, block->words);
}

/* First instruction of a further cache line. */
static void on_new_line(unsigned vcpu, void *data)
{
	const struct insn *insn = data;

	fetch(insn->virt + address_shift, insn->words);
}

static void on_segment(unsigned vcpu, void *data)
{
	const struct block *segment = data;

	cycles_run(segment->insns, segment->base_cycles);
}

static void on_memory(unsigned vcpu, qemu_plugin_meminfo_t info,
					  uint64_t virtual_address, void *data)
{
	uint32_t pc = (uint32_t)(uintptr_t)data + address_shift;
	uint32_t virt = virtual_address;
	unsigned bytes = 1u << qemu_plugin_mem_size_shift(info);
	struct mapping *map = mmu_lookup(virt, pc);

	if (!map) {
		translation_differs++;
		return;
	}
	if (!map->verified) {
		struct qemu_plugin_hwaddr *hw = qemu_plugin_get_hwaddr(info, virt);
		uint32_t phys = map->frame | virt % PAGE_BYTES;

		map->verified = true;
		if (hw && !qemu_plugin_hwaddr_is_io(hw) && phys < mmu_ram_bytes() &&
			qemu_plugin_hwaddr_phys_addr(hw) != phys) {
			translation_differs++;
		}
	}
	if (qemu_plugin_mem_is_store(info)) {
		model->store(pc, virt, bytes, map);
	} else {
		model->load(pc, virt, bytes, map);
	}
}

static void on_marker(unsigned vcpu, void *data)
{
	const struct insn *insn = data;
	uint32_t id = read_register(core_register[0]);

	if (insn->opcode == MARKER_BEGIN) {
		cycles_region_begin(id);
	} else if (insn->opcode == MARKER_END) {
		cycles_region_end(id);
	} else if (insn->virt == region_begin) {
		cycles_region_begin(0);
	} else {
		cycles_region_end(0);
	}
}

/* ---- translation ---- */

static void *allocate(size_t bytes)
{
	void *memory = calloc(1, bytes);        /* lives as long as the code */

	if (!memory) {
		abort();
	}
	return memory;
}

static struct insn *new_insn(uint32_t virt, uint32_t opcode)
{
	struct insn *insn = allocate(sizeof(*insn));

	insn->virt = virt;
	insn->opcode = opcode;
	return insn;
}

static uint32_t opcode_of(const struct qemu_plugin_insn *handle)
{
	uint32_t opcode = 0;

	qemu_plugin_insn_data(handle, &opcode, sizeof(opcode));
	return opcode;
}

static bool is_cp15_transfer(uint32_t opcode)
{
	return (opcode & 0x0f000f10) == 0x0e000f10 && opcode >> 28 != 15;
}

static bool is_marker(uint32_t virt, uint32_t opcode)
{
	return opcode == MARKER_BEGIN || opcode == MARKER_END ||
		(have_region && (virt == region_begin || virt == region_end));
}

/* A block has Thumb code if any instruction is short or misaligned.  (A lone
 * Thumb BL pair is taken for ARM; it is never like an ARM CP15 transfer.) */
static bool is_thumb(const struct qemu_plugin_tb *tb)
{
	size_t i;

	for (i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *handle = qemu_plugin_tb_get_insn(tb, i);

		if (qemu_plugin_insn_size(handle) == 2 ||
			qemu_plugin_insn_vaddr(handle) & 2) {
			return true;
		}
	}
	return false;
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t i, count = qemu_plugin_tb_n_insns(tb);
	struct block *block = allocate(sizeof(*block)), *segment = NULL;
	bool thumb = is_thumb(tb), counting = model == &cycles_model;
	unsigned *words = &block->words;
	uint32_t line;

	block->virt = qemu_plugin_tb_vaddr(tb);
	block->insns = count;
	line = line_of(block->virt);
	qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, QEMU_PLUGIN_CB_R_REGS,
										 block);

	for (i = 0; i < count; i++) {
		struct qemu_plugin_insn *handle = qemu_plugin_tb_get_insn(tb, i);
		uint32_t virt = qemu_plugin_insn_vaddr(handle);
		uint32_t opcode = opcode_of(handle), last_byte;

		if (line_of(virt) != line) {
			struct insn *insn = new_insn(virt, opcode);

			line = line_of(virt);
			words = &insn->words;
			qemu_plugin_register_vcpu_insn_exec_cb(handle, on_new_line,
												   QEMU_PLUGIN_CB_R_REGS, insn);
		}
		last_byte = virt + qemu_plugin_insn_size(handle) - 1;
		*words |= 1 << word_of(virt);
		if (line_of(last_byte) == line) {
			*words |= 1 << word_of(last_byte);
		}
		block->end = last_byte + 1;

		if (counting) {
			bool marker = !thumb && is_marker(virt, opcode);

			if (marker) {
				qemu_plugin_register_vcpu_insn_exec_cb(handle, on_marker,
					QEMU_PLUGIN_CB_R_REGS, new_insn(virt, opcode));
			}
			if (marker || !segment) {
				segment = allocate(sizeof(*segment));
				qemu_plugin_register_vcpu_insn_exec_cb(handle, on_segment,
					QEMU_PLUGIN_CB_NO_REGS, segment);
			}
			segment->insns++;
			segment->base_cycles += cycles_of_insn(opcode, i + 1 < count ?
				opcode_of(qemu_plugin_tb_get_insn(tb, i + 1)) : 0, thumb);
		}
		if (!thumb && is_cp15_transfer(opcode)) {
			qemu_plugin_register_vcpu_insn_exec_cb(handle, on_cp15,
				QEMU_PLUGIN_CB_R_REGS, new_insn(virt, opcode));
		}
		qemu_plugin_register_vcpu_mem_cb(handle, on_memory,
			QEMU_PLUGIN_CB_R_REGS, QEMU_PLUGIN_MEM_RW,
			(void *)(uintptr_t)virt);
	}
}

/* ---- start and end ---- */

static void at_end(qemu_plugin_id_t id, void *data)
{
	FILE *out = output_path ? fopen(output_path, "w") : stderr;

	if (!out) {
		perror(output_path);
		out = stderr;
	}
	fprintf(out, "vivt: %llu instructions\n", (unsigned long long)insn_count);
	if (translation_differs) {
		fprintf(out, "vivt: warning: %u translations differ from QEMU's\n",
				translation_differs);
	}
	if (model == &cycles_model) {
		cycles_print(out);
	}
	report_print(out, top_sites);
	fflush(out);
}

static bool set_option(const char *name, const char *value,
					   const char **ram_path, uint32_t *ram_mib,
					   bool *write_allocate)
{
	if (!strcmp(name, "mode")) {
		model = !strcmp(value, "cycles") ? &cycles_model : &check_model;
		return !strcmp(value, "cycles") || !strcmp(value, "check");
	} else if (!strcmp(name, "ram")) {
		*ram_path = value;
	} else if (!strcmp(name, "size")) {
		*ram_mib = strtoul(value, NULL, 0);
	} else if (!strcmp(name, "top")) {
		top_sites = strtoul(value, NULL, 0);
	} else if (!strcmp(name, "out")) {
		output_path = value;
	} else if (!strcmp(name, "walloc")) {
		return qemu_plugin_bool_parse(name, value, write_allocate);
	} else if (!strcmp(name, "region")) {
		have_region = sscanf(value, "%x:%x", &region_begin, &region_end) == 2;
		return have_region;
	} else {
		return cycles_set(name, strtoul(value, NULL, 0));
	}
	return true;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id,
										   const qemu_info_t *info,
										   int argc, char **argv)
{
	const char *ram_path = NULL;
	uint32_t ram_mib = 256;
	bool write_allocate = false;
	int i;

	for (i = 0; i < argc; i++) {
		char *value = strchr(argv[i], '=');

		if (!value) {
			fprintf(stderr, "vivt: option without value: %s\n", argv[i]);
			return -1;
		}
		*value++ = '\0';
		if (!set_option(argv[i], value, &ram_path, &ram_mib,
						&write_allocate)) {
			fprintf(stderr, "vivt: bad option %s=%s\n", argv[i], value);
			return -1;
		}
	}
	if (!ram_path || !mmu_init(ram_path, ram_mib << 20)) {
		fprintf(stderr, "vivt: ram=FILE must name the guest RAM file\n");
		return -1;
	}
	mmu_set_control(RESET_CONTROL);
	if (model == &check_model) {
		check_init(write_allocate);
	}
	register_bytes = g_byte_array_new();

	qemu_plugin_register_vcpu_init_cb(id, find_registers);
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
	qemu_plugin_register_atexit_cb(id, at_end, NULL);
	return 0;
}
