/* SPDX-License-Identifier: MIT */
/*
 * event.c - binds event channels to C functions and takes the upcall.
 *
 * Owns the table of handlers and the guest's side of the two-level bitmap:
 * the hypervisor sets bits, this file clears them, so each change of a shared
 * word is atomic.
 */
#include <sdk/atomic.h>
#include <sdk/domain.h>
#include <sdk/event.h>
#include "internal.h"
#include <xen/physdev.h>

#define PORT_COUNT 1024u

struct binding {
	event_handler_t handler;
	void *data;
};

static struct binding bindings[PORT_COUNT];
static void (*exit_hook)(void);

static inline void barrier(void)
{
	__asm__ volatile("" ::: "memory");
}

static volatile uint32_t *mask_word(evtchn_port_t port)
{
	return (volatile uint32_t *)&shared_info->evtchn_mask[port / 32];
}

static volatile uint32_t *pending_word(evtchn_port_t port)
{
	return (volatile uint32_t *)&shared_info->evtchn_pending[port / 32];
}

static void ignore(evtchn_port_t port, void *data)
{
	(void)port;
	(void)data;
}

void event_init(void)
{
	for (evtchn_port_t port = 0; port < PORT_COUNT; port++)
		bindings[port].handler = ignore;
	for (evtchn_port_t port = 0; port < PORT_COUNT; port += 32)
		*mask_word(port) = 0xFFFFFFFF;
}

bool events_mask(void)
{
	volatile uint8_t *mask = &vcpu_info()->evtchn_upcall_mask;
	bool was_masked = *mask != 0;

	*mask = 1;
	barrier();
	return was_masked;
}

void events_unmask(void)
{
	volatile struct vcpu_info *vcpu = vcpu_info();

	barrier();
	vcpu->evtchn_upcall_mask = 0;
	barrier();
	/* Came while masked: any hypercall delivers it on the way back. */
	if (vcpu->evtchn_upcall_pending != 0)
		hypercall_xen_version(0, 0);
}

void events_restore(bool was_masked)
{
	if (!was_masked)
		events_unmask();
}

/*
 * Takes all pending bits of a word at once; those that are masked go back, for
 * the unmasking to find.  A port that a handler masks now may still be served.
 */
static void serve_word(struct shared_info *shared, uint32_t word)
{
	volatile uint32_t *pending = (volatile uint32_t *)&shared->evtchn_pending[word];
	volatile uint32_t *mask = (volatile uint32_t *)&shared->evtchn_mask[word];
	uint32_t taken = atomic_swap(pending, 0);
	uint32_t masked = taken & *mask;
	uint32_t ready = taken & ~masked;

	if (masked != 0)
		atomic_or(pending, masked);
	while (ready != 0) {
		uint32_t bit = 31u - (uint32_t)__builtin_clz(ready);
		const struct binding *binding = &bindings[word * 32 + bit];

		ready &= ~(1u << bit);
		binding->handler(word * 32 + bit, binding->data);
	}
}

void sdk_upcall(void)
{
	struct shared_info *shared = shared_info;
	volatile struct vcpu_info *vcpu = &shared->vcpu_info[0];

	do {
		uint32_t words;

		/* 1. clear the flag  2. take the selector  3. look at the words */
		vcpu->evtchn_upcall_pending = 0;
		words = atomic_swap((volatile uint32_t *)&vcpu->evtchn_pending_sel, 0);
		while (words != 0) {
			uint32_t word = 31u - (uint32_t)__builtin_clz(words);

			words &= ~(1u << word);
			serve_word(shared, word);
		}
	} while (vcpu->evtchn_upcall_pending != 0);
	if (exit_hook != NULL)
		exit_hook();
}

void event_exit_hook(void (*hook)(void))
{
	exit_hook = hook;
}

void event_handle(evtchn_port_t port, event_handler_t handler, void *data)
{
	bool was_masked = events_mask();

	if (port < PORT_COUNT) {
		bindings[port].handler = handler != NULL ? handler : ignore;
		bindings[port].data = data;
	}
	events_restore(was_masked);
}

/* Common end of the binding functions: result is that of the hypercall. */
static int bind_port(long result, evtchn_port_t port, struct binding binding)
{
	if (result != 0)
		return (int)result;
	event_handle(port, binding.handler, binding.data);
	event_unmask(port);
	return (int)port;
}

static struct binding binding_of(event_handler_t handler, void *data)
{
	return (struct binding){ .handler = handler, .data = data };
}

int event_bind_virq(uint32_t virq, event_handler_t handler, void *data)
{
	struct evtchn_bind_virq op = { .virq = virq, .vcpu = 0 };
	long result = hypercall_event_channel_op(EVTCHNOP_bind_virq, ARG(&op));

	return bind_port(result, op.port, binding_of(handler, data));
}

int event_bind_pirq(uint32_t pirq, event_handler_t handler, void *data)
{
	struct evtchn_bind_pirq op = { .pirq = pirq, .flags = 0 };
	long result = hypercall_event_channel_op(EVTCHNOP_bind_pirq, ARG(&op));

	return bind_port(result, op.port, binding_of(handler, data));
}

int event_bind_ipi(event_handler_t handler, void *data)
{
	struct evtchn_bind_ipi op = { .vcpu = 0 };
	long result = hypercall_event_channel_op(EVTCHNOP_bind_ipi, ARG(&op));

	return bind_port(result, op.port, binding_of(handler, data));
}

int event_listen(domid_t remote, event_handler_t handler, void *data)
{
	struct evtchn_alloc_unbound op = { .dom = DOMID_SELF, .remote_dom = remote };
	long result = hypercall_event_channel_op(EVTCHNOP_alloc_unbound, ARG(&op));

	return bind_port(result, op.port, binding_of(handler, data));
}

int event_connect(domid_t remote, evtchn_port_t remote_port,
		  event_handler_t handler, void *data)
{
	struct evtchn_bind_interdomain op = {
		.remote_dom = remote, .remote_port = remote_port,
	};
	long result = hypercall_event_channel_op(EVTCHNOP_bind_interdomain, ARG(&op));

	return bind_port(result, op.local_port, binding_of(handler, data));
}

int event_send(evtchn_port_t port)
{
	struct evtchn_send op = { .port = port };

	return (int)hypercall_event_channel_op(EVTCHNOP_send, ARG(&op));
}

int event_close(evtchn_port_t port)
{
	struct evtchn_close op = { .port = port };

	if (port < PORT_COUNT)
		event_mask(port);
	event_handle(port, NULL, NULL);
	return (int)hypercall_event_channel_op(EVTCHNOP_close, ARG(&op));
}

void event_mask(evtchn_port_t port)
{
	atomic_or(mask_word(port), 1u << (port % 32));
}

int event_unmask(evtchn_port_t port)
{
	struct evtchn_unmask op = { .port = port };

	return (int)hypercall_event_channel_op(EVTCHNOP_unmask, ARG(&op));
}

bool event_pending(evtchn_port_t port)
{
	return (*pending_word(port) & (1u << (port % 32))) != 0;
}

int event_eoi(uint32_t pirq)
{
	struct physdev_eoi op = { .irq = pirq };

	return (int)hypercall_physdev_op(PHYSDEVOP_eoi, ARG(&op));
}
