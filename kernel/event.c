/* SPDX-License-Identifier: MIT */
/*
 * event.c - event channels with Xen's 2-level ABI.
 *
 * Invariants: a port has its bit in events.used if and only if its state is not
 * closed (port 0 has the bit always); the two ends of an interdomain channel name
 * each other; virq_port and pirq_port name ports that name them.  An operation
 * changes nothing unless it succeeds: the caller's structure is known to be
 * writable before it runs.  Context: interrupts off.
 */
#include <hv/event.h>

#include <hv/console.h>
#include <hv/domain.h>
#include <hv/guest_access.h>
#include <hv/hypercall.h>
#include <hv/memory.h>
#include <hv/panic.h>
#include <hv/trace.h>
#include <arch/mm.h>

#include "sched_loan.h"

#define WORD_BITS (8u * (unsigned int)sizeof(xen_ulong_t))

static xen_ulong_t bit_of(evtchn_port_t port)
{
	return (xen_ulong_t)1 << (port % WORD_BITS);
}

/* ---- the shared page ----------------------------------------------------- */

/* Passes an unmasked pending port on to the upcall.  True if the upcall is new. */
static inline __attribute__((always_inline)) bool mark_upcall(struct shared_info *s, evtchn_port_t port)
{
	struct vcpu_info *info = &s->vcpu_info[0];
	xen_ulong_t selector = (xen_ulong_t)1 << (port / WORD_BITS);
	xen_ulong_t old = info->evtchn_pending_sel;

	if (old & selector)
		return false;
	info->evtchn_pending_sel = old | selector;
	if (info->evtchn_upcall_pending)
		return false;
	info->evtchn_upcall_pending = 1;
	return true;
}

/* What came of raising a port. */
enum raised { RAISED_BEFORE, RAISED, RAISED_UPCALL };

static inline __attribute__((always_inline)) enum raised raise_bits(struct shared_info *s, evtchn_port_t port)
{
	xen_ulong_t bit = bit_of(port);
	unsigned int word = port / WORD_BITS;
	xen_ulong_t old = s->evtchn_pending[word];

	if (old & bit)
		return RAISED_BEFORE;
	s->evtchn_pending[word] = old | bit;
	if ((s->evtchn_mask[word] & bit) || !mark_upcall(s, port))
		return RAISED;
	return RAISED_UPCALL;
}

static void raise(struct domain *d, evtchn_port_t port)
{
	enum raised result = raise_bits(arch_shared_info_open(d), port);
	uint32_t polled = d->vcpu.sched.poll_port;

	arch_shared_info_close();
	if (result == RAISED_UPCALL ||
	    (result == RAISED && (polled == SCHED_POLL_ANY || polled == port)))
		sched_wake(&d->vcpu);
}

void event_set_pending(struct domain *d, evtchn_port_t port)
{
	trace(TRACE_EVENT, d->id, port);
	raise(d, port);
}

void event_send_virq(struct domain *d, unsigned int virq)
{
	unsigned int port = d->events.virq_port[virq];

	if (port)
		event_set_pending(d, port);
}

/* Its page is open, for it runs, and in virtual kernel mode, for it blocked by a hypercall: nobody but
 * itself has masked or taken anything, and it was asked what is pending.  NULL: masked, it sleeps on. */
static inline struct vcpu *raise_awake(struct vcpu *v, evtchn_port_t port)
{
	struct shared_info *s = v->arch.shared_info;
	unsigned int word = port / WORD_BITS;

	s->evtchn_pending[word] |= bit_of(port);
	if (s->evtchn_mask[word] & bit_of(port)) {
		sched_block(v);
		return NULL;
	}
	s->vcpu_info[0].evtchn_pending_sel |= (xen_ulong_t)1 << word;
	s->vcpu_info[0].evtchn_upcall_pending = 1;
	return v;
}

struct vcpu *event_send_pirq(struct domain *d, unsigned int pirq)
{
	unsigned int port = d->events.pirq_port[pirq];

