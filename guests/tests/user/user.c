/* SPDX-License-Identifier: MIT */
/*
 * user.c - virtual user mode of a large guest.
 */
#include <setjmp.h>
#include "../lib/test.h"

#define CODE_VA  0x00400000u
#define STACK_VA 0x00401000u

/* Position-independent programs for virtual user mode (programs.S). */
extern char program_swi[], program_hypercall[], program_load[], program_store[],
	program_loop[], program_tls[], program_cmpxchg[], program_version[],
	program_memory_barrier[], programs_end[];

static uint32_t kernel_stack[1024] __attribute__((aligned(8)));
static jmp_buf kernel;
static struct cpu_user_regs out;  /* registers when user mode was left */
static unsigned int out_vector;

/* Any exception from user mode ends the run. */
static bool from_user(struct cpu_user_regs *regs, unsigned int vector)
{
	if ((regs->psr & PSR_MODE_MASK) != PSR_MODE_USER)
		return false;
	out = *regs;
	out_vector = vector;
	regs->r[0] = ARG(kernel);
	regs->r[1] = 1;
	regs->pc = ARG(longjmp);
	regs->psr = PSR_MODE_KERNEL;
	return true;
}

/* The kernel looks at the programs' words at addresses of its own: the cache must hold neither. */
static void flush_cache(void)
{
	hypercall_cache_op(CACHE_CLEAN_D | CACHE_INVALIDATE_D, 0, CACHE_ALL);
}

/* Runs a program until its first exception; out and out_vector say which. */
static void run(const char *program, uint32_t r0, uint32_t r1)
{
	struct cpu_user_regs frame = {
		.r = { r0, r1, 0x22222222, 0x33333333 },
		.sp = STACK_VA + 0x1000,
		.lr = 0x11111111,
		.pc = CODE_VA + (uint32_t)(program - program_swi),
		.psr = PSR_MODE_USER,
	};

	out_vector = 0;
	flush_cache();
	if (setjmp(kernel) == 0)
		sdk_iret(&frame);
	flush_cache();
}

static uint32_t setup(void)
{
	uint32_t code = test_pool_page(), stack = test_pool_page();

	memcpy((void *)code, program_swi, (size_t)(programs_end - program_swi));
	test_is("map the program", test_map(CODE_VA, code, ARMV5_AP_RO), 0);
	test_is("map its stack", test_map(STACK_VA, stack, ARMV5_AP_RW), 0);
	hypercall_cache_op(CACHE_CLEAN_D | CACHE_INVALIDATE_I, 0, CACHE_ALL);
	for (unsigned int vector = 1; vector < TRAP_VECTORS; vector++)
		trap_handle(vector, from_user);
	test_is("stack_switch", hypercall_stack_switch(0, ARG(kernel_stack + 1024)), 0);
	test_is("stack_switch sets kernel_sp", (long)vcpu_info()->arch.kernel_sp,
		(long)ARG(kernel_stack + 1024));
	return stack;
}

static void system_calls(void)
{
	run(program_swi, 0xAAAA, 0xBBBB);
	test_is("swi comes to the kernel", (long)out_vector, TRAP_SWI);
	test_is("swi: r0", (long)out.r[0], 0xAAAA);
	test_is("swi: orig_r0", (long)out.orig_r0, 0xAAAA);
	test_is("swi: r7", (long)out.r[7], 0x77);
	test_is("swi: lr", (long)out.lr, 0x11111111);
	test_is("swi: sp", (long)out.sp, STACK_VA + 0x1000);
	test_is("swi: mode", (long)(out.psr & PSR_MODE_MASK), PSR_MODE_USER);
	test_is("swi: pc is the next instruction", (long)out.pc, CODE_VA + 8);
	test_is("swi: its number can be read", (long)(*(uint32_t *)(out.pc - 4) & 0xFFFFFF), 0x123);
	run(program_hypercall, __HYPERVISOR_xen_version, 0);
	test_is("a hypercall of user code is a swi", (long)out_vector, TRAP_SWI);
	test_is("and was not made", (long)out.r[0], 0);
}

