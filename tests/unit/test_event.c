/* SPDX-License-Identifier: MIT */
/* test_event.c - event channels and interrupt routing: every operation, every error
 * number, the bits in the shared page, hostile words in it. */
#include "host.h"

#include "base.c"
#include "current.c"
#include "devices.c"
#include "domain.c"
#include "guest_access.c"
#include "hypercall.c"
#include "shared_info.c"

#include "../../kernel/event.c"
#include "../../kernel/irq.c"

#define ARG       (FAKE_GUEST_RW + 0x100u)
#define READ_ONLY (FAKE_GUEST_RO + 0x100u)
#define NOWHERE   0x20u

#define A (domains[0])
#define B (domains[1])
#define C (domains[2])

static unsigned int wakes[FAKE_DOMAINS];
static unsigned int handled;

void sched_wake(struct vcpu *v)
{
	assert_false(fake_page_open);
	wakes[v->domain->id]++;
}

/* Nobody may borrow the core here: test_sched.c has the loans. */
struct sched_loan sched_loan;
struct time_base time_base;

void sched_block(struct vcpu *v)
{
	(void)v;
	fail();
}

bool sched_wake_idle(struct vcpu *v, unsigned int line)
{
	(void)v;
	(void)line;
	return false;
}

static int setup(void **state)
{
	unsigned int i;

	(void)state;
	fake_domains_create(3);
	A->privileged = true;
	memset(lines, 0, sizeof(lines));
	memset(wakes, 0, sizeof(wakes));
	fake_lines = 0;
	fake_shot = FAKE_NO_SHOT;
	fake_preempted = false;
	irq_init(&fake_chip);
	for (i = 0; i < domain_count; i++)
		event_init(domains[i]);
	return 0;
}

static int32_t call(struct domain *caller, uint32_t cmd, vaddr_t at)
{
	uint32_t arg[5] = { cmd, at, 0, 0, 0 };

	return do_event_channel_op(caller, arg);
}

/* Makes the call with *op at ARG and takes the structure back. */
static int32_t op(struct domain *caller, uint32_t cmd, void *value, size_t size)
{
	int32_t result;

	memcpy(fake_guest_at(ARG, size, FAKE_GUEST_RO), value, size);
	result = call(caller, cmd, ARG);
	memcpy(value, fake_guest_at(ARG, size, FAKE_GUEST_RO), size);
	return result;
}
#define OP(caller, cmd, value) op(caller, cmd, value, sizeof(*(value)))

static unsigned int unbound(struct domain *d, domid_t remote)
{
	struct evtchn_alloc_unbound a = { DOMID_SELF, remote, 0 };

	assert_int_equal(OP(d, EVTCHNOP_alloc_unbound, &a), 0);
	return a.port;
}

static unsigned int bind_to(struct domain *d, domid_t remote, unsigned int port)
{
	struct evtchn_bind_interdomain b = { remote, port, 0 };

	assert_int_equal(OP(d, EVTCHNOP_bind_interdomain, &b), 0);
	return b.local_port;
}

static unsigned int bind_virq(struct domain *d, uint32_t virq)
{
	struct evtchn_bind_virq b = { virq, 0, 0 };

	assert_int_equal(OP(d, EVTCHNOP_bind_virq, &b), 0);
	return b.port;
}

static int32_t close_port(struct domain *d, unsigned int port)
{
	struct evtchn_close c = { port };

	return OP(d, EVTCHNOP_close, &c);
}

static int32_t send_port(struct domain *d, unsigned int port)
{
	struct evtchn_send s = { port };

	return OP(d, EVTCHNOP_send, &s);
}

static struct evtchn_status status(struct domain *d, unsigned int port)
{
	struct evtchn_status s = { .dom = DOMID_SELF, .port = port, .vcpu = 99 };

	assert_int_equal(OP(d, EVTCHNOP_status, &s), 0);
	assert_int_equal(s.vcpu, 0);
	return s;
}

static struct shared_info *page(struct domain *d)
{
	return d->vcpu.arch.shared_info;
}

static bool pending(struct domain *d, unsigned int port)
{
	return page(d)->evtchn_pending[port / WORD_BITS] & bit_of(port);
}