	if (!port)
		return NULL;
	if (sched_borrow(&d->vcpu, pirq) || sched_wake_idle(&d->vcpu, pirq))
		return raise_awake(&d->vcpu, port);
	trace(TRACE_IRQ, pirq, 0);
	raise(d, port);
	return NULL;
}

bool event_upcall_due(struct vcpu *v)
{
	const struct vcpu_info *info = &arch_shared_info_open(v->domain)->vcpu_info[0];
	bool due = info->evtchn_upcall_pending && !info->evtchn_upcall_mask;

	arch_shared_info_close();
	return due;
}

int event_poll(struct domain *d, const evtchn_port_t *ports, unsigned int count)
{
	const struct shared_info *s = arch_shared_info_open(d);
	int result = 0;
	unsigned int i;

	for (i = 0; i < count && !result; i++) {
		if (ports[i] >= EVENT_PORTS)
			result = -XEN_EINVAL;
		else if (s->evtchn_pending[ports[i] / WORD_BITS] & bit_of(ports[i]))
			result = 1;
	}
	arch_shared_info_close();
	return result;
}

/* ---- the port table ------------------------------------------------------ */

/* NULL if there is no such port. */
static struct event_port *port_find(const struct domain *d, evtchn_port_t port)
{
	return port < EVENT_PORTS ? &d->events.port[port] : NULL;
}

/* A closed port, or -XEN_ENOSPC. */
static int port_free(const struct domain *d)
{
	int word;

	_Static_assert(EVENT_PORTS == 32u * 32u, "a word of full words");
	if (!~d->events.full)
		return -XEN_ENOSPC;
	word = __builtin_ctz(~d->events.full);
	return word * 32 + __builtin_ctz(~d->events.used[word]);
}

static void port_open(struct domain *d, unsigned int port, struct event_port value)
{
	uint32_t *used = &d->events.used[port / 32u];

	d->events.port[port] = value;
	*used |= 1u << (port % 32u);
	if (!~*used)
		d->events.full |= 1u << (port / 32u);
}

static struct event_port port_value(unsigned int state, domid_t domain, unsigned int number)
{
	return (struct event_port){
		.state = state & 7u, .domain = domain, .number = number & 0x1FFFu,
	};
}

/* Ends what an open port is bound to, and forgets an event that waits at it. */
static void port_close(struct domain *d, unsigned int port)
{
	struct event_port *p = &d->events.port[port];
	struct domain *peer;

	switch (p->state) {
	case EVTCHNSTAT_interdomain:
		peer = domain_find(d, (domid_t)p->domain);
		if (peer)
			peer->events.port[p->number] =
				port_value(EVTCHNSTAT_unbound, d->id, 0);
		break;
	case EVTCHNSTAT_virq:
		d->events.virq_port[p->number] = 0;
		break;
	case EVTCHNSTAT_pirq:
		d->events.pirq_port[p->number] = 0;
		irq_disable_guest(p->number);
		break;
	default:
		break;
	}
	*p = port_value(EVTCHNSTAT_closed, 0, 0);
	d->events.used[port / 32u] &= ~(1u << (port % 32u));
	d->events.full &= ~(1u << (port / 32u));
}

static void port_forget_event(struct domain *d, unsigned int port)
{
	struct shared_info *s = arch_shared_info_open(d);

	s->evtchn_pending[port / WORD_BITS] &= ~bit_of(port);
	arch_shared_info_close();
}

/* An open port from number `from` up, or 0. */
static unsigned int port_next(const struct domain *d, unsigned int from)
{
	const uint32_t *used = d->events.used;
	uint32_t mask = ~0u << (from % 32u);

	for (unsigned int word = from / 32u; word < ARRAY_SIZE(d->events.used); word++, mask = ~0u)
		if (used[word] & mask)
			return word * 32u + (unsigned int)__builtin_ctz(used[word] & mask);
	return 0;
}

void event_init(struct domain *d)
{
	struct event_table *t = &d->events;

	if (!t->port)
		t->port = boot_alloc(EVENT_PORTS * sizeof(*t->port), sizeof(*t->port));
	while (!event_destroy(d))
		;
	t->used[0] = 1; /* port 0 */
}

