/* SPDX-License-Identifier: MIT */
/*
 * events.c - event channels within one domain.
 */
#include "../lib/test.h"

static volatile unsigned int count;

static long op(unsigned int command, void *argument)
{
	return hypercall_event_channel_op(command, ARG(argument));
}

static uint32_t status_of(evtchn_port_t port)
{
	struct evtchn_status status = { .dom = DOMID_SELF, .port = port };

	if (op(EVTCHNOP_status, &status) != 0)
		return 99;
	return status.status;
}

/* alloc_unbound and bind_interdomain to ourselves: a loop. */
static void loopback(void)
{
	int left = event_listen(DOMID_SELF, test_count, (void *)&count);
	int right;

	test_ok("alloc_unbound", left > 0);
	test_is("status: unbound", (long)status_of((evtchn_port_t)left), EVTCHNSTAT_unbound);
	test_is("send to an unbound port", event_send((evtchn_port_t)left), 0);
	count = 0;
	right = event_connect(DOMID_SELF, (evtchn_port_t)left, NULL, NULL);
	test_ok("bind_interdomain", right > 0 && right != left);
	test_is("status: interdomain", (long)status_of((evtchn_port_t)left), EVTCHNSTAT_interdomain);
	test_is("bind_interdomain to a bound port",
		event_connect(DOMID_SELF, (evtchn_port_t)left, NULL, NULL), -XEN_EINVAL);
	count = 0;
	test_is("send", event_send((evtchn_port_t)right), 0);
	test_is("the handler has run when send returns", (long)count, 1);
	events_mask();
	event_send((evtchn_port_t)right);
	event_send((evtchn_port_t)right);
	test_is("nothing comes while events are masked", (long)count, 1);
	events_unmask();
	test_is("two events are one bit", (long)count, 2);
	event_mask((evtchn_port_t)left);
	event_send((evtchn_port_t)right);
	test_is("nothing comes to a masked port", (long)count, 2);
	test_ok("but it is pending", event_pending((evtchn_port_t)left));
	test_is("unmask", event_unmask((evtchn_port_t)left), 0);
	test_is("delivers what was pending", (long)count, 3);
	test_is("close", event_close((evtchn_port_t)right), 0);
	test_is("status: the other end is unbound", (long)status_of((evtchn_port_t)left),
		EVTCHNSTAT_unbound);
	test_is("status: closed", (long)status_of((evtchn_port_t)right), EVTCHNSTAT_closed);
	test_is("close again", event_close((evtchn_port_t)right), -XEN_EINVAL);
	test_is("send to a closed port", event_send((evtchn_port_t)right), -XEN_EINVAL);
	test_is("close the rest", event_close((evtchn_port_t)left), 0);
}

static void binding_errors(void)
{
	struct evtchn_alloc_unbound alloc = { .dom = 1, .remote_dom = 0 };
	struct evtchn_bind_interdomain bind = { .remote_dom = 77 };

	test_is("alloc_unbound in another domain", op(EVTCHNOP_alloc_unbound, &alloc), -XEN_EPERM);
	alloc.dom = 77;
	test_is("alloc_unbound in no domain", op(EVTCHNOP_alloc_unbound, &alloc), -XEN_ESRCH);
	test_is("alloc_unbound: bad address", op(EVTCHNOP_alloc_unbound, (void *)AT_HYPERVISOR),
		-XEN_EFAULT);
	test_is("bind_interdomain to no domain", op(EVTCHNOP_bind_interdomain, &bind), -XEN_ESRCH);
	bind.remote_dom = DOMID_SELF;
	bind.remote_port = 1023;
	test_is("bind_interdomain to a free port", op(EVTCHNOP_bind_interdomain, &bind), -XEN_EINVAL);
	bind.remote_port = 0xFFFFFFFF;
	test_is("bind_interdomain to a wild port", op(EVTCHNOP_bind_interdomain, &bind), -XEN_EINVAL);
	test_is("bind_interdomain: bad address", op(EVTCHNOP_bind_interdomain, (void *)AT_FOREIGN),
		-XEN_EFAULT);
	/* Port 0 of the other domain does not exist, whoever we are. */
	bind.remote_dom = 1;
	bind.remote_port = 0;
	test_is("bind_interdomain to port 0", op(EVTCHNOP_bind_interdomain, &bind), -XEN_EINVAL);
}

