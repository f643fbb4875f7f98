/* SPDX-License-Identifier: MIT */
/*
 * mmu.c - direct paging, as a large guest: mmu_update, update_va_mapping,
 * mmuext_op; and every way around it that we know.
 */
#include "../lib/test.h"

#define USER_VA 0x00400000u

static uint32_t frame_of(uint32_t page)
{
	return gfn_of((void *)page);
}

static uint32_t small(uint32_t page, unsigned int ap)
{
	return (frame_of(page) << 12) | PTE_AP(ap) | PTE_CACHED | PTE_SMALL;
}

/* The cache finds lines by virtual address: before an address means another frame, and before a
 * frame is used at another address, what it holds goes to memory.  Not so before a page becomes
 * a table: the hypervisor must not rely on that. */
static void flush_cache(void)
{
	hypercall_cache_op(CACHE_CLEAN_D | CACHE_INVALIDATE_D, 0, CACHE_ALL);
}

static long remap(uint32_t va, uint32_t entry)
{
	return hypercall_update_va_mapping(va, entry, UVMF_INVLPG | UVMF_LOCAL);
}

static long extended(unsigned int command, uint32_t argument)
{
	struct mmuext_op op = { .cmd = command, .arg1.mfn = argument };

	return hypercall_mmuext_op(ARG(&op), 1, 0, DOMID_SELF);
}

static uint32_t beyond_memory(void)
{
	return (uint32_t)start_info->nr_pages;
}

/* What the TLB may still hold of two entries goes by one call. */
static void tlb_range(uint32_t page, uint32_t next)
{
	uint32_t low = page < next ? page : next, high = page < next ? next : page;

	*(volatile uint32_t *)page = *(volatile uint32_t *)next = 1;
	test_is("read-only, the TLB as it was",
		hypercall_update_va_mapping(page, small(page, ARMV5_AP_RO), UVMF_NONE), 0);
	test_is("another one",
		hypercall_update_va_mapping(next, small(next, ARMV5_AP_RO), UVMF_NONE), 0);
	test_is("cache_op: their entries",
		hypercall_cache_op(CACHE_INVALIDATE_TLB, low, high - low + 4096), 0);
	test_is("the first one", trap_store((void *)page, 2), TRAP_DATA_ABORT);
	test_is("the last one", trap_store((void *)next, 2), TRAP_DATA_ABORT);
	test_is("cache_op: many entries, preempted",
		hypercall_cache_op(CACHE_INVALIDATE_TLB, 0, 0x08000000), 0);
	test_is("writable again", remap(page, small(page, ARMV5_AP_RW)), 0);
	test_is("both", remap(next, small(next, ARMV5_AP_RW)), 0);
}

/* Entries of the last MiB: the kernel's own small pages. */
static void va_mappings(void)
{
	uint32_t page = test_pool_page(), other = test_pool_page();
	volatile uint32_t *word = (volatile uint32_t *)page;

	*word = 0x1234;
	test_is("update_va_mapping: read-only", remap(page, small(page, ARMV5_AP_RO)), 0);
	test_is("it can be read", (long)*word, 0x1234);
	test_is("but not written", trap_store((void *)page, 1), TRAP_DATA_ABORT);
	test_ok("permission fault", trap_last.fsr == 13 || trap_last.fsr == 15);
	flush_cache();
	test_is("update_va_mapping: another frame", remap(page, small(other, ARMV5_AP_RW)), 0);
	*word = 0x5678;
	flush_cache();
	test_is("both addresses are one frame", (long)*(volatile uint32_t *)other, 0x5678);
	test_is("update_va_mapping: nothing", remap(page, 0), 0);
	test_is("faults", trap_store((void *)page, 1), TRAP_DATA_ABORT);
	test_ok("translation fault", trap_last.fsr == 7);
	test_is("update_va_mapping: back", remap(page, small(page, ARMV5_AP_RW)), 0);
	test_is("its memory was kept", (long)*word, 0x1234);

	test_is("frame beyond memory", remap(page, (beyond_memory() << 12) | PTE_AP(3) | 2), -XEN_EINVAL);
	test_is("wild frame", remap(page, 0xFFFFF000u | PTE_AP(3) | 2), -XEN_EINVAL);
	test_is("large page", remap(page, (frame_of(page) << 12) | PTE_AP(3) | 1), -XEN_EINVAL);
	test_is("tiny page", remap(page, (frame_of(page) << 12) | PTE_AP(3) | 3), -XEN_EINVAL);
	test_is("privileged-only permission", remap(page, small(page, 1)), -XEN_EINVAL);
	test_is("privileged-write permission", remap(page, small(page, 2)), -XEN_EINVAL);
	test_is("the hypervisor's addresses", remap(AT_HYPERVISOR, small(page, 3)), -XEN_EINVAL);
	test_is("the vector page's address", remap(ARMV5_VECTOR_PAGE, small(page, 3)), -XEN_EINVAL);
	test_is("the residents' window", remap(ARMV5_WINDOW_START, small(page, 3)), -XEN_EINVAL);
	test_is("an address without a leaf table", remap(0x10000000, small(page, 3)), -XEN_EINVAL);
	test_is("nothing has changed", trap_store((void *)page, 0x1234), 0);
	tlb_range(page, other);
}

