/* SPDX-License-Identifier: MIT */
/*
 * hypercall.h - one C function for each hypercall.
 *
 *     long hypercall_<name>(...);
 *
 * takes the hypercall's arguments as words, in Xen's order, and returns its
 * result or -XEN_Exxx.  The prototypes and the stubs (hypercalls.S) come from
 * the hypervisor's own list, include/hv/hypercall_list.h.  hypercall_raw() calls any number with any arguments.
 */
#ifndef SDK_HYPERCALL_H
#define SDK_HYPERCALL_H

#include <stddef.h>
#include <stdint.h>
#include <public/arch-armv5.h>
#define XEN_ERRNO_DEFAULT_INCLUDE
#include <xen/errno.h>
#include <xen/xen.h>

typedef unsigned long word_t;

/* Pointers travel as words. */
#define ARG(pointer) ((word_t)(uintptr_t)(pointer))

#define HYPERCALL_ARGS_0 void
#define HYPERCALL_ARGS_1 word_t
#define HYPERCALL_ARGS_2 word_t, word_t
#define HYPERCALL_ARGS_3 word_t, word_t, word_t
#define HYPERCALL_ARGS_4 word_t, word_t, word_t, word_t
#define HYPERCALL_ARGS_5 word_t, word_t, word_t, word_t, word_t
#define HYPERCALL(name, handler, nargs) \
	long hypercall_ ## name(HYPERCALL_ARGS_ ## nargs);
#include SDK_HYPERCALL_LIST
#undef HYPERCALL

/* swi with r12 = number, r0-r4 = args[0..4]: for tests and fuzzers. */
long hypercall_raw(word_t number, const word_t args[5]);

#endif /* SDK_HYPERCALL_H */
