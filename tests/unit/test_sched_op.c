/* SPDX-License-Identifier: MIT */
/* test_sched_op.c - sched_op and vcpu_op. */
#include "core.c"

/* ---- sched_op -------------------------------------------------------------- */

static void test_sched_op_errors(void **state)
{
	static const uint32_t with_arg[] = {
		SCHEDOP_shutdown, SCHEDOP_poll, SCHEDOP_remote_shutdown, SCHEDOP_shutdown_code,
	};
	static const uint32_t unknown[] = { SCHEDOP_watchdog, SCHEDOP_pin_override, 8, ~0u };
	uint32_t arg[5] = { 0, NOWHERE, 0, 0, 0 };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(with_arg); i++) {
		arg[0] = with_arg[i];
		assert_int_equal(do_sched_op(A, arg), -XEN_EFAULT);
	}
	for (i = 0; i < ARRAY_SIZE(unknown); i++) {
		arg[0] = unknown[i];
		assert_int_equal(do_sched_op(A, arg), -XEN_ENOSYS);
	}
	assert_int_equal(fake_shutdown[0], -1);
}

static void test_block(void **state)
{
	struct vcpu_info *info = &A->vcpu.arch.shared_info->vcpu_info[0];

	(void)state;
	info->evtchn_upcall_mask = 1;
	info->evtchn_upcall_pending = 1;
	block(A); /* an upcall is due: goes on */
	assert_int_equal(info->evtchn_upcall_mask, 0);
	assert_int_equal(A->vcpu.sched.state, VCPU_RUNNABLE);
	info->evtchn_upcall_pending = 0;
	info->evtchn_upcall_mask = 1;
	block(A);
	assert_int_equal(info->evtchn_upcall_mask, 0);
	assert_int_equal(A->vcpu.sched.state, VCPU_BLOCKED);
	assert_true(sched_requested());
	schedule();
	assert_ptr_equal(pcpu.current, &B->vcpu);
	assert_int_equal(A->vcpu.sched.runstate, RUNSTATE_blocked);
}

static void test_shutdown(void **state)
{
	struct sched_shutdown s = { SHUTDOWN_reboot };
	struct sched_remote_shutdown r = { 77, SHUTDOWN_crash };

	(void)state;
	assert_int_equal(sched_call(A, SCHEDOP_shutdown_code, &s, sizeof(s)), 0);
	assert_int_equal(A->shutdown_code, SHUTDOWN_reboot);
	assert_int_equal(fake_shutdown[0], -1);
	assert_int_equal(sched_call(A, SCHEDOP_shutdown, &s, sizeof(s)), 0);
	assert_int_equal(fake_shutdown[0], SHUTDOWN_reboot);

	assert_int_equal(sched_call(A, SCHEDOP_remote_shutdown, &r, sizeof(r)), -XEN_ESRCH);
	r.domain_id = DOMID_SELF;
	assert_int_equal(sched_call(A, SCHEDOP_remote_shutdown, &r, sizeof(r)), -XEN_ESRCH);
	r.domain_id = 2;
	assert_int_equal(sched_call(B, SCHEDOP_remote_shutdown, &r, sizeof(r)), -XEN_EPERM);
	assert_int_equal(fake_shutdown[2], -1);
	assert_int_equal(sched_call(A, SCHEDOP_remote_shutdown, &r, sizeof(r)), 0);
	assert_int_equal(fake_shutdown[2], SHUTDOWN_crash);
}

static void test_poll_errors(void **state)
{
	struct sched_poll p = poll_of(129, 0);

	(void)state;
	assert_int_equal(poll(A, p), -XEN_EINVAL);
	p = poll_of(2, 0);
	p.ports.p = (evtchn_port_t *)(uintptr_t)NOWHERE;
	assert_int_equal(poll(A, p), -XEN_EFAULT);
	set_ports(3, EVENT_PORTS);
	assert_int_equal(poll(A, poll_of(2, 0)), -XEN_EINVAL);
	assert_int_equal(A->vcpu.sched.state, VCPU_RUNNABLE);
	set_ports(3, 4);
	assert_int_equal(poll(A, poll_of(128, 0)), 0); /* the most */
	assert_int_equal(A->vcpu.sched.state, VCPU_BLOCKED);
}

