/* SPDX-License-Identifier: MIT */
/* test_keys.c - debug keys and the trace ring. */
#include "../fake/host.h"

#undef CONFIG_TRACE_RECORDS
#define CONFIG_TRACE_RECORDS 64
#ifndef CONFIG_TRACE
#define CONFIG_TRACE 1
#endif
#include "../../kernel/keys.c"
#undef TRACE_LINES
#include "../../kernel/trace.c"
#include "../../kernel/trace_print.c"

static char out[32768];
static uint32_t ticks;
static jmp_buf ended;
static int crashes, restarts, restart_result;

static const struct timer_device timer_device = { .counter = &ticks };
const struct board board = { .timer = &timer_device };

static struct domain fake_domains[2] = {
	{ .id = 0, .name = "linux", .state = DOMAIN_RUNNING, .privileged = true },
	{ .id = 1, .name = "bb", .state = DOMAIN_SHUTDOWN, .resident = true },
};
struct domain *domains[] = { &fake_domains[0], &fake_domains[1] };
unsigned int domain_count = 2;

void log_words(unsigned int count, const char *format, ...)
{
	size_t at = strlen(out);
	va_list args;

	(void)count;
	va_start(args, format);
	vsnprintf(out + at, sizeof(out) - at, format, args);
	va_end(args);
	strcat(out, "\n");
}

const char *hypercall_name(uint32_t number) { (void)number; return "call"; }
void event_dump(const struct domain *d) { log_line("events %u", d->id); }
void frame_dump_all(void) { log_line("frames"); }
void sched_dump(void) { log_line("sched"); }
size_t boot_alloc_used(void) { return 4096; }
void dump_vcpu_now(struct vcpu *v) { (void)v; log_line("dump"); }
void domain_crash(struct domain *d, const char *why)
{
	assert_string_equal(why, "killed by debug key");
	crashes += 1 + d->id;
}
int domain_restart(struct domain *d) { restarts += 1 + d->id; return restart_result; }
void machine_reboot(void) { longjmp(ended, 1); }
void machine_power_off(unsigned int status) { longjmp(ended, status ? 3 : 2); }

static void type(const char *text)
{
	out[0] = '\0';
	while (*text)
		keys_input(*text++);
}

static int setup(void **state)
{
	(void)state;
	waits = NULL;
	escape = ESCAPE_NONE;
	crashes = restarts = restart_result = 0;
	trace_store.count = 0;
	trace_init(&timer_device);
	ticks = 0;
	out[0] = '\0';
	return 0;
}

/* Every key is in the help, answers something, and is there once. */
static void test_table(void **state)
{
	const struct key *k, *other;

	(void)state;
	for (k = keys; k->key; k++) {
		char text[2] = { k->key, 0 };

		for (other = keys; other < k; other++)
			assert_int_not_equal(other->key, k->key);
		assert_true(!k->run != !k->run_domain);
		if (k->key == 'R' || k->key == 'Q')
			continue;
		if (k->key == 't')
			trace(TRACE_IRQ, 1, 0);
		type(text);
		assert_true(strlen(out) > 3);
		waits = NULL;
	}
	type("h");
	for (k = keys; k->key; k++)
		assert_non_null(strstr(out, k->text));
	type("d");
	assert_non_null(strstr(out, "d0 linux: running, privileged"));
	assert_non_null(strstr(out, "d1 bb: shut down, resident"));
	type("!");
	assert_string_equal(out, "no such key; h lists them\n");
	type("\r\n ");
	assert_string_equal(out, "");
}

static void test_domain_keys(void **state)
{
	(void)state;
	type("k0");
	assert_int_equal(crashes, 1);
	type("k1");
	assert_int_equal(crashes, 1);
	assert_non_null(strstr(out, "bb does not run"));
	type("k7kxk\x80k/");
	assert_int_equal(crashes, 1);
	type("b1");
	assert_int_equal(restarts, 2);
	restart_result = -XEN_EBUSY;
	type("b0");
	assert_non_null(strstr(out, "linux: not restarted (-16)"));
}

static void test_ends(void **state)
{
	volatile int how;

	(void)state;
	how = setjmp(ended);
	if (!how)
		type("R");
	assert_int_equal(how, 1);
	how = setjmp(ended);
	if (!how)
		type("Q");
	assert_int_equal(how, 2);
}

/* A terminal's answers to a guest's questions are no commands. */
static void test_escape_sequences(void **state)
{
	(void)state;
	if (setjmp(ended))
		fail();
	type("\033[24;80R\033[?1;2c\033OR\033[0n\033Q\033R");
	assert_string_equal(out, "");
	type("g");
	assert_string_equal(out, "no grant tables in this build\n");
}

static void test_trace(void **state)
{
	struct trace_record r[80];
	unsigned int i;

	(void)state;
	assert_int_equal(trace_copy(r, 80, trace_end()), 0);
	for (i = 0; i < 10; i++, ticks++)
		trace(TRACE_EVENT, 1, i);
	assert_int_equal(trace_copy(r, 80, trace_end()), 10);
	assert_int_equal(r[0].b, 0);
	assert_int_equal(trace_copy(r, 3, trace_end()), 3);
	assert_int_equal(r[0].b, 7);
	assert_int_equal(r[2].time, 9);
	for (; i < 1000; i++)
		trace(TRACE_EVENT, 1, i);
	assert_int_equal(trace_copy(r, 80, trace_end()), 64);
	assert_int_equal(r[0].b, 936);
	assert_int_equal(r[63].b, 999);
	assert_int_equal(trace_copy(r, 3, trace_end() - 5), 3); /* as of five records ago */
	assert_int_equal(r[2].b, 994);
	assert_int_equal(trace_copy(r, 80, trace_end() - 62), 2);
	assert_int_equal(r[1].b, 937);
	assert_int_equal(trace_copy(r, 80, trace_end() - 64), 0);
	trace_store.count = 0xFFFFFFFEu; /* the count's end is none of the ring */
	for (i = 0; i < 64; i++)
		trace(TRACE_IRQ, i, 0);
	assert_int_equal(sizeof(struct trace_record), 16);
}

static void test_trace_text(void **state)
{
	(void)state;
	ticks = 0xFFFFFFF0u;
	trace(TRACE_HYPERCALL, 3, 0x10);
	ticks = 0x10;
	trace(TRACE_SWITCH, 0, 0xFFFF);
	ticks++;
	trace(TRACE_TRAP, 4, 0xc0008000u);
	ticks++;
	trace(TRACE_TRAP, 400, 0);
	ticks++;
	trace(TRACE_TIMER, 0xFFFFFFF0u, 0x10);
	ticks++;
	trace((enum trace_event)99, 1, 2);
	trace_dump(100);
	assert_string_equal(out,
		"trace: 6 newest records (ticks back, event)\n"
		"      -36 hypercall call(0x10...)\n"
		"       -4 switch    linux -> idle\n"
		"       -3 trap      data abort at c0008000\n"
		"       -2 trap      ? at 00000000\n"
		"       -1 timer     due 32 ns ago\n"
		"        0 ?         00000001 00000002\n");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, setup)
	const struct CMUnitTest tests[] = {
		TEST(test_table), TEST(test_domain_keys), TEST(test_ends),
		TEST(test_escape_sequences), TEST(test_trace), TEST(test_trace_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
