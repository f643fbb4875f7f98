/* SPDX-License-Identifier: MIT */
/*
 * builder.c - fills a domain's memory from its images and starts it.
 *
 * A domain is built in its own time, half a page a step, at boot and at each restart
 * alike: the others keep their deadlines.  Its memory is written through
 * non-cached windows; the caches hold nothing of it (flushed before the first and
 * after the last step).
 */
#include <arch/cpu.h>
#include <arch/current.h>
#include <arch/mm.h>
#include <hv/domain.h>
#include <hv/frame.h>
#include <hv/image.h>
#include <hv/lib.h>
#include <hv/pagetable.h>
#include <hv/partition.h>

#define MEMORY_MIN     (4u * PAGE_SIZE) /* shared info, start info, stack, and something */
#define HYPERCALLS     (PAGE_SIZE / ARMV5_HYPERCALL_STUB / 2u)
#define INSN_MOV_R12   0xE3A0C000u /* mov r12, #n */
#define INSN_SWI       0xEF000000u /* swi #n */
#define INSN_RETURN    0xE1A0F00Eu /* mov pc, lr */

static void *page_map(struct domain *d, uint32_t offset)
{
	mfn_t mfn = mfn_make(0);

	(void)frame_translate(d, gfn_make(offset >> PAGE_SHIFT), &mfn);
	return arch_frame_map(mfn);
}

static uint32_t memory_size(const struct domain *d)
{
	return d->nr_pages << PAGE_SHIFT;
}

/* The ramdisk ends where the last MiB begins (tables, start info), page aligned. */
static uint32_t ramdisk_offset(const struct domain *d)
{
	uint32_t end = memory_size(d) - SECTION_SIZE;

	return ROUND_DOWN(end - d->partition->ramdisk_size, PAGE_SIZE);
}

static const char *image_check(struct domain *d, struct image *image)
{
	const struct partition *p = d->partition;
	const char *why = image_read(image, p->kernel, p->kernel_size);
	uint32_t usable = memory_size(d);

	if (why)
		return why;
	if (image->virt_base && image->virt_base != d->virt_base)
		return "linked for another address";
	if (usable < MEMORY_MIN)
		return "less than 16 KiB of memory";
	if (p->ramdisk_size) {
		if (usable < 2u * SECTION_SIZE || p->ramdisk_size > usable - SECTION_SIZE)
			return "its ramdisk does not fit into its memory";
		usable = ramdisk_offset(d);
	}
	for (unsigned int i = 0; i < image->segment_count; i++) {
		const struct image_segment *s = &image->segment[i];

		if (s->vaddr < d->virt_base || s->vaddr - d->virt_base > usable ||
		    s->memory_size > usable - (s->vaddr - d->virt_base))
			return "a segment outside its memory";
	}
	if (image->hypercall_page && (image->hypercall_page & (PAGE_SIZE - 1u) ||
	    image->hypercall_page < d->virt_base ||
	    image->hypercall_page - d->virt_base >= usable))
		return "its hypercall page is outside its memory";
	return NULL;
}

int domain_restart(struct domain *d)
{
	const char *why;

	if (d->state != DOMAIN_SHUTDOWN)
		return -XEN_EBUSY;
	/* A module does not change: it is looked at once. */
	why = NULL;
	if (d->image.segment_count)
		d->restart_count++;
	else
		why = image_check(d, &d->image);
	if (why) {
		d->image.segment_count = 0;
		log_line("%s: not started: %s", d->name, why);
		return -XEN_ENOEXEC;
	}
	pagetable_destroy(d);
	d->state = DOMAIN_BUILDING;
	d->build_next = 0;
	console_domain_init(d);
	sched_start(&d->vcpu);
	return 0;
}

static void ramdisk_fill(struct domain *d, uint32_t offset, uint8_t *to)
{
	const struct partition *p = d->partition;
	uint32_t start = ramdisk_offset(d);
	uint32_t size = IMAGE_PIECE;

	if (!p->ramdisk_size || offset < start || offset - start >= p->ramdisk_size)
		return;
	if (size > p->ramdisk_size - (offset - start))
		size = p->ramdisk_size - (offset - start);
	module_copy(to, p->ramdisk + (offset - start), size);
}

