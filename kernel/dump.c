/* SPDX-License-Identifier: MIT */
/*
 * dump.c - what is known of a vCPU, on the console.
 *
 * A dump is some forty lines.  All that may change is copied first, in pieces; the lines
 * follow one by one as the console's ring has room.
 */
#include <arch/cpu.h>
#include <arch/mm.h>
#include <hv/domain.h>
#include <hv/guest_access.h>
#include <hv/pagetable.h>
#include <hv/panic.h>
#include <hv/trace.h>

#define STACK_WORDS   32u
#define STACK_PIECE   (DUMP_LINE / 4u) /* words that are copied, and printed, at a time */
#define TRACE_LINES   16u
#define DUMP_PAUSE    1000000000u /* ns between two dumps of a domain that crashes again and again */

static struct {
	const char *name;          /* NULL: no dump is being printed */
	struct domain *domain;     /* take_stack() and take_rest() are to come; else NULL */
	struct dump_note note;
	struct cpu_user_regs regs;
	uint32_t guest_fsr, guest_far, dacr;
	struct pagetable_walk walk;
	uint32_t stack[STACK_WORDS];
	unsigned int stack_count;
	bool stack_taken;
	struct trace_record trace[TRACE_LINES];
	unsigned int trace_count;
	unsigned int step;
} dump;

static void dump_regs_line(const struct cpu_user_regs *regs, unsigned int line)
{
	const uint32_t *r = &regs->r[line * 4];

	if (line < 3)
		log_line("r%-2u %08x %08x %08x %08x", line * 4, r[0], r[1], r[2], r[3]);
	else
		log_line("r12 %08x sp %08x lr %08x pc %08x psr %08x", regs->r[12],
			 regs->sp, regs->lr, regs->pc, regs->psr);
}

void dump_regs(const struct cpu_user_regs *regs)
{
	unsigned int line;

	for (line = 0; line < 4; line++)
		dump_regs_line(regs, line);
}

static void dump_words_line(uint32_t address, const uint32_t *w)
{
	log_line("%08x: %08x %08x %08x %08x %08x %08x %08x %08x", address, w[0], w[1], w[2], w[3],
		 w[4], w[5], w[6], w[7]);
}

void dump_words(uint32_t address, const uint32_t *words, unsigned int lines)
{
	for (; lines; lines--, address += DUMP_LINE, words += STACK_PIECE)
		dump_words_line(address, words);
}

/*
 * More words at the guest's sp, as far as they can be read: its space is loaded, and nobody else's
 * vCPU is current.  The copy stops at the first fault, whatever sp is.
 */
static void take_stack(void)
{
	const struct vcpu *v = &dump.domain->vcpu;
	int fault = -XEN_EFAULT;

	if (v == vcpu_current() && (v->domain->resident || arch_space_loaded(v->domain))) {
		(void)arch_shared_info_open(v->domain); /* and with it all that is its own */
		fault = copy_from_guest(dump.stack + dump.stack_count,
					(dump.regs.sp & ~3u) + 4 * dump.stack_count,
					STACK_PIECE * sizeof(uint32_t));
		arch_shared_info_close();
	}
	if (!fault)
		dump.stack_count += STACK_PIECE;
	dump.stack_taken = fault || dump.stack_count == STACK_WORDS;
}

void dump_note(const struct vcpu *v, struct dump_note *note)
{
	arch_fault_read(&note->fault);
	note->kernel_mode = v->kernel_mode;
	note->trace_end = trace_end();
}

static void begin(struct domain *d)
{
	dump.domain = d;
	dump.name = d->name;
	dump.regs = d->vcpu.regs;
	dump.stack_count = 0;
	dump.stack_taken = false;
}

static void take_rest(void)
{
	const struct vcpu *v = &dump.domain->vcpu;
	const struct dump_note *note = &v->domain->end.note;

	dump.note = *note;
	dump.guest_fsr = v->arch.fsr;
	dump.guest_far = v->arch.far;
	dump.dacr = note->kernel_mode ? v->arch.dacr_kernel : v->arch.dacr_user;
	pagetable_walk(v->domain, dump.guest_far, &dump.walk);
	dump.trace_count = trace_copy(dump.trace, TRACE_LINES, note->trace_end);
	dump.domain = NULL;
	dump.step = 0;
	console_feed();
}

static void take(void)
{
	if (dump.stack_taken)
		take_rest();
	else
		take_stack();
}

static void print_state(unsigned int line)
{
	switch (line) {
	case 0:
		log_line("%s: virtual %s mode, DACR %08x", dump.name,
			 dump.note.kernel_mode ? "kernel" : "user", dump.dacr);
		break;
	case 1:
		log_line("last abort delivered: address %08x, status %x (%s)",
			 dump.guest_far, dump.guest_fsr, arch_fault_name(dump.guest_fsr));
		break;
	default:
		log_line("core: address %08x, data %x (%s), prefetch %x (%s), DACR %08x",
			 dump.note.fault.address, dump.note.fault.data_status,
			 arch_fault_name(dump.note.fault.data_status),
			 dump.note.fault.prefetch_status,
			 arch_fault_name(dump.note.fault.prefetch_status), dump.note.fault.dacr);
		break;
	}
}

/* One line of the dump. */
static void print_step(void)
{
	unsigned int step = dump.step++;

	if (step < 3) {
		print_state(step);
		return;
	}
	step -= 3;
	if (step < 2) {
		pagetable_walk_print(&dump.walk, step + 1u);
		return;
	}
	step -= 2;
	if (step < 4) {
		dump_regs_line(&dump.regs, step);
		return;
	}
	step -= 4;
	if (step * STACK_PIECE < dump.stack_count) {
		dump_words_line((dump.regs.sp & ~3u) + 4 * step * STACK_PIECE,
				dump.stack + step * STACK_PIECE);
		return;
	}
	step -= dump.stack_count / STACK_PIECE;
	if (step < dump.trace_count) {
		trace_print(&dump.trace[step], dump.trace[dump.trace_count - 1].time);
		return;
	}
	log_line("%s: end of dump", dump.name);
	dump.name = NULL;
}

const char *dump_begin(struct domain *d)
{
	nsec_t now = time_now();

	if (dump.name && dump.domain != d) /* of d one was asked for: this one is of its end */
		return " (no dump: another one is being printed)";
	if (now < d->console.dump_after)
		return " (no dump: the last one was just now)";
	d->console.dump_after = now + DUMP_PAUSE;
	begin(d);
	return "";
}

/* The space of a domain that has ended is loaded for its stack and at no other time. */
bool dump_step(struct domain *d)
{
	if (dump.domain != d)
		return false;
	if (!dump.stack_taken && d->vcpu.arch.root.n) /* none: it was asked for while d was built */
		arch_space_load(&d->vcpu);
	take();
	if (arch_space_loaded(d))
		arch_space_unload();
	return true;
}

bool dump_asked(struct domain *d)
{
	if (dump.name)
		return false;
	if (d->state < DOMAIN_CLOSING)
		dump_note(&d->vcpu, &d->end.note);
	begin(d);
	return true;
}

bool dump_line(void)
{
	if (!dump.name || (dump.domain && dump.domain->state == DOMAIN_CLOSING))
		return false;
	if (dump.domain)
		take();
	else
		print_step();
	return true;
}

void dump_finish(void)
{
	while (dump.domain)
		take();
	while (dump.name)
		print_step();
}
