/* SPDX-License-Identifier: MIT */
/* memory.c - mmap, mprotect, copy on write, files mapped: what page tables are for. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE  4096u
#define PAGES 256u

static sigjmp_buf back;

static void fault(int number)
{
	siglongjmp(back, number);
}

static int faults(volatile char *p, int write)
{
	if (sigsetjmp(back, 1))
		return 1;
	if (write)
		*p = 1;
	else
		(void)*p;
	return 0;
}

static void *get(void)
{
	return mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int protection(void)
{
	char *p = get();
	unsigned int i;

	for (i = 0; i < PAGES; i++)
		p[i * PAGE] = (char)i;
	for (i = 0; i < PAGES; i += 2)
		mprotect(p + i * PAGE, PAGE, PROT_READ);
	for (i = 0; i < PAGES; i++)
		if (faults(p + i * PAGE, 1) != (i % 2 == 0) || faults(p + i * PAGE, 0))
			return 1;
	mprotect(p, PAGE, PROT_NONE);
	if (!faults(p, 0))
		return 2;
	mprotect(p, PAGES * PAGE, PROT_READ | PROT_WRITE);
	if (faults(p, 1) || p[2 * PAGE] != 2)
		return 3;
	munmap(p, PAGES * PAGE);
	return faults(p + PAGE, 0) ? 0 : 4;
}

static int copy_on_write(void)
{
	uint32_t *p = get();
	unsigned int i;
	int status;

	for (i = 0; i < PAGES; i++)
		p[i * PAGE / 4] = i;
	if (fork() == 0) {
		for (i = 0; i < PAGES; i++) {
			if (p[i * PAGE / 4] != i)
				_exit(1);
			p[i * PAGE / 4] = ~i;
		}
		_exit(0);
	}
	wait(&status);
	for (i = 0; i < PAGES; i++)
		if (p[i * PAGE / 4] != i)
			return 1;
	munmap(p, PAGES * PAGE);
	return status;
}

static int shared_file(void)
{
	int fd = open("/tmp/mapped", O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *a, *b, text[6];

	if (ftruncate(fd, 4 * PAGE))
		return 1;
	a = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	b = mmap(NULL, 4 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	strcpy(a + 3 * PAGE, "hello");
	if (strcmp(b + 3 * PAGE, "hello"))
		return 2;
	if (pread(fd, text, 6, 3 * PAGE) != 6 || strcmp(text, "hello"))
		return 3;
	a = mremap(a, 4 * PAGE, 64 * PAGE, MREMAP_MAYMOVE);
	return a == MAP_FAILED || strcmp(a + 3 * PAGE, "hello") ? 4 : unlink("/tmp/mapped");
}

/* Addresses that are not the process's: the kernel's, residents', the hypervisor's. */
static int foreign(void)
{
	static const uintptr_t at[] = { 0xC0008000u, 0xD0000000u, 0xF0000000u, 0xF00F0000u,
		0xF8000000u, 0xF8610000u, 0xFFC00000u, 0xFFE0D000u, 0xFFFFFFFCu };
	unsigned int i;

	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++)
		if (at[i] != 0xFFFFFFFCu && !faults((char *)at[i], 0))
			return (int)i + 1;
	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++)
		if (!faults((char *)at[i], 1))
			return (int)i + 100;
	return 0;
}

int main(void)
{
	int (*test[])(void) = { protection, copy_on_write, shared_file, foreign };
	struct sigaction act = { .sa_handler = fault };
	unsigned int i;
	int result;

	sigaction(SIGSEGV, &act, NULL);
	sigaction(SIGBUS, &act, NULL);
	for (i = 0; i < 4; i++) {
		result = test[i]();
		if (result)
			return printf("test %u: %d\n", i, result), 1;
	}
	return 0;
}
