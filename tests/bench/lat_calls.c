/* SPDX-License-Identifier: MIT */
/*
 * lat_calls.c - system calls that do little, and signals.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lat.h"

static int zero_fd, null_fd;
static volatile sig_atomic_t caught;

static void compute(void)
{
	uint32_t x = 1;
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		x = x * 1664525u + 1013904223u;
		__asm__ volatile("" : "+r" (x));
	}
}

static void call_getppid(void)
{
	(void)getppid();
}

static void call_clock(void)
{
	(void)now();
}

static void call_read(void)
{
	char c;

	if (read(zero_fd, &c, 1) != 1)
		fail("read /dev/zero");
}

static void call_write(void)
{
	if (write(null_fd, "", 1) != 1)
		fail("write /dev/null");
}

static void call_stat(void)
{
	struct stat s;

	if (stat("/dev/null", &s) != 0)
		fail("stat");
}

static void call_open(void)
{
	int fd = open("/dev/null", O_WRONLY);

	if (fd < 0 || close(fd) != 0)
		fail("open");
}

static void handler(int number)
{
	caught = number;
}

static void signal_install(void)
{
	struct sigaction act = { .sa_handler = handler };

	sigaction(SIGUSR1, &act, NULL);
}

static void signal_catch(void)
{
	kill(getpid(), SIGUSR1);
}

#define PROTECTION_FAULTS 1000u

static char *area;
static volatile unsigned int faults;

/* The store is tried again after each fault but the last. */
static void protection_handler(int number)
{
	(void)number;
	if (++faults == PROTECTION_FAULTS)
		mprotect(area, PAGE, PROT_READ | PROT_WRITE);
}

static void protection_faults(void)
{
	mprotect(area, PAGE, PROT_READ);
	faults = 0;
	*(volatile char *)area = 1;
}

static void row_protection(void)
{
	struct sigaction act = { .sa_handler = protection_handler };
	struct regions r = { new_region(), PROTECTION_FAULTS, 0, 0 };
	uint64_t start;

	if (skip("protection-fault"))
		return;
	area = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		fail("mmap");
	area[0] = 0;
	sigaction(SIGSEGV, &act, NULL);
	protection_faults();
	mark_begin(r.own);
	start = now();
	protection_faults();
	start = now() - start;
	mark_end(r.own);
	row("protection-fault", start, PROTECTION_FAULTS, &r);
	signal(SIGSEGV, SIG_DFL);
	munmap(area, PAGE);
}

void rows_calls(void)
{
	zero_fd = open("/dev/zero", O_RDONLY);
	null_fd = open("/dev/null", O_WRONLY);
	measure("compute", compute, 1000);
	measure("getppid", call_getppid, 20000);
	measure("clock_gettime", call_clock, 10000);
	measure("read", call_read, 10000);
	measure("write", call_write, 10000);
	measure("stat", call_stat, 5000);
	measure("open-close", call_open, 5000);
	measure("signal-install", signal_install, 5000);
	signal_install();
	measure("signal-catch", signal_catch, 5000);
	row_protection();
}
