/* SPDX-License-Identifier: MIT */
/*
 * partition.h - the partition description, read from the device tree at boot.
 *
 * docs/partition.md describes the bindings.  The host tool has checked it; what would
 * hurt the hypervisor is checked here again.  Constant after boot.
 */
#ifndef HV_PARTITION_H
#define HV_PARTITION_H

#include <hv/types.h>

#define PARTITION_MAX         ((unsigned int)CONFIG_MAX_DOMAINS)
#define PARTITION_WINDOWS     8u
#define PARTITION_DEVICES     4u
#define PARTITION_IRQS        8u
#define PARTITION_CMDLINE     256u

enum partition_restart { RESTART_NEVER, RESTART_ON_CRASH, RESTART_ALWAYS };

struct partition_window { nsec_t start, length; };
struct partition_device { maddr_t maddr; uint32_t size; uint32_t guest; };

struct module {
	maddr_t maddr;
	uint32_t size;               /* 0: there is none */
	const void *digest;          /* of it, when the boot loader told one */
};

struct partition {
	const char *name;            /* these point into the device tree */
	const char *cmdline;
	struct module kernel, ramdisk;
	uint32_t memory;             /* bytes */
	bool resident, privileged;
	vaddr_t window;              /* of a resident */
	uint32_t window_size;
	enum partition_restart restart;
	nsec_t budget, period;       /* real-time; 0: not */
	struct partition_window windows[PARTITION_WINDOWS];
	struct partition_device devices[PARTITION_DEVICES];
	uint8_t irqs[PARTITION_IRQS];
	uint8_t window_count, device_count, irq_count;
};

struct system_partition {
	maddr_t ram;                 /* /memory */
	uint32_t ram_size;
	uint32_t timer_hz;           /* /timer clock-frequency, 0: the board's default */
	nsec_t major_frame;
	const char *scheduler;       /* "static" or "null" */
	unsigned int count;
	struct partition *partition; /* count of them */
};
extern struct system_partition system_partition;

/* fdt: virtual address of the tree, already copied into the hypervisor's memory. */
void partition_read(const void *fdt);

#endif
