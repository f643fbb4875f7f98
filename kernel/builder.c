/* SPDX-License-Identifier: MIT */
/*
 * builder.c - fills a domain's memory from its images and starts it.
 *
 * A domain is built in its own time, a page or less a step, at boot and at each restart
 * alike: the others keep their deadlines.  Its memory is written through
 * non-cached windows; the caches hold nothing of it (flushed before the first and
 * after the last step).
 */
#include <arch/cpu.h>
#include <arch/current.h>
#include <arch/mm.h>
#include <hv/domain.h>
#include <hv/frame.h>
#include <hv/hypercall.h>
#include <hv/image.h>
#include <hv/lib.h>
#include <hv/measure.h>
#include <hv/pagetable.h>
#include <hv/partition.h>

/* Bytes that are copied (or cleared) at a time: by words, or if source and target do not begin alike. */
#define PIECE          512u
#define PIECE_BYTES    64u
#define COMMAND_PIECE  64u
#define MEMORY_MIN     (4u * PAGE_SIZE) /* shared info, start info, stack, and something */
#define HYPERCALLS     (PAGE_SIZE / ARMV5_HYPERCALL_STUB / 2u)
#define HYPERCALLS_PIECE 16u
#define INSN_MOV_R12   0xE3A0C000u /* mov r12, #n */
#define INSN_SWI       0xEF000000u /* swi #n */
#define INSN_RETURN    0xE12FFF1Eu /* bx lr: back to Thumb state too */

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

	return ROUND_DOWN(end - d->partition->ramdisk.size, PAGE_SIZE);
}