static void leaf_tables(void)
{
	uint32_t leaf = test_pool_page(), gfn = frame_of(leaf);
	uint32_t data = test_pool_page();
	uint32_t slots = (gfn << 12) + ARMV5_LEAF_OFFSET;

	test_is("pin a leaf that is mapped read-write", extended(MMUEXT_PIN_LEAF, gfn), -XEN_EBUSY);
	*(volatile uint32_t *)(leaf + ARMV5_LEAF_OFFSET) = (0x00200000u) | PTE_AP(1) | 2;
	remap(leaf, small(leaf, ARMV5_AP_RO));
	test_is("pin a leaf with a bad entry", extended(MMUEXT_PIN_LEAF, gfn), -XEN_EINVAL);
	remap(leaf, small(leaf, ARMV5_AP_RW));
	*(volatile uint32_t *)(leaf + ARMV5_LEAF_OFFSET) = 0;
	test_is("pin a leaf", test_leaf_pin(leaf), 0);
	test_is("pin it again", extended(MMUEXT_PIN_LEAF, gfn), -XEN_EINVAL);
	test_is("pin it as a root", extended(MMUEXT_PIN_ROOT, gfn), -XEN_EINVAL);
	test_is("its lower half can be written", trap_store((void *)leaf, 1), 0);
	test_is("its upper half cannot",
		trap_store((void *)(leaf + ARMV5_LEAF_OFFSET), small(data, 3)), TRAP_DATA_ABORT);
	test_is("nor its end", trap_store((void *)(leaf + 0xFFC), 0), TRAP_DATA_ABORT);
	test_is("mapping it read-write again", remap(leaf, small(leaf, ARMV5_AP_RW)), -XEN_EBUSY);
	test_is("it is still closed",
		trap_store((void *)(leaf + ARMV5_LEAF_OFFSET), 0), TRAP_DATA_ABORT);

	test_is("mmu_update: an entry", test_table_write(slots, small(data, 3)), 0);
	test_is("mmu_update: the last one", test_table_write(slots + 0x7FC, small(data, 0)), 0);
	test_is("mmu_update: into the lower half", test_table_write(slots - 4, small(data, 3)), -XEN_EINVAL);
	test_is("mmu_update: the table itself, read-write",
		test_table_write(slots + 4, small(leaf, ARMV5_AP_RW)), -XEN_EBUSY);
	test_is("mmu_update: the table itself, read-only",
		test_table_write(slots + 4, small(leaf, ARMV5_AP_RO)), 0);
	test_is("mmu_update: frame beyond memory",
		test_table_write(slots + 8, (beyond_memory() << 12) | PTE_AP(3) | 2), -XEN_EINVAL);
	test_is("mmu_update: privileged permission",
		test_table_write(slots + 8, small(data, 2)), -XEN_EINVAL);
	test_is("mmu_update: large page",
		test_table_write(slots + 8, (frame_of(data) << 12) | PTE_AP(3) | 1), -XEN_EINVAL);
	test_is("unpin", extended(MMUEXT_UNPIN_TABLE, gfn), 0);
	test_is("unpin again", extended(MMUEXT_UNPIN_TABLE, gfn), -XEN_EINVAL);
	test_is("read-write again after it", remap(leaf, small(leaf, ARMV5_AP_RW)), 0);
	test_is("mmu_update of what is no table", test_table_write(slots, small(data, 3)), -XEN_EINVAL);
	test_is("unpin a data frame", extended(MMUEXT_UNPIN_TABLE, frame_of(data)), -XEN_EINVAL);
}