static void fill(struct domain *d, uint32_t offset)
{
	uint8_t *to = (uint8_t *)page_map(d, offset) + offset % PAGE_SIZE;

	frame_reset(d, offset >> PAGE_SHIFT, 1);
	memset(to, 0, IMAGE_PIECE);
	image_fill(&d->image, d->virt_base + offset, to);
	ramdisk_fill(d, offset, to);
}

static void fill_hypercall_page(struct domain *d)
{
	uint32_t *stub;

	if (!d->image.hypercall_page)
		return;
	stub = page_map(d, d->image.hypercall_page - d->virt_base);
	for (uint32_t n = 0; n < HYPERCALLS; n++, stub += ARMV5_HYPERCALL_STUB / 4u) {
		stub[0] = INSN_MOV_R12 | n;
		stub[1] = INSN_SWI | ARMV5_HYPERCALL_IMM;
		stub[2] = INSN_RETURN;
	}
}

static void fill_start_info(struct domain *d, uint32_t at, gfn_t tables, uint32_t table_count)
{
	const struct partition *p = d->partition;
	struct start_info *info = page_map(d, at);

	string_copy(info->magic, ARMV5_START_INFO_MAGIC, sizeof(info->magic));
	info->nr_pages = d->nr_pages;
	info->shared_info = (vaddr_t)d->vcpu.arch.shared_info;
	info->flags = d->privileged ? SIF_PRIVILEGED | SIF_INITDOMAIN : 0;
	if (table_count) {
		info->pt_base = d->virt_base + (tables.n << PAGE_SHIFT);
		info->nr_pt_frames = table_count;
	}
	if (p->ramdisk_size) {
		info->mod_start = d->virt_base + ramdisk_offset(d);
		info->mod_len = p->ramdisk_size;
	}
	string_copy((char *)info->cmd_line, p->cmdline, sizeof(info->cmd_line));
}

static void fill_shared_info(struct domain *d)
{
	struct shared_info *info = arch_frame_map(d->arch.shared_info_mfn);

	memset(info, 0, PAGE_SIZE);
	info->vcpu_info[0].evtchn_upcall_mask = 1;
	memset(info->evtchn_mask, 0xFF, sizeof(info->evtchn_mask));
	time_page_init(d);
	time_page_update(&d->vcpu);
}

static void reset_vcpu(struct vcpu *v)
{
	memset(v->traps, 0, sizeof(v->traps));
	v->event_callback = 0;
	v->failsafe_callback = 0;
	v->restart_start = 0;
	v->restart_end = 0;
}

/* Memory is filled: tables, start of day, run. */
static void finish(struct domain *d)
{
	gfn_t tables = gfn_make(d->nr_pages - 1u); /* a resident's shared info */
	uint32_t table_count = 0, start_info;
	int rc = 0;

	/* Before there are tables: wherever the image wants it, it lies in plain memory. */
	if (!d->build_tables)
		fill_hypercall_page(d);
	if (!d->resident)
		rc = pagetable_build(d, &tables, &table_count);
	if (rc == -FRAME_ERESTART) {
		d->build_next--; /* the same step again */
		return;
	}
	if (rc) {
		log_line("%s: not started: no room for its page tables", d->name);
		d->state = DOMAIN_SHUTDOWN;
		sched_stop(&d->vcpu);
		return;
	}
	start_info = (tables.n - 1u) << PAGE_SHIFT;
	fill_shared_info(d);
	fill_start_info(d, start_info, tables, table_count);
	reset_vcpu(&d->vcpu);
	arch_vcpu_start(&d->vcpu, d->image.entry, d->virt_base + start_info,
			d->virt_base + start_info);
	arch_cache_flush_all();
	d->state = DOMAIN_RUNNING;
	log_guest(d, "starts at %08x", d->image.entry);
	arch_context_switch(&d->vcpu);
}

/* Steps: old ports, each piece of memory, each MiB but the last one in the tables, the rest. */
void domain_build_step(struct domain *d)
{
	uint32_t step = d->build_next;
	uint32_t pieces = memory_size(d) / IMAGE_PIECE;
	uint32_t sections = d->resident ? 0 : (memory_size(d) >> SECTION_SHIFT) - 1u;

	if (!step && !event_destroy(d))
		return; /* some ports of its past life are left */
	d->build_next++;
	if (step < pieces)
		fill(d, step * IMAGE_PIECE);
	else if (step - pieces < sections)
		(void)pagetable_build_section(d, step - pieces); /* else by finish() */
	else
		finish(d);
}
