/* SPDX-License-Identifier: MIT */
/*
 * event.h - event channels: a C function for each port.
 *
 * Handlers run in the upcall, with events masked.  A port is unmasked when it
 * is bound.  All functions return a port or 0, or -XEN_Exxx.
 */
#ifndef SDK_EVENT_H
#define SDK_EVENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sdk/hypercall.h>
#include <xen/event_channel.h>

typedef void (*event_handler_t)(evtchn_port_t port, void *data);

int event_bind_virq(uint32_t virq, event_handler_t handler, void *data);
int event_bind_pirq(uint32_t pirq, event_handler_t handler, void *data);
int event_bind_ipi(event_handler_t handler, void *data);

/* A port that waits for remote to bind it; connects to one that waits. */
int event_listen(domid_t remote, event_handler_t handler, void *data);
int event_connect(domid_t remote, evtchn_port_t remote_port,
		  event_handler_t handler, void *data);

int event_send(evtchn_port_t port);
int event_close(evtchn_port_t port);
void event_mask(evtchn_port_t port);
int event_unmask(evtchn_port_t port);
bool event_pending(evtchn_port_t port);

/* Gives a port that was bound by hand a handler (NULL: none). */
void event_handle(evtchn_port_t port, event_handler_t handler, void *data);

/*
 * Called at the end of each upcall, with events masked, after the handlers.
 * It may unmask events (upcalls then nest) if it masks them again: an
 * executive runs its tasks from here.
 */
void event_exit_hook(void (*hook)(void));

/* Tells the interrupt controller that a physical interrupt was served. */
int event_eoi(uint32_t pirq);

/*
 * All events: events_mask() returns the former state for events_restore().
 * events_unmask() delivers what is pending before it returns.
 */
bool events_mask(void);
void events_unmask(void);
void events_restore(bool was_masked);

#endif /* SDK_EVENT_H */