static void update_errors(void)
{
	uint32_t data = test_pool_page(), leaf = test_pool_page();
	uint32_t slots = (frame_of(leaf) << 12) + ARMV5_LEAF_OFFSET;
	unsigned int done = 99;
	struct mmu_update batch[4];

	test_leaf_pin(leaf);
	for (unsigned int i = 0; i < 4; i++) {
		batch[i].ptr = slots + 4 * i;
		batch[i].val = small(data, 3);
	}
	test_is("batch", hypercall_mmu_update(ARG(batch), 4, ARG(&done), DOMID_SELF), 0);
	test_is("batch: done", (long)done, 4);
	batch[2].val = 0xFFFFF000u | PTE_AP(3) | 2;
	done = 99;
	test_is("batch with a bad entry",
		hypercall_mmu_update(ARG(batch), 4, ARG(&done), DOMID_SELF), -XEN_EINVAL);
	test_is("batch with a bad entry: done", (long)done, 2);
	test_is("empty batch", hypercall_mmu_update(ARG(batch), 0, ARG(&done), DOMID_SELF), 0);
	test_is("batch: hypervisor address",
		hypercall_mmu_update(AT_HYPERVISOR, 1, 0, DOMID_SELF), -XEN_EFAULT);
	test_is("batch: count that wraps",
		hypercall_mmu_update(ARG(batch), 0x20000001, 0, DOMID_SELF), -XEN_EFAULT);
	test_is("batch: bad address of done",
		hypercall_mmu_update(ARG(batch), 1, AT_HYPERVISOR, DOMID_SELF), -XEN_EFAULT);
	test_is("no such domain", hypercall_mmu_update(ARG(batch), 1, 0, 77), -XEN_ESRCH);
	test_is("another domain", hypercall_mmu_update(ARG(batch), 1, 0, 1), -XEN_EPERM);
	test_ok("another domain's tables",
		hypercall_mmu_update(ARG(batch), 1, 0, (2 << 16) | DOMID_SELF) < 0);
	batch[0].ptr = slots | MMU_PT_UPDATE_NO_TRANSLATE;
	test_is("untranslated update", hypercall_mmu_update(ARG(batch), 1, 0, DOMID_SELF), -XEN_ENOSYS);
	batch[0].ptr = slots | MMU_MACHPHYS_UPDATE;
	test_is("machine-to-physical update", hypercall_mmu_update(ARG(batch), 1, 0, DOMID_SELF), -XEN_EINVAL);
	batch[0].ptr = (beyond_memory() << 12) + ARMV5_LEAF_OFFSET;
	test_is("table beyond memory", hypercall_mmu_update(ARG(batch), 1, 0, DOMID_SELF), -XEN_EINVAL);
	batch[0].ptr = 0x100000000ull + slots;
	test_is("table above 4 GiB", hypercall_mmu_update(ARG(batch), 1, 0, DOMID_SELF), -XEN_EINVAL);
	batch[0].ptr = slots;
	batch[0].val = 0x1000000000ull;
	test_is("entry above 32 bits", hypercall_mmu_update(ARG(batch), 1, 0, DOMID_SELF), -XEN_EINVAL);
	test_is("unpin it", extended(MMUEXT_UNPIN_TABLE, frame_of(leaf)), 0);
}

