/* SPDX-License-Identifier: MIT */
/*
 * traps.c - set_trap_table, exception frames, iret; of a resident.
 */
#include "../lib/test.h"

/* Exported by the SDK, set again by hand here. */
void sdk_undefined_entry(void);
void sdk_data_entry(void);
void sdk_prefetch_entry(void);
void sdk_swi_entry(void);

static void undefined(void *data)
{
	(void)data;
	__asm__ volatile("udf #1");
}

static void read_id(void *data)
{
	(void)data;
	__asm__ volatile("mrc p15, 0, r0, c0, c0, 0" ::: "r0");
}

static void write_control(void *data)
{
	(void)data;
	__asm__ volatile("mcr p15, 0, %0, c1, c0, 0" :: "r"(0));
}

static void write_domains(void *data)
{
	(void)data;
	__asm__ volatile("mcr p15, 0, %0, c3, c0, 0" :: "r"(0xFFFFFFFF));
}

static void jump(void *data)
{
	((void (*)(void))data)();
}

static void deliver(void)
{
	uint32_t value, bad = test_end_of_memory();

	test_is("undefined instruction", trap_try(undefined, NULL), TRAP_UNDEFINED);
	test_is("its frame: orig_r0", (long)trap_last.regs.orig_r0, -1);
	test_is("its frame: virtual kernel mode",
		(long)(trap_last.regs.psr & PSR_MODE_MASK), PSR_MODE_KERNEL);
	test_is("its frame: pc is the instruction itself",
		*(uint32_t *)trap_last.regs.pc == 0xE7F000F1, 1);
	test_is("data abort on a load", trap_load((void *)bad, &value), TRAP_DATA_ABORT);
	test_is("its address", (long)trap_last.far, (long)bad);
	test_ok("its status is a translation fault",
		trap_last.fsr == 5 || trap_last.fsr == 7);
	test_is("data abort on a store", trap_store((void *)(bad + 4), 0), TRAP_DATA_ABORT);
	test_is("its address", (long)trap_last.far, (long)bad + 4);
	test_is("prefetch abort", trap_try(jump, (void *)bad), TRAP_PREFETCH_ABORT);
	test_is("its frame: pc", (long)trap_last.regs.pc, (long)bad);
	test_is("cp15 read is undefined", trap_try(read_id, NULL), TRAP_UNDEFINED);
	test_is("cp15 control write is undefined", trap_try(write_control, NULL), TRAP_UNDEFINED);
	test_is("cp15 domain write is undefined", trap_try(write_domains, NULL), TRAP_UNDEFINED);
}

/* Every register and flag survives a trap that the handler skips. */
static bool skip(struct cpu_user_regs *regs, unsigned int vector)
{
	(void)vector;
	regs->pc += 4;
	return true;
}

static void registers(void)
{
	uint32_t before[14], after[14], flags;

	for (unsigned int i = 0; i < 13; i++)
		before[i] = 0x01010101u * (i + 1);
	trap_handle(TRAP_UNDEFINED, skip);
	__asm__ volatile(
		"stmfd	sp!, {r4 - r11, lr}\n"
		"str	%1, [sp, #-4]!\n"
		"mov	lr, %0\n"
		"cmp	lr, lr\n"               /* Z, C */
		"ldmia	lr, {r0 - r12}\n"
		"udf	#2\n"
		"ldr	lr, [sp], #4\n"
		"stmia	lr, {r0 - r12}\n"
		"mrs	r0, cpsr\n"
		"str	r0, [lr, #52]\n"
		"ldmfd	sp!, {r4 - r11, lr}\n"
		:: "r"(before), "r"(after)
		: "r0", "r1", "r2", "r3", "r12", "memory", "cc");
	trap_handle(TRAP_UNDEFINED, NULL);
	flags = after[13];
	test_is("registers come back from a trap", memcmp(before, after, 52), 0);
	test_is("flags come back from a trap", (long)(flags >> 28), 6);
	test_is("still in USR mode", (long)(flags & PSR_MODE_MASK), PSR_MODE_USER);
}

/* Events in the handler: masked only if the table says so. */
static int mask_seen;