bool event_destroy(struct domain *d)
{
	unsigned int port = port_next(d, 1);

	if (port)
		port_close(d, port);
	return !port;
}

/* ---- operations ---------------------------------------------------------- */

union event_arg {
	struct evtchn_bind_interdomain bind_interdomain;
	struct evtchn_bind_virq bind_virq;
	struct evtchn_bind_pirq bind_pirq;
	struct evtchn_close close;
	struct evtchn_send send;
	struct evtchn_status status;
	struct evtchn_alloc_unbound alloc_unbound;
	struct evtchn_bind_ipi bind_ipi;
	struct evtchn_bind_vcpu bind_vcpu;
	struct evtchn_unmask unmask;
	struct evtchn_reset reset;
};

static int32_t op_alloc_unbound(struct domain *caller, union event_arg *a)
{
	struct evtchn_alloc_unbound *op = &a->alloc_unbound;
	struct domain *d = domain_find(caller, op->dom);
	domid_t remote = op->remote_dom == DOMID_SELF ? caller->id : op->remote_dom;
	int port;

	if (!d)
		return -XEN_ESRCH;
	port = port_free(d);
	if (port < 0)
		return port;
	if (d != caller && !caller->privileged)
		return -XEN_EPERM;
	port_open(d, (unsigned int)port, port_value(EVTCHNSTAT_unbound, remote, 0));
	op->port = (evtchn_port_t)port;
	return 0;
}

static int32_t op_bind_interdomain(struct domain *caller, union event_arg *a)
{
	struct evtchn_bind_interdomain *op = &a->bind_interdomain;
	struct domain *peer = domain_find(caller, op->remote_dom);
	struct event_port *remote;
	int port;

	if (!peer)
		return -XEN_ESRCH;
	port = port_free(caller);
	if (port < 0)
		return port;
	remote = port_find(peer, op->remote_port);
	if (!remote || remote->state != EVTCHNSTAT_unbound || remote->domain != caller->id)
		return -XEN_EINVAL;
	port_open(caller, (unsigned int)port,
		  port_value(EVTCHNSTAT_interdomain, peer->id, op->remote_port));
	*remote = port_value(EVTCHNSTAT_interdomain, caller->id, (unsigned int)port);
	op->local_port = (evtchn_port_t)port;

	/* What the peer sent to its unbound port was lost: better one event too many. */
	event_set_pending(caller, (evtchn_port_t)port);
	return 0;
}

/* One for each vCPU, as opposed to one for each domain. */
static bool virq_per_vcpu(uint32_t virq)
{
	return virq == VIRQ_TIMER || virq == VIRQ_DEBUG || virq == VIRQ_XENOPROF ||
	       virq == VIRQ_XENPMU;
}

static int32_t op_bind_virq(struct domain *caller, union event_arg *a)
{
	struct evtchn_bind_virq *op = &a->bind_virq;
	int port;

	if (op->virq >= NR_VIRQS || (!virq_per_vcpu(op->virq) && op->vcpu != 0))
		return -XEN_EINVAL;
	if (op->vcpu != 0)
		return -XEN_ENOENT;
	if (caller->events.virq_port[op->virq])
		return -XEN_EEXIST;
	port = port_free(caller);
	if (port < 0)
		return port;
	port_open(caller, (unsigned int)port, port_value(EVTCHNSTAT_virq, 0, op->virq));
	caller->events.virq_port[op->virq] = (uint16_t)port;
	op->port = (evtchn_port_t)port;
	return 0;
}

static int32_t op_bind_pirq(struct domain *caller, union event_arg *a)
{
	struct evtchn_bind_pirq *op = &a->bind_pirq;
	int port;

	if (op->pirq >= IRQ_LINES)
		return -XEN_EINVAL;
	if (!irq_granted(op->pirq, caller))
		return -XEN_EPERM;
	if (caller->events.pirq_port[op->pirq])
		return -XEN_EEXIST;
	port = port_free(caller);
	if (port < 0)
		return port;
	port_open(caller, (unsigned int)port, port_value(EVTCHNSTAT_pirq, 0, op->pirq));
	caller->events.pirq_port[op->pirq] = (uint16_t)port;
	op->port = (evtchn_port_t)port;
	irq_enable_guest(op->pirq);
	return 0;
}