static void root_entries(void)
{
	uint32_t root = test_root(), data = test_pool_page();
	uint32_t leaf = test_pool_page(), table = (frame_of(leaf) << 12) + ARMV5_LEAF_OFFSET;
	uint32_t user = root + (0x20000000u >> 20) * 4;

	test_is("root: a coarse table that is a data frame",
		test_table_write(user, (frame_of(data) << 12) + ARMV5_LEAF_OFFSET + PTE_COARSE), -XEN_EBUSY);
	test_leaf_pin(leaf);
	test_is("root: a coarse table", test_table_write(user, table | PTE_COARSE), 0);
	test_is("root: its other half", test_table_write(user + 4, (table + 0x400) | PTE_COARSE), 0);
	test_is("root: the half that is the guest's",
		test_table_write(user, (table - 0x800) | PTE_COARSE), -XEN_EINVAL);
	test_ok("root: a coarse table with an ARM domain number",
		test_table_write(user, table | PTE_COARSE | (15u << 5)) < 0 ||
		trap_load((void *)0x20000000u, &data) == TRAP_DATA_ABORT);
	test_is("root: a section for user addresses",
		test_table_write(user, PTE_SECTION | PTE_SECTION_AP(3)), -XEN_EINVAL);
	test_is("root: a fine table", test_table_write(user, table | 3), -XEN_EINVAL);
	test_is("root: the residents' window",
		test_table_write(root + 0xF00 * 4, table | PTE_COARSE), -XEN_EPERM);
	test_is("root: the hypervisor", test_table_write(root + 0xF80 * 4, 0), -XEN_EPERM);
	test_is("root: the vector page", test_table_write(root + 0xFFF * 4, table | PTE_COARSE), -XEN_EPERM);
	test_is("root: a section over our tables",
		test_table_write(root + 0xD00 * 4, (frame_of(leaf) << 12 & 0xFFF00000u) |
				 PTE_SECTION | PTE_SECTION_AP(3)), -XEN_EBUSY);
	test_is("root: a section beyond memory",
		test_table_write(root + 0xD00 * 4, 0x7FF00000u | PTE_SECTION | PTE_SECTION_AP(3)), -XEN_EINVAL);
	test_is("root: a section of our memory",
		test_table_write(root + 0xD00 * 4, PTE_SECTION | PTE_CACHED | PTE_SECTION_AP(3)), 0);
	test_is("root: it reads the same", (long)*(volatile uint32_t *)0xD0001000u,
		(long)*(volatile uint32_t *)0xC0001000u);
	test_is("pin a leaf that a section maps",
		extended(MMUEXT_PIN_LEAF, 0x10), -XEN_EBUSY);
	test_is("root: nothing there", test_table_write(root + 0xD00 * 4, 0), 0);
	test_is("root: unlink", test_table_write(user, 0), 0);
	test_is("root: unlink the other half", test_table_write(user + 4, 0), 0);
	test_is("unpin the leaf", extended(MMUEXT_UNPIN_TABLE, frame_of(leaf)), 0);
	test_ok("store into the root",
		trap_store((void *)start_info->pt_base, 0) == TRAP_DATA_ABORT);
}

/* Four frames at 16 KiB for a second root. */
static uint32_t root_pages(void)
{
	uint32_t page = test_pool_page();

	while ((frame_of(page) & 3) != 0)
		page = test_pool_page();
	for (unsigned int i = 1; i < 4; i++)
		test_pool_page();
	return page;
}

static void roots(void)
{
	uint32_t first = frame_of(start_info->pt_base), page = root_pages();
	uint32_t second = frame_of(page), data = test_pool_page(), value;

	test_is("pin a root that is mapped read-write", extended(MMUEXT_PIN_ROOT, second), -XEN_EBUSY);
	test_is("new base pointer: a data frame", extended(MMUEXT_NEW_BASEPTR, frame_of(data)), -XEN_EBUSY);
	for (unsigned int i = 0; i < 4; i++)
		remap(page + i * 4096, small(page + i * 4096, ARMV5_AP_RO));
	test_is("pin a root", extended(MMUEXT_PIN_ROOT, second), 0);
	test_is("pin it again", extended(MMUEXT_PIN_ROOT, second), -XEN_EINVAL);
	test_is("pin a root that is not at 16 KiB", extended(MMUEXT_PIN_ROOT, second + 1), -XEN_EINVAL);
	*(volatile uint32_t *)data = 0xABCD;
	test_is("map a page at a user address", test_map(USER_VA, data, ARMV5_AP_RW), 0);
	test_is("it is there", (long)*(volatile uint32_t *)USER_VA, 0xABCD);
	test_is("new base pointer", extended(MMUEXT_NEW_BASEPTR, second), 0);
	test_is("the page is not in the new space",
		trap_load((void *)USER_VA, &value), TRAP_DATA_ABORT);
	test_is("the kernel is", (long)*(volatile uint32_t *)data, 0xABCD);
	test_is("new base pointer: a data frame, again",
		extended(MMUEXT_NEW_BASEPTR, frame_of(data)), -XEN_EBUSY);
	/* The kernel's part is one for all: change it in one, see it in the other. */
	test_is("a kernel slot by the second root",
		test_table_write((second << 12) + 0xD00 * 4,
				 PTE_SECTION | PTE_CACHED | PTE_SECTION_AP(3)), 0);
	test_is("base pointer back", extended(MMUEXT_NEW_BASEPTR, first), 0);
	test_is("the slot is in the first", (long)*(volatile uint32_t *)0xD0001000u,
		(long)*(volatile uint32_t *)0xC0001000u);
	test_is("the page is back", (long)*(volatile uint32_t *)USER_VA, 0xABCD);
	test_table_write((first << 12) + 0xD00 * 4, 0);
	test_is("unpin the root", extended(MMUEXT_UNPIN_TABLE, second), 0);
	test_is("its frames are ours again", remap(page, small(page, ARMV5_AP_RW)), 0);
	test_is("and can be written", trap_store((void *)page, 1), 0);
	test_is("new base pointer: unpinned", extended(MMUEXT_NEW_BASEPTR, second), -XEN_EBUSY);
}

