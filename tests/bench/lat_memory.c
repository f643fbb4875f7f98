/* SPDX-License-Identifier: MIT */
/*
 * lat_memory.c - page faults and mappings.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "lat.h"

#define PAGES  (MIB / PAGE)
#define ROUNDS 20u

static int file_fd;

static char *map(int flags, int fd)
{
	char *area = mmap(NULL, MIB, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (area == MAP_FAILED)
		fail("mmap");
	return area;
}

static void mmap_untouched(void)
{
	munmap(map(MAP_PRIVATE | MAP_ANONYMOUS, -1), MIB);
}

static void mmap_touched(void)
{
	char *area = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
	unsigned int i;

	for (i = 0; i < MIB; i += PAGE)
		area[i] = 1;
	munmap(area, MIB);
}

/* Time of the first access to each page only; the kernel maps file pages around a fault. */
static uint64_t fault_all(int flags, int fd, unsigned int region)
{
	volatile char *area = map(flags, fd);
	uint64_t start;
	unsigned int i;

	mark_begin(region);
	start = now();
	for (i = 0; i < MIB; i += PAGE) {
		if (fd < 0)
			area[i] = 1;
		else
			(void)area[i];
	}
	start = now() - start;
	mark_end(region);
	munmap((char *)area, MIB);
	return start;
}

static void row_faults(const char *name, int flags, int fd)
{
	struct regions r = { new_region(), PAGES, 0, 0 };
	uint64_t total = 0;
	unsigned int i;

	if (skip(name))
		return;
	fault_all(flags, fd, new_region());
	for (i = 0; i < ROUNDS; i++)
		total += fault_all(flags, fd, r.own);
	row(name, total, ROUNDS * PAGES, &r);
}

/* Memory bandwidth: 64 KiB, four times the data cache. */
#define BLOCK 65536u

static uint32_t from[BLOCK / 4], to[BLOCK / 4];

static void memory_read(void)
{
	const uint32_t *word = from;
	uint32_t sum = 0;
	unsigned int i;

	__asm__ volatile("" : "+r" (word)); /* the compiler knows no word of it */
	for (i = 0; i < BLOCK / 4; i++)
		sum += word[i];
	__asm__ volatile("" :: "r" (sum));
}

static void memory_write(void)
{
	memset(to, 1, BLOCK);
	__asm__ volatile("" ::: "memory");
}

static void memory_copy(void)
{
	memcpy(to, from, BLOCK);
	__asm__ volatile("" ::: "memory");
}

static void make_file(void)
{
	static char block[PAGE];
	unsigned int i;

	file_fd = open("/tmp/pages", O_RDWR | O_CREAT, 0600);
	memset(block, 1, sizeof(block));
	for (i = 0; i < PAGES; i++)
		if (write(file_fd, block, PAGE) != (ssize_t)PAGE)
			fail("write /tmp/pages");
}

void rows_memory(void)
{
	make_file();
	row_faults("page-fault", MAP_PRIVATE | MAP_ANONYMOUS, -1);
	row_faults("page-fault-file", MAP_SHARED, file_fd);
	measure("mmap", mmap_untouched, 500);
	measure("mmap-touched", mmap_touched, 20);
	measure("memory-read", memory_read, 50);
	measure("memory-write", memory_write, 50);
	measure("memory-copy", memory_copy, 50);
}
