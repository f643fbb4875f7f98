/* SPDX-License-Identifier: MIT */
/*
 * hypercall.c - from the number in r12 to a handler and back.
 *
 * The table comes from hypercall_list.h; a number that is not there answers
 * -XEN_ENOSYS.  Context: interrupts off.
 */
#include <hv/hypercall.h>
#include <hv/domain.h>
#include <hv/event.h>
#include <hv/guest_access.h>
#include <hv/irq.h>
#include <hv/lib.h>
#include <hv/measure.h>
#include <hv/memory.h>
#include <hv/pagetable.h>
#include <hv/trace.h>

#define REG_NUMBER 12
#define ARGS       5u

struct hypercall_entry {
	hypercall_fn *handler;
	const char *name;
};

static const struct hypercall_entry table[] = {
#define HYPERCALL(call, function, args) \
	[__HYPERVISOR_##call] = { .handler = (function), .name = #call },
#include <hv/hypercall_list.h>
#undef HYPERCALL
};

const char *hypercall_name(uint32_t number)
{
	if (number >= ARRAY_SIZE(table) || !table[number].name)
		return "unknown";
	return table[number].name;
}

static int32_t dispatch(struct domain *caller, uint32_t number, const uint32_t *arg)
{
	trace(TRACE_HYPERCALL, number, arg[0]);
	if (number >= ARRAY_SIZE(table) || !table[number].handler)
		return -XEN_ENOSYS;
	return table[number].handler(caller, arg);
}

/* Arguments of a call that goes on: copied as a whole, an interrupt waits. */
struct args {
	uint32_t arg[ARGS];
};

/* Makes the guest execute the SWI again, with the arguments as they are now.  r4 is the guest's: a stub
 * of the hypercall page keeps it. */
static void call_again(struct vcpu *v)
{
	uint32_t r4 = v->regs.r[ARGS - 1u];

	*(struct args *)v->regs.r = *(const struct args *)v->continuation;
	v->regs.r[ARGS - 1u] = r4;
	v->regs.pc -= (v->regs.psr & PSR_T) ? 2u : 4u;
}

void hypercall(struct vcpu *v)
{
	uint32_t number = v->regs.r[REG_NUMBER];
	int32_t result;

	/* The arguments stay where they are: nothing but the result changes them. */
	result = dispatch(v->domain, number, v->regs.r);
	if (result == HYPERCALL_CONTINUED)
		call_again(v);
	else
		v->regs.r[0] = (uint32_t)result;
}

/* Here because its callers are often run: domain.c is in Thumb state. */
struct domain *domain_find(struct domain *caller, domid_t id)
{
	if (id == DOMID_SELF)
		return caller;
	return id < domain_count ? domains[id] : NULL;
}

bool hypercall_preempted(void)
{
	/* A status register that is not 0 has said it. */
	return sched_requested() || (irq_may_wait() && (irq_fast.own || irq_pending()));
}

int32_t hypercall_continue(struct domain *caller, const uint32_t arg[5])
{
	*(struct args *)caller->vcpu.continuation = *(const struct args *)arg;
	return HYPERCALL_CONTINUED;
}

/* One entry of a multicall.  The guest gets the result, or the arguments to go on with. */
static int32_t multicall_one(struct domain *caller, vaddr_t address, bool *again)
{
	struct multicall_entry entry;
	uint32_t arg[ARGS];
	int32_t result;

	if (copy_from_guest(&entry, address, sizeof(entry)))
		return -XEN_EFAULT;
	*again = hypercall_preempted();
	if (*again)
		return 0;
	for (unsigned int i = 0; i < ARGS; i++)
		arg[i] = entry.args[i];
	if (entry.op == __HYPERVISOR_multicall || entry.op == __HYPERVISOR_iret)
		result = -XEN_EINVAL;
	else
		result = dispatch(caller, entry.op, arg);
	/* It ended the domain, whose memory is not to be touched any more. */
	if (caller->state != DOMAIN_RUNNING)
		return 0;
	*again = result == HYPERCALL_CONTINUED;
	if (*again) {
		for (unsigned int i = 0; i < ARGS; i++)
			entry.args[i] = caller->vcpu.continuation[i];
		return copy_to_guest(address, &entry, sizeof(entry));
	}
	return copy_to_guest(address + offsetof(struct multicall_entry, result),
			     &result, sizeof(result));
}

/* multicall(call_list, nr_calls) */
int32_t do_multicall(struct domain *caller, const uint32_t *arg)
{
	vaddr_t at = arg[0];
	uint32_t count = arg[1];
	uint32_t done = 0;

	if (count > (caller->limit_high - caller->limit_low) / sizeof(struct multicall_entry) ||
	    !guest_range_ok(caller, at, count * sizeof(struct multicall_entry)))
		return -XEN_EFAULT;
	while (done < count && caller->state == DOMAIN_RUNNING) {
		/* Behind each, and before the copy of one that is not aligned, byte by byte. */
		bool again = (done || at % sizeof(uint32_t)) && hypercall_preempted();
		int error = again ? 0 : multicall_one(caller, at, &again);

		if (error)
			return error;
		if (again) {
			const uint32_t rest[ARGS] = { at, count - done };

			return hypercall_continue(caller, rest);
		}
		at += sizeof(struct multicall_entry);
		done++;
	}
	return 0;
}
