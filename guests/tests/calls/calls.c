/* SPDX-License-Identifier: MIT */
/*
 * calls.c - xen_version, unknown numbers, multicall, callbacks, restartable
 * sequences, caches, memory_op and table calls as a resident sees them.
 */
#include "../lib/test.h"
#include <xen/callback.h>
#include <xen/memory.h>
#include <xen/platform.h>
#include <xen/version.h>

static void version(void)
{
	struct xen_feature_info features = { .submap_idx = 0 };
	struct xen_platform_parameters parameters;
	xen_capabilities_info_t capabilities;
	xen_extraversion_t extra;
	struct xen_compile_info info;

	test_is("xen_version: version", hypercall_xen_version(XENVER_version, 0), 4 << 16 | 17);
	test_is("xen_version: pagesize", hypercall_xen_version(XENVER_pagesize, 0), 4096);
	test_is("xen_version: pagesize with argument",
		hypercall_xen_version(XENVER_pagesize, ARG(&info)), -XEN_EINVAL);
	test_is("xen_version: features", hypercall_xen_version(XENVER_get_features, ARG(&features)), 0);
	test_ok("xen_version: frame numbers are translated",
		(features.submap >> XENFEAT_auto_translated_physmap & 1) != 0);
	test_ok("xen_version: tables are not writable",
		(features.submap >> XENFEAT_writable_page_tables & 1) == 0);
	features.submap_idx = 1;
	test_is("xen_version: feature map 1",
		hypercall_xen_version(XENVER_get_features, ARG(&features)), -XEN_EINVAL);
	test_is("xen_version: features, bad address",
		hypercall_xen_version(XENVER_get_features, AT_HYPERVISOR), -XEN_EFAULT);
	test_is("xen_version: extraversion", hypercall_xen_version(XENVER_extraversion, ARG(extra)), 0);
	test_ok("xen_version: extraversion ends", memchr(extra, 0, sizeof(extra)) != NULL);
	test_is("xen_version: extraversion, bad address",
		hypercall_xen_version(XENVER_extraversion, AT_FOREIGN), -XEN_EFAULT);
	test_is("xen_version: compile_info", hypercall_xen_version(XENVER_compile_info, ARG(&info)), 0);
	test_is("xen_version: capabilities",
		hypercall_xen_version(XENVER_capabilities, ARG(capabilities)), 0);
	test_is("xen_version: platform parameters",
		hypercall_xen_version(XENVER_platform_parameters, ARG(&parameters)), 0);
	test_is("xen_version: where the hypervisor begins", (long)parameters.virt_start,
		(long)ARMV5_HYPERVISOR_START);
	test_is("xen_version: changeset",
		hypercall_xen_version(XENVER_changeset, ARG(capabilities)), 0);
	test_is("xen_version: guest_handle",
		hypercall_xen_version(XENVER_guest_handle, ARG(capabilities)), 0);
	test_is("xen_version: commandline",
		hypercall_xen_version(XENVER_commandline, ARG(capabilities)), 0);
	test_is("xen_version: commandline, bad address",
		hypercall_xen_version(XENVER_commandline, AT_FOREIGN), -XEN_EFAULT);
	test_is("xen_version: build_id", hypercall_xen_version(XENVER_build_id, 0), -XEN_ENOSYS);
	test_is("xen_version: unknown command", hypercall_xen_version(99, 0), -XEN_ENOSYS);
}

