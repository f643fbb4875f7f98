/* SPDX-License-Identifier: MIT */
/*
 * guest_state.c - the small calls that set how a virtual CPU behaves: handlers,
 * kernel stack, TLS word, restartable sequences; and cache maintenance.
 */
#include <arch/cpu.h>
#include <hv/board.h>
#include <hv/domain.h>
#include <hv/guest_access.h>
#include <hv/hypercall.h>
#include <drv/power.h>
#include <xen/callback.h>

#define RESTART_BLOCK 32u
#define CODE_ALIGN    3u  /* handlers are entered in ARM state */
#define TRAPS_LOOK    2u  /* entries between two looks at what is pending */

static bool handler_ok(const struct domain *d, vaddr_t address)
{
	return !(address & CODE_ALIGN) && guest_range_ok(d, address, 4);
}

/* set_trap_table(const struct trap_info traps[]): ends at address 0; NULL clears all.
 * Checked as a whole before anything changes: after work that came between from the beginning. */
int32_t do_set_trap_table(struct domain *caller, const uint32_t *arg)
{
	struct guest_trap traps[TRAP_VECTORS];
	vaddr_t at = arg[0];

	for (unsigned int i = 0; i < TRAP_VECTORS; i++)
		traps[i] = at ? caller->vcpu.traps[i] : (struct guest_trap){ 0, false };
	/* More entries than vectors name one twice: that is a mistake. */
	for (unsigned int i = 0; at; i++, at += sizeof(struct trap_info)) {
		struct trap_info info;

		if (i && i % TRAPS_LOOK == 0 && hypercall_preempted())
			return hypercall_continue(caller, arg);
		if (copy_from_guest(&info, at, sizeof(info)))
			return -XEN_EFAULT;
		if (!info.address)
			break;
		if (i == TRAP_VECTORS || !info.vector || info.vector >= TRAP_VECTORS ||
		    info.cs || !handler_ok(caller, info.address))
			return -XEN_EINVAL;
		traps[info.vector].address = info.address;
		traps[info.vector].masks_events = TI_GET_IF(&info) != 0;
	}
	caller->vcpu.first_call = caller->privileged && board.power->confirm && traps[TRAP_SWI].address;
	for (unsigned int i = 0; i < TRAP_VECTORS; i++)
		caller->vcpu.traps[i] = traps[i];
	arch_traps_changed(&caller->vcpu);
	return 0;
}

void domain_runs_programs(struct vcpu *v)
{
	v->first_call = false;
	arch_traps_changed(v);
	board.power->confirm(board.power);
}

static int32_t set_callback(struct domain *d, vaddr_t *callback, vaddr_t address)
{
	if (address && !handler_ok(d, address))
		return -XEN_EINVAL;
	*callback = address;
	return 0;
}

/* set_callbacks(event_address, failsafe_address) */
int32_t do_set_callbacks(struct domain *caller, const uint32_t *arg)
{
	if ((arg[0] && !handler_ok(caller, arg[0])) || (arg[1] && !handler_ok(caller, arg[1])))
		return -XEN_EINVAL;
	caller->vcpu.event_callback = arg[0];
	caller->vcpu.failsafe_callback = arg[1];
	return 0;
}

static vaddr_t *callback_find(struct vcpu *v, uint16_t type)
{
	switch (type) {
	case CALLBACKTYPE_event:
		return &v->event_callback;
	case CALLBACKTYPE_failsafe:
		return &v->failsafe_callback;
	default:
		return NULL;
	}
}

/* callback_op(cmd, arg) */
int32_t do_callback_op(struct domain *caller, const uint32_t *arg)
{
	struct callback_register reg;
	struct callback_unregister unreg;
	vaddr_t *callback;

	switch (arg[0]) {
	case CALLBACKOP_register:
		if (copy_from_guest(&reg, arg[1], sizeof(reg)))
			return -XEN_EFAULT;
		callback = callback_find(&caller->vcpu, reg.type);
		return callback ? set_callback(caller, callback, reg.address) : -XEN_ENOSYS;
	case CALLBACKOP_unregister:
		if (copy_from_guest(&unreg, arg[1], sizeof(unreg)))
			return -XEN_EFAULT;
		/* As on x86: the event callback cannot be taken away. */
		return callback_find(&caller->vcpu, unreg.type) ? -XEN_EINVAL : -XEN_ENOSYS;
	default:
		return -XEN_ENOSYS;
	}
}