static int32_t op_bind_ipi(struct domain *caller, union event_arg *a)
{
	int port;

	if (a->bind_ipi.vcpu != 0)
		return -XEN_ENOENT;
	port = port_free(caller);
	if (port < 0)
		return port;
	port_open(caller, (unsigned int)port, port_value(EVTCHNSTAT_ipi, 0, 0));
	a->bind_ipi.port = (evtchn_port_t)port;
	return 0;
}

static int32_t op_bind_vcpu(struct domain *caller, union event_arg *a)
{
	const struct event_port *p = port_find(caller, a->bind_vcpu.port);

	if (a->bind_vcpu.vcpu != 0)
		return -XEN_ENOENT;
	if (!p)
		return -XEN_EINVAL;
	switch (p->state) {
	case EVTCHNSTAT_unbound:
	case EVTCHNSTAT_interdomain:
	case EVTCHNSTAT_pirq:
		return 0;
	case EVTCHNSTAT_virq:
		return virq_per_vcpu(p->number) ? -XEN_EINVAL : 0;
	default:
		return -XEN_EINVAL;
	}
}

static int32_t op_close(struct domain *caller, union event_arg *a)
{
	const struct event_port *p = port_find(caller, a->close.port);

	if (!p || p->state == EVTCHNSTAT_closed)
		return -XEN_EINVAL;
	port_close(caller, a->close.port);
	port_forget_event(caller, a->close.port);
	return 0;
}

static int32_t op_send(struct domain *caller, union event_arg *a)
{
	const struct event_port *p = port_find(caller, a->send.port);
	struct domain *peer;

	if (!p)
		return -XEN_EINVAL;
	switch (p->state) {
	case EVTCHNSTAT_interdomain:
		peer = domain_find(caller, (domid_t)p->domain);
		ASSERT(peer);
		event_set_pending(peer, p->number);
		return 0;
	case EVTCHNSTAT_ipi:
		event_set_pending(caller, a->send.port);
		return 0;
	case EVTCHNSTAT_unbound:
		return 0; /* lost, see op_bind_interdomain() */
	default:
		return -XEN_EINVAL;
	}
}

static int32_t op_status(struct domain *caller, union event_arg *a)
{
	struct evtchn_status *op = &a->status;
	struct domain *d = domain_find(caller, op->dom);
	const struct event_port *p;

	if (!d)
		return -XEN_ESRCH;
	p = port_find(d, op->port);
	if (!p)
		return -XEN_EINVAL;
	if (d != caller && !caller->privileged)
		return -XEN_EPERM;
	op->status = p->state;
	op->vcpu = 0;
	switch (p->state) {
	case EVTCHNSTAT_unbound:
		op->u.unbound.dom = (domid_t)p->domain;
		break;
	case EVTCHNSTAT_interdomain:
		op->u.interdomain.dom = (domid_t)p->domain;
		op->u.interdomain.port = p->number;
		break;
	case EVTCHNSTAT_pirq:
		op->u.pirq = p->number;
		break;
	case EVTCHNSTAT_virq:
		op->u.virq = p->number;
		break;
	default:
		break;
	}
	return 0;
}

static int32_t op_unmask(struct domain *caller, union event_arg *a)
{
	evtchn_port_t port = a->unmask.port;
	const struct event_port *p = port_find(caller, port);
	struct shared_info *s;
	xen_ulong_t old;

	if (!p)
		return -XEN_EINVAL;
	if (p->state == EVTCHNSTAT_closed)
		return 0;
	s = arch_shared_info_open(caller);
	old = s->evtchn_mask[port / WORD_BITS];
	if (old & bit_of(port)) {
		s->evtchn_mask[port / WORD_BITS] = old & ~bit_of(port);
		if (s->evtchn_pending[port / WORD_BITS] & bit_of(port))
			(void)mark_upcall(s, port); /* the caller runs: nobody to wake */
	}
	arch_shared_info_close();
	return 0;
}

