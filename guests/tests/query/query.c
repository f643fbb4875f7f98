/* SPDX-License-Identifier: MIT */
/*
 * query.c - asks the baseband, domain 1, for a report.
 */
#include "../lib/test.h"

static volatile unsigned int answers;

int main(void)
{
	int port = -1;

	for (unsigned int i = 0; i < 100 && port < 0; i++) {
		time_sleep_until(time_now() + 10 * NS_PER_MS);
		port = event_connect(1, 1, test_count, (void *)&answers);
	}
	test_ok("the baseband waits at its port 1", port > 0);
	time_sleep_until(time_now() + 100 * NS_PER_MS);
	/* Binding sends no event to us that means anything. */
	answers = 0;
	test_is("ask", event_send((evtchn_port_t)port), 0);
	test_ok("it answers", test_wait(&answers, 1000));
	answers = 0;
	test_is("ask again", event_send((evtchn_port_t)port), 0);
	test_ok("it answers again", test_wait(&answers, 1000));
	test_end();
}
