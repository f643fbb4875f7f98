/* SPDX-License-Identifier: MIT */
/*
 * test.c - counting and printing for the tests.
 */
#include "test.h"
#include <stdlib.h>

static unsigned int passed, failed;

static void result(const char *name, bool good, const char *detail)
{
	char line[160];

	if (good)
		passed++;
	else
		failed++;
	snprintf(line, sizeof(line), "TEST: %s %u %s%s", good ? "ok" : "not ok",
		 passed + failed, name, detail);
	console_puts(line);
}

void test_ok(const char *name, bool good)
{
	result(name, good, "");
}

void test_is(const char *name, long got, long expected)
{
	char detail[64];

	if (got == expected) {
		result(name, true, "");
		return;
	}
	snprintf(detail, sizeof(detail), ": got %ld (%#lx), expected %ld", got,
		 (unsigned long)got, expected);
	result(name, false, detail);
}

_Noreturn void test_end(void)
{
	char line[64];

	snprintf(line, sizeof(line), "TEST: done %u %u", passed, failed);
	console_puts(line);
	domain_shutdown(SHUTDOWN_poweroff);
}

uint32_t test_end_of_memory(void)
{
	return ARG(__guest_base) + (start_info->nr_pages << 12);
}

const char *test_case(void)
{
	static char word[32];
	const char *at = strstr((const char *)start_info->cmd_line, "case=");
	size_t length = 0;

	if (at == NULL)
		return "";
	at += 5;
	while (at[length] != '\0' && at[length] != ' ' && length < sizeof(word) - 1) {
		word[length] = at[length];
		length++;
	}
	word[length] = '\0';
	return word;
}

void test_repeat(const struct test_step *steps, unsigned int count)
{
	const char *name = test_case();

	printf("TEST: case %s\n", name);
	for (unsigned int i = 0; i < count; i++) {
		if (strcmp(name, steps[i].name) != 0)
			continue;
		events_mask();
		for (;;)
			steps[i].step();
	}
	test_ok("a known case", false);
	test_end();
}

long test_call(word_t number, word_t a0, word_t a1, word_t a2)
{
	word_t args[5] = { a0, a1, a2, 0, 0 };

	return hypercall_raw(number, args);
}

static void tick(evtchn_port_t port, void *data)
{
	(void)port;
	(void)data;
}

bool test_wait(volatile unsigned int *word, unsigned int ms)
{
	static int timer;
	uint64_t until = time_now() + ms * NS_PER_MS;

	if (timer <= 0)
		timer = event_bind_virq(VIRQ_TIMER, tick, NULL);
	while (*word == 0 && time_now() < until) {
		events_mask();
		if (*word == 0) {
			timer_set(until);
			domain_block();
		}
		events_unmask();
	}
	timer_set(0);
	return *word != 0;
}

void test_count(evtchn_port_t port, void *data)
{
	(void)port;
	(*(volatile unsigned int *)data)++;
}
