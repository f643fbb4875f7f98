/* SPDX-License-Identifier: MIT */
/*
 * panic.c - the hypervisor's end.
 *
 * A fault while a panic is printed ends it there: each part is printed once at most.
 */
#include <arch/cpu.h>
#include <generated/version.h>
#include <hv/board.h>
#include <hv/console.h>
#include <hv/domain.h>
#include <hv/lib.h>
#include <hv/panic.h>
#include <hv/trace.h>
#include <drv/power.h>

#define STACK_WORDS 64u
#define TRACE_LINES 32u

/* How far the panic has come: the part that is being printed. */
static unsigned int part;

static void stop(void) __attribute__((noreturn));
static void stop(void)
{
	console_flush();
	if (board.power)
		board.power->reset(board.power);
	arch_halt();
}

static void print_stack(uint32_t sp)
{
	unsigned int count;
	uint32_t from = ROUND_DOWN(sp, DUMP_LINE);
	const uint32_t *words = arch_stack_words(from, &count);

	log_line("hypervisor stack:");
	if (count > STACK_WORDS)
		count = STACK_WORDS;
	dump_words(from, words, count / (DUMP_LINE / 4u));
}

static void print_fault(const struct cpu_user_regs *regs)
{
	struct arch_fault fault;

	arch_fault_read(&fault);
	log_line("fault address %08x, data %x (%s), prefetch %x (%s), DACR %08x",
		 fault.address, fault.data_status, arch_fault_name(fault.data_status),
		 fault.prefetch_status, arch_fault_name(fault.prefetch_status), fault.dacr);
	dump_regs(regs);
}

/* Prints the parts that are not printed yet; comes here again after a fault. */
static void finish(const struct cpu_user_regs *regs, uint32_t sp) __attribute__((noreturn));
static void finish(const struct cpu_user_regs *regs, uint32_t sp)
{
	uint32_t at = 0;

	if (part == 1) {
		part = 2;
		log_line("build %s", BANTAM_VERSION);
		if (regs)
			print_fault(regs);
		print_stack(sp);
	}
	if (part == 2) {
		part = 3;
		do
			at = trace_dump(TRACE_LINES, at);
		while (at);
	}
	if (part == 3) {
		part = 4;
		dump_finish();
		if (vcpu_current() && dump_asked(vcpu_current()->domain))
			dump_finish();
	}
	log_line("end of panic");
	stop();
}

void panic_words(unsigned int count, const char *format, ...)
{
	va_list args;

	console_set_sync();
	if (part == 0) {
		part = 1;
		va_start(args, format);
		log_named("PANIC", count, format, args);
		va_end(args);
	} else {
		log_line("another panic while this one is printed");
	}
	finish(NULL, (uint32_t)(uintptr_t)__builtin_frame_address(0));
}

void panic_exception(const struct cpu_user_regs *regs, const char *vector)
{
	console_set_sync();
	if (part == 0) {
		part = 1;
		log_line("PANIC: %s in the hypervisor at %08x", vector, regs->pc);
	} else {
		log_line("another %s at %08x while this one is printed", vector, regs->pc);
	}
	finish(regs, regs->sp);
}
