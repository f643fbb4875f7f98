/* SPDX-License-Identifier: MIT */
/*
 * control.c - what the control domain may do to another one, domain 1.
 */
#include "../lib/test.h"
#include <xen/memory.h>

static long event_op(unsigned int command, void *argument)
{
	return hypercall_event_channel_op(command, ARG(argument));
}

/* Domain 1 is large, and we run as soon as a slice of it is over: it is being built. */
static void building(void)
{
	struct sched_remote_shutdown stop = { .domain_id = 1, .reason = SHUTDOWN_reboot };
	struct evtchn_alloc_unbound alloc = { .dom = 1, .remote_dom = DOMID_SELF };
	struct evtchn_status status = { .dom = DOMID_SELF };
	int port;

	test_is("alloc_unbound in it", event_op(EVTCHNOP_alloc_unbound, &alloc), 0);
	port = event_connect(1, alloc.port, NULL, NULL);
	test_ok("bind it", port > 0);
	time_sleep_until(time_now() + NS_PER_MS);
	test_is("remote_shutdown of a domain that is built",
		hypercall_sched_op(SCHEDOP_remote_shutdown, ARG(&stop)), 0);
	test_is("and of one that ends", hypercall_sched_op(SCHEDOP_remote_shutdown, ARG(&stop)), 0);
	time_sleep_until(time_now() + 20 * NS_PER_MS);
	status.port = (evtchn_port_t)port;
	test_is("status of our port", event_op(EVTCHNOP_status, &status), 0);
	test_is("its end is gone", (long)status.status, EVTCHNSTAT_unbound);
	time_sleep_until(time_now() + 200 * NS_PER_MS);
	test_end();
}

int main(void)
{
	struct evtchn_alloc_unbound alloc = { .dom = 1, .remote_dom = DOMID_SELF };
	struct evtchn_status status = { .dom = 1 };
	struct evtchn_reset reset = { .dom = 1 };
	struct xen_memory_domain memory = { .domid = 1 };
	struct sched_remote_shutdown stop = { .domain_id = DOMID_SELF, .reason = SHUTDOWN_poweroff };
	int port;

	if (!strcmp(test_case(), "building"))
		building();
	test_ok("start_info: privileged", (start_info->flags & SIF_PRIVILEGED) != 0);
	test_ok("start_info: initial domain", (start_info->flags & SIF_INITDOMAIN) != 0);
	test_is("alloc_unbound in another domain", event_op(EVTCHNOP_alloc_unbound, &alloc), 0);
	status.port = alloc.port;
	test_is("status of its port", event_op(EVTCHNOP_status, &status), 0);
	test_is("status: unbound", (long)status.status, EVTCHNSTAT_unbound);
	port = event_connect(1, alloc.port, NULL, NULL);
	test_ok("bind it", port > 0);
	test_is("reset another domain", event_op(EVTCHNOP_reset, &reset), 0);
	test_is("its port is closed", event_op(EVTCHNOP_status, &status), 0);
	test_is("status: closed", (long)status.status, EVTCHNSTAT_closed);
	status.dom = DOMID_SELF;
	status.port = (evtchn_port_t)port;
	event_op(EVTCHNOP_status, &status);
	test_is("ours is unbound", (long)status.status, EVTCHNSTAT_unbound);
	test_ok("current_reservation of another domain",
		hypercall_memory_op(XENMEM_current_reservation, ARG(&memory)) > 0);
	test_is("remote_shutdown of ourselves",
		hypercall_sched_op(SCHEDOP_remote_shutdown, ARG(&stop)), -XEN_ESRCH);
	stop.domain_id = 1;
	test_is("remote_shutdown", hypercall_sched_op(SCHEDOP_remote_shutdown, ARG(&stop)), 0);
	time_sleep_until(time_now() + 50 * NS_PER_MS);
	test_end();
}
