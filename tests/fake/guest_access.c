/* SPDX-License-Identifier: MIT */
/* guest_access.c - fake of hv/guest_access.h: a page that can be read and written, and
 * behind it one that can only be read. */
#include <hv/guest_access.h>

#define FAKE_GUEST_RW   0x1000u
#define FAKE_GUEST_RO   0x2000u
#define FAKE_GUEST_NONE 0x3000u

static uint8_t fake_guest[FAKE_GUEST_NONE - FAKE_GUEST_RW];

static void *fake_guest_at(vaddr_t va, size_t size, vaddr_t end)
{
	if (va < FAKE_GUEST_RW || va > end || size > end - va)
		return NULL;
	return &fake_guest[va - FAKE_GUEST_RW];
}

int copy_from_guest(void *to, vaddr_t from, size_t size)
{
	void *p = fake_guest_at(from, size, FAKE_GUEST_NONE);

	if (!p)
		return -XEN_EFAULT;
	memcpy(to, p, size);
	return 0;
}

int copy_to_guest(vaddr_t to, const void *from, size_t size)
{
	void *p = fake_guest_at(to, size, FAKE_GUEST_RO);

	if (!p)
		return -XEN_EFAULT;
	memcpy(p, from, size);
	return 0;
}
