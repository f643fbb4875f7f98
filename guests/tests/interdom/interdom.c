/* SPDX-License-Identifier: MIT */
/*
 * interdom.c - event channels to another domain: the echo guest, domain 1,
 * whose first port waits for domain 0.
 */
#include "../lib/test.h"

static volatile unsigned int count;

int main(void)
{
	struct evtchn_status status = { .dom = DOMID_SELF };
	unsigned int answered = 0;
	int port = -1;

	/* It may not have started yet. */
	for (unsigned int i = 0; i < 100 && port < 0; i++) {
		port = event_connect(1, 1, test_count, (void *)&count);
		if (port < 0)
			time_sleep_until(time_now() + 10 * NS_PER_MS);
	}
	test_ok("bind_interdomain", port > 0);
	status.port = (evtchn_port_t)port;
	test_is("status", hypercall_event_channel_op(EVTCHNOP_status, ARG(&status)), 0);
	test_is("status: interdomain", (long)status.status, EVTCHNSTAT_interdomain);
	test_is("status: domain", status.u.interdomain.dom, 1);
	test_is("status: port", (long)status.u.interdomain.port, 1);
	test_is("bind_interdomain: the port is taken", event_connect(1, 1, NULL, NULL), -XEN_EINVAL);
	test_is("bind_interdomain: not a port for us", event_connect(1, 2, NULL, NULL), -XEN_EINVAL);
	for (unsigned int i = 0; i < 100; i++) {
		count = 0;
		event_send((evtchn_port_t)port);
		if (test_wait(&count, 1000))
			answered++;
	}
	test_is("each event was answered", (long)answered, 100);
	test_is("close", event_close((evtchn_port_t)port), 0);
	port = event_connect(1, 1, test_count, (void *)&count);
	test_ok("the other end waits again", port > 0);
	count = 0;
	event_send((evtchn_port_t)port);
	test_ok("and answers", test_wait(&count, 1000));
	test_end();
}
