/* SPDX-License-Identifier: MIT */
/* kuser.c - the helpers at fixed addresses that ARMv5 programs call. */
#include <signal.h>
#include <stdio.h>
#include <stdint.h>
#include <sys/time.h>

typedef int cmpxchg_fn(int oldval, int newval, volatile int *ptr);
typedef int cmpxchg64_fn(const int64_t *oldval, const int64_t *newval, volatile int64_t *ptr);
typedef void *get_tls_fn(void);
#define kuser_cmpxchg (*(cmpxchg_fn *)0xffff0fc0)
#define kuser_cmpxchg64 (*(cmpxchg64_fn *)0xffff0f60)
#define kuser_get_tls (*(get_tls_fn *)0xffff0fe0)
#define kuser_version (*(volatile int32_t *)0xffff0ffc)

static volatile int word;
static volatile int from_handler;
static __thread int local;

static int add(volatile int *p, int n)
{
	int old;

	do
		old = *p;
	while (kuser_cmpxchg(old, old + n, p));
	return old + n;
}

static void on_alarm(int number)
{
	(void)number;
	add(&word, 1);
	from_handler++;
}

/* 0 and a store if both halves are as expected, else neither. */
static int check_cmpxchg64(void)
{
	static volatile int64_t wide = 0x100000002;
	static const int64_t other_low = 0x100000003, other_high = 0x200000002;
	static const int64_t now = 0x100000002, later = -5;

	if (!kuser_cmpxchg64(&other_low, &later, &wide) ||
	    !kuser_cmpxchg64(&other_high, &later, &wide) || wide != now)
		return puts("cmpxchg64 stored over another value"), 1;
	if (kuser_cmpxchg64(&now, &later, &wide) || wide != later)
		return puts("cmpxchg64 did not store"), 1;
	return 0;
}

/* The helpers are ARM code: the way back is to the state of the caller. */
static __attribute__((target("thumb"), noinline)) int check_thumb(void)
{
	static volatile int64_t wide = 7;
	static const int64_t other = 8;
	static volatile int narrow = 1;

	return kuser_get_tls() == 0 || kuser_cmpxchg(1, 2, &narrow) || narrow != 2 ||
	       !kuser_cmpxchg64(&other, &other, &wide);
}

int main(void)
{
	struct sigaction act = { .sa_handler = on_alarm };
	struct itimerval often = { { 0, 1000 }, { 0, 1000 } };
	int i, own = 0;
	char *tls = kuser_get_tls();

	if (kuser_version < 5)
		return printf("version %d\n", kuser_version), 1;
	if ((char *)&local < tls || (char *)&local > tls + 4096)
		return puts("the thread's word is not near its thread pointer"), 1;
	if (!kuser_cmpxchg(1, 2, &word) || word != 0)
		return puts("cmpxchg stored over another value"), 1;
	if (check_cmpxchg64())
		return 1;
	if (check_thumb())
		return puts("the helpers fail in Thumb state"), 1;
	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	/* a signal between load and store must not be lost */
	for (i = 0; i < 3000000; i++, own++)
		add(&word, 1);
	if (word != own + from_handler)
		return printf("%d is not %d + %d\n", word, own, from_handler), 1;
	if (from_handler == 0)
		return puts("no signal came"), 1;
	return 0;
}
