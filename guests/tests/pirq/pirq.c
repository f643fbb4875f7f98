/* SPDX-License-Identifier: MIT */
/*
 * pirq.c - a granted device at 0xF00F0000 and its interrupt.  Command line:
 *     case=<name>            what it is: sp804, pl011 or epit
 *     irq=<n>                its interrupt
 *     other=<n>              one of the hypervisor's own
 */
#include <stdlib.h>
#include "../lib/test.h"
#include "device.h"
#include <xen/physdev.h>

static const struct device *device;
static uint32_t irq, other;
static volatile unsigned int count;
static bool clear = true;

static void interrupt(evtchn_port_t port, void *data)
{
	(void)port;
	(void)data;
	count++;
	if (clear)
		device->clear();
}

static long status_query(uint32_t line, uint32_t *flags)
{
	struct physdev_irq_status_query query = { .irq = line };
	long result = hypercall_physdev_op(PHYSDEVOP_irq_status_query, ARG(&query));

	*flags = query.flags;
	return result;
}

static void binding(void)
{
	struct evtchn_bind_pirq bind = { .pirq = irq };
	struct evtchn_status status = { .dom = DOMID_SELF };
	int port = event_bind_pirq(irq, interrupt, NULL);

	test_ok("bind_pirq", port > 0);
	test_is("bind_pirq again", hypercall_event_channel_op(EVTCHNOP_bind_pirq, ARG(&bind)),
		-XEN_EEXIST);
	status.port = (evtchn_port_t)port;
	hypercall_event_channel_op(EVTCHNOP_status, ARG(&status));
	test_is("status: pirq", (long)status.status, EVTCHNSTAT_pirq);
	test_is("status: number", (long)status.u.pirq, (long)irq);
	test_is("send to a pirq port", event_send((evtchn_port_t)port), -XEN_EINVAL);
	device->start(false);
	test_ok("the interrupt comes", test_wait(&count, 1000));
	test_is("eoi", event_eoi(irq), 0);
	count = 0;
	device->start(true);
	test_ok("it comes again", test_wait(&count, 1000));
	time_sleep_until(time_now() + 50 * NS_PER_MS);
	test_is("but once without eoi", (long)count, 1);
	count = 0;
	test_is("eoi", event_eoi(irq), 0);
	test_ok("lets the next one in", test_wait(&count, 1000));
	device->stop();
	event_eoi(irq);
	test_is("close", event_close((evtchn_port_t)port), 0);
	test_is("bind_pirq after it", hypercall_event_channel_op(EVTCHNOP_bind_pirq, ARG(&bind)), 0);
	event_close(bind.port);
}

/* A line that is never served must not stop anybody else. */
static void storm(void)
{
	int port = event_bind_pirq(irq, interrupt, NULL);
	uint64_t until;

	clear = false;
	count = 0;
	device->start(true);
	until = time_now() + 200 * NS_PER_MS;
	while (time_now() < until)
		event_eoi(irq);
	test_ok("we live through a line that stays up", count > 0);
	device->stop();
	event_close((evtchn_port_t)port);
}

static void errors(void)
{
	uint32_t flags, value;

	test_is("irq_status_query", status_query(irq, &flags), 0);
	test_ok("needs eoi", (flags & XENIRQSTAT_needs_eoi) != 0);
	test_is("irq_status_query: wild", status_query(0xFFFFFFFF, &flags), -XEN_EINVAL);
	test_is("irq_status_query: bad address",
		hypercall_physdev_op(PHYSDEVOP_irq_status_query, AT_HYPERVISOR), -XEN_EFAULT);
	test_is("eoi: wild", event_eoi(0xFFFFFFFF), -XEN_EINVAL);
	test_is("eoi: not ours", event_eoi(other), -XEN_EINVAL);
	test_is("eoi: bad address", hypercall_physdev_op(PHYSDEVOP_eoi, AT_FOREIGN), -XEN_EFAULT);
	test_is("unknown command", hypercall_physdev_op(77, 0), -XEN_ENOSYS);
	test_is("bind_pirq: the hypervisor's", event_bind_pirq(other, NULL, NULL), -XEN_EPERM);
	test_is("device: a register", trap_load((void *)(DEVICE_REGISTERS), &value), 0);
	test_is("device: the page after it", trap_load((void *)(DEVICE_REGISTERS + 0x1000), &value),
		TRAP_DATA_ABORT);
	test_is("device: the page before it", trap_load((void *)(DEVICE_REGISTERS - 0x1000), &value),
		TRAP_DATA_ABORT);
}

static uint32_t number(const char *word)
{
	const char *at = strstr((const char *)start_info->cmd_line, word);

	return at == NULL ? 0 : (uint32_t)strtoul(at + strlen(word), NULL, 0);
}

int main(void)
{
	irq = number(" irq=");
	other = number(" other=");
	device = strcmp(test_case(), epit.name) == 0 ? &epit :
		 strcmp(test_case(), pl011.name) == 0 ? &pl011 : &sp804;
	binding();
	storm();
	errors();
	test_end();
}
