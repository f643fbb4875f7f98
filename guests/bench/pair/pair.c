/* SPDX-License-Identifier: MIT */
/*
 * pair.c - what an event to another guest and back costs, and a switch there and back.
 *
 * Two of them: domain 0 measures, domain 1 answers.  Prints "BENCH name tenths region count
 * 0 0" as tests/bench/lat.c does, in tenths of a nanosecond a round; then domain 0 ends.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sdk/domain.h>
#include <sdk/event.h>
#include <sdk/time.h>
#include "../../../tests/bench/marks.h"

#define ANSWER_PORT 1u  /* the first that domain 1 binds */
#define ROUNDS      1000u
#define WARM_UP     10u

static volatile bool answered;
static evtchn_port_t own;

static void on_answer(evtchn_port_t port, void *data)
{
	(void)port;
	(void)data;
	answered = true;
}

static void on_question(evtchn_port_t port, void *data)
{
	(void)data;
	event_send(port);
}

static void event_round(void)
{
	answered = false;
	event_send(own);
	events_mask();
	while (!answered) {
		domain_block();
		events_mask();
	}
	events_unmask();
}

static void measure(const char *name, unsigned int region, void (*round)(void))
{
	uint64_t start;
	unsigned int i;

	for (i = 0; i < WARM_UP; i++)
		round();
	mark_begin(region);
	start = time_now();
	for (i = 0; i < ROUNDS; i++)
		round();
	start = time_now() - start;
	mark_end(region);
	printf("BENCH %s %lu %u %u 0 0\n", name, (unsigned long)(start * 10u / ROUNDS), region, ROUNDS);
}

/* Both give the CPU away all the time: a round is a switch there and one back. */
static void answer(void)
{
	const char *words = (const char *)start_info->cmd_line;

	event_listen(0, on_question, NULL);
	for (;;) {
		if (strstr(words, "yield") != NULL)
			domain_yield();
		else
			domain_block();
	}
}

int main(void)
{
	const char *words = (const char *)start_info->cmd_line;
	int port;

	if (strstr(words, "answer") != NULL)
		answer();
	while ((port = event_connect(1, ANSWER_PORT, on_answer, NULL)) < 0)
		domain_yield();
	own = (evtchn_port_t)port;
	if (strstr(words, "yield") != NULL)
		measure("yield", 2, domain_yield);
	else
		measure("event", 1, event_round);
	return 0;
}
