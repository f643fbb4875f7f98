/* SPDX-License-Identifier: MIT */
/*
 * sched.c - sched_op, set_timer_op, vcpu_op, the time page.
 */
#include "../lib/test.h"
#include <xen/vcpu.h>

static volatile unsigned int fired;
static int timer;

static long op(unsigned int command, void *argument)
{
	return hypercall_sched_op(command, ARG(argument));
}

static void clock_runs(void)
{
	uint64_t before = time_now(), after;
	unsigned int back = 0;

	for (unsigned int i = 0; i < 20000; i++) {
		after = time_now();
		if (after < before)
			back++;
		before = after;
	}
	test_is("time never goes back", (long)back, 0);
	test_ok("the counter has a rate", shared_info->arch.counter_hz >= 1000000);
	test_ok("time page: version is even", (vcpu_info()->time.version & 1) == 0);
	test_ok("main ID of an ARM926", (shared_info->arch.midr & 0xFFF0) == 0x9260);
}

static void timers(void)
{
	uint64_t start;

	timer = event_bind_virq(VIRQ_TIMER, test_count, (void *)&fired);
	test_ok("bind VIRQ_TIMER", timer > 0);
	start = time_now();
	test_is("set_timer_op", timer_set(start + 20 * NS_PER_MS), 0);
	events_mask();
	while (!event_pending((evtchn_port_t)timer) && time_now() < start + NS_PER_S)
		;
	test_ok("fires while we compute", event_pending((evtchn_port_t)timer));
	test_ok("not early", time_now() >= start + 20 * NS_PER_MS);
	events_unmask();
	test_is("once", (long)fired, 1);

	fired = 0;
	start = time_now();
	timer_set(start + 30 * NS_PER_MS);
	events_mask();
	test_is("block", op(SCHEDOP_block, NULL), 0);
	test_is("block unmasks events", vcpu_info()->evtchn_upcall_mask, 0);
	test_is("the timer woke us", (long)fired, 1);
	test_ok("at its time", time_now() >= start + 30 * NS_PER_MS &&
		time_now() < start + 500 * NS_PER_MS);

	fired = 0;
	timer_set(1);
	test_ok("a time that has passed fires at once", test_wait(&fired, 100));
	fired = 0;
	timer_set(time_now() + 20 * NS_PER_MS);
	timer_set(0);
	start = time_now();
	while (time_now() < start + 50 * NS_PER_MS)
		;
	test_is("0 stops the timer", (long)fired, 0);
}

static void polling(void)
{
	evtchn_port_t ports[2] = { (evtchn_port_t)timer, 1 };
	struct sched_poll poll = { .nr_ports = 1 };
	uint64_t start = time_now();

	set_xen_guest_handle(poll.ports, ports);
	events_mask();
	poll.timeout = start + 20 * NS_PER_MS;
	test_is("poll until a time", op(SCHEDOP_poll, &poll), 0);
	test_ok("it came", time_now() >= start + 20 * NS_PER_MS);
	test_is("poll leaves events masked", vcpu_info()->evtchn_upcall_mask, 1);
	start = time_now();
	timer_set(start + 10 * NS_PER_MS);
	poll.timeout = start + 2 * NS_PER_S;
	test_is("poll until a port", op(SCHEDOP_poll, &poll), 0);
	test_ok("the port is pending", event_pending((evtchn_port_t)timer));
	test_ok("long before the time", time_now() < start + NS_PER_S);
	test_is("poll with a pending port returns", op(SCHEDOP_poll, &poll), 0);
	ports[0] = 1024;
	test_is("poll: wild port", op(SCHEDOP_poll, &poll), -XEN_EINVAL);
	ports[0] = (evtchn_port_t)timer;
	poll.nr_ports = 129;
	test_is("poll: too many ports", op(SCHEDOP_poll, &poll), -XEN_EINVAL);
	poll.nr_ports = 1;
	set_xen_guest_handle(poll.ports, (evtchn_port_t *)AT_HYPERVISOR);
	test_is("poll: bad address of the ports", op(SCHEDOP_poll, &poll), -XEN_EFAULT);
	test_is("poll: bad address", op(SCHEDOP_poll, (void *)AT_FOREIGN), -XEN_EFAULT);
	events_unmask();
}

