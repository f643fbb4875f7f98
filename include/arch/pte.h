/* SPDX-License-Identifier: MIT */
/*
 * pte.h - ARMv5 translation table descriptors (ARM DDI 0100I, B4.7).
 */
#ifndef ARCH_PTE_H
#define ARCH_PTE_H

#include <hv/types.h>

#define L1_ENTRIES       4096u  /* 1 MiB each */
#define L2_ENTRIES       256u   /* 4 KiB each */
#define L1_INDEX(va)     ((va) >> SECTION_SHIFT)
#define L2_INDEX(va)     (((va) >> PAGE_SHIFT) & (L2_ENTRIES - 1u))

#define PTE_TYPE(e)      ((e) & 3u)
#define L1_FAULT         0u
#define L1_COARSE        1u
#define L1_SECTION       2u
#define L1_FINE          3u
#define L2_FAULT         0u
#define L2_LARGE         1u
#define L2_SMALL         2u
#define L2_TINY          3u

#define PTE_B            (1u << 2)
#define PTE_C            (1u << 3)
#define L1_MUST_BE_ONE   (1u << 4)  /* ARM926: bit 4 of coarse and section entries */
#define L1_DOMAIN(n)     ((uint32_t)(n) << 5)
#define L1_COARSE_BASE   0xFFFFFC00u
#define L1_SECTION_BASE  0xFFF00000u
#define L1_SECTION_AP(a) ((uint32_t)(a) << 10)
#define L2_SMALL_BASE    0xFFFFF000u
/* The same permission in all four 1 KiB subpages, AP0 in bits 5:4. */
#define L2_AP_ALL(a)     ((uint32_t)(a) * 0x550u)
#define L2_AP_FIELD(e, i) (((e) >> (4u + 2u * (i))) & 3u)

/* Access permissions with CP15 c1 S = 0, R = 1. */
#define AP_READ_ONLY     0u /* all, privileged too */
#define AP_HV            1u /* privileged read-write, user nothing */
#define AP_HV_USER_RO    2u /* privileged read-write, user read-only */
#define AP_USER          3u /* all read-write */

/* ARM domain numbers and DACR values (a domain number is client or nothing, never manager). */
#define ARM_DOMAIN_HV        0u
#define ARM_DOMAIN_KERNEL    1u
#define ARM_DOMAIN_USER      2u
#define ARM_DOMAIN_RESIDENT  3u  /* first of 13 */
#define ARM_DOMAINS          16u
#define DACR_CLIENT(n)       (1u << (2u * (n)))
#define DACR_ALL             0x55555555u

#endif
