/* SPDX-License-Identifier: MIT */
/*
 * event.h - event channels: Xen's 2-level ABI, 1,024 ports a domain.
 *
 * Owns the port tables and the pending, mask and selector words of the shared
 * info page.  The guest writes those words too: nothing but bits is taken from
 * them.  Context: interrupts off.
 */
#ifndef HV_EVENT_H
#define HV_EVENT_H

#include <hv/irq.h>
#include <hv/types.h>
#include <xen/event_channel.h>

#define EVENT_PORTS 1024u

struct event_port {
	uint32_t state : 3;    /* EVTCHNSTAT_* */
	uint32_t number : 13;  /* interdomain: peer's port; virq or pirq */
	uint32_t domain : 16;  /* interdomain: peer; unbound: who may bind */
};

struct event_table {
	struct event_port *port;          /* EVENT_PORTS of them, from the heap; 0 is reserved */
	uint16_t virq_port[NR_VIRQS];     /* 0: not bound */
	uint16_t pirq_port[IRQ_LINES];    /* 0: not bound */
	uint32_t used[EVENT_PORTS / 32u]; /* bit for each port that is not closed, and port 0 */
	uint32_t full;                    /* bit for each word of them that has no port left */
};

/* Empty table, all ports closed; the heap part is allocated the first time. */
void event_init(struct domain *d);

/* Closes a port (its peer sees it unbound), for a domain that ends: one at a time, true when
 * there was none.  Pending bits stay: the builder clears the page before it runs again. */
bool event_destroy(struct domain *d);

/* Raises a port, virtual or physical interrupt; nothing if it is not bound. */
void event_set_pending(struct domain *d, evtchn_port_t port);
void event_send_virq(struct domain *d, unsigned int virq);
/* For irq_handle() alone: if another vCPU is current then, and its upcall is due, it is returned. */
struct vcpu *event_send_pirq(struct domain *d, unsigned int pirq);

/* True if an upcall is due: pending and not masked (reads the shared page). */
bool event_upcall_due(struct vcpu *v);

/* 1 if one of the ports is pending, whatever its mask (SCHEDOP_poll), 0 if none,
 * -XEN_EINVAL for a port that cannot be. */
int event_poll(struct domain *d, const evtchn_port_t *ports, unsigned int count);

/* Its open ports, one by one: a piece of an answer (keys.h). */
uint32_t event_dump(struct domain *d, uint32_t at);

int32_t do_event_channel_op(struct domain *caller, const uint32_t *arg);

#endif