static void memory(uint32_t stack)
{
	static const uint32_t closed[] = {
		0xC0001000, 0xC0000000, 0xF0000000, AT_FOREIGN, 0xF8610000, 0x30000000,
		ARMV5_SHARED_INFO,
	};

	run(program_store, STACK_VA, 0x4711);
	test_is("store to its own page, then swi", (long)out_vector, TRAP_SWI);
	test_is("the kernel sees it", (long)*(volatile uint32_t *)stack, 0x4711);
	run(program_store, CODE_VA, 0);
	test_is("store to a read-only page", (long)out_vector, TRAP_DATA_ABORT);
	test_is("its address", (long)vcpu_info()->arch.far, CODE_VA);
	test_ok("its status", vcpu_info()->arch.fsr == 15 || vcpu_info()->arch.fsr == 13);
	for (unsigned int i = 0; i < sizeof(closed) / sizeof(closed[0]); i++) {
		char name[48];

		snprintf(name, sizeof(name), "load from %#lx", (unsigned long)closed[i]);
		run(program_load, closed[i], 0);
		test_is(name, (long)out_vector, TRAP_DATA_ABORT);
		snprintf(name, sizeof(name), "store to %#lx", (unsigned long)closed[i]);
		run(program_store, closed[i], 0);
		test_is(name, (long)out_vector, TRAP_DATA_ABORT);
	}
	run(program_store, ARMV5_VECTOR_PAGE + 0xFF0, 0);
	test_is("store to the TLS word", (long)out_vector, TRAP_DATA_ABORT);
}

static void helpers(uint32_t stack)
{
	volatile uint32_t *word = (volatile uint32_t *)stack;

	vcpu_info()->arch.tls = 0x12345678;
	run(program_tls, 0, 0);
	test_is("get_tls helper, then swi", (long)out_vector, TRAP_SWI);
	test_is("the TLS word", (long)out.r[0], 0x12345678);
	test_is("set_segment_base", hypercall_set_segment_base(0, 0x87654320), 0);
	run(program_tls, 0, 0);
	test_is("the new TLS word", (long)out.r[0], (long)0x87654320);
	*word = 5;
	run(program_cmpxchg, 5, 9);
	test_is("cmpxchg helper: equal", (long)out.r[0], 0);
	test_is("cmpxchg helper: stored", (long)*word, 9);
	run(program_cmpxchg, 5, 7);
	test_ok("cmpxchg helper: not equal", out.r[0] != 0);
	test_is("cmpxchg helper: not stored", (long)*word, 9);
	run(program_version, 0, 0);
	test_ok("helper version", out.r[0] >= 2 && out.r[0] <= 5);
	run(program_memory_barrier, 0, 0);
	test_is("memory barrier helper", (long)out_vector, TRAP_SWI);
}

static volatile unsigned int ticks;
static uint32_t tick_mode;  /* of what the first tick interrupted */

static void tick(evtchn_port_t port, void *data)
{
	const struct cpu_user_regs *frame =
		(const struct cpu_user_regs *)(kernel_stack + 1024 - sizeof(*frame) / 4);

	(void)port;
	(void)data;
	if (ticks == 0)
		tick_mode = frame->psr & PSR_MODE_MASK;
	ticks++;
	timer_set(time_now() + 5 * NS_PER_MS);
}

/* An endless loop is left by events, and gone on with, until its word changes. */
static void interrupted(uint32_t stack)
{
	int port = event_bind_virq(VIRQ_TIMER, tick, NULL);

	*(volatile uint32_t *)stack = 0;
	timer_set(time_now() + 5 * NS_PER_MS);
	run(program_loop, 100, 0);
	test_ok("events come while user code runs", ticks >= 1);
	test_is("the frame was on the kernel's stack", (long)tick_mode, PSR_MODE_USER);
	test_is("the program came to its end", (long)out_vector, TRAP_SWI);
	timer_set(0);
	event_close((evtchn_port_t)port);
}

int main(void)
{
	uint32_t stack = setup();

	system_calls();
	memory(stack);
	helpers(stack);
	interrupted(stack);
	test_end();
}
