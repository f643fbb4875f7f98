/* SPDX-License-Identifier: MIT */
/*
 * programs.c - what unmodified programs of Debian cost on a Linux.
 *
 * It is /init.  Each job is run once to warm up, with what it prints shown, and RUNS times
 * silent and measured, each time "BENCH name nanoseconds".  Then it resets the machine.  Words
 * on the kernel's command line: row=<name> runs only this job.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ARGUMENTS  16u
#define DATA_BYTES (1u << 20)
#define RUNS       5u

struct job {
	const char *name;
	const char *command;    /* words between single spaces */
	const char *input, *output;
};

/* On fixed data in tmpfs. */
static const struct job jobs[] = {
	{ "gzip", "/bin/gzip -n -c /tmp/data", NULL, "/tmp/data.gz" },
	{ "gunzip", "/bin/gzip -d -c /tmp/data.gz", NULL, "/tmp/out" },
	{ "bzip2", "/bin/bzip2 -9 -c /tmp/data", NULL, "/tmp/data.bz2" },
	{ "bunzip2", "/bin/bzip2 -d -c /tmp/data.bz2", NULL, "/tmp/out" },
	{ "sqlite3", "/usr/bin/sqlite3 /tmp/db", "/bench/transactions.sql", "/tmp/out" },
	{ "python3-start", "/usr/bin/python3.11 -c pass", NULL, NULL },
	{ "python3-loop", "/usr/bin/python3.11 /bench/loop.py", NULL, NULL },
	{ "python3-compile", "/usr/bin/python3.11 /bench/build.py", NULL, NULL },
	{ "hackbench-pipe", "/usr/bin/hackbench -p", NULL, NULL },
	{ "hackbench-socket", "/usr/bin/hackbench", NULL, NULL },
	{ "hackbench-threads", "/usr/bin/hackbench -T -p", NULL, NULL },
	{ "nginx-ab", "/usr/bin/ab -q -n 400 -c 4 http://127.0.0.1/index.html", NULL, NULL },
	{ "nginx-ab-64k", "/usr/bin/ab -q -n 200 -c 4 http://127.0.0.1/64k", NULL, NULL },
};

static const struct job server = { "nginx", "/usr/sbin/nginx -c /bench/nginx.conf", NULL, NULL };
static const struct job loopback = { "lo", "/bin/busybox ifconfig lo 127.0.0.1 up", NULL, NULL };
/* Its own figures count: latency in nanoseconds of a real-time thread that wakes each ms. */
static const struct job cyclictest = {
	"cyclictest", "/usr/bin/cyclictest -q -m -N -p 80 -i 1000 -l 2000", NULL, NULL
};

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static _Noreturn void end(const char *what)
{
	printf("BENCH %s 0\n", what);
	fflush(stdout);
	reboot(RB_AUTOBOOT);
	_exit(1);
}

static void redirect(const char *path, int flags, int to)
{
	int fd = open(path, flags, 0600);

	if (fd < 0 || dup2(fd, to) < 0)
		_exit(126);
	close(fd);
}

static pid_t start(const struct job *job, bool silent)
{
	char words[256], *argv[ARGUMENTS], *rest = words;
	unsigned int n = 0;
	pid_t pid;

	snprintf(words, sizeof(words), "%s", job->command);
	while (n < ARGUMENTS - 1 && (argv[n] = strsep(&rest, " ")) != NULL)
		n++;
	argv[n] = NULL;
	pid = fork();
	if (pid != 0)
		return pid;
	redirect(job->input ? job->input : "/dev/null", O_RDONLY, 0);
	if (job->output != NULL)
		redirect(job->output, O_WRONLY | O_CREAT | O_TRUNC, 1);
	else if (silent)
		redirect("/dev/null", O_WRONLY, 1);
	execv(argv[0], argv);
	_exit(127);
}

static void run(const struct job *job, bool silent)
{
	pid_t pid = start(job, silent);
	int status = -1;

	waitpid(pid, &status, 0);
	if (status != 0) {
		printf("programs: %s ended with status %#x\n", job->name, (unsigned int)status);
		end("failed");
	}
}

static void measure(const struct job *job)
{
	run(job, false);
	for (unsigned int i = 0; i < RUNS; i++) {
		uint64_t begun;

		unlink("/tmp/db");
		begun = now();
		run(job, true);
		printf("BENCH %s %llu\n", job->name, (unsigned long long)(now() - begun));
	}
	unlink("/tmp/db");
}

/* Words of a small language, the same each time: neither random nor trivial to compress. */
static void make_data(void)
{
	static const char *const syllables[16] = {
		"ban", "tam ", "chan", "nel ", "do", "main ", "grant ", "page", " table", "s", "\n",
		"win", "dow ", "0x", "f8", " = "
	};
	FILE *file = fopen("/tmp/data", "w");
	uint32_t x = 1;
	long size = 0;

	if (file == NULL)
		end("failed");
	while (size < (long)DATA_BYTES) {
		x = x * 1664525u + 1013904223u;
		size += fprintf(file, "%s", syllables[x >> 28]);
		if ((x & 0xF0000u) == 0)
			size += fprintf(file, "%u ", x >> 20);
	}
	if (fclose(file) != 0)
		end("failed");
}

static void make_page(const char *path, unsigned int size)
{
	FILE *file = fopen(path, "w");

	for (unsigned int i = 0; file != NULL && i < size; i++)
		fputc('a' + (int)(i % 26), file);
	if (file == NULL || fclose(file) != 0)
		end("failed");
	chmod(path, 0644);
}

/* The word after "row=" of the kernel's command line, "" for all. */
static const char *wanted(void)
{
	static char line[512], *at;
	int fd = open("/proc/cmdline", O_RDONLY);

	if (fd < 0 || read(fd, line, sizeof(line) - 1) < 0)
		end("failed");
	close(fd);
	at = strstr(line, "row=");
	if (at == NULL)
		return "";
	at += 4;
	at[strcspn(at, " \n")] = '\0';
	return at;
}

static void prepare(void)
{
	mount("none", "/proc", "proc", 0, NULL);
	mount("none", "/dev", "devtmpfs", 0, NULL);
	mount("none", "/tmp", "tmpfs", 0, NULL);
	mkdir("/dev/shm", 01777);
	redirect("/dev/console", O_RDWR, 1);
	dup2(1, 2);
	setenv("PYTHONHASHSEED", "0", 1); /* the same work on both sides */
	setvbuf(stdout, NULL, _IOLBF, 0);
	make_data();
	make_page("/www/index.html", 1024);
	make_page("/www/64k", 65536);
	run(&loopback, false);
}

int main(void)
{
	const struct timespec moment = { .tv_nsec = 200000000 };
	const char *only;
	pid_t nginx;

	prepare();
	only = wanted();
	nginx = start(&server, false);
	nanosleep(&moment, NULL);
	for (unsigned int i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
		if (*only == '\0' || strcmp(only, jobs[i].name) == 0)
			measure(&jobs[i]);
	}
	kill(nginx, SIGTERM);
	waitpid(nginx, NULL, 0);
	if (*only == '\0' || strcmp(only, cyclictest.name) == 0)
		run(&cyclictest, false);
	end("end");
}
