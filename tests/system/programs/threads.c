/* SPDX-License-Identifier: MIT */
/* threads.c - threads that meet at futexes: a mutex, a condition, thread-local words. */
#include <pthread.h>
#include <stdio.h>

#define THREADS 8
#define TURNS   2000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turned = PTHREAD_COND_INITIALIZER;
static unsigned int sum, turn;
static __thread unsigned int own;

static void *add(void *number)
{
	unsigned int i;

	for (i = 0; i < TURNS; i++) {
		pthread_mutex_lock(&lock);
		sum++;
		pthread_mutex_unlock(&lock);
		own++;
	}
	/* and one after the other */
	pthread_mutex_lock(&lock);
	while (turn != *(unsigned int *)number)
		pthread_cond_wait(&turned, &lock);
	turn++;
	pthread_cond_broadcast(&turned);
	pthread_mutex_unlock(&lock);
	return own == TURNS ? number : NULL;
}

int main(void)
{
	pthread_t thread[THREADS];
	unsigned int number[THREADS], i;
	void *result;

	for (i = 0; i < THREADS; i++) {
		number[i] = THREADS - 1 - i;
		if (pthread_create(&thread[i], NULL, add, &number[i]))
			return puts("no thread"), 1;
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(thread[i], &result);
		if (result != &number[i])
			return puts("thread-local word is wrong"), 1;
	}
	if (sum != THREADS * TURNS || turn != THREADS)
		return printf("sum %u, turn %u\n", sum, turn), 1;
	return 0;
}
