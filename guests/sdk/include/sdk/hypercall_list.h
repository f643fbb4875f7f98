/* SPDX-License-Identifier: MIT */
/*
 * hypercall_list.h - the hypercalls that the SDK makes stubs for.
 *
 * HYPERCALL(name, handler, nargs); the handler is the hypervisor's affair.
 * The hypervisor's own list takes its place when it is there, see
 * hypercall.h.
 */
HYPERCALL(set_trap_table, do_set_trap_table, 1)
HYPERCALL(mmu_update, do_mmu_update, 4)
HYPERCALL(stack_switch, do_stack_switch, 2)
HYPERCALL(set_callbacks, do_set_callbacks, 4)
HYPERCALL(memory_op, do_memory_op, 2)
HYPERCALL(multicall, do_multicall, 2)
HYPERCALL(update_va_mapping, do_update_va_mapping, 4)
HYPERCALL(set_timer_op, do_set_timer_op, 2)
HYPERCALL(xen_version, do_xen_version, 2)
HYPERCALL(console_io, do_console_io, 3)
HYPERCALL(vm_assist, do_vm_assist, 2)
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