static bool look(struct cpu_user_regs *regs, unsigned int vector)
{
	(void)vector;
	mask_seen = vcpu_info()->evtchn_upcall_mask;
	regs->pc += 4;
	return true;
}

static void masking(void)
{
	struct trap_info table[] = {
		{ .vector = TRAP_UNDEFINED, .address = ARG(sdk_undefined_entry) },
		{ .address = 0 },
	};

	trap_handle(TRAP_UNDEFINED, look);
	undefined(NULL);
	test_is("events stay unmasked in a trap", mask_seen, 0);
	TI_SET_IF(&table[0], 1);
	test_is("set_trap_table with the mask flag", hypercall_set_trap_table(ARG(table)), 0);
	undefined(NULL);
	test_is("events are masked in the trap", mask_seen, 1);
	test_is("and unmasked after it", vcpu_info()->evtchn_upcall_mask, 0);
	table[0].flags = 0;
	test_is("set_trap_table replaces one entry", hypercall_set_trap_table(ARG(table)), 0);
	trap_handle(TRAP_UNDEFINED, NULL);
}

static void errors(void)
{
	struct trap_info table[] = {
		{ .vector = TRAP_UNDEFINED, .address = ARG(sdk_undefined_entry) },
		{ .vector = TRAP_VECTORS, .address = ARG(sdk_undefined_entry) },
		{ .address = 0 },
	};
	uint32_t end = test_end_of_memory();
	struct trap_info *edge = (struct trap_info *)(end - sizeof(*edge));

	test_is("set_trap_table: hypervisor address",
		hypercall_set_trap_table(AT_HYPERVISOR), -XEN_EFAULT);
	test_is("set_trap_table: foreign address",
		hypercall_set_trap_table(AT_FOREIGN), -XEN_EFAULT);
	test_is("set_trap_table: unmapped address",
		hypercall_set_trap_table(end), -XEN_EFAULT);
	test_is("set_trap_table: wrapping address",
		hypercall_set_trap_table(AT_WRAP), -XEN_EFAULT);
	*edge = table[0];
	test_is("set_trap_table: runs out of memory",
		hypercall_set_trap_table(ARG(edge)), -XEN_EFAULT);
	test_is("set_trap_table: vector", hypercall_set_trap_table(ARG(table)), -XEN_EINVAL);
	table[1].vector = 0;
	test_is("set_trap_table: vector 0", hypercall_set_trap_table(ARG(table)), -XEN_EINVAL);
	table[1].vector = TRAP_DATA_ABORT;
	table[1].address = ARG(sdk_data_entry);
	table[1].cs = 8;
	test_is("set_trap_table: cs", hypercall_set_trap_table(ARG(table)), -XEN_EINVAL);
	test_is("errors changed nothing", trap_try(undefined, NULL), TRAP_UNDEFINED);
}

/* iret to a frame of ours: hardware mode bits are not taken from it. */
static volatile bool landed;
static uint32_t landing_psr;

static void land(void)
{
	__asm__ volatile("mrs %0, cpsr" : "=r"(landing_psr));
	landed = true;
	test_ok("iret goes where the frame says", landed);
	test_is("iret: hardware stays in USR mode",
		(long)(landing_psr & PSR_MODE_MASK), PSR_MODE_USER);
	test_is("iret: interrupts stay on", (long)(landing_psr & 0xC0), 0);
	test_is("iret: flags come from the frame", (long)(landing_psr >> 28), 9);
	test_is("iret: events masked by PSR_I", vcpu_info()->evtchn_upcall_mask, 1);
	events_unmask();
	errors();
	test_end();
}

static void leave(void)
{
	static uint32_t stack[512] __attribute__((aligned(8)));
	static struct cpu_user_regs frame;

	frame.sp = ARG(stack + 512);
	frame.pc = ARG(land);
	/* N and V; event mask; FIQ bit and a privileged mode's low bits. */
	frame.psr = 0x90000000 | PSR_I | 0x40 | PSR_MODE_KERNEL;
	sdk_iret(&frame);
}

int main(void)
{
	deliver();
	registers();
	masking();
	leave();
	return 1;
}