static long copy_page(uint32_t to, uint32_t from)
{
	struct mmuext_op op = {
		.cmd = MMUEXT_COPY_PAGE, .arg1.mfn = frame_of(to), .arg2.src_mfn = frame_of(from),
	};

	return hypercall_mmuext_op(ARG(&op), 1, 0, DOMID_SELF);
}

static void page_contents(void)
{
	uint32_t page = test_pool_page(), other = test_pool_page(), leaf = test_pool_page();
	volatile uint32_t *word = (volatile uint32_t *)page;

	test_leaf_pin(leaf);
	word[0] = 0x1111;
	word[1023] = 0x2222;
	test_is("mmuext_op: copy_page", copy_page(other, page), 0);
	test_ok("the copy", ((volatile uint32_t *)other)[0] == 0x1111 &&
		((volatile uint32_t *)other)[1023] == 0x2222);
	test_is("mmuext_op: clear_page", extended(MMUEXT_CLEAR_PAGE, frame_of(page)), 0);
	test_ok("it is clear", word[0] == 0 && word[1023] == 0);
	test_is("mmuext_op: clear_page of a table", extended(MMUEXT_CLEAR_PAGE, frame_of(leaf)),
		-XEN_EBUSY);
	test_is("mmuext_op: copy_page to a table", copy_page(leaf, page), -XEN_EBUSY);
	test_is("mmuext_op: clear_page of a root",
		extended(MMUEXT_CLEAR_PAGE, test_root() >> 12), -XEN_EBUSY);
	test_is("mmuext_op: clear_page beyond memory",
		extended(MMUEXT_CLEAR_PAGE, beyond_memory()), -XEN_EINVAL);
	test_is("mmuext_op: unpin it", extended(MMUEXT_UNPIN_TABLE, frame_of(leaf)), 0);
}

static void other_operations(void)
{
	struct mmuext_op op = { .cmd = MMUEXT_TLB_FLUSH_LOCAL };
	unsigned int done = 99;

	test_is("mmuext_op: flush", extended(MMUEXT_TLB_FLUSH_LOCAL, 0), 0);
	test_is("mmuext_op: flush all", extended(MMUEXT_TLB_FLUSH_ALL, 0), 0);
	test_is("mmuext_op: one address", extended(MMUEXT_INVLPG_LOCAL, USER_VA), 0);
	test_is("mmuext_op: one address, all", extended(MMUEXT_INVLPG_ALL, USER_VA), 0);
	test_is("mmuext_op: caches", extended(MMUEXT_FLUSH_CACHE, 0), 0);
	test_is("mmuext_op: done", hypercall_mmuext_op(ARG(&op), 1, ARG(&done), DOMID_SELF), 0);
	test_is("mmuext_op: its value", (long)done, 1);
	test_is("mmuext_op: unknown", extended(77, 0), -XEN_ENOSYS);
	test_is("mmuext_op: x86 only", extended(MMUEXT_SET_LDT, 0), -XEN_ENOSYS);
	test_is("mmuext_op: pin beyond memory",
		extended(MMUEXT_PIN_LEAF, beyond_memory()), -XEN_EINVAL);
	test_is("mmuext_op: pin a wild frame", extended(MMUEXT_PIN_ROOT, 0xFFFFFFFC), -XEN_EINVAL);
	test_is("mmuext_op: levels that are not there", extended(MMUEXT_PIN_L4_TABLE, 0), -XEN_EINVAL);
	test_is("mmuext_op: bad address",
		hypercall_mmuext_op(AT_HYPERVISOR, 1, 0, DOMID_SELF), -XEN_EFAULT);
	test_is("mmuext_op: no such domain",
		hypercall_mmuext_op(ARG(&op), 1, 0, 77), -XEN_ESRCH);
}

int main(void)
{
	test_ok("start: tables", start_info->pt_base != 0 && start_info->nr_pt_frames >= 5);
	va_mappings();
	leaf_tables();
	update_errors();
	root_entries();
	roots();
	page_contents();
	other_operations();
	test_end();
}