static void vcpu_calls(void)
{
	struct vcpu_runstate_info state;
	struct vcpu_set_singleshot_timer shot = { .flags = 0 };

	test_is("vcpu_op: is_up", hypercall_vcpu_op(VCPUOP_is_up, 0, 0), 1);
	test_is("vcpu_op: no such vcpu", hypercall_vcpu_op(VCPUOP_is_up, 1, 0), -XEN_ENOENT);
	test_is("vcpu_op: wild vcpu", hypercall_vcpu_op(VCPUOP_is_up, 0xFFFFFFFF, 0), -XEN_ENOENT);
	test_is("vcpu_op: unknown command", hypercall_vcpu_op(77, 0, 0), -XEN_ENOSYS);
	test_is("vcpu_op: get_runstate_info",
		hypercall_vcpu_op(VCPUOP_get_runstate_info, 0, ARG(&state)), 0);
	test_is("vcpu_op: running", state.state, RUNSTATE_running);
	test_ok("vcpu_op: has run", state.time[RUNSTATE_running] > 0);
	test_ok("vcpu_op: was blocked", state.time[RUNSTATE_blocked] > 0);
	test_is("vcpu_op: get_runstate_info, bad address",
		hypercall_vcpu_op(VCPUOP_get_runstate_info, 0, AT_HYPERVISOR), -XEN_EFAULT);
	fired = 0;
	shot.timeout_abs_ns = time_now() + 10 * NS_PER_MS;
	test_is("vcpu_op: set_singleshot_timer",
		hypercall_vcpu_op(VCPUOP_set_singleshot_timer, 0, ARG(&shot)), 0);
	op(SCHEDOP_block, NULL);
	test_is("vcpu_op: it fires", (long)fired, 1);
	fired = 0;
	shot.timeout_abs_ns = time_now() + 10 * NS_PER_MS;
	hypercall_vcpu_op(VCPUOP_set_singleshot_timer, 0, ARG(&shot));
	test_is("vcpu_op: stop_singleshot_timer",
		hypercall_vcpu_op(VCPUOP_stop_singleshot_timer, 0, 0), 0);
	for (uint64_t start = time_now(); time_now() < start + 30 * NS_PER_MS;)
		;
	test_is("vcpu_op: it does not fire", (long)fired, 0);
	shot.timeout_abs_ns = 1;
	shot.flags = VCPU_SSHOTTMR_future;
	test_is("vcpu_op: a future that is past",
		hypercall_vcpu_op(VCPUOP_set_singleshot_timer, 0, ARG(&shot)), -XEN_ETIME);
	test_is("vcpu_op: set_singleshot_timer, bad address",
		hypercall_vcpu_op(VCPUOP_set_singleshot_timer, 0, AT_FOREIGN), -XEN_EFAULT);
}

static void periodic(void)
{
	struct vcpu_set_periodic_timer set = { .period_ns = 10 * NS_PER_MS };
	uint64_t start = time_now();

	fired = 0;
	test_is("vcpu_op: set_periodic_timer",
		hypercall_vcpu_op(VCPUOP_set_periodic_timer, 0, ARG(&set)), 0);
	while (fired < 5 && time_now() < start + NS_PER_S)
		op(SCHEDOP_block, NULL);
	test_is("vcpu_op: it fires again and again", (long)fired, 5);
	test_ok("vcpu_op: not too often", time_now() >= start + 45 * NS_PER_MS);
	test_is("vcpu_op: stop_periodic_timer",
		hypercall_vcpu_op(VCPUOP_stop_periodic_timer, 0, 0), 0);
	set.period_ns = 1;
	test_is("vcpu_op: period too short",
		hypercall_vcpu_op(VCPUOP_set_periodic_timer, 0, ARG(&set)), -XEN_EINVAL);
	set.period_ns = ~0ull;
	test_is("vcpu_op: period too long",
		hypercall_vcpu_op(VCPUOP_set_periodic_timer, 0, ARG(&set)), -XEN_EINVAL);
	test_is("vcpu_op: set_periodic_timer, bad address",
		hypercall_vcpu_op(VCPUOP_set_periodic_timer, 0, AT_HYPERVISOR), -XEN_EFAULT);
	test_is("vcpu_op: up", hypercall_vcpu_op(VCPUOP_up, 0, 0), 0);
	test_ok("vcpu_op: initialise", hypercall_vcpu_op(VCPUOP_initialise, 0, 0) < 0);
}

/* Of another domain: 1 runs beside this one. */
static void remote(void)
{
	struct sched_remote_shutdown stop = { .domain_id = 1, .reason = SHUTDOWN_crash };

	test_is("remote_shutdown: not privileged", op(SCHEDOP_remote_shutdown, &stop), -XEN_EPERM);
	stop.domain_id = 77;
	test_is("remote_shutdown: no such domain", op(SCHEDOP_remote_shutdown, &stop), -XEN_ESRCH);
	test_is("remote_shutdown: bad address",
		op(SCHEDOP_remote_shutdown, (void *)AT_FOREIGN), -XEN_EFAULT);
	test_is("shutdown_code: bad address",
		op(SCHEDOP_shutdown_code, (void *)AT_HYPERVISOR), -XEN_EFAULT);
}

static void registered_areas(void)
{
	static struct vcpu_runstate_info area;
	static struct vcpu_time_info page;
	struct vcpu_register_runstate_memory_area run = { .addr.v = &area };
	struct vcpu_register_time_memory_area time = { .addr.v = &page };
	long result = hypercall_vcpu_op(VCPUOP_register_runstate_memory_area, 0, ARG(&run));

	/* Either it works or it is not there; both are Xen's. */
	if (result == -XEN_ENOSYS)
		test_is("register_runstate_memory_area is not there", result, -XEN_ENOSYS);
	else
		test_ok("register_runstate_memory_area", result == 0 &&
			area.state == RUNSTATE_running && area.time[RUNSTATE_running] > 0);
	result = hypercall_vcpu_op(VCPUOP_register_vcpu_time_memory_area, 0, ARG(&time));
	if (result == -XEN_ENOSYS)
		test_is("register_vcpu_time_memory_area is not there", result, -XEN_ENOSYS);
	else
		test_ok("register_vcpu_time_memory_area",
			result == 0 && page.tsc_to_system_mul != 0);
}

int main(void)
{
	struct sched_shutdown shutdown = { .reason = SHUTDOWN_poweroff };

	clock_runs();
	timers();
	polling();
	vcpu_calls();
	periodic();
	remote();
	registered_areas();
	test_is("yield", op(SCHEDOP_yield, NULL), 0);
	test_is("shutdown: bad address", op(SCHEDOP_shutdown, (void *)AT_HYPERVISOR), -XEN_EFAULT);
	test_is("unknown command", op(77, &shutdown), -XEN_ENOSYS);
	test_end();
}
