/* SPDX-License-Identifier: MIT */
/* guest_copy.h - copies with user permissions (LDRT, STRT): 0, or the bytes left. */
#ifndef ARCH_GUEST_COPY_H
#define ARCH_GUEST_COPY_H

#include <hv/types.h>

size_t arch_copy_from_user(void *to, vaddr_t from, size_t size);
size_t arch_copy_to_user(vaddr_t to, const void *from, size_t size);

#endif
