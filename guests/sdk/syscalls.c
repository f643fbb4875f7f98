/* SPDX-License-Identifier: MIT */
/*
 * syscalls.c - what newlib asks of an operating system.
 *
 * Files are the console and nothing else.  The heap is the longest stretch of
 * the domain's memory that neither the image nor the domain builder uses.
 */
#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>
#include <sdk/console.h>
#include <sdk/domain.h>

/* newlib's own prototypes of these are in no header. */
int _write(int file, const char *text, int size);
int _read(int file, char *text, int size);
void *_sbrk(ptrdiff_t increment);
_Noreturn void _exit(int status);
int _close(int file);
int _fstat(int file, struct stat *status);
int _isatty(int file);
off_t _lseek(int file, off_t offset, int whence);
int _kill(int process, int signal);
int _getpid(void);

static uintptr_t heap_start, heap_break, heap_end;

struct range {
	uintptr_t start, end;
};

/* Cuts a used range out of the free one, keeping the larger rest. */
static void cut(struct range *free, uintptr_t start, size_t size)
{
	uintptr_t end = start + size;

	if (size == 0 || end <= free->start || start >= free->end)
		return;
	if (start > free->start && start - free->start >= free->end - end)
		free->end = start;
	else
		free->start = end;
	if (free->start > free->end)
		free->start = free->end;
}

/*
 * The builder's frames: start_info, shared_info, tables, boot stack, ramdisk.
 * The boot stack lies beside start_info or the tables; it is not used after
 * _start.
 */
static void heap_init(void)
{
	struct range free = {
		.start = (uintptr_t)__guest_end,
		.end = (uintptr_t)__guest_base + (start_info->nr_pages << 12),
	};
	uintptr_t info = (uintptr_t)start_info & ~0xFFFul;

	cut(&free, info, 4096);
	cut(&free, start_info->shared_info & ~0xFFFul, 4096);
	cut(&free, start_info->pt_base, start_info->nr_pt_frames << 12);
	cut(&free, start_info->mod_start, (start_info->mod_len + 0xFFF) & ~0xFFFul);
	heap_start = heap_break = free.start;
	heap_end = free.end;
}

size_t heap_size(void)
{
	if (heap_start == 0)
		heap_init();
	return heap_end - heap_start;
}

void *_sbrk(ptrdiff_t increment)
{
	uintptr_t former;

	if (heap_start == 0)
		heap_init();
	former = heap_break;
	if (increment > (ptrdiff_t)(heap_end - heap_break) ||
	    -increment > (ptrdiff_t)(heap_break - heap_start)) {
		errno = ENOMEM;
		return (void *)-1;
	}
	heap_break += (uintptr_t)increment;
	return (void *)former;
}

int _write(int file, const char *text, int size)
{
	(void)file;
	if (size < 0 || console_write(text, (size_t)size) != 0) {
		errno = EIO;
		return -1;
	}
	return size;
}

int _read(int file, char *text, int size)
{
	int count;

	(void)file;
	/* Waits for input; VIRQ_CONSOLE, if the guest bound it, ends the wait. */
	while ((count = console_read(text, (size_t)size)) == 0)
		domain_yield();
	if (count < 0) {
		errno = EIO;
		return -1;
	}
	/* A terminal sends a return at the end of a line. */
	for (int i = 0; i < count; i++)
		if (text[i] == '\r')
			text[i] = '\n';
	return count;
}

_Noreturn void _exit(int status)
{
	domain_shutdown(status == 0 ? SHUTDOWN_poweroff : SHUTDOWN_crash);
}

int _close(int file)
{
	(void)file;
	return 0;
}

int _fstat(int file, struct stat *status)
{
	(void)file;
	status->st_mode = S_IFCHR;
	return 0;
}

int _isatty(int file)
{
	(void)file;
	return 1;
}

off_t _lseek(int file, off_t offset, int whence)
{
	(void)file;
	(void)offset;
	(void)whence;
	return 0;
}

int _kill(int process, int signal)
{
	(void)process;
	(void)signal;
	domain_shutdown(SHUTDOWN_crash);
}

int _getpid(void)
{
	return 1;
}