static const char *image_check(struct domain *d, struct image *image)
{
	const struct partition *p = d->partition;
	const char *why = image_read(image, p->kernel.maddr, p->kernel.size);
	uint32_t usable = memory_size(d);

	if (why)
		return why;
	if (image->virt_base && image->virt_base != d->virt_base)
		return "linked for another address";
	if (usable < MEMORY_MIN)
		return "less than 16 KiB of memory";
	if (p->ramdisk.size) {
		if (usable < 2u * SECTION_SIZE || p->ramdisk.size > usable - SECTION_SIZE)
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
	if (p->ramdisk.size)
		image->segment[image->segment_count++] = (struct image_segment){
			.vaddr = d->virt_base + ramdisk_offset(d), .maddr = p->ramdisk.maddr,
			.file_size = p->ramdisk.size, .memory_size = p->ramdisk.size,
		};
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
	d->state = DOMAIN_BUILDING;
	d->build_phase = 0;
	d->build_segment = 0;
	d->build_next = 0;
	sched_start(&d->vcpu);
	return 0;
}

/* Stubs from the n-th on. */
static void fill_hypercall_page(struct domain *d, uint32_t n)
{
	uint32_t *stub = page_map(d, d->image.hypercall_page - d->virt_base);
	uint32_t end = n + HYPERCALLS_PIECE;

	for (stub += n * (ARMV5_HYPERCALL_STUB / 4u); n < end; n++, stub += ARMV5_HYPERCALL_STUB / 4u) {
		stub[0] = INSN_MOV_R12 | n;
		stub[1] = INSN_SWI | ARMV5_HYPERCALL_IMM;
		stub[2] = INSN_RETURN;
	}
}

/* Below the tables, or below a resident's shared info. */
static void fill_start_info(struct domain *d)
{
	const struct partition *p = d->partition;
	struct start_info *info = page_map(d, d->build_info);

	string_copy(info->magic, ARMV5_START_INFO_MAGIC, sizeof(info->magic));
	info->nr_pages = d->nr_pages;
	info->shared_info = (vaddr_t)d->vcpu.arch.shared_info;
	info->flags = d->privileged ? SIF_PRIVILEGED | SIF_INITDOMAIN : 0;
	if (d->build_table_count) {
		info->pt_base = d->virt_base + d->build_info + PAGE_SIZE;
		info->nr_pt_frames = d->build_table_count;
	}
	if (p->ramdisk.size) {
		info->mod_start = d->virt_base + ramdisk_offset(d);
		info->mod_len = p->ramdisk.size;
	}
}

static void reset_vcpu(struct vcpu *v)
{
	memset(v->traps, 0, sizeof(v->traps));
	v->event_callback = 0;
	v->failsafe_callback = 0;
	v->restart_start = 0;
	v->restart_end = 0;
	v->first_call = false;
}

/* ---- the phases: one step each, true at the end of the phase ----------------- */

static bool forget_tables(struct domain *d)
{
	pagetable_destroy(d);
	return true;
}

static bool begin_console(struct domain *d)
{
	return console_domain_begin(d, d->build_next++);
}

static bool clear_page(struct domain *d)
{
	uint32_t gfn = d->build_next;

	frame_reset(d, gfn, 1);
	if (hypercall_preempted())
		return false;
	memset(page_map(d, gfn << PAGE_SHIFT), 0, PAGE_SIZE);
	return ++d->build_next == d->nr_pages;
}

/* Segments one after the other, in pieces that do not cross a page. */
static bool load_piece(struct domain *d)
{
	const struct image_segment *s = &d->image.segment[d->build_segment];
	uint32_t offset = s->vaddr - d->virt_base + d->build_next;
	maddr_t from = s->maddr + d->build_next;
	uint32_t piece = (offset ^ from) & 3u ? PIECE_BYTES : PIECE;
	uint32_t size = s->file_size - d->build_next;

	if (size > piece - (offset & (piece - 1u)))
		size = piece - (offset & (piece - 1u));
	module_copy((uint8_t *)page_map(d, offset) + offset % PAGE_SIZE, from, size);
	d->build_next += size;
	if (d->build_next < s->file_size)
		return false;
	d->build_next = 0;
	return ++d->build_segment == d->image.segment_count;
}

/* Before there are tables: wherever the image wants it, it lies in plain memory. */
static bool make_hypercall_page(struct domain *d)
{
	if (!d->image.hypercall_page)
		return true;
	fill_hypercall_page(d, d->build_next);
	d->build_next += HYPERCALLS_PIECE;
	return d->build_next == HYPERCALLS;
}

/* Of a resident it is a page of its memory, of others it is not. */
static bool make_shared_info(struct domain *d)
{
	struct shared_info *info = arch_frame_map(d->arch.shared_info_mfn);

	memset((uint8_t *)info + d->build_next, 0, PIECE);
	d->build_next += PIECE;
	if (d->build_next < PAGE_SIZE)
		return false;
	info->vcpu_info[0].evtchn_upcall_mask = 1;
	memset(info->evtchn_mask, 0xFF, sizeof(info->evtchn_mask));
	return true;
}

static bool make_time_page(struct domain *d)
{
	time_page_init(d);
	return true;
}

static bool make_tables(struct domain *d)
{
	gfn_t first = gfn_make(d->nr_pages - 1u); /* a resident's shared info */
	int rc;

	d->build_table_count = 0;
	rc = d->resident ? 0 : pagetable_build(d, &first, &d->build_table_count);
	d->build_info = (first.n - 1u) << PAGE_SHIFT;

	if (rc && rc != -FRAME_ERESTART) {
		log_line("%s: not started: no room for its page tables", d->name);
		d->state = DOMAIN_SHUTDOWN;
		sched_stop(&d->vcpu);
	}
	return !rc;
}

static bool make_start_info(struct domain *d)
{
	fill_start_info(d);
	return true;
}

/* What is not copied is 0 already. */
static bool copy_command_line(struct domain *d)
{
	struct start_info *info = page_map(d, d->build_info);
	uint32_t at = d->build_next, left = d->command_length - at;

	memcpy(info->cmd_line + at, d->partition->cmdline + at, left < COMMAND_PIECE ? left : COMMAND_PIECE);
	d->build_next = at + COMMAND_PIECE;
	return left <= COMMAND_PIECE;
}

static bool announce(struct domain *d)
{
	log_guest(d, "starts at %08x", d->image.entry);
	return true;
}

static bool run(struct domain *d)
{
	vaddr_t at = d->virt_base + d->build_info;

	reset_vcpu(&d->vcpu);
	arch_vcpu_start(&d->vcpu, d->image.entry, at, at);
	arch_cache_flush_all();
	d->state = DOMAIN_RUNNING;
	arch_context_switch(&d->vcpu);
	return true;
}

void domain_build_step(struct domain *d)
{
	static bool (*const phases[])(struct domain *d) = {
		forget_tables, begin_console, clear_page, measure_domain, load_piece, make_hypercall_page,
		make_shared_info, make_time_page, make_tables, make_start_info, copy_command_line, announce, run,
	};

	if (phases[d->build_phase](d)) {
		d->build_phase++;
		d->build_next = 0;
	}
}