static bool selected(struct domain *d, unsigned int port)
{
	return page(d)->vcpu_info[0].evtchn_pending_sel >> (port / WORD_BITS) & 1u;
}

static void mask(struct domain *d, unsigned int port)
{
	page(d)->evtchn_mask[port / WORD_BITS] |= bit_of(port);
}

/* ---- calls as such --------------------------------------------------------- */

static void test_unknown(void **state)
{
	(void)state;
	assert_int_equal(call(A, EVTCHNOP_init_control, ARG), -XEN_ENOSYS);
	assert_int_equal(call(A, EVTCHNOP_expand_array, ARG), -XEN_ENOSYS);
	assert_int_equal(call(A, EVTCHNOP_set_priority, ARG), -XEN_ENOSYS);
	assert_int_equal(call(A, 14, ARG), -XEN_ENOSYS);
	assert_int_equal(call(A, 0xFFFFFFFF, ARG), -XEN_ENOSYS);
}

/* A bad address: EFAULT, and nothing has happened. */
static void test_fault(void **state)
{
	uint32_t cmd;

	(void)state;
	for (cmd = 0; cmd <= EVTCHNOP_reset; cmd++) {
		assert_int_equal(call(A, cmd, NOWHERE), -XEN_EFAULT);
		assert_int_equal(call(A, cmd, FAKE_GUEST_NONE - 1), -XEN_EFAULT);
		assert_int_equal(call(A, cmd, 0xFFFFFFFE), -XEN_EFAULT);
	}
	memset(fake_guest, 0, sizeof(fake_guest));
	assert_int_equal(call(A, EVTCHNOP_alloc_unbound, READ_ONLY), -XEN_EFAULT);
	assert_int_equal(call(A, EVTCHNOP_bind_virq, READ_ONLY), -XEN_EFAULT);
	assert_int_equal(call(A, EVTCHNOP_bind_ipi, READ_ONLY), -XEN_EFAULT);
	assert_int_equal(call(A, EVTCHNOP_status, READ_ONLY), -XEN_EFAULT);
	assert_int_equal(port_next(A, 1), 0);
	assert_int_equal(unbound(A, 1), 1);
}

/* ---- each operation -------------------------------------------------------- */

static void test_alloc_unbound(void **state)
{
	struct evtchn_alloc_unbound a = { 77, 0, 0 };
	struct evtchn_status s;

	(void)state;
	assert_int_equal(OP(A, EVTCHNOP_alloc_unbound, &a), -XEN_ESRCH);
	a = (struct evtchn_alloc_unbound){ 0, 0, 0 };
	assert_int_equal(OP(B, EVTCHNOP_alloc_unbound, &a), -XEN_EPERM);
	assert_int_equal(port_next(A, 1), 0);
	a = (struct evtchn_alloc_unbound){ 1, DOMID_SELF, 0 };
	assert_int_equal(OP(A, EVTCHNOP_alloc_unbound, &a), 0);
	assert_int_equal(a.port, 1);
	s = status(B, 1);
	assert_int_equal(s.status, EVTCHNSTAT_unbound);
	assert_int_equal(s.u.unbound.dom, 0);
	assert_int_equal(unbound(B, 0x7FEF), 2); /* whoever that will be */
	assert_int_equal(status(B, 2).u.unbound.dom, 0x7FEF);
	assert_int_equal(status(B, 0).status, EVTCHNSTAT_closed);
}

static void test_table_full(void **state)
{
	struct evtchn_alloc_unbound a = { DOMID_SELF, 1, 0 };
	struct evtchn_bind_interdomain b = { 1, 1, 0 };
	struct evtchn_bind_virq v = { VIRQ_TIMER, 0, 0 };
	struct evtchn_bind_pirq p = { 5, 0, 0 };
	struct evtchn_bind_ipi i = { 0, 0 };
	unsigned int n;

	(void)state;
	assert_int_equal(irq_grant(5, A), 0);
	assert_int_equal(unbound(B, 0), 1);
	for (n = 1; n < EVENT_PORTS; n++)
		assert_int_equal(unbound(A, 1), n);
	assert_int_equal(OP(A, EVTCHNOP_alloc_unbound, &a), -XEN_ENOSPC);
	assert_int_equal(OP(A, EVTCHNOP_bind_interdomain, &b), -XEN_ENOSPC);
	assert_int_equal(OP(A, EVTCHNOP_bind_virq, &v), -XEN_ENOSPC);
	assert_int_equal(OP(A, EVTCHNOP_bind_pirq, &p), -XEN_ENOSPC);
	assert_int_equal(OP(A, EVTCHNOP_bind_ipi, &i), -XEN_ENOSPC);
	assert_int_equal(status(B, 1).status, EVTCHNSTAT_unbound);
	assert_int_equal(close_port(A, 700), 0);
	assert_int_equal(unbound(A, 1), 700);
}

