/* SPDX-License-Identifier: MIT */
/*
 * partition.c - reads the partition description with libfdt.
 *
 * The host tool (tools/partition) has found mistakes and named file and line; here a
 * description that would hurt the hypervisor stops the boot with one clear line.
 */
#include <hv/partition.h>
#include <hv/lib.h>
#include <hv/measure.h>
#include <hv/memory.h>
#include <hv/panic.h>
#include <hv/irq.h>
#include <libfdt.h>

#define NSEC_PER_USEC 1000u
#define MAJOR_FRAME_DEFAULT 10000u /* us */

struct system_partition system_partition;

/* The property's cells, fewer than max; *count says how many.  NULL: not there. */
static const fdt32_t *cells(const void *fdt, int node, const char *name, unsigned int *count)
{
	int length = 0;
	const fdt32_t *value = fdt_getprop(fdt, node, name, &length);

	*count = value ? (unsigned int)length / sizeof(*value) : 0;
	return value;
}

static uint32_t cell_or(const void *fdt, int node, const char *name, uint32_t otherwise)
{
	unsigned int count;
	const fdt32_t *value = cells(fdt, node, name, &count);

	return count ? fdt32_to_cpu(value[0]) : otherwise;
}

static const char *text_or(const void *fdt, int node, const char *name, const char *otherwise)
{
	const char *text = fdt_getprop(fdt, node, name, NULL);

	return text ? text : otherwise;
}

static const fdt32_t *cells_exactly(const void *fdt, int node, const char *name,
				    unsigned int wanted)
{
	unsigned int count;
	const fdt32_t *value = cells(fdt, node, name, &count);

	if (count != wanted)
		panic("%s: %s: %u cells, %u wanted", fdt_get_name(fdt, node, NULL), name, count,
		      wanted);
	return value;
}

static void read_module(const void *fdt, int node, struct partition *p)
{
	struct module *module = &p->ramdisk;
	const fdt32_t *reg;

	if (fdt_node_check_compatible(fdt, node, "multiboot,module"))
		return;
	reg = cells_exactly(fdt, node, "reg", 2);
	if (!fdt_node_check_compatible(fdt, node, "multiboot,kernel")) {
		module = &p->kernel;
		p->cmdline = text_or(fdt, node, "bootargs", p->cmdline);
	} else if (fdt_node_check_compatible(fdt, node, "multiboot,ramdisk")) {
		return;
	}
	module->maddr = fdt32_to_cpu(reg[0]);
	module->size = fdt32_to_cpu(reg[1]);
	module->digest = measure_told(fdt, module->maddr, module->size);
}

static void read_windows(const void *fdt, int node, struct partition *p)
{
	unsigned int count;
	const fdt32_t *value = cells(fdt, node, "bantam,windows", &count);

	if (count > 2 * PARTITION_WINDOWS)
		panic("%s: more than %u windows", p->name, PARTITION_WINDOWS);
	for (unsigned int i = 0; i + 1 < count; i += 2) {
		struct partition_window *window = &p->windows[p->window_count++];

		window->start = (nsec_t)fdt32_to_cpu(value[i]) * NSEC_PER_USEC;
		window->length = (nsec_t)fdt32_to_cpu(value[i + 1]) * NSEC_PER_USEC;
	}
}

static void read_devices(const void *fdt, int node, struct partition *p)
{
	unsigned int count;
	const fdt32_t *value = cells(fdt, node, "xen,reg", &count);

	if (count > 3 * PARTITION_DEVICES)
		panic("%s: more than %u devices", p->name, PARTITION_DEVICES);
	for (unsigned int i = 0; i + 2 < count; i += 3) {
		struct partition_device *device = &p->devices[p->device_count++];

		device->maddr = fdt32_to_cpu(value[i]);
		device->size = fdt32_to_cpu(value[i + 1]);
		device->guest = fdt32_to_cpu(value[i + 2]);
	}
	value = cells(fdt, node, "interrupts", &count);
	if (count > PARTITION_IRQS)
		panic("%s: more than %u interrupts", p->name, PARTITION_IRQS);
	for (unsigned int i = 0; i < count; i++) {
		if (fdt32_to_cpu(value[i]) >= IRQ_LINES)
			panic("%s: no interrupt %u", p->name,
			      (unsigned int)fdt32_to_cpu(value[i]));
		p->irqs[p->irq_count++] = (uint8_t)fdt32_to_cpu(value[i]);
	}
}

static enum partition_restart read_restart(const void *fdt, int node)
{
	const char *policy = text_or(fdt, node, "bantam,restart", "never");

	if (!strcmp(policy, "always"))
		return RESTART_ALWAYS;
	return strcmp(policy, "on-crash") ? RESTART_NEVER : RESTART_ON_CRASH;
}

