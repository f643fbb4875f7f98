/* SPDX-License-Identifier: MIT */
/*
 * bench.c - the first and only program of a Linux: what its basic operations cost.
 *
 * In QEMU's icount mode at shift 0 a nanosecond is an instruction.  It is /init, so it does
 * not compete with anything; the same binary runs natively and in a domain.
 * Prints "BENCH name nanoseconds"; then resets the machine.  With "boot" on the kernel's
 * command line it resets at once.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096u
#define MIB  (1u << 20)

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* What the loop and the clock cost by themselves is far below what is measured. */
static void measure(const char *name, void (*operation)(void), unsigned int count)
{
	uint64_t start;
	unsigned int i;

	operation();
	start = now();
	for (i = 0; i < count; i++)
		operation();
	printf("BENCH %s %llu\n", name, (unsigned long long)((now() - start) / count));
}

static int zero_fd, null_fd;
static char *area;
static volatile sig_atomic_t caught;

static void op_getppid(void) { (void)syscall(SYS_getppid); }
static void op_read(void) { char c; if (read(zero_fd, &c, 1) != 1) exit(1); }
static void op_write(void) { if (write(null_fd, "", 1) != 1) exit(1); }
static void op_stat(void) { struct stat s; if (stat("/dev/null", &s)) exit(1); }
static void op_open(void) { close(open("/dev/null", O_WRONLY)); }
static void handler(int number) { caught = number; }
static void op_catch(void) { kill(getpid(), SIGUSR1); }

static void op_install(void)
{
	struct sigaction act = { .sa_handler = handler };

	sigaction(SIGUSR1, &act, NULL);
}

/* 64 pages: divided by 64 in the report. */
static void op_fault(void)
{
	unsigned int i;

	madvise(area, 64 * PAGE, MADV_DONTNEED);
	for (i = 0; i < 64; i++)
		area[i * PAGE] = 1;
}

static void fault(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)info;
	(void)context;
	mprotect(area, PAGE, PROT_READ | PROT_WRITE);
	caught = 1;
}

static void op_protection(void)
{
	mprotect(area, PAGE, PROT_READ);
	*(volatile char *)area = 1;
}

static void op_mmap(void)
{
	munmap(mmap(NULL, MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), MIB);
}

static void op_mmap_touched(void)
{
	char *p = mmap(NULL, MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned int i;

	for (i = 0; i < MIB; i += PAGE)
		p[i] = 1;
	munmap(p, MIB);
}

static void op_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
}

static void op_exec(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		execl("/init", "/init", "exit", (char *)NULL);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
}

static int there[2], back[2];

static void op_pipe(void)
{
	char c = 0;

	if (write(there[1], &c, 1) != 1 || read(back[0], &c, 1) != 1)
		exit(1);
}

static void measure_pipe(void)
{
	pid_t pid;
	char c;

	if (pipe(there) || pipe(back))
		exit(1);
	pid = fork();
	if (pid == 0) {
		while (read(there[0], &c, 1) == 1)
			if (write(back[1], &c, 1) != 1)
				break;
		_exit(0);
	}
	measure("pipe-round-trip", op_pipe, 2000);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void measure_all(void)
{
	struct sigaction act = { .sa_sigaction = fault, .sa_flags = SA_SIGINFO };

	measure("getppid", op_getppid, 20000);
	measure("read-zero", op_read, 10000);
	measure("write-null", op_write, 10000);
	measure("stat", op_stat, 2000);
	measure("open-close", op_open, 2000);
	measure("signal-install", op_install, 5000);
	measure("signal-catch", op_catch, 2000);
	sigaction(SIGSEGV, &act, NULL);
	measure("protection-fault", op_protection, 1000);
	measure("page-fault-x64", op_fault, 50);
	measure("mmap-1M", op_mmap, 500);
	measure("mmap-1M-touched", op_mmap_touched, 20);
	measure_pipe();
	measure("fork-exit", op_fork, 100);
	measure("fork-exec", op_exec, 50);
}

static int boot_only(void)
{
	char line[512] = "";
	int fd = open("/proc/cmdline", O_RDONLY);

	if (fd >= 0) {
		(void)!read(fd, line, sizeof(line) - 1);
		close(fd);
	}
	return strstr(line, "bench=boot") != NULL;
}

int main(int argc, char **argv)
{
	int fd;

	if (argc > 1 && !strcmp(argv[1], "exit"))
		return 0;
	mount("none", "/proc", "proc", 0, NULL);
	if (!boot_only()) {
		mount("none", "/dev", "devtmpfs", 0, NULL);
		fd = open("/dev/console", O_RDWR);
		dup2(fd, 1);
		setvbuf(stdout, NULL, _IOLBF, 0);
		zero_fd = open("/dev/zero", O_RDONLY);
		null_fd = open("/dev/null", O_WRONLY);
		area = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);
		measure_all();
		printf("BENCH end 0\n");
	}
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}