static void test_interdomain(void **state)
{
	struct evtchn_bind_interdomain b = { 77, 1, 0 };
	unsigned int local, remote = unbound(A, 1);
	struct evtchn_status s;

	(void)state;
	assert_int_equal(OP(B, EVTCHNOP_bind_interdomain, &b), -XEN_ESRCH);
	b = (struct evtchn_bind_interdomain){ 0, EVENT_PORTS, 0 };
	assert_int_equal(OP(B, EVTCHNOP_bind_interdomain, &b), -XEN_EINVAL);
	b.remote_port = 9; /* closed */
	assert_int_equal(OP(B, EVTCHNOP_bind_interdomain, &b), -XEN_EINVAL);
	b.remote_port = remote; /* for B, not for C */
	assert_int_equal(OP(C, EVTCHNOP_bind_interdomain, &b), -XEN_EINVAL);

	local = bind_to(B, 0, remote);
	assert_true(pending(B, local)); /* what was lost */
	assert_false(pending(A, remote));
	assert_int_equal(wakes[1], 1);
	assert_int_equal(OP(B, EVTCHNOP_bind_interdomain, &b), -XEN_EINVAL); /* twice */

	s = status(A, remote);
	assert_int_equal(s.status, EVTCHNSTAT_interdomain);
	assert_int_equal(s.u.interdomain.dom, 1);
	assert_int_equal(s.u.interdomain.port, local);
	assert_int_equal(send_port(B, local), 0);
	assert_true(pending(A, remote));
	assert_int_equal(wakes[0], 1);

	assert_int_equal(close_port(B, local), 0);
	assert_false(pending(B, local));
	s = status(A, remote);
	assert_int_equal(s.status, EVTCHNSTAT_unbound);
	assert_int_equal(s.u.unbound.dom, 1);
	assert_int_equal(send_port(A, remote), 0); /* lost */
	assert_int_equal(bind_to(B, 0, remote), local);
}

static void test_loopback(void **state)
{
	unsigned int one = unbound(A, DOMID_SELF);
	unsigned int two = bind_to(A, DOMID_SELF, one);

	(void)state;
	page(A)->evtchn_pending[0] = 0;
	assert_int_equal(send_port(A, two), 0);
	assert_true(pending(A, one));
	assert_false(pending(A, two));
	assert_int_equal(close_port(A, one), 0);
	assert_int_equal(status(A, two).status, EVTCHNSTAT_unbound);
	assert_int_equal(close_port(A, two), 0);
}

static void test_virq(void **state)
{
	struct evtchn_bind_virq b = { NR_VIRQS, 0, 0 };
	unsigned int port;

	(void)state;
	assert_int_equal(OP(A, EVTCHNOP_bind_virq, &b), -XEN_EINVAL);
	b = (struct evtchn_bind_virq){ VIRQ_CONSOLE, 1, 0 }; /* global */
	assert_int_equal(OP(A, EVTCHNOP_bind_virq, &b), -XEN_EINVAL);
	b = (struct evtchn_bind_virq){ VIRQ_TIMER, 1, 0 };
	assert_int_equal(OP(A, EVTCHNOP_bind_virq, &b), -XEN_ENOENT);
	event_send_virq(A, VIRQ_TIMER); /* not bound: nothing */
	assert_int_equal(wakes[0], 0);

	port = bind_virq(A, VIRQ_TIMER);
	b.vcpu = 0;
	assert_int_equal(OP(A, EVTCHNOP_bind_virq, &b), -XEN_EEXIST);
	assert_int_equal(status(A, port).status, EVTCHNSTAT_virq);
	assert_int_equal(status(A, port).u.virq, VIRQ_TIMER);
	event_send_virq(A, VIRQ_TIMER);
	assert_true(pending(A, port));
	assert_int_equal(send_port(A, port), -XEN_EINVAL);
	assert_int_equal(close_port(A, port), 0);
	event_send_virq(A, VIRQ_TIMER);
	assert_false(pending(A, port));
	assert_int_equal(bind_virq(A, VIRQ_ARCH_7), port);
	assert_int_equal(bind_virq(B, VIRQ_ARCH_7), 1); /* each domain its own */
}

