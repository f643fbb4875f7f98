/* SPDX-License-Identifier: MIT */
/* test_keys.c - debug keys and the trace ring. */
#include "../fake/host.h"
#include "../fake/log.c"

#undef CONFIG_TRACE_RECORDS
#define CONFIG_TRACE_RECORDS 64
#ifndef CONFIG_TRACE
#define CONFIG_TRACE 1
#endif
#include "../../kernel/keys.c"
#undef TRACE_LINES
#include "../../kernel/trace.c"
#include "../../kernel/trace_print.c"

static uint32_t ticks;
static jmp_buf ended;
static int crashes, restarts, restart_result;
static bool irq_waits, dump_busy;
static unsigned int fed;

static const struct timer_device timer_device = { .counter = &ticks };
const struct board board = { .timer = &timer_device };

static struct domain fake_domains[2] = {
	{ .id = 0, .name = "linux", .state = DOMAIN_RUNNING, .privileged = true },
	{ .id = 1, .name = "bb", .state = DOMAIN_SHUTDOWN, .resident = true,
	  .shutdown_code = 3 },
};
struct domain *domains[] = { &fake_domains[0], &fake_domains[1] };
unsigned int domain_count = 2;

const char *hypercall_name(uint32_t number) { (void)number; return "call"; }
static uint32_t pieces(const char *what, const struct domain *d, uint32_t at)
{
	log_line("%s of %s: %u", what, d ? d->name : "all", at);
	return at < 2 ? at + 1 : 0;
}
uint32_t event_dump(struct domain *d, uint32_t at) { return d ? pieces("events", d, at) : 0; }
uint32_t frame_dump(struct domain *d, uint32_t at) { return pieces("frames", d, at); }
uint32_t sched_dump(struct domain *d, uint32_t at) { return pieces("sched", d, at); }
bool irq_pending(void) { return irq_waits; }
void console_feed(void) { fed++; }
bool dump_asked(struct domain *d)
{
	if (!dump_busy)
		log_line("dump of %s", d->name);
	return !dump_busy;
}
size_t boot_alloc_used(void) { return 4096; }
void domain_crash(struct domain *d, const char *why)
{
	assert_string_equal(why, "killed by debug key");
	crashes += 1 + d->id;
}
int domain_restart(struct domain *d) { restarts += 1 + d->id; return restart_result; }
void machine_reboot(void) { longjmp(ended, 1); }
void machine_power_off(unsigned int status) { longjmp(ended, status ? 3 : 2); }

static void press(const char *text)
{
	out[0] = '\0';
	while (*text)
		keys_input(*text++);
}

/* And waits for the answer. */
static void type(const char *text)
{
	press(text);
	while (keys_line())
		;
}

static int setup(void **state)
{
	(void)state;
	waits = NULL;
	memset(&answer, 0, sizeof(answer));
	escape = ESCAPE_NONE;
	fake_domains[0].state = DOMAIN_RUNNING;
	irq_waits = dump_busy = false;
	fed = 0;
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
		assert_non_null(k->answer);
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
	assert_non_null(strstr(out, "   shutdown code 3\n"));
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

/* Each piece speaks of a domain as it is then; whoever has interrupted comes before the first. */
static void test_pieces(void **state)
{
	(void)state;
	irq_waits = true;
	press("d");
	assert_int_equal(fed, 1);
	assert_string_equal(out, "");
	assert_true(keys_line()); /* (nothing about the machine) */
	assert_string_equal(out, "");
	fake_domains[0].state = DOMAIN_CLOSING;
	assert_true(keys_line());
	assert_non_null(strstr(out, "d0 linux: shutting down"));
	assert_null(strstr(out, "pc"));
	fake_domains[0].state = DOMAIN_SHUTDOWN;
	assert_true(keys_line());
	assert_non_null(strstr(out, "pc"));
	assert_true(keys_line());
	assert_non_null(strstr(out, "shutdown code 0"));
	irq_waits = false;
	press("f");
	assert_string_equal(out, "frames of all: 0\n");
	while (keys_line())
		;
	assert_string_equal(out,
		"frames of all: 0\nframes of all: 1\nframes of all: 2\n"
		"frames of linux: 0\nframes of linux: 1\nframes of linux: 2\n"
		"frames of bb: 0\nframes of bb: 1\nframes of bb: 2\n");
	assert_false(keys_line());
}

/* Another answer ends the one that is under way; what is no answer does not. */
static void test_keys_while_it_answers(void **state)
{
	(void)state;
	press("s");
	press("k0x");
	assert_int_equal(crashes, 1);
	out[0] = '\0';
	assert_true(keys_line());
	assert_string_equal(out, "sched of all: 1\n");
	type("e");
	assert_string_equal(out, "events of linux: 0\nevents of linux: 1\nevents of linux: 2\n"
				 "events of bb: 0\nevents of bb: 1\nevents of bb: 2\n");
}

/* The dump of somebody else is waited for. */
static void test_registers(void **state)
{
	unsigned int i;

	(void)state;
	dump_busy = true;
	press("r");
	for (i = 0; i < 100; i++)
		assert_true(keys_line());
	assert_string_equal(out, "");
	dump_busy = false;
	while (keys_line())
		;
	assert_string_equal(out, "dump of linux\ndump of bb\n");
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
	uint32_t at = 0;

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
	do
		at = trace_dump(100, at);
	while (at);
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
		TEST(test_table), TEST(test_domain_keys), TEST(test_pieces),
		TEST(test_keys_while_it_answers), TEST(test_registers), TEST(test_ends),
		TEST(test_escape_sequences), TEST(test_trace), TEST(test_trace_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
