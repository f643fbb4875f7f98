/* SPDX-License-Identifier: MIT */
/*
 * fake.c - include/arch for the host, and what else the memory core needs of the kernel.
 *
 * Machine memory is one file in memory; arch_frame_map() maps a frame of it into one of 128
 * windows, so that a pointer kept too long really shows another frame.
 */
#include <sys/mman.h>
#include <unistd.h>

#include <arch/cpu.h>
#include <arch/current.h>
#include <arch/guest_copy.h>
#include <arch/mm.h>
#include <hv/irq.h>
#include <hv/lib.h>
#include <hv/memory.h>
#include <hv/panic.h>
#include "fake.h"

#define WINDOWS   256u
#define HEAP_SIZE 0x100000u

struct fake_calls fake_calls;
unsigned int fake_preempt_every;
uint8_t fake_stale[FAKE_FRAMES];
uint8_t fake_guest[FAKE_GUEST_SIZE];

struct pcpu pcpu;
struct domain *domains[4];
unsigned int domain_count;

static int ram_file = -1;
static uint8_t *ram, *windows, *heap;
static uint32_t window_mfn[WINDOWS];
static unsigned int preempt_count;
static struct domain domain_memory[4];
static struct arch_space space_memory[4];
static mfn_t loaded;

static void *map(void *at, size_t size, int flags, int file, off_t offset)
{
	void *p = mmap(at, size, PROT_READ | PROT_WRITE, flags, file, offset);

	if (p == MAP_FAILED)
		abort();
	return p;
}