static void test_ipi(void **state)
{
	struct evtchn_bind_ipi b = { 1, 0 };

	(void)state;
	assert_int_equal(OP(A, EVTCHNOP_bind_ipi, &b), -XEN_ENOENT);
	b.vcpu = 0;
	assert_int_equal(OP(A, EVTCHNOP_bind_ipi, &b), 0);
	assert_int_equal(status(A, b.port).status, EVTCHNSTAT_ipi);
	assert_int_equal(send_port(A, b.port), 0);
	assert_true(pending(A, b.port));
}

static void test_bind_vcpu(void **state)
{
	struct evtchn_bind_vcpu b = { 1, 1 };
	struct evtchn_bind_ipi i = { 0, 0 };
	unsigned int port;

	(void)state;
	assert_int_equal(OP(A, EVTCHNOP_bind_vcpu, &b), -XEN_ENOENT);
	b = (struct evtchn_bind_vcpu){ EVENT_PORTS, 0 };
	assert_int_equal(OP(A, EVTCHNOP_bind_vcpu, &b), -XEN_EINVAL);
	b.port = 1; /* closed */
	assert_int_equal(OP(A, EVTCHNOP_bind_vcpu, &b), -XEN_EINVAL);
	b.port = bind_virq(A, VIRQ_TIMER);
	assert_int_equal(OP(A, EVTCHNOP_bind_vcpu, &b), -XEN_EINVAL);
	b.port = bind_virq(A, VIRQ_CONSOLE);
	assert_int_equal(OP(A, EVTCHNOP_bind_vcpu, &b), 0);
	assert_int_equal(OP(A, EVTCHNOP_bind_ipi, &i), 0);
	b.port = i.port;
	assert_int_equal(OP(A, EVTCHNOP_bind_vcpu, &b), -XEN_EINVAL);
	port = unbound(A, 1);
	b.port = port;
	assert_int_equal(OP(A, EVTCHNOP_bind_vcpu, &b), 0);
	(void)bind_to(B, 0, port);
	assert_int_equal(OP(A, EVTCHNOP_bind_vcpu, &b), 0);
}

static void test_close_send_errors(void **state)
{
	(void)state;
	assert_int_equal(close_port(A, 0), -XEN_EINVAL);
	assert_int_equal(close_port(A, 1), -XEN_EINVAL);
	assert_int_equal(close_port(A, EVENT_PORTS), -XEN_EINVAL);
	assert_int_equal(close_port(A, 0xFFFFFFFF), -XEN_EINVAL);
	assert_int_equal(send_port(A, 0), -XEN_EINVAL);
	assert_int_equal(send_port(A, 1), -XEN_EINVAL);
	assert_int_equal(send_port(A, EVENT_PORTS), -XEN_EINVAL);
}

static void test_status_errors(void **state)
{
	struct evtchn_status s = { .dom = 77, .port = 1 };

	(void)state;
	assert_int_equal(OP(A, EVTCHNOP_status, &s), -XEN_ESRCH);
	s = (struct evtchn_status){ .dom = DOMID_SELF, .port = EVENT_PORTS };
	assert_int_equal(OP(A, EVTCHNOP_status, &s), -XEN_EINVAL);
	s = (struct evtchn_status){ .dom = 0, .port = 1 };
	assert_int_equal(OP(B, EVTCHNOP_status, &s), -XEN_EPERM);
	s = (struct evtchn_status){ .dom = 1, .port = 1 };
	assert_int_equal(OP(A, EVTCHNOP_status, &s), 0);
	assert_int_equal(s.status, EVTCHNSTAT_closed);
}

