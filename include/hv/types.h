/* SPDX-License-Identifier: MIT */
/*
 * types.h - the words that every room shares.
 *
 * Frame numbers are one-field structs so that a machine frame is never taken
 * for a guest's (GCC passes them in a register).  mfn_t counts 4 KiB frames
 * of machine memory, gfn_t frames as a domain sees them, from 0.
 */
#ifndef HV_TYPES_H
#define HV_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <public/arch-armv5.h>
#include <xen/xen.h>
#define XEN_ERRNO_DEFAULT_INCLUDE
#include <xen/errno.h>

#define PAGE_SHIFT    12u
#define PAGE_SIZE     (1u << PAGE_SHIFT)
#define SECTION_SHIFT 20u
#define SECTION_SIZE  (1u << SECTION_SHIFT)

typedef uint32_t vaddr_t; /* virtual address, bytes */
typedef uint32_t maddr_t; /* machine address, bytes */
typedef uint32_t gaddr_t; /* guest physical address, bytes */
typedef uint64_t nsec_t;  /* nanoseconds since boot */

typedef struct { uint32_t n; } mfn_t;
typedef struct { uint32_t n; } gfn_t;

static inline mfn_t mfn_make(uint32_t n) { return (mfn_t){ n }; }
static inline gfn_t gfn_make(uint32_t n) { return (gfn_t){ n }; }
static inline mfn_t mfn_add(mfn_t m, uint32_t n) { return (mfn_t){ m.n + n }; }
static inline mfn_t maddr_to_mfn(maddr_t a) { return (mfn_t){ a >> PAGE_SHIFT }; }
static inline maddr_t mfn_to_maddr(mfn_t m) { return m.n << PAGE_SHIFT; }

#define ARRAY_SIZE(a)      (sizeof(a) / sizeof((a)[0]))
#define ROUND_UP(x, to)    (((x) + (to) - 1u) & ~((to) - 1u))
#define ROUND_DOWN(x, to)  ((x) & ~((to) - 1u))
#define container_of(p, type, member) \
	((type *)((char *)(p) - offsetof(type, member)))

/* A function that runs at boot, when something starts or for a person who waits, among others that run
 * often: in Thumb state, which takes two thirds of the room. */
#ifdef __ARM_ARCH
#define SELDOM __attribute__((cold, noinline, target("thumb")))
#else
#define SELDOM
#endif

struct domain;
struct vcpu;

#endif
