/* SPDX-License-Identifier: MIT */
/*
 * domain.c - giving up the processor, and the end.
 */
#include <sdk/domain.h>

_Noreturn void domain_shutdown(unsigned int reason)
{
	struct sched_shutdown op = { .reason = reason };

	for (;;)
		hypercall_sched_op(SCHEDOP_shutdown, ARG(&op));
}

void domain_yield(void)
{
	hypercall_sched_op(SCHEDOP_yield, 0);
}

void domain_block(void)
{
	hypercall_sched_op(SCHEDOP_block, 0);
}

int domain_poll(const evtchn_port_t *ports, unsigned int count, uint64_t until)
{
	struct sched_poll op = { .nr_ports = count, .timeout = until };

	set_xen_guest_handle(op.ports, (evtchn_port_t *)(uintptr_t)ports);
	return (int)hypercall_sched_op(SCHEDOP_poll, ARG(&op));
}