/* Numbers in the hypervisor's list. */
static bool known(word_t number)
{
#define HYPERCALL(name, handler, nargs) \
	if (number == __HYPERVISOR_ ## name) \
		return true;
#include SDK_HYPERCALL_LIST
#undef HYPERCALL
	return false;
}

static void unknown(void)
{
	static const word_t wild[] = { 64, 65, 127, 128, 255, 256, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF };
	unsigned int bad = 0;

	for (word_t number = 0; number < 64; number++) {
		if (!known(number) && test_call(number, 0, 0, 0) != -XEN_ENOSYS)
			bad++;
	}
	test_is("unknown hypercalls below 64", (long)bad, 0);
	for (unsigned int i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
		if (test_call(wild[i], ARG(wild), ARG(wild), ARG(wild)) != -XEN_ENOSYS)
			bad++;
	}
	test_is("wild hypercall numbers", (long)bad, 0);
}

static void multicall(void)
{
	struct multicall_entry calls[5] = {
		{ .op = __HYPERVISOR_xen_version, .args = { XENVER_version, 0 } },
		{ .op = 63 },
		{ .op = __HYPERVISOR_xen_version, .args = { XENVER_pagesize, 0 } },
	};
	struct multicall_entry *edge;
	char odd[sizeof(calls) + 1];

	calls[3].op = __HYPERVISOR_multicall;
	calls[3].args[0] = ARG(calls);
	calls[3].args[1] = 1;
	calls[4].op = __HYPERVISOR_iret;
	test_is("multicall", hypercall_multicall(ARG(calls), 5), 0);
	test_is("multicall: first result", (long)calls[0].result, 4 << 16 | 17);
	test_is("multicall: unknown call", (long)calls[1].result, -XEN_ENOSYS);
	test_is("multicall: goes on after an error", (long)calls[2].result, 4096);
	test_is("multicall in a multicall", (long)calls[3].result, -XEN_EINVAL);
	test_is("iret in a multicall", (long)calls[4].result, -XEN_EINVAL);
	calls[2].result = 0;
	memcpy(odd + 1, calls, sizeof(calls));
	test_is("multicall: not aligned", hypercall_multicall(ARG(odd + 1), 5), 0);
	memcpy(calls, odd + 1, sizeof(calls));
	test_is("multicall: results, not aligned", (long)calls[2].result, 4096);
	test_is("multicall of nothing", hypercall_multicall(ARG(calls), 0), 0);
	test_is("multicall: hypervisor address", hypercall_multicall(AT_HYPERVISOR, 1), -XEN_EFAULT);
	test_is("multicall: count that wraps", hypercall_multicall(ARG(calls), 0x10000001), -XEN_EFAULT);
	edge = (struct multicall_entry *)(test_end_of_memory() - sizeof(*edge));
	*edge = calls[0];
	edge->result = 0;
	test_is("multicall: runs out of memory", hypercall_multicall(ARG(edge), 2), -XEN_EFAULT);
}

static void callbacks(void)
{
	struct callback_register add = { .type = CALLBACKTYPE_failsafe, .address = ARG(callbacks) };
	struct callback_unregister drop = { .type = CALLBACKTYPE_event };

	test_is("callback_op: failsafe", hypercall_callback_op(CALLBACKOP_register, ARG(&add)), 0);
	add.type = 77;
	test_is("callback_op: unknown type", hypercall_callback_op(CALLBACKOP_register, ARG(&add)), -XEN_ENOSYS);
	test_is("callback_op: bad address",
		hypercall_callback_op(CALLBACKOP_register, AT_FOREIGN), -XEN_EFAULT);
	test_is("callback_op: unregister event",
		hypercall_callback_op(CALLBACKOP_unregister, ARG(&drop)), -XEN_EINVAL);
	drop.type = 77;
	test_is("callback_op: unregister unknown type",
		hypercall_callback_op(CALLBACKOP_unregister, ARG(&drop)), -XEN_ENOSYS);
	test_is("callback_op: unregister, bad address",
		hypercall_callback_op(CALLBACKOP_unregister, AT_HYPERVISOR), -XEN_EFAULT);
	test_is("callback_op: unknown command", hypercall_callback_op(9, ARG(&add)), -XEN_ENOSYS);
}

/* Words from the SDK, to set its own table again. */
extern char sdk_restart_start[], sdk_restart_end[];

static void small_calls(void)
{
	test_is("set_callbacks: misaligned",
		hypercall_set_callbacks(ARG(small_calls) + 1, 0), -XEN_EINVAL);
	test_is("set_callbacks: hypervisor address",
		hypercall_set_callbacks(AT_HYPERVISOR, 0), -XEN_EINVAL);
	test_is("set_callbacks: foreign failsafe",
		hypercall_set_callbacks(0, AT_FOREIGN), -XEN_EINVAL);
	test_is("stack_switch", hypercall_stack_switch(0, ARG(__guest_base) + 0x8000), 0);
	test_is("stack_switch: segment", hypercall_stack_switch(8, ARG(__guest_base)), -XEN_EINVAL);
	test_is("set_segment_base", hypercall_set_segment_base(0, 0x1234), 0);
	test_is("set_segment_base: its word", (long)vcpu_info()->arch.tls, 0x1234);
	test_is("set_segment_base: no such segment", hypercall_set_segment_base(1, 0), -XEN_EINVAL);
	test_is("fpu_taskswitch", test_call(__HYPERVISOR_fpu_taskswitch, 1, 0, 0), 0);
}

static void restart(void)
{
	static volatile uint32_t word;
	word_t start = ARG(sdk_restart_start), end = ARG(sdk_restart_end);

	test_is("set_restart: alignment of start", hypercall_set_restart(start + 4, end), -XEN_EINVAL);
	test_is("set_restart: alignment of end", hypercall_set_restart(start, end - 4), -XEN_EINVAL);
	test_is("set_restart: end before start", hypercall_set_restart(end, start), -XEN_EINVAL);
	test_is("set_restart: hypervisor address",
		hypercall_set_restart(AT_HYPERVISOR, AT_HYPERVISOR + 32), -XEN_EFAULT);
	test_is("set_restart: foreign address",
		hypercall_set_restart(AT_FOREIGN, AT_FOREIGN + 32), -XEN_EFAULT);
	test_is("set_restart: off", hypercall_set_restart(start, start), 0);
	test_is("set_restart: on", hypercall_set_restart(start, end), 0);
	test_is("atomic_or", (long)atomic_or(&word, 6), 0);
	test_is("atomic_and", (long)atomic_and(&word, 3), 6);
	test_is("atomic_add", (long)atomic_add(&word, 40), 2);
	test_is("atomic_swap", (long)atomic_swap(&word, 7), 42);
	test_is("the last value", (long)word, 7);
}

static void caches(void)
{
	static uint32_t line[8];

	test_is("cache_op: clean", hypercall_cache_op(CACHE_CLEAN_D, ARG(line), sizeof(line)), 0);
	test_is("cache_op: clean and invalidate",
		hypercall_cache_op(CACHE_CLEAN_D | CACHE_INVALIDATE_D | CACHE_INVALIDATE_I,
				   ARG(line), sizeof(line)), 0);
	test_is("cache_op: everything",
		hypercall_cache_op(CACHE_CLEAN_D | CACHE_INVALIDATE_I, 0, CACHE_ALL), 0);
	test_is("cache_op: nothing", hypercall_cache_op(0, ARG(line), 4), -XEN_EINVAL);
	test_is("cache_op: unknown bit", hypercall_cache_op(16, ARG(line), 4), -XEN_EINVAL);
	test_is("cache_op: more than a piece",
		hypercall_cache_op(CACHE_CLEAN_D | CACHE_INVALIDATE_D | CACHE_INVALIDATE_I,
				   ARG(line) & ~4095u, 0x1001), 0);
	test_is("cache_op: TLB entries", hypercall_cache_op(CACHE_INVALIDATE_TLB, ARG(line), 1), 0);
	test_is("cache_op: the whole TLB", hypercall_cache_op(CACHE_INVALIDATE_TLB, 0, CACHE_ALL), 0);
	test_is("cache_op: TLB and lines",
		hypercall_cache_op(CACHE_INVALIDATE_TLB | CACHE_CLEAN_D, ARG(line), 4), -XEN_EINVAL);
	test_is("cache_op: TLB, hypervisor address",
		hypercall_cache_op(CACHE_INVALIDATE_TLB, AT_HYPERVISOR, 4096), -XEN_EFAULT);
	test_is("cache_op: hypervisor address",
		hypercall_cache_op(CACHE_INVALIDATE_D, AT_HYPERVISOR, 32), -XEN_EFAULT);
	test_is("cache_op: foreign address",
		hypercall_cache_op(CACHE_INVALIDATE_D, AT_FOREIGN, 32), -XEN_EFAULT);
	test_is("cache_op: range that wraps",
		hypercall_cache_op(CACHE_CLEAN_D, ARG(line), 0xFFFFFFF0), -XEN_EFAULT);
}

static void memory(void)
{
	struct xen_memory_domain op = { .domid = DOMID_SELF };
	struct xen_machphys_mapping map;

	test_is("memory_op: current_reservation",
		hypercall_memory_op(XENMEM_current_reservation, ARG(&op)), (long)start_info->nr_pages);
	test_ok("memory_op: maximum_reservation",
		hypercall_memory_op(XENMEM_maximum_reservation, ARG(&op)) >= (long)start_info->nr_pages);
	test_is("memory_op: maximum_gpfn", hypercall_memory_op(XENMEM_maximum_gpfn, ARG(&op)),
		(long)start_info->nr_pages - 1);
	test_ok("memory_op: maximum_ram_page", hypercall_memory_op(XENMEM_maximum_ram_page, 0) > 0);
	op.domid = 1;
	test_is("memory_op: another domain",
		hypercall_memory_op(XENMEM_current_reservation, ARG(&op)), -XEN_EPERM);
	op.domid = 77;
	test_is("memory_op: no such domain",
		hypercall_memory_op(XENMEM_current_reservation, ARG(&op)), -XEN_ESRCH);
	test_is("memory_op: bad address",
		hypercall_memory_op(XENMEM_current_reservation, AT_HYPERVISOR), -XEN_EFAULT);
	test_is("memory_op: machphys_mapping",
		hypercall_memory_op(XENMEM_machphys_mapping, ARG(&map)), 0);
	/* v_start is where frame 0 would be: RAM may begin anywhere. */
	test_ok("memory_op: where it is", map.v_start <= ARMV5_M2P_START &&
		map.v_end > ARMV5_M2P_START &&
		map.v_start + map.max_mfn * sizeof(xen_pfn_t) > ARMV5_M2P_START &&
		map.v_start + map.max_mfn * sizeof(xen_pfn_t) < map.v_end);
	test_is("memory_op: machphys_mapping, bad address",
		hypercall_memory_op(XENMEM_machphys_mapping, AT_FOREIGN), -XEN_EFAULT);
	test_is("memory_op: unknown command", hypercall_memory_op(63, ARG(&map)), -XEN_ENOSYS);
}

/* A resident has no tables of its own: nothing here may change a translation. */
static void tables(void)
{
	struct mmu_update update = { .ptr = 0, .val = 0 };
	struct mmuext_op op = { .cmd = MMUEXT_NEW_BASEPTR, .arg1.mfn = 0 };

	test_is("mmu_update of a resident",
		hypercall_mmu_update(ARG(&update), 1, 0, DOMID_SELF), -XEN_EPERM);
	test_is("update_va_mapping of a resident",
		hypercall_update_va_mapping(ARG(__guest_base), 0, UVMF_INVLPG), -XEN_EPERM);
	test_is("mmuext_op of a resident: new base pointer",
		hypercall_mmuext_op(ARG(&op), 1, 0, DOMID_SELF), -XEN_EPERM);
	op.cmd = MMUEXT_PIN_LEAF;
	test_is("mmuext_op of a resident: pin",
		hypercall_mmuext_op(ARG(&op), 1, 0, DOMID_SELF), -XEN_EPERM);
	test_is("mmuext_op: bad address", hypercall_mmuext_op(AT_HYPERVISOR, 1, 0, DOMID_SELF),
		-XEN_EFAULT);
}

/* For privileged domains, tests/measure is one, where it is compiled in. */
static void platform(void)
{
	bool measured = strstr((const char *)start_info->cmd_line, "measured=y") != NULL;
	long refused = measured ? -XEN_EPERM : -XEN_ENOSYS;
	uint32_t op[34] = { XENPF_measurement, XENPF_INTERFACE_VERSION };

	test_is("platform_op without privilege", hypercall_platform_op(ARG(op)), refused);
	test_is("platform_op without privilege, bad address", hypercall_platform_op(AT_HYPERVISOR),
		refused);
	test_is("nothing is written", (long)op[2], 0);
}

int main(void)
{
	version();
	unknown();
	multicall();
	callbacks();
	restart();
	caches();
	memory();
	tables();
	platform();
	small_calls();
	test_end();
}