/* The caller runs in virtual kernel mode: its shared info is at its own address. */
static struct arch_vcpu_info *caller_info(struct domain *caller)
{
	return &caller->vcpu.arch.shared_info->vcpu_info[0].arch;
}

/* stack_switch(ss, sp): ss must be 0 */
int32_t do_stack_switch(struct domain *caller, const uint32_t *arg)
{
	if (arg[0])
		return -XEN_EINVAL;
	caller_info(caller)->kernel_sp = arg[1];
	return 0;
}

/* fpu_taskswitch(set): there is no FPU, so there is nothing to switch. */
int32_t do_fpu_taskswitch(struct domain *caller, const uint32_t *arg)
{
	(void)caller;
	(void)arg;
	return 0;
}

/* set_segment_base(which, base): which 0 is the TLS word */
int32_t do_set_segment_base(struct domain *caller, const uint32_t *arg)
{
	if (arg[0] != 0)
		return -XEN_EINVAL;
	caller_info(caller)->tls = arg[1];
	return 0;
}

/* set_restart(start, end) */
int32_t do_set_restart(struct domain *caller, const uint32_t *arg)
{
	if ((arg[0] | arg[1]) & (RESTART_BLOCK - 1u) || arg[1] < arg[0])
		return -XEN_EINVAL;
	if (!guest_range_ok(caller, arg[0], arg[1] - arg[0]))
		return -XEN_EFAULT;
	caller->vcpu.restart_start = arg[0];
	caller->vcpu.restart_end = arg[1];
	return 0;
}

#define CACHE_OPS (CACHE_CLEAN_D | CACHE_INVALIDATE_D | CACHE_INVALIDATE_I)
/* A range this long costs more than the whole cache (16 KiB each on the ARM926). */
#define CACHE_RANGE_MAX 0x4000u
/* Done between two looks at what is pending: 32 lines, or 8 pages' entries of the TLB. */
#define CACHE_PIECE     0x400u
#define TLB_PIECE       (8u * PAGE_SIZE)

static void cache_piece(uint32_t op, vaddr_t va, uint32_t size)
{
	if (op & CACHE_INVALIDATE_D)
		arch_cache_flush_range(va, size);
	else if (op & CACHE_CLEAN_D)
		arch_cache_clean_range(va, size);
	if (op & CACHE_INVALIDATE_I)
		arch_icache_invalidate_range(va, size);
	for (uint32_t at = 0; at < size && op == CACHE_INVALIDATE_TLB; at += PAGE_SIZE)
		arch_tlb_flush_va(va + at);
}

static void cache_whole(uint32_t op)
{
	if (op == CACHE_INVALIDATE_TLB)
		arch_tlb_flush();
	else if (op == CACHE_INVALIDATE_I)
		arch_icache_invalidate();
	else
		arch_cache_flush_all();
}

/* Lines of the caller's own addresses only; a line that the D cache drops is always
 * cleaned first, so that nothing but the caller's own stale view can be lost. */
int32_t do_cache_op(struct domain *caller, const uint32_t *arg)
{
	uint32_t op = arg[0], size = arg[2];
	uint32_t most = op == CACHE_INVALIDATE_TLB ? TLB_PIECE : CACHE_PIECE;
	vaddr_t va = arg[1];

	if (op != CACHE_INVALIDATE_TLB && (!op || op & ~CACHE_OPS))
		return -XEN_EINVAL;
	if (size != CACHE_ALL && !guest_range_ok(caller, va, size))
		return -XEN_EFAULT;
	if (size > CACHE_RANGE_MAX && (size == CACHE_ALL || op != CACHE_INVALIDATE_TLB)) {
		cache_whole(op);
		return 0;
	}
	while (size) {
		uint32_t piece = size < most ? size : most;

		if (hypercall_interrupted()) {
			const uint32_t rest[5] = { op, va, size };

			return hypercall_continue(caller, rest);
		}
		cache_piece(op, va, piece);
		va += piece;
		size -= piece;
	}
	return 0;
}

/* iret outside its own fast path: only a multicall could get here. */
int32_t do_iret(struct domain *caller, const uint32_t *arg)
{
	(void)caller;
	(void)arg;
	return -XEN_EINVAL;
}
