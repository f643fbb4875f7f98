/* SPDX-License-Identifier: MIT */
/*
 * hypercall_list.h - every hypercall that does something, once.
 *
 * HYPERCALL(name, handler, arguments): __HYPERVISOR_<name> is the number.
 * From it come the dispatch table, the names in traces and the guests' stubs.  A
 * number that is not here answers -XEN_ENOSYS.  No include guard: define
 * HYPERCALL, include, undefine.
 */
HYPERCALL(set_trap_table, do_set_trap_table, 1)
HYPERCALL(mmu_update, do_mmu_update, 4)
HYPERCALL(stack_switch, do_stack_switch, 2)
HYPERCALL(set_callbacks, do_set_callbacks, 2)
HYPERCALL(fpu_taskswitch, do_fpu_taskswitch, 1)
HYPERCALL(platform_op, do_platform_op, 1)
HYPERCALL(memory_op, do_memory_op, 2)
HYPERCALL(multicall, do_multicall, 2)
HYPERCALL(update_va_mapping, do_update_va_mapping, 3)
HYPERCALL(set_timer_op, do_set_timer_op, 2)
HYPERCALL(xen_version, do_xen_version, 2)
HYPERCALL(console_io, do_console_io, 3)
HYPERCALL(iret, do_iret, 0)
HYPERCALL(vcpu_op, do_vcpu_op, 3)
HYPERCALL(set_segment_base, do_set_segment_base, 2)
HYPERCALL(mmuext_op, do_mmuext_op, 4)
HYPERCALL(sched_op, do_sched_op, 2)
HYPERCALL(callback_op, do_callback_op, 2)
HYPERCALL(event_channel_op, do_event_channel_op, 2)
HYPERCALL(physdev_op, do_physdev_op, 2)
HYPERCALL(cache_op, do_cache_op, 3)
HYPERCALL(set_restart, do_set_restart, 2)