static void virqs(void)
{
	struct evtchn_bind_virq bind = { .virq = VIRQ_DEBUG };
	int port;

	test_is("bind_virq", op(EVTCHNOP_bind_virq, &bind), 0);
	port = (int)bind.port;
	test_is("status: virq", (long)status_of((evtchn_port_t)port), EVTCHNSTAT_virq);
	test_is("bind_virq again", op(EVTCHNOP_bind_virq, &bind), -XEN_EEXIST);
	test_is("send to a virq port", event_send((evtchn_port_t)port), -XEN_EINVAL);
	test_is("close a virq port", event_close((evtchn_port_t)port), 0);
	test_is("bind_virq after that", op(EVTCHNOP_bind_virq, &bind), 0);
	event_close(bind.port);
	bind.virq = NR_VIRQS;
	test_is("bind_virq: no such virq", op(EVTCHNOP_bind_virq, &bind), -XEN_EINVAL);
	bind.virq = VIRQ_DEBUG;
	bind.vcpu = 1;
	test_is("bind_virq: no such vcpu", op(EVTCHNOP_bind_virq, &bind), -XEN_ENOENT);
	test_is("bind_virq: bad address", op(EVTCHNOP_bind_virq, (void *)AT_WRAP), -XEN_EFAULT);
}

static void ipis(void)
{
	struct evtchn_bind_ipi bind = { .vcpu = 1 };
	int port = event_bind_ipi(test_count, (void *)&count);

	test_ok("bind_ipi", port > 0);
	test_is("status: ipi", (long)status_of((evtchn_port_t)port), EVTCHNSTAT_ipi);
	count = 0;
	test_is("send to ourselves", event_send((evtchn_port_t)port), 0);
	test_is("it came", (long)count, 1);
	test_is("bind_ipi: no such vcpu", op(EVTCHNOP_bind_ipi, &bind), -XEN_ENOENT);
	test_is("bind_ipi: bad address", op(EVTCHNOP_bind_ipi, (void *)AT_FOREIGN), -XEN_EFAULT);
	event_close((evtchn_port_t)port);
}

static void vcpus(void)
{
	struct evtchn_bind_vcpu bind = { .vcpu = 0 };
	int port = event_listen(DOMID_SELF, NULL, NULL);
	int ipi = event_bind_ipi(NULL, NULL);

	bind.port = (evtchn_port_t)port;
	test_is("bind_vcpu", op(EVTCHNOP_bind_vcpu, &bind), 0);
	bind.vcpu = 1;
	test_is("bind_vcpu: no such vcpu", op(EVTCHNOP_bind_vcpu, &bind), -XEN_ENOENT);
	bind.vcpu = 0;
	bind.port = 1024;
	test_is("bind_vcpu: wild port", op(EVTCHNOP_bind_vcpu, &bind), -XEN_EINVAL);
	bind.port = (evtchn_port_t)ipi;
	test_is("bind_vcpu: an ipi stays", op(EVTCHNOP_bind_vcpu, &bind), -XEN_EINVAL);
	test_is("bind_vcpu: bad address", op(EVTCHNOP_bind_vcpu, (void *)AT_HYPERVISOR), -XEN_EFAULT);
	event_close((evtchn_port_t)port);
	event_close((evtchn_port_t)ipi);
}

