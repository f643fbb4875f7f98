/* SPDX-License-Identifier: MIT */
/*
 * event.h - event channels: Xen's 2-level ABI, 1,024 ports a domain.
 *
 * Owns the port tables and the pending, mask and selector words of the shared
 * info page.  Context: interrupts off.
 */
#ifndef HV_EVENT_H
#define HV_EVENT_H

#include <hv/types.h>
#include <xen/event_channel.h>

#define EVENT_PORTS 1024u

struct event_port {
	uint8_t state;      /* EVTCHNSTAT_* */
	uint8_t domain;     /* interdomain: peer; unbound: who may bind */
	uint16_t number;    /* peer port, virq or pirq */
};

struct event_table {
	struct event_port *port;             /* EVENT_PORTS of them, from the heap */
	uint16_t virq_port[NR_VIRQS];        /* 0: not bound */
};

/* Empty table, all ports closed; the heap part comes from the builder. */
void event_init(struct domain *d);

/* Closes every port (peers see them unbound), for a domain that ends. */
void event_destroy(struct domain *d);

/* Raises a port, virtual or physical interrupt; nothing if it is not bound. */
void event_set_pending(struct domain *d, evtchn_port_t port);
void event_send_virq(struct domain *d, unsigned int virq);
void event_send_pirq(struct domain *d, unsigned int pirq);

/* True if an upcall is due: pending and not masked (reads the shared page). */
bool event_upcall_due(struct vcpu *v);

/* True if the port is pending, whatever its mask (SCHEDOP_poll). */
bool event_is_pending(struct domain *d, evtchn_port_t port);

/* Debug key: prints every open port. */
void event_dump(const struct domain *d);

int32_t do_event_channel_op(struct domain *caller, const uint32_t *arg);

#endif
