/* SPDX-License-Identifier: MIT */
/* domain.h - the CPU's part of a domain and of a vCPU. */
#ifndef ARCH_DOMAIN_H
#define ARCH_DOMAIN_H

#include <hv/types.h>
#include <arch/pte.h>

#define KERNEL_SLOT_FIRST  L1_INDEX(ARMV5_KERNEL_START)                     /* 0xC00 */
#define KERNEL_SLOTS       (L1_INDEX(ARMV5_WINDOW_START) - KERNEL_SLOT_FIRST) /* 768 */
#define ROOT_PIECE         256u /* slots that are copied into a root at once */
#define ROOT_PIECES        4u   /* from KERNEL_SLOT_FIRST on */

/*
 * The kernel's part of a non-resident domain's space, as hardware descriptors,
 * and the coarse table for the shared info page (slot of ARMV5_SHARED_INFO).  One
 * 4 KiB page of the hypervisor's; kernel[] is the master, each root has a copy, which
 * is renewed when the root is loaded.
 */
struct arch_space {
	uint32_t shared_table[L2_ENTRIES];   /* first: 1 KiB alignment */
	uint32_t kernel[KERNEL_SLOTS];
};

struct arch_domain {
	struct arch_space *space;  /* NULL for a resident */
	uint64_t kernel_version;   /* of space->kernel[]: pagetable.c */
	uint32_t arm_domain;       /* ARM domain number of a resident, else 0 */
	mfn_t shared_info_mfn;
};

/* Exception frames may begin at low + 4 * n, n < words; read by one LDRD. */
struct frame_limit {
	vaddr_t low;
	uint32_t words;
} __attribute__((aligned(8)));

struct arch_vcpu {
	struct shared_info *shared_info; /* at the guest's address; reach it through
	                                  * arch_shared_info_open() */
	uint32_t dacr_kernel;
	uint32_t dacr_user;
	struct frame_limit frames;
	struct frame_limit system_call;  /* the same; words = 0: its way is in C */
	uint32_t far, fsr;               /* of the last abort delivered, for dumps */
	mfn_t root;                      /* first frame of the current root */
};

#endif
