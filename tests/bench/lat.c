/* SPDX-License-Identifier: MIT */
/*
 * lat.c - what the basic operations of a Linux cost.
 *
 * It is /init, the first and only program, so it competes with nothing; the same
 * binary runs natively and in a domain.  Prints "BENCH name tenths", in tenths of a
 * nanosecond an operation, and "own count less count": the row's regions for a
 * plugin (struct regions). Then it resets the machine.  Words on the kernel's command line:
 *     bench=boot   resets at once: for profiles of the boot
 *     row=<name>   only this row
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <time.h>
#include <unistd.h>
#include "lat.h"

#define WARM_UP 3u

static char wanted[32];         /* name of the only row; "" is all */
static uint64_t loop_tenths;    /* what the loop of measure() costs by itself */

uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

bool skip(const char *name)
{
	return wanted[0] != '\0' && strcmp(name, wanted) != 0;
}

_Noreturn void fail(const char *what)
{
	printf("BENCH failed: %s: %m\n", what);
	reboot(RB_AUTOBOOT);
	_exit(1);
}

unsigned int new_region(void)
{
	static unsigned int last = REGION_LOOP;

	return ++last;
}

void row(const char *name, uint64_t total, unsigned int count, const struct regions *r)
{
	printf("BENCH %s %llu %u %u %u %u\n", name, (unsigned long long)(total * 10 / count),
	       r->own, r->own_count, r->less, r->less_count);
}

void mark_less_begin(unsigned int region)
{
	if (wanted[0] == '\0')
		mark_begin(region);
}

void mark_less_end(unsigned int region)
{
	if (wanted[0] == '\0')
		mark_end(region);
}

static uint64_t loop(void (*operation)(void), unsigned int count)
{
	uint64_t start = now();
	unsigned int i;

	for (i = 0; i < count; i++)
		operation();
	return now() - start;
}

void measure(const char *name, void (*operation)(void), unsigned int count)
{
	struct regions r = { new_region(), count, REGION_LOOP, LOOP_COUNT };
	uint64_t total;

	if (skip(name))
		return;
	loop(operation, WARM_UP);
	mark_begin(r.own);
	total = loop(operation, count);
	mark_end(r.own);
	row(name, total - loop_tenths * count / 10, count, &r);
}

static void nothing(void)
{
}

static void calibrate(void)
{
	loop(nothing, 1000);
	mark_less_begin(REGION_LOOP);
	loop_tenths = loop(nothing, LOOP_COUNT) * 10 / LOOP_COUNT;
	mark_less_end(REGION_LOOP);
}

/* Copies the value of a word of the kernel's command line, "" if it is not there. */
static void option(const char *word, char *value, size_t size)
{
	char line[512] = "";
	char *at;
	int fd = open("/proc/cmdline", O_RDONLY);

	value[0] = '\0';
	if (fd < 0 || read(fd, line, sizeof(line) - 1) < 0)
		return;
	close(fd);
	at = strstr(line, word);
	if (at == NULL)
		return;
	at += strlen(word);
	snprintf(value, size, "%.*s", (int)strcspn(at, " \n"), at);
}

int main(int argc, char **argv)
{
	char what[32];
	int fd;

	if (argc > 1 && strcmp(argv[1], "exit") == 0)
		return 0;
	if (mount("none", "/proc", "proc", 0, NULL) != 0)
		fail("mount /proc");
	option("bench=", what, sizeof(what));
	if (strcmp(what, "boot") == 0)
		reboot(RB_AUTOBOOT);
	mount("none", "/dev", "devtmpfs", 0, NULL);
	mount("none", "/tmp", "tmpfs", 0, NULL);
	fd = open("/dev/console", O_RDWR);
	if (fd < 0 || dup2(fd, 1) < 0)
		fail("console");
	setvbuf(stdout, NULL, _IOLBF, 0);
	option("row=", wanted, sizeof(wanted));
	calibrate();
	rows_calls();
	rows_memory();
	rows_process();
	printf("BENCH end 0\n");
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}