static void test_reset(void **state)
{
	struct evtchn_reset r = { 77 };
	unsigned int port;

	(void)state;
	assert_int_equal(OP(A, EVTCHNOP_reset, &r), -XEN_ESRCH);
	r.dom = 0;
	assert_int_equal(OP(B, EVTCHNOP_reset, &r), -XEN_EPERM);
	port = unbound(B, 0);
	(void)bind_to(A, 1, port);
	(void)bind_virq(B, VIRQ_TIMER);
	event_send_virq(B, VIRQ_TIMER);
	r.dom = 1;
	assert_int_equal(OP(A, EVTCHNOP_reset, &r), 0); /* privileged */
	assert_int_equal(port_next(B, 1), 0);
	assert_int_equal(page(B)->evtchn_pending[0], 0);
	assert_int_equal(status(A, 1).status, EVTCHNSTAT_unbound);
	event_send_virq(B, VIRQ_TIMER);
	assert_int_equal(page(B)->evtchn_pending[0], 0);
	(void)bind_virq(B, VIRQ_TIMER);
}

/* Preempted after each port: it ends, and the result is the same. */
static void test_reset_preempted(void **state)
{
	struct evtchn_reset r = { DOMID_SELF };
	unsigned int n;
	int32_t result;

	(void)state;
	for (n = 1; n <= 100; n++)
		(void)unbound(B, 0);
	fake_preempted = true;
	fake_continued = 0;
	do {
		result = OP(B, EVTCHNOP_reset, &r);
	} while (result == HYPERCALL_CONTINUED);
	assert_int_equal(result, 0);
	assert_int_equal(fake_continued, 100);
	assert_int_equal(port_next(B, 1), 0);
}

static void test_destroy(void **state)
{
	unsigned int port = unbound(A, 1);
	unsigned int local = bind_to(B, 0, port);

	(void)state;
	assert_int_equal(irq_grant(5, B), 0);
	assert_false(event_destroy(B)); /* one at a time */
	assert_true(event_destroy(B));
	assert_int_equal(port_next(B, 1), 0);
	assert_int_equal(status(A, port).status, EVTCHNSTAT_unbound);
	assert_int_equal(status(A, port).u.unbound.dom, 1);
	assert_int_equal(bind_to(B, 0, port), local); /* it was started again */
}

/* ---- bits ------------------------------------------------------------------ */

static void test_pending_bits(void **state)
{
	unsigned int low = bind_virq(A, VIRQ_TIMER), high, n;
	struct vcpu_info *info = &page(A)->vcpu_info[0];

	(void)state;
	for (n = 0; n < 1000; n++)
		high = unbound(A, 1);
	event_set_pending(A, high);
	assert_true(pending(A, high) && selected(A, high) && info->evtchn_upcall_pending);
	assert_false(selected(A, low));
	assert_int_equal(wakes[0], 1);
	event_set_pending(A, high); /* no edge: nothing */
	assert_int_equal(wakes[0], 1);
	event_set_pending(A, low); /* upcall is under way */
	assert_true(selected(A, low));
	assert_int_equal(wakes[0], 1);
	info->evtchn_upcall_pending = 0;
	page(A)->evtchn_pending[low / WORD_BITS] = 0;
	event_set_pending(A, low); /* selector was not cleared */
	assert_false(info->evtchn_upcall_pending);
	assert_int_equal(wakes[0], 1);
}

static void test_masked(void **state)
{
	unsigned int port = bind_virq(A, VIRQ_TIMER);
	struct evtchn_unmask u = { port };

	(void)state;
	mask(A, port);
	event_send_virq(A, VIRQ_TIMER);
	assert_true(pending(A, port));
	assert_false(selected(A, port));
	assert_false(page(A)->vcpu_info[0].evtchn_upcall_pending);
	assert_int_equal(wakes[0], 0);
	assert_int_equal(OP(A, EVTCHNOP_unmask, &u), 0);
	assert_true(selected(A, port));
	assert_true(page(A)->vcpu_info[0].evtchn_upcall_pending);
	assert_int_equal(page(A)->evtchn_mask[0], 0);
	u.port = EVENT_PORTS;
	assert_int_equal(OP(A, EVTCHNOP_unmask, &u), -XEN_EINVAL);
	u.port = 9; /* closed: stays masked */
	mask(A, 9);
	assert_int_equal(OP(A, EVTCHNOP_unmask, &u), 0);
	assert_true(page(A)->evtchn_mask[0] & bit_of(9));
}