static void test_poll(void **state)
{
	struct shared_info *s = A->vcpu.arch.shared_info;
	struct sched_vcpu *v = &A->vcpu.sched;

	(void)state;
	set_ports(7, 8);
	memset(s->evtchn_mask, 0xFF, sizeof(s->evtchn_mask));
	event_set_pending(A, 8);
	assert_int_equal(poll(A, poll_of(2, 0)), 0); /* it is there already */
	assert_int_equal(v->state, VCPU_RUNNABLE);
	assert_int_equal(poll(A, poll_of(1, 0)), 0); /* port 7 alone */
	assert_int_equal(v->state, VCPU_BLOCKED);
	event_set_pending(A, 9);
	assert_int_equal(v->state, VCPU_BLOCKED);
	event_set_pending(A, 7);
	assert_int_equal(v->state, VCPU_RUNNABLE);
	assert_int_equal(v->poll_port, SCHED_POLL_NONE);

	s->evtchn_pending[0] = 0;
	assert_int_equal(poll(A, poll_of(0, 0)), 0); /* any event */
	event_set_pending(A, 100);
	assert_int_equal(v->state, VCPU_RUNNABLE);

	s->vcpu_info[0].evtchn_upcall_pending = 1; /* an upcall is due */
	assert_int_equal(poll(A, poll_of(0, 0)), 0);
	assert_int_equal(v->state, VCPU_RUNNABLE);
	assert_int_equal(s->vcpu_info[0].evtchn_upcall_mask, 0);
}

/* Work that is pending comes between, and nothing has been done. */
static void test_poll_preempted(void **state)
{
	(void)state;
	set_ports(3, 4);
	fake_preempted = true;
	fake_continued = 0;
	assert_int_equal(poll(A, poll_of(4, 0)), HYPERCALL_CONTINUED); /* before it blocks */
	assert_int_equal(poll(A, poll_of(5, 0)), HYPERCALL_CONTINUED); /* between its ports */
	assert_int_equal(A->vcpu.sched.state, VCPU_RUNNABLE);
	assert_int_equal(fake_continued, 2);
	fake_preempted = false;
	assert_int_equal(poll(A, poll_of(5, 0)), 0);
	assert_int_equal(A->vcpu.sched.state, VCPU_BLOCKED);
}

static void test_poll_timeout(void **state)
{
	struct sched_vcpu *v = &A->vcpu.sched;

	(void)state;
	run(2 * MS);
	assert_int_equal(poll(A, poll_of(0, 1 * MS)), 0); /* past */
	assert_int_equal(v->state, VCPU_RUNNABLE);
	assert_int_equal(poll(A, poll_of(0, 3 * MS)), 0);
	assert_int_equal(v->state, VCPU_BLOCKED);
	run(2900 * US);
	assert_int_equal(v->state, VCPU_BLOCKED);
	run(3001 * US);
	assert_int_equal(v->state, VCPU_RUNNABLE);
	assert_int_equal(poll(A, poll_of(0, 3500 * US)), 0);
	event_set_pending(A, 100); /* earlier than the timeout */
	assert_int_equal(v->state, VCPU_RUNNABLE);
	assert_false(v->poll_timer.armed);
}

/* ---- vcpu_op --------------------------------------------------------------- */

static int32_t vcpu_call(uint32_t cmd, uint32_t id, vaddr_t at)
{
	uint32_t arg[5] = { cmd, id, at, 0, 0 };

	return do_vcpu_op(A, arg);
}

static void test_vcpu_op(void **state)
{
	uint32_t cmd;

	(void)state;
	for (cmd = 0; cmd < 20; cmd++)
		assert_int_equal(vcpu_call(cmd, 1, ARG), -XEN_ENOENT);
	assert_int_equal(vcpu_call(VCPUOP_initialise, 0, ARG), -XEN_EEXIST);
	assert_int_equal(vcpu_call(VCPUOP_up, 0, 0), 0);
	assert_int_equal(vcpu_call(VCPUOP_is_up, 0, 0), 1);
	assert_int_equal(vcpu_call(VCPUOP_register_runstate_memory_area, 0, ARG), -XEN_ENOSYS);
	assert_int_equal(vcpu_call(VCPUOP_register_vcpu_info, 0, ARG), -XEN_ENOSYS);
	assert_int_equal(vcpu_call(VCPUOP_register_vcpu_time_memory_area, 0, ARG), -XEN_ENOSYS);
	assert_int_equal(vcpu_call(VCPUOP_send_nmi, 0, 0), -XEN_ENOSYS);
	assert_int_equal(vcpu_call(VCPUOP_get_physid, 0, ARG), -XEN_ENOSYS);
	assert_int_equal(vcpu_call(0xFFFFFFFF, 0, ARG), -XEN_ENOSYS);
	assert_int_equal(fake_shutdown[0], -1);
	assert_int_equal(vcpu_call(VCPUOP_down, 0, 0), 0);
	assert_int_equal(fake_shutdown[0], SHUTDOWN_poweroff);
}