void fake_reset(void)
{
	if (ram_file < 0) {
		ram_file = memfd_create("ram", 0);
		if (ftruncate(ram_file, FAKE_FRAMES * PAGE_SIZE))
			abort();
		ram = map(NULL, FAKE_FRAMES * PAGE_SIZE, MAP_SHARED, ram_file, 0);
		windows = map(NULL, WINDOWS * PAGE_SIZE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		/* The boot heap hands out 32-bit addresses. */
		heap = map(NULL, HEAP_SIZE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	}
	memset(ram, 0, FAKE_FRAMES * PAGE_SIZE);
	memset(window_mfn, 0, sizeof(window_mfn));
	memset(fake_stale, 0, sizeof(fake_stale));
	memset(&fake_calls, 0, sizeof(fake_calls));
	memset(domain_memory, 0, sizeof(domain_memory));
	memset(domains, 0, sizeof(domains));
	memset(&pcpu, 0, sizeof(pcpu));
	domain_count = 0;
	fake_preempt_every = 0;
	loaded = mfn_make(0);
	boot_alloc_init((vaddr_t)(uintptr_t)heap, (vaddr_t)(uintptr_t)heap + HEAP_SIZE);
	frame_table_init(mfn_make(FAKE_BASE), FAKE_FRAMES);
}

struct domain *fake_domain(bool resident, uint32_t pages)
{
	struct domain *d = &domain_memory[domain_count];
	mfn_t first;

	d->id = (domid_t)domain_count;
	d->resident = resident;
	d->vcpu.domain = d;
	d->max_pages = pages;
	d->virt_base = resident ? ARMV5_WINDOW_START : ARMV5_KERNEL_START;
	d->limit_low = resident ? ARMV5_WINDOW_START : 0;
	d->limit_high = resident ? ARMV5_HYPERVISOR_START : ARMV5_WINDOW_START;
	domains[domain_count++] = d;
	if (frame_populate(d, gfn_make(0), pages, 256, &first))
		abort();
	arch_domain_init(d);
	if (!pcpu.current)
		pcpu.current = &d->vcpu;
	return d;
}

uint32_t *fake_ram(mfn_t mfn)
{
	return (uint32_t *)(ram + (mfn.n - FAKE_BASE) * PAGE_SIZE);
}

mfn_t fake_mfn(const struct domain *d, uint32_t gfn)
{
	mfn_t mfn;

	if (!frame_translate(d, gfn_make(gfn), &mfn))
		abort();
	return mfn;
}

int32_t fake_call(hypercall_fn *fn, struct domain *d, const uint32_t *arg)
{
	int32_t rc = fn(d, arg);

	while (rc == HYPERCALL_CONTINUED) {
		uint32_t again[5];

		memcpy(again, d->vcpu.continuation, sizeof(again));
		rc = fn(d, again);
	}
	return rc;
}

/* ---- include/arch/mm.h ---- */

static void *window(uint32_t slot, mfn_t mfn)
{
	uint8_t *at = windows + slot * PAGE_SIZE;

	if (mfn.n - FAKE_BASE >= FAKE_FRAMES)
		abort();
	if (window_mfn[slot] != mfn.n) {
		map(at, PAGE_SIZE, MAP_SHARED | MAP_FIXED, ram_file,
		    (off_t)(mfn.n - FAKE_BASE) * (off_t)PAGE_SIZE);
		window_mfn[slot] = mfn.n;
	}
	return at;
}

void *arch_frame_map(mfn_t mfn)
{
	return window(mfn.n % 128u, mfn);
}

void *arch_frame_map_source(mfn_t mfn)
{
	return window(128u + mfn.n % 128u, mfn);
}

void arch_root_init(struct domain *d, mfn_t root, uint32_t piece)
{
	uint32_t *slot = (uint32_t *)arch_frame_map(mfn_add(root, 3)) + piece * ROOT_PIECE;

	if (piece * ROOT_PIECE < KERNEL_SLOTS)
		memcpy(slot, d->arch.space->kernel + piece * ROOT_PIECE, ROOT_PIECE * sizeof(*slot));
	else
		memset(slot, 0xEE, ROOT_PIECE * sizeof(*slot));
}

bool words_are_zero(const uint32_t *words, uint32_t count)
{
	while (count && !words[count - 1])
		count--;
	return !count;
}

void arch_root_set(mfn_t root, uint32_t slot, uint32_t entry)
{
	((uint32_t *)arch_frame_map(mfn_add(root, slot / 1024u)))[slot % 1024u] = entry;
}

void arch_domain_init(struct domain *d)
{
	if (!d->resident) {
		d->arch.space = &space_memory[d->id];
		memset(d->arch.space, 0, sizeof(*d->arch.space));
	}
}

void arch_frame_retire_writable(mfn_t mfn)
{
	(void)mfn;
	fake_calls.retire++;
	arch_cache_flush_all();
}

void arch_space_load(struct vcpu *v)
{
	fake_calls.space_load++;
	loaded = v->arch.root;
	arch_cache_flush_all();
	arch_tlb_flush();
}

bool arch_space_loaded(const struct domain *d)
{
	return d->vcpu.arch.root.n && d->vcpu.arch.root.n == loaded.n;
}

void arch_space_unload(void)
{
	loaded = mfn_make(0);
}

/* ---- include/arch/cpu.h ---- */

static void forget(uint8_t what)
{
	uint32_t i;

	for (i = 0; i < FAKE_FRAMES; i++)
		fake_stale[i] &= (uint8_t)~what;
}

void arch_tlb_flush(void)
{
	fake_calls.tlb_flush++;
	forget(STALE_TLB | STALE_TLB_HALF);
}

void arch_tlb_flush_va(vaddr_t va)
{
	fake_calls.tlb_flush_va++;
	fake_calls.flushed_va = va;
}

void arch_cache_flush_all(void)
{
	fake_calls.cache_flush++;
	forget(STALE_CACHE);
}

void arch_cache_clean_range(vaddr_t va, size_t size)
{
	(void)va;
	(void)size;
}

void arch_write_buffer_drain(void)
{
	fake_calls.drain++;
}

/* ---- the guest's memory, as kernel/guest_access.c sees it ---- */

static uint8_t *guest_bytes(vaddr_t va, size_t size)
{
	if (va < FAKE_GUEST || va - FAKE_GUEST > FAKE_GUEST_SIZE ||
	    size > FAKE_GUEST_SIZE - (va - FAKE_GUEST))
		return NULL;
	return fake_guest + (va - FAKE_GUEST);
}

size_t arch_copy_from_user(void *to, vaddr_t from, size_t size)
{
	const uint8_t *p = guest_bytes(from, size);

	if (!p)
		return size;
	memcpy(to, p, size);
	return 0;
}

size_t arch_copy_to_user(vaddr_t to, const void *from, size_t size)
{
	uint8_t *p = guest_bytes(to, size);

	if (!p)
		return size;
	memcpy(p, from, size);
	return 0;
}

/* ---- of the kernel ---- */

struct domain *domain_find(struct domain *caller, domid_t id)
{
	if (id == DOMID_SELF)
		return caller;
	return id < domain_count ? domains[id] : NULL;
}

struct irq_fast irq_fast = { .status = (const volatile uint32_t[]){ 1 } };

void fake_preempt(unsigned int every)
{
	fake_preempt_every = every;
	preempt_count = 0;
}

bool hypercall_preempted(void)
{
	return fake_preempt_every && ++preempt_count % fake_preempt_every == 0;
}

bool irq_pending(void)
{
	return hypercall_preempted();
}

int32_t hypercall_continue(struct domain *caller, const uint32_t arg[5])
{
	memcpy(caller->vcpu.continuation, arg, sizeof(caller->vcpu.continuation));
	return HYPERCALL_CONTINUED;
}

char fake_line[256];

void log_words(unsigned int count, const char *format, ...)
{
	va_list args;

	(void)count;
	va_start(args, format);
	(void)(vsnprintf)(fake_line, sizeof(fake_line), format, args);
	va_end(args);
}

void panic_words(unsigned int count, const char *format, ...)
{
	va_list args;

	(void)count;
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	mock_assert(0, "panic", __FILE__, __LINE__);
	abort();
}
