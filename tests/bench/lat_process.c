/* SPDX-License-Identifier: MIT */
/*
 * lat_process.c - processes: making them, switching between them, bytes between them.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lat.h"

#define PROGRAM     "/init"
#define RING_MAX    16u
#define RING_ROUNDS 500u
#define RING_BUSY   50u         /* with much state: the same time altogether */
#define BULK        65536u
#define STATE_MAX   65536u
#define STATE_SOME  16384u

static int there[2], back[2];

static void reap(pid_t pid)
{
	int status;

	if (pid < 0)
		fail("fork");
	if (waitpid(pid, &status, 0) != pid)
		fail("waitpid");
	if (status != 0 && !(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL))
		fail("status of a child");
}

static void fork_exit(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	reap(pid);
}

static void vfork_exit(void)
{
	pid_t pid = vfork();

	if (pid == 0)
		_exit(0);
	reap(pid);
}

static void fork_exec(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		execl(PROGRAM, PROGRAM, "exit", (char *)NULL);
		_exit(1);
	}
	reap(pid);
}

static void fork_shell(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", PROGRAM " exit", (char *)NULL);
		_exit(1);
	}
	reap(pid);
}

static void swap_byte(void)
{
	char c = 0;

	if (write(there[1], &c, 1) != 1 || read(back[0], &c, 1) != 1)
		fail("byte between processes");
}

/* The other end of swap_byte(). */
static pid_t echo_bytes(void)
{
	pid_t pid = fork();
	char c;

	while (pid == 0 && read(there[0], &c, 1) == 1)
		if (write(back[1], &c, 1) != 1)
			_exit(1);
	return pid;
}

static void row_round_trip(const char *name)
{
	pid_t pid = echo_bytes();

	measure(name, swap_byte, 1000);
	kill(pid, SIGKILL);
	reap(pid);
	close(there[0]);
	close(there[1]);
	close(back[0]);
	close(back[1]);
}

static void rows_bytes(void)
{
	if (pipe(there) != 0 || pipe(back) != 0)
		fail("pipe");
	row_round_trip("pipe");
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, there) != 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, back) != 0)
		fail("socketpair");
	row_round_trip("af-unix");
}

static char bulk[BULK];

static void pass_bulk(void)
{
	size_t done = 0;

	while (done < BULK) {
		ssize_t count = read(there[0], bulk, BULK);

		if (count <= 0)
			fail("read from a pipe");
		done += (size_t)count;
	}
}

static void row_bulk(void)
{
	pid_t pid;

	if (pipe(there) != 0)
		fail("pipe");
	pid = fork();
	while (pid == 0)
		if (write(there[1], bulk, BULK) != (ssize_t)BULK)
			_exit(1);
	measure("pipe-64K", pass_bulk, 100);
	kill(pid, SIGKILL);
	reap(pid);
	close(there[0]);
	close(there[1]);
}

static int ring[RING_MAX][2];
static unsigned int ring_size, ring_rounds, state_size;
static volatile char state[STATE_MAX];

static void use_state(void)
{
	unsigned int i;

	for (i = 0; i < state_size; i += 4)
		state[i]++;
}

static void pass_on(unsigned int n)
{
	char c;

	if (read(ring[n][0], &c, 1) != 1)
		_exit(1);
	use_state();
	if (write(ring[(n + 1) % ring_size][1], &c, 1) != 1)
		_exit(1);
}

/* One process passes the token to itself: what a pass costs without a switch. */
static uint64_t pass_alone(void)
{
	char c = 0;
	uint64_t start = now();
	unsigned int i;

	for (i = 0; i < ring_rounds; i++) {
		if (write(ring[0][1], &c, 1) != 1 || read(ring[0][0], &c, 1) != 1)
			fail("pass alone");
		use_state();
	}
	return now() - start;
}

static uint64_t pass_around(void)
{
	char c = 0;
	uint64_t start = now();
	unsigned int i;

	for (i = 0; i < ring_rounds; i++) {
		if (write(ring[1][1], &c, 1) != 1)
			fail("pass around");
		if (read(ring[0][0], &c, 1) != 1)
			fail("pass around");
		use_state();
	}
	return now() - start;
}

/*
 * SCHED_BATCH: who is woken waits until its waker blocks.  Otherwise it may preempt the waker,
 * which has to come back to block: a second switch for one pass of the token, if the two have run
 * for times that differ by enough.
 */
static void set_policy(int policy)
{
	static const struct sched_param none;

	if (sched_setscheduler(0, policy, &none) != 0)
		fail("sched_setscheduler");
}

/* As lmbench's lat_ctx: a token goes around a ring of pipes. */
static void row_switch(const char *name, unsigned int size, unsigned int bytes)
{
	pid_t pids[RING_MAX];
	unsigned int rounds = size * bytes > 8 * STATE_SOME ? RING_BUSY : RING_ROUNDS;
	struct regions r = { new_region(), rounds * size, new_region(), rounds };
	uint64_t alone, around;
	unsigned int i;

	if (skip(name))
		return;
	ring_size = size;
	ring_rounds = rounds;
	state_size = bytes;
	for (i = 0; i < size; i++)
		if (pipe(ring[i]) != 0)
			fail("pipe");
	pass_alone();
	mark_less_begin(r.less);
	alone = pass_alone();
	mark_less_end(r.less);
	set_policy(SCHED_BATCH);
	for (i = 1; i < size; i++) {
		pids[i] = fork();
		while (pids[i] == 0)
			pass_on(i);
	}
	pass_around();
	mark_begin(r.own);
	around = pass_around();
	mark_end(r.own);
	set_policy(SCHED_OTHER);
	row(name, around - alone * size, rounds * size, &r);
	for (i = 1; i < size; i++) {
		kill(pids[i], SIGKILL);
		reap(pids[i]);
	}
	for (i = 0; i < size; i++) {
		close(ring[i][0]);
		close(ring[i][1]);
	}
}

void rows_process(void)
{
	rows_bytes();
	row_bulk();
	row_switch("ctx-2p-0k", 2, 0);
	row_switch("ctx-2p-16k", 2, STATE_SOME);
	row_switch("ctx-2p-64k", 2, STATE_MAX);
	row_switch("ctx-8p-0k", 8, 0);
	row_switch("ctx-8p-16k", 8, STATE_SOME);
	row_switch("ctx-8p-64k", 8, STATE_MAX);
	row_switch("ctx-16p-0k", 16, 0);
	row_switch("ctx-16p-16k", 16, STATE_SOME);
	row_switch("ctx-16p-64k", 16, STATE_MAX);
	measure("fork-exit", fork_exit, 50);
	measure("vfork-exit", vfork_exit, 50);
	measure("fork-exec", fork_exec, 30);
	measure("sh-c", fork_shell, 20);
}