static void pirq_errors(void)
{
	struct evtchn_bind_pirq bind = { .pirq = 12 };

	test_is("bind_pirq: not granted", op(EVTCHNOP_bind_pirq, &bind), -XEN_EPERM);
	bind.pirq = 4;
	test_is("bind_pirq: the hypervisor's own timer", op(EVTCHNOP_bind_pirq, &bind), -XEN_EPERM);
	bind.pirq = 0xFFFFFFFF;
	test_is("bind_pirq: no such interrupt", op(EVTCHNOP_bind_pirq, &bind), -XEN_EINVAL);
	test_is("bind_pirq: bad address", op(EVTCHNOP_bind_pirq, (void *)AT_HYPERVISOR), -XEN_EFAULT);
}

static void port_errors(void)
{
	static const unsigned int commands[] = {
		EVTCHNOP_close, EVTCHNOP_send, EVTCHNOP_status, EVTCHNOP_unmask, EVTCHNOP_reset,
	};
	struct evtchn_status status = { .dom = 1, .port = 1 };
	struct evtchn_unmask unmask = { .port = 1024 };
	struct evtchn_reset reset = { .dom = 1 };
	struct evtchn_close wild = { .port = 1024 };

	for (unsigned int i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		test_is("bad address", op(commands[i], (void *)AT_HYPERVISOR), -XEN_EFAULT);
	test_is("close: wild port", op(EVTCHNOP_close, &wild), -XEN_EINVAL);
	test_is("close: port 0", event_close(0), -XEN_EINVAL);
	test_is("send: wild port", event_send(0xFFFFFFFF), -XEN_EINVAL);
	test_is("unmask: wild port", op(EVTCHNOP_unmask, &unmask), -XEN_EINVAL);
	test_is("status: another domain", op(EVTCHNOP_status, &status), -XEN_EPERM);
	status.dom = 77;
	test_is("status: no such domain", op(EVTCHNOP_status, &status), -XEN_ESRCH);
	status.dom = DOMID_SELF;
	status.port = 5000;
	test_is("status: wild port", op(EVTCHNOP_status, &status), -XEN_EINVAL);
	test_is("reset: another domain", op(EVTCHNOP_reset, &reset), -XEN_EPERM);
	reset.dom = 77;
	test_is("reset: no such domain", op(EVTCHNOP_reset, &reset), -XEN_ESRCH);
	test_is("unknown command", op(77, &reset), -XEN_ENOSYS);
	test_is("the FIFO ABI is not there", op(EVTCHNOP_init_control, &reset), -XEN_ENOSYS);
}

static void exhaust(void)
{
	struct evtchn_alloc_unbound alloc = { .dom = DOMID_SELF, .remote_dom = DOMID_SELF };
	struct evtchn_reset reset = { .dom = DOMID_SELF };
	struct evtchn_bind_interdomain bind = { .remote_dom = DOMID_SELF, .remote_port = 1 };
	unsigned int ports = 0;
	long result;

	while ((result = op(EVTCHNOP_alloc_unbound, &alloc)) == 0 && ports < 2000)
		ports++;
	test_is("ports run out", result, -XEN_ENOSPC);
	test_ok("after a thousand or so", ports > 1000 && ports < 1024);
	test_is("no port for bind_interdomain", op(EVTCHNOP_bind_interdomain, &bind), -XEN_ENOSPC);
	test_is("no port for bind_ipi", event_bind_ipi(NULL, NULL), -XEN_ENOSPC);
	test_is("no port for bind_virq", event_bind_virq(VIRQ_DEBUG, NULL, NULL), -XEN_ENOSPC);
	test_is("reset", op(EVTCHNOP_reset, &reset), 0);
	test_is("status: closed by it", (long)status_of(1000), EVTCHNSTAT_closed);
	test_is("alloc_unbound after it", op(EVTCHNOP_alloc_unbound, &alloc), 0);
}

int main(void)
{
	loopback();
	binding_errors();
	virqs();
	ipis();
	vcpus();
	pirq_errors();
	port_errors();
	exhaust();
	test_end();
}