static void test_vcpu_runstate(void **state)
{
	struct vcpu_runstate_info info;

	(void)state;
	run(100 * MS);
	assert_int_equal(vcpu_call(VCPUOP_get_runstate_info, 0, READ_ONLY), -XEN_EFAULT);
	assert_int_equal(vcpu_call(VCPUOP_get_runstate_info, 0, ARG), 0);
	memcpy(&info, &fake_guest[ARG - FAKE_GUEST_RW], sizeof(info));
	assert_int_equal(info.time[0] + info.time[1] + info.time[2] + info.time[3], time_now());
	assert_in_range(info.time[RUNSTATE_running], 30 * MS, 41 * MS);
	assert_int_equal(info.time[RUNSTATE_blocked], 0);
}

static void test_vcpu_timers(void **state)
{
	struct vcpu_set_singleshot_timer one = { 5 * MS, 0 };
	struct vcpu_set_periodic_timer many = { 999999 };
	uint8_t *at = &fake_guest[ARG - FAKE_GUEST_RW];

	(void)state;
	run(1 * MS);
	assert_int_equal(vcpu_call(VCPUOP_set_singleshot_timer, 0, NOWHERE), -XEN_EFAULT);
	assert_int_equal(vcpu_call(VCPUOP_set_periodic_timer, 0, NOWHERE), -XEN_EFAULT);
	memcpy(at, &many, sizeof(many));
	assert_int_equal(vcpu_call(VCPUOP_set_periodic_timer, 0, ARG), -XEN_EINVAL);
	many.period_ns = UINT64_MAX;
	memcpy(at, &many, sizeof(many));
	assert_int_equal(vcpu_call(VCPUOP_set_periodic_timer, 0, ARG), -XEN_EINVAL);
	many.period_ns = 1 * MS;
	memcpy(at, &many, sizeof(many));
	assert_int_equal(vcpu_call(VCPUOP_set_periodic_timer, 0, ARG), 0);
	assert_true(A->vcpu.sched.periodic.armed);
	assert_int_equal(vcpu_call(VCPUOP_stop_periodic_timer, 0, 0), 0);
	assert_false(A->vcpu.sched.periodic.armed);

	memcpy(at, &one, sizeof(one));
	assert_int_equal(vcpu_call(VCPUOP_set_singleshot_timer, 0, ARG), 0);
	assert_int_equal(time_at(A->vcpu.timer.expires), 5 * MS);
	assert_int_equal(vcpu_call(VCPUOP_stop_singleshot_timer, 0, 0), 0);
	assert_false(A->vcpu.timer.armed);
	one = (struct vcpu_set_singleshot_timer){ 1, VCPU_SSHOTTMR_future };
	memcpy(at, &one, sizeof(one));
	assert_int_equal(vcpu_call(VCPUOP_set_singleshot_timer, 0, ARG), -XEN_ETIME);
	one.flags = 0;
	memcpy(at, &one, sizeof(one));
	assert_int_equal(vcpu_call(VCPUOP_set_singleshot_timer, 0, ARG), 0); /* at once */
	assert_false(A->vcpu.timer.armed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_sched_op_errors, scene),
		cmocka_unit_test_setup(test_block, scene),
		cmocka_unit_test_setup(test_shutdown, scene),
		cmocka_unit_test_setup(test_poll_errors, scene),
		cmocka_unit_test_setup(test_poll, scene),
		cmocka_unit_test_setup(test_poll_preempted, scene),
		cmocka_unit_test_setup(test_poll_timeout, scene),
		cmocka_unit_test_setup(test_vcpu_op, scene),
		cmocka_unit_test_setup(test_vcpu_runstate, scene),
		cmocka_unit_test_setup(test_vcpu_timers, scene),
	};

	return cmocka_run_group_tests_name("sched_op", tests, NULL, NULL);
}
