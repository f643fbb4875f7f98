/* SPDX-License-Identifier: MIT */
/* main.c - brings the rooms up in order; then the exit path runs domains. */
#include <arch/cpu.h>
#include <arch/init.h>
#include <arch/layout.h>
#include <arch/mm.h>
#include <generated/version.h>
#include <hv/board.h>
#include <hv/console.h>
#include <hv/domain.h>
#include <hv/frame.h>
#include <hv/irq.h>
#include <hv/lib.h>
#include <hv/measure.h>
#include <hv/memory.h>
#include <hv/panic.h>
#include <hv/partition.h>
#include <drv/timer.h>
#include <libfdt.h>

#define FDT_SIZE_MAX 0x40000u

extern const uint8_t _end[]; /* bantam.lds.S */

void bantam_main(uint32_t machine, maddr_t fdt, uint32_t virtual_to_physical);

/* The loader's tree lies in memory that domains will get: it is copied. */
static const void *copy_fdt(maddr_t maddr)
{
	const void *fdt = arch_map_boot(maddr);
	uint32_t size;
	void *copy;

	if (fdt_check_header(fdt))
		panic("no device tree at %08x: start with r2 = its address", (unsigned int)maddr);
	size = fdt_totalsize(fdt);
	if (size > FDT_SIZE_MAX)
		panic("the device tree has %u bytes, more than %u", (unsigned int)size,
		      FDT_SIZE_MAX);
	copy = boot_alloc(size, 8);
	memcpy(copy, fdt, size);
	arch_unmap_boot();
	return copy;
}

/* The tree may be another board's, or tell of more RAM than there is: then its last word
 * keeps nothing, or is the same as one half of RAM below. */
static void check_machine(const void *fdt)
{
	const struct system_partition *s = &system_partition;
	maddr_t end = s->ram + s->ram_size - PAGE_SIZE;
	volatile uint32_t *last, *half;
	uint32_t last_word, half_word;

	if (fdt_node_check_compatible(fdt, 0, board.compatible))
		panic("the device tree is not for %s", board.name);
	last = arch_frame_map(maddr_to_mfn(end));
	half = arch_frame_map_source(maddr_to_mfn(end - s->ram_size / 2u));
	last_word = *last;
	half_word = *half;
	*last = ~last_word;
	/* The other word first: without RAM the bus may still hold what was written. */
	if (*half != half_word || *last != ~last_word)
		panic("there are no %u MiB of RAM", (unsigned int)(s->ram_size >> 20));
	*last = last_word;
}

static void reserve(maddr_t from, uint32_t size)
{
	maddr_t start = ROUND_DOWN(from, PAGE_SIZE);

	if (size)
		frame_reserve(maddr_to_mfn(start),
			      (ROUND_UP(from + size, PAGE_SIZE) - start) >> PAGE_SHIFT);
}

static void init_memory(void)
{
	const struct system_partition *s = &system_partition;

	frame_table_init(maddr_to_mfn(s->ram), s->ram_size >> PAGE_SHIFT);
	arch_map_counter(board.timer->counter_maddr);
	arch_map_m2p(arch_hv_maddr((const void *)frame_m2p_address()), frame_m2p_size());
	reserve(arch_ram_base(), HV_RAM_SIZE);
	for (unsigned int i = 0; i < s->count; i++) {
		reserve(s->partition[i].kernel.maddr, s->partition[i].kernel.size);
		reserve(s->partition[i].ramdisk.maddr, s->partition[i].ramdisk.size);
	}
}

void bantam_main(uint32_t machine, maddr_t fdt, uint32_t virtual_to_physical)
{
	const void *tree;

	arch_init(virtual_to_physical);
	boot_alloc_init((vaddr_t)_end, HV_RAM_VA + HV_RAM_SIZE);
	console_early_init(board.uart);
	log_line("Bantam %s on %s (machine %u), MIDR %08x", BANTAM_VERSION, board.name,
		 (unsigned int)machine, (unsigned int)arch_midr());
	tree = copy_fdt(fdt);
	measure_machine(tree);
	partition_read(tree);
	check_machine(tree);
	init_memory();
	irq_init(board.irqchip);
	time_init(board.timer);
	sched_init();
	console_init();
	log_set_patient(true);
	log_line("%u MiB of RAM, scheduler %s, domains:", system_partition.ram_size >> 20,
		 system_partition.scheduler);
	domain_create_all();
	log_line("%u KiB of RAM are the hypervisor's", (unsigned int)
		 (((vaddr_t)_end - HV_RAM_VA + boot_alloc_used()) >> 10));
	log_set_patient(false);
	sched_request();
}
