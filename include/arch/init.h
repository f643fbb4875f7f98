/* SPDX-License-Identifier: MIT */
/* init.h - what main() asks of the architecture at boot, in this order. */
#ifndef ARCH_INIT_H
#define ARCH_INIT_H

#include <hv/types.h>

/* Maps devices and vectors; ends the identity map of boot.S. */
void arch_init(uint32_t virtual_to_physical);
maddr_t arch_ram_base(void);

/* At least 1 MiB from maddr, non-cached, until the next call or unmap. */
const void *arch_map_boot(maddr_t maddr);
void arch_unmap_boot(void);

/* The machine-to-physical table, for guests to read at ARMV5_M2P_START. */
void arch_map_m2p(maddr_t m2p, size_t size);
/* Maps the page of the board's free-running counter at ARMV5_COUNTER_START. */
void arch_map_counter(maddr_t counter);

/* Machine address of something of the hypervisor's own memory. */
maddr_t arch_hv_maddr(const void *p);

#endif
