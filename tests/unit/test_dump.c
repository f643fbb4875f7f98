/* SPDX-License-Identifier: MIT */
/* test_dump.c - dumps that a debug key asked for, of domains that end meanwhile. */
#include "../fake/host.h"

#include "../fake/log.c"
#include "../fake/shared_info.c"
#include "../../kernel/dump.c"

static nsec_t now;
static struct domain *loaded;
static struct shared_info page;
static struct domain d;
struct pcpu pcpu;

void console_feed(void) { }
nsec_t time_now(void) { return now; }
void arch_fault_read(struct arch_fault *fault) { memset(fault, 0, sizeof(*fault)); }
const char *arch_fault_name(uint32_t status) { (void)status; return "none"; }
void trace_print(const struct trace_record *r, uint32_t newest) { (void)r; (void)newest; }
void pagetable_walk(const struct domain *of, vaddr_t va, struct pagetable_walk *w)
{
	*w = (struct pagetable_walk){ .va = va, .root = of->vcpu.arch.root };
}
void pagetable_walk_print(const struct pagetable_walk *w, unsigned int level) { (void)w; (void)level; }

void arch_space_load(struct vcpu *v)
{
	assert_int_not_equal(v->arch.root.n, 0); /* the hypervisor is not in it */
	loaded = v->domain;
}
bool arch_space_loaded(const struct domain *of) { return loaded == of; }
void arch_space_unload(void) { loaded = NULL; }
int copy_from_guest(void *to, vaddr_t from, size_t size)
{
	assert_ptr_equal(loaded, &d);
	memset(to, (int)(from & 0xFF), size);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	memset(&dump, 0, sizeof(dump));
	d = (struct domain){ .name = "linux", .state = DOMAIN_RUNNING };
	d.vcpu.domain = &d;
	d.vcpu.arch.root = mfn_make(7);
	d.vcpu.arch.shared_info = &page;
	pcpu.current = &d.vcpu;
	loaded = &d;
	out[0] = '\0';
	now = 10ull * DUMP_PAUSE;
	return 0;
}

static void print_all(void)
{
	while (dump_line())
		;
}

static void test_of_one_that_runs(void **state)
{
	(void)state;
	d.vcpu.regs.pc = 0x1234;
	assert_true(dump_asked(&d));
	assert_false(dump_asked(&d));
	assert_string_equal(dump_begin(&(struct domain){ .name = "bb" }),
			    " (no dump: another one is being printed)");
	d.vcpu.regs.pc = 0x5678;
	print_all();
	assert_non_null(strstr(out, "pc 00001234"));
	assert_int_equal(dump.stack_count, STACK_WORDS);
	assert_non_null(strstr(out, "linux: end of dump"));
	assert_true(dump_asked(&d));
}

/* It has no tables yet, and is ended before its stack was looked at. */
static void test_ends_while_it_is_built(void **state)
{
	(void)state;
	d.state = DOMAIN_BUILDING;
	d.vcpu.arch.root = mfn_make(0);
	loaded = NULL;
	assert_true(dump_asked(&d));
	d.state = DOMAIN_CLOSING;
	assert_false(dump_line());
	while (dump_step(&d))
		;
	assert_null(loaded);
	assert_int_equal(dump.stack_count, 0);
	print_all();
	assert_non_null(strstr(out, "linux: end of dump"));
}

/* The dump is of the crash, not of what was before. */
static void test_crashes_while_it_is_asked_for(void **state)
{
	(void)state;
	d.vcpu.regs.pc = 0x1234;
	assert_true(dump_asked(&d));
	assert_true(dump_line());
	d.vcpu.regs.pc = 0xBAD;
	d.state = DOMAIN_CLOSING;
	loaded = NULL;
	assert_string_equal(dump_begin(&d), "");
	while (dump_step(&d))
		assert_null(loaded);
	print_all();
	assert_non_null(strstr(out, "pc 00000bad"));
	assert_int_equal(dump.stack_count, STACK_WORDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_of_one_that_runs, setup),
		cmocka_unit_test_setup(test_ends_while_it_is_built, setup),
		cmocka_unit_test_setup(test_crashes_while_it_is_asked_for, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