static void read_resident(const void *fdt, int node, struct partition *p)
{
	const fdt32_t *value = cells_exactly(fdt, node, "bantam,resident", 2);

	p->resident = true;
	p->window = fdt32_to_cpu(value[0]);
	p->window_size = fdt32_to_cpu(value[1]);
	if (p->window & (SECTION_SIZE - 1u) || p->window_size & (SECTION_SIZE - 1u) ||
	    p->window < ARMV5_WINDOW_START || p->window >= ARMV5_HYPERVISOR_START ||
	    p->window_size > ARMV5_HYPERVISOR_START - p->window || p->memory > p->window_size)
		panic("%s: its window is not in the resident window", p->name);
	for (const struct partition *q = system_partition.partition; q < p; q++)
		if (p->window - q->window < q->window_size ||
		    q->window - p->window < p->window_size)
			panic("%s: its window overlaps that of %s", p->name, q->name);
	for (unsigned int i = 0; i < p->device_count; i++) {
		const struct partition_device *device = &p->devices[i];

		if ((device->guest | device->maddr | device->size) & (PAGE_SIZE - 1u) ||
		    device->guest < p->window + p->memory ||
		    device->guest - p->window > p->window_size ||
		    device->size > p->window_size - (device->guest - p->window))
			panic("%s: device %x is not in its window, above its memory", p->name,
			      (unsigned int)device->maddr);
	}
}

static void read_domain(const void *fdt, int node, struct partition *p)
{
	const fdt32_t *memory = cells_exactly(fdt, node, "memory", 2);
	const fdt32_t *server;
	unsigned int count;
	int child;

	p->name = fdt_get_name(fdt, node, NULL);
	p->cmdline = text_or(fdt, node, "bootargs", "");
	if (fdt32_to_cpu(memory[0]) || fdt32_to_cpu(memory[1]) > (1u << 20))
		panic("%s: memory larger than 1 GiB", p->name);
	p->memory = fdt32_to_cpu(memory[1]) * 1024u;
	p->privileged = fdt_getprop(fdt, node, "bantam,privileged", NULL) != NULL;
	p->restart = read_restart(fdt, node);
	read_windows(fdt, node, p);
	read_devices(fdt, node, p);
	server = cells(fdt, node, "bantam,real-time", &count);
	if (count == 2) {
		p->budget = (nsec_t)fdt32_to_cpu(server[0]) * NSEC_PER_USEC;
		p->period = (nsec_t)fdt32_to_cpu(server[1]) * NSEC_PER_USEC;
	}
	if (fdt_getprop(fdt, node, "bantam,resident", NULL))
		read_resident(fdt, node, p);
	else if (p->device_count)
		panic("%s: only a resident is given devices in this version", p->name);
	if (!p->memory || p->memory & ((p->resident ? PAGE_SIZE : SECTION_SIZE) - 1u))
		panic("%s: memory is not whole %s", p->name, p->resident ? "pages" : "MiB");
	fdt_for_each_subnode(child, fdt, node)
		read_module(fdt, child, p);
}

static unsigned int count_domains(const void *fdt, int chosen)
{
	unsigned int count = 0;
	int node;

	fdt_for_each_subnode(node, fdt, chosen)
		if (!fdt_node_check_compatible(fdt, node, "xen,domain"))
			count++;
	return count;
}

static void read_machine(const void *fdt)
{
	int memory = fdt_node_offset_by_prop_value(fdt, -1, "device_type", "memory", 7);
	int timer = fdt_path_offset(fdt, "/timer");
	const fdt32_t *reg;

	if (memory < 0)
		panic("the device tree has no memory node; give one");
	reg = cells_exactly(fdt, memory, "reg", 2);
	system_partition.ram = fdt32_to_cpu(reg[0]);
	system_partition.ram_size = fdt32_to_cpu(reg[1]);
	if (timer >= 0)
		system_partition.timer_hz = cell_or(fdt, timer, "clock-frequency", 0);
}

void partition_read(const void *fdt)
{
	int chosen = fdt_path_offset(fdt, "/chosen");
	struct partition *p;
	int node;

	read_machine(fdt);
	if (chosen < 0 || !count_domains(fdt, chosen))
		panic("the device tree has no domains in /chosen; see docs/partition.md");
	system_partition.major_frame = (nsec_t)NSEC_PER_USEC *
		cell_or(fdt, chosen, "bantam,major-frame-us", MAJOR_FRAME_DEFAULT);
	system_partition.scheduler = text_or(fdt, chosen, "bantam,scheduler", "static");
	system_partition.count = count_domains(fdt, chosen);
	if (system_partition.count > PARTITION_MAX)
		panic("more than %u domains", PARTITION_MAX);
	p = boot_alloc(system_partition.count * sizeof(*p), 8);
	system_partition.partition = p;
	fdt_for_each_subnode(node, fdt, chosen)
		if (!fdt_node_check_compatible(fdt, node, "xen,domain"))
			read_domain(fdt, node, p++);
}