static void test_polling(void **state)
{
	unsigned int port = bind_virq(A, VIRQ_TIMER), other = unbound(A, 1);
	evtchn_port_t ports[] = { 3, port };

	(void)state;
	mask(A, port);
	mask(A, other);
	A->vcpu.sched.poll_port = port;
	event_set_pending(A, other);
	assert_int_equal(wakes[0], 0);
	assert_int_equal(event_poll(A, ports, 2), 0);
	event_set_pending(A, port);
	assert_int_equal(wakes[0], 1);
	assert_int_equal(event_poll(A, ports, 2), 1);
	A->vcpu.sched.poll_port = SCHED_POLL_ANY;
	page(A)->evtchn_pending[0] = 0;
	event_set_pending(A, other);
	assert_int_equal(wakes[0], 2);
	ports[0] = EVENT_PORTS;
	assert_int_equal(event_poll(A, ports, 2), -XEN_EINVAL);
	assert_int_equal(event_poll(A, ports, 0), 0);
}

static void test_upcall(void **state)
{
	struct vcpu_info *info = &page(A)->vcpu_info[0];

	(void)state;
	assert_false(event_upcall_due(&A->vcpu));
	info->evtchn_upcall_pending = 1;
	assert_true(event_upcall_due(&A->vcpu));
	info->evtchn_upcall_mask = 1;
	assert_false(event_upcall_due(&A->vcpu));
	assert_true(event_enable_upcall(&A->vcpu));
	assert_int_equal(info->evtchn_upcall_mask, 0);
	info->evtchn_upcall_pending = 0;
	assert_false(event_enable_upcall(&A->vcpu));
}

/* All words full of ones: every operation works on, only bits move. */
static void test_hostile_page(void **state)
{
	unsigned int port = unbound(A, 1), peer = bind_to(B, 0, port);

	(void)state;
	memset(page(A), 0xFF, sizeof(*page(A)));
	assert_int_equal(send_port(B, peer), 0);
	assert_int_equal(close_port(A, port), 0);
	assert_false(pending(A, port));
	assert_int_equal(unbound(A, 1), port);
	memset(page(A), 0, sizeof(*page(A)));
	assert_int_equal(status(A, port).status, EVTCHNSTAT_unbound);
}

/* ---- physical interrupts --------------------------------------------------- */

static int32_t physdev(struct domain *d, uint32_t cmd, void *value, size_t size)
{
	uint32_t arg[5] = { cmd, ARG, 0, 0, 0 };
	int32_t result;

	memcpy(fake_guest_at(ARG, size, FAKE_GUEST_RO), value, size);
	result = do_physdev_op(d, arg);
	memcpy(value, fake_guest_at(ARG, size, FAKE_GUEST_RO), size);
	return result;
}

static void test_pirq(void **state)
{
	struct evtchn_bind_pirq b = { IRQ_LINES, BIND_PIRQ__WILL_SHARE, 0 };
	struct physdev_eoi eoi = { 5 };

	(void)state;
	assert_int_equal(irq_grant(IRQ_LINES, A), -XEN_EINVAL);
	assert_int_equal(irq_grant(5, B), 0);
	assert_int_equal(irq_grant(5, B), 0);
	assert_int_equal(irq_grant(5, A), -XEN_EBUSY);
	assert_int_equal(OP(B, EVTCHNOP_bind_pirq, &b), -XEN_EINVAL);
	b.pirq = 6;
	assert_int_equal(OP(B, EVTCHNOP_bind_pirq, &b), -XEN_EPERM);
	b.pirq = 5;
	assert_int_equal(OP(A, EVTCHNOP_bind_pirq, &b), -XEN_EPERM);
	assert_int_equal(OP(B, EVTCHNOP_bind_pirq, &b), 0);
	assert_true(fake_unmasked & 1u << 5);
	assert_int_equal(status(B, b.port).u.pirq, 5);
	assert_int_equal(OP(B, EVTCHNOP_bind_pirq, &b), -XEN_EEXIST);

	fake_lines = 1u << 5;
	assert_true(irq_pending());
	irq_handle(); /* level stays: masked until eoi */
	assert_true(pending(B, b.port));
	assert_int_equal(wakes[1], 1);
	assert_false(fake_unmasked & 1u << 5);
	assert_false(irq_pending());
	fake_lines = 0;
	assert_int_equal(physdev(B, PHYSDEVOP_eoi, &eoi, sizeof(eoi)), 0);
	assert_true(fake_unmasked & 1u << 5);
	assert_int_equal(close_port(B, b.port), 0);
	assert_false(fake_unmasked & 1u << 5);
	assert_int_equal(physdev(B, PHYSDEVOP_eoi, &eoi, sizeof(eoi)), 0);
	assert_false(fake_unmasked & 1u << 5); /* unbound: stays masked */
}

