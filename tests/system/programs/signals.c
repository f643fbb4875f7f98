/* SPDX-License-Identifier: MIT */
/* signals.c - timers, nested handlers, an alternate stack, registers that survive. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t alarms, inner, on_stack;
static char stack[16384];

static void on_alarm(int number)
{
	(void)number;
	alarms++;
	raise(SIGUSR1);
}

static void on_user(int number)
{
	char here;

	(void)number;
	inner++;
	on_stack = &here >= stack && &here < stack + sizeof(stack);
}

static void install(int number, void (*handler)(int), int flags)
{
	struct sigaction act = { .sa_handler = handler, .sa_flags = flags };

	sigaction(number, &act, NULL);
}

/* Works in registers and floating point while signals come; not to be optimised into one call. */
static __attribute__((noipa)) unsigned int work(unsigned int seed)
{
	double x = 1.0;
	unsigned int i;

	for (i = 0; i < 20000; i++) {
		seed = seed * 1664525u + 1013904223u;
		x = x * 1.000001 + 1e-9;
	}
	return seed + (unsigned int)(x * 1e6);
}

int main(void)
{
	stack_t alternate = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct itimerval often = { { 0, 2000 }, { 0, 2000 } };
	unsigned int expected = work(1), i;

	sigaltstack(&alternate, NULL);
	install(SIGALRM, on_alarm, SA_RESTART);
	install(SIGUSR1, on_user, SA_ONSTACK);
	setitimer(ITIMER_REAL, &often, NULL);
	for (i = 0; i < 2000 && alarms < 50; i++)
		if (work(1) != expected)
			return puts("a signal changed a register"), 1;
	if (alarms < 50 || inner < alarms || !on_stack)
		return printf("alarms %d, inner %d, on stack %d\n", alarms, inner, on_stack), 1;
	return 0;
}