/* Ports that are closed stay so: the same call made again goes on where it was. */
static int32_t op_reset(struct domain *caller, union event_arg *a)
{
	struct domain *d = domain_find(caller, a->reset.dom);
	unsigned int port;

	if (!d)
		return -XEN_ESRCH;
	if (d != caller && !caller->privileged)
		return -XEN_EPERM;
	for (port = port_next(d, 1); port; port = port_next(d, port + 1)) {
		port_close(d, port);
		port_forget_event(d, port);
		if (hypercall_preempted())
			return HYPERCALL_CONTINUED;
	}
	return 0;
}

static const struct event_op {
	int32_t (*run)(struct domain *caller, union event_arg *a);
	uint8_t size;
	bool out; /* the structure is written back */
} event_ops[] = {
	[EVTCHNOP_bind_interdomain] = {
		op_bind_interdomain, sizeof(struct evtchn_bind_interdomain), true },
	[EVTCHNOP_bind_virq] = { op_bind_virq, sizeof(struct evtchn_bind_virq), true },
	[EVTCHNOP_bind_pirq] = { op_bind_pirq, sizeof(struct evtchn_bind_pirq), true },
	[EVTCHNOP_close] = { op_close, sizeof(struct evtchn_close), false },
	[EVTCHNOP_send] = { op_send, sizeof(struct evtchn_send), false },
	[EVTCHNOP_status] = { op_status, sizeof(struct evtchn_status), true },
	[EVTCHNOP_alloc_unbound] = {
		op_alloc_unbound, sizeof(struct evtchn_alloc_unbound), true },
	[EVTCHNOP_bind_ipi] = { op_bind_ipi, sizeof(struct evtchn_bind_ipi), true },
	[EVTCHNOP_bind_vcpu] = { op_bind_vcpu, sizeof(struct evtchn_bind_vcpu), false },
	[EVTCHNOP_unmask] = { op_unmask, sizeof(struct evtchn_unmask), false },
	[EVTCHNOP_reset] = { op_reset, sizeof(struct evtchn_reset), false },
};

int32_t do_event_channel_op(struct domain *caller, const uint32_t *arg)
{
	const struct event_op *op;
	union event_arg a;
	int32_t result;

	if (arg[0] >= ARRAY_SIZE(event_ops))
		return -XEN_ENOSYS;
	op = &event_ops[arg[0]];
	if (copy_from_guest(&a, arg[1], op->size))
		return -XEN_EFAULT;
	/* Unchanged: shows that the result can be stored before anything is done. */
	if (op->out && copy_to_guest(arg[1], &a, op->size))
		return -XEN_EFAULT;
	result = op->run(caller, &a);
	if (result == HYPERCALL_CONTINUED)
		return hypercall_continue(caller, arg);
	if (!result && op->out && copy_to_guest(arg[1], &a, op->size))
		return -XEN_EFAULT;
	return result;
}

/* ---- debug key ----------------------------------------------------------- */

uint32_t event_dump(struct domain *d, uint32_t at)
{
	static const char *const names[] = {
		"closed", "unbound", "interdomain", "pirq", "virq", "ipi",
	};
	const struct event_port *p;
	uint32_t used;

	if (!d)
		return 0;
	if (!at) {
		log_line("event channels of d%u %s:", d->id, d->name);
		return 1;
	}
	used = d->events.used[at / 32u] >> at % 32u;
	if (used) {
		at += (uint32_t)__builtin_ctz(used);
		p = &d->events.port[at];
		log_line("d%u port %u: %s %u domain %u", (unsigned int)d->id, at, names[p->state],
			 (unsigned int)p->number, (unsigned int)p->domain);
	} else {
		at |= 31u;
	}
	return (at + 1u) % EVENT_PORTS;
}