static void test_physdev_errors(void **state)
{
	struct physdev_eoi eoi = { 5 };
	struct physdev_irq_status_query query = { IRQ_LINES, 99 };
	uint32_t arg[5] = { PHYSDEVOP_eoi, NOWHERE, 0, 0, 0 };

	(void)state;
	assert_int_equal(do_physdev_op(A, arg), -XEN_EFAULT);
	arg[0] = PHYSDEVOP_irq_status_query;
	assert_int_equal(do_physdev_op(A, arg), -XEN_EFAULT);
	memset(fake_guest, 0, sizeof(fake_guest));
	arg[1] = READ_ONLY;
	assert_int_equal(do_physdev_op(A, arg), -XEN_EFAULT);
	arg[0] = PHYSDEVOP_map_pirq;
	assert_int_equal(do_physdev_op(A, arg), -XEN_ENOSYS);
	arg[0] = 0xFFFFFFFF;
	assert_int_equal(do_physdev_op(A, arg), -XEN_ENOSYS);

	assert_int_equal(physdev(A, PHYSDEVOP_eoi, &eoi, sizeof(eoi)), -XEN_EINVAL);
	eoi.irq = 0xFFFFFFFF;
	assert_int_equal(physdev(A, PHYSDEVOP_eoi, &eoi, sizeof(eoi)), -XEN_EINVAL);
	assert_int_equal(physdev(A, PHYSDEVOP_irq_status_query, &query, sizeof(query)),
			 -XEN_EINVAL);
	assert_int_equal(irq_grant(5, A), 0);
	query.irq = 5;
	assert_int_equal(physdev(A, PHYSDEVOP_irq_status_query, &query, sizeof(query)), 0);
	assert_int_equal(query.flags, XENIRQSTAT_needs_eoi);
}

static void handler(void)
{
	if (++handled == 3)
		fake_lines &= ~(1u << 12);
}

/* Own handlers, lines of nobody, and a line that never goes away: one line a call. */
static void test_irq_handle(void **state)
{
	(void)state;
	handled = 0;
	irq_attach(12, handler);
	assert_int_equal(irq_grant(12, A), -XEN_EBUSY);
	fake_lines = 1u << 12 | 1u << 20;
	fake_unmasked |= 1u << 20;
	for (int i = 0; i < 3; i++)
		irq_handle();
	assert_int_equal(handled, 3);
	assert_true(fake_unmasked & 1u << 20);
	irq_handle();
	assert_false(fake_unmasked & 1u << 20);
	irq_handle(); /* nothing */
	fake_lines = 1u << 12;
	handled = 10;
	irq_handle();
	assert_int_equal(handled, 11);
	assert_true(irq_pending());
}

/* A controller with registers for the first lines: the highest first, its own driver for the others. */
static void test_irq_registers(void **state)
{
	static volatile uint32_t status, clear;
	const struct irqchip chip = {
		.name = "registers", .ops = &fake_chip_ops,
		.status = &status, .clear = &clear, .own = ~(1u << 31),
	};

	(void)state;
	irq_init(&chip);
	handled = 0;
	irq_attach(12, handler);
	assert_int_equal(irq_grant(20, A), 0);
	assert_false(irq_pending());
	irq_handle();
	status = 1u << 12 | 1u << 20;
	assert_true(irq_pending());
	irq_handle();
	assert_int_equal(clear, 1u << 20);
	assert_int_equal(handled, 0);
	status = 1u << 12;
	irq_handle();
	assert_int_equal(handled, 1);

	status = 1u << 31; /* the second controller's: not looked up in here */
	fake_lines = (uint64_t)1 << 40;
	fake_unmasked = (uint64_t)1 << 40;
	clear = 0;
	assert_true(irq_pending());
	irq_handle();
	assert_int_equal(clear, 0);
	assert_false(fake_unmasked >> 40 & 1u);
}

static void test_dump(void **state)
{
	unsigned int before = fake_lines_logged, pieces = 0;
	uint32_t at = 0;

	(void)state;
	(void)unbound(A, 1);
	(void)bind_virq(A, VIRQ_TIMER);
	assert_int_equal(event_dump(NULL, 0), 0);
	while ((at = event_dump(A, at)))
		pieces++;
	assert_int_equal(fake_lines_logged - before, 3); /* whose they are, and they */
	assert_int_equal(pieces, 1 + 2 + EVENT_PORTS / 32 - 1);
	at = event_dump(A, 0);
	while (!event_destroy(A))
		;
	while (at)
		at = event_dump(A, at);
	assert_int_equal(fake_lines_logged - before, 4);
}

/* Thousands of random operations: the tables of all domains stay consistent. */
static void check_tables(void)
{
	unsigned int i, port;

	for (i = 0; i < domain_count; i++) {
		struct domain *d = domains[i];

		for (port = 1; port < EVENT_PORTS; port++) {
			struct event_port p = d->events.port[port];
			bool used = d->events.used[port / 32] >> (port % 32) & 1u;
			struct event_port q;

			assert_int_equal(used, p.state != EVTCHNSTAT_closed);
			if (p.state == EVTCHNSTAT_virq)
				assert_int_equal(d->events.virq_port[p.number], port);
			if (p.state != EVTCHNSTAT_interdomain)
				continue;
			q = domains[p.domain]->events.port[p.number];
			assert_int_equal(q.state, EVTCHNSTAT_interdomain);
			assert_int_equal(q.domain, i);
			assert_int_equal(q.number, port);
		}
		for (port = 0; port < EVENT_PORTS; port += 32)
			assert_int_equal(d->events.full >> port / 32 & 1u, !~d->events.used[port / 32]);
	}
}

static void test_random(void **state)
{
	union event_arg a;
	unsigned int n;
	uint32_t cmd;

	(void)state;
	srand(1);
	for (n = 0; n < 200000; n++) {
		unsigned int i;
		uint16_t words[sizeof(a) / 2];

		/* small numbers: they mean something more often */
		for (i = 0; i < sizeof(a) / 2; i++)
			words[i] = rand() % 4 ? (uint16_t)(rand() % 3 * (rand() % 30)) : 0;
		memcpy(&a, words, sizeof(a));
		cmd = (uint32_t)rand() % (EVTCHNOP_reset + (rand() % 100 == 0));
		(void)op(domains[rand() % 3], cmd, &a, sizeof(a));
		if (n % 64 == 0)
			check_tables();
	}
	check_tables();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_unknown, setup),
		cmocka_unit_test_setup(test_fault, setup),
		cmocka_unit_test_setup(test_alloc_unbound, setup),
		cmocka_unit_test_setup(test_table_full, setup),
		cmocka_unit_test_setup(test_interdomain, setup),
		cmocka_unit_test_setup(test_loopback, setup),
		cmocka_unit_test_setup(test_virq, setup),
		cmocka_unit_test_setup(test_ipi, setup),
		cmocka_unit_test_setup(test_bind_vcpu, setup),
		cmocka_unit_test_setup(test_close_send_errors, setup),
		cmocka_unit_test_setup(test_status_errors, setup),
		cmocka_unit_test_setup(test_reset, setup),
		cmocka_unit_test_setup(test_reset_preempted, setup),
		cmocka_unit_test_setup(test_destroy, setup),
		cmocka_unit_test_setup(test_pending_bits, setup),
		cmocka_unit_test_setup(test_masked, setup),
		cmocka_unit_test_setup(test_polling, setup),
		cmocka_unit_test_setup(test_upcall, setup),
		cmocka_unit_test_setup(test_hostile_page, setup),
		cmocka_unit_test_setup(test_pirq, setup),
		cmocka_unit_test_setup(test_physdev_errors, setup),
		cmocka_unit_test_setup(test_irq_handle, setup),
		cmocka_unit_test_setup(test_irq_registers, setup),
		cmocka_unit_test_setup(test_dump, setup),
		cmocka_unit_test_setup(test_random, setup),
	};

	return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
