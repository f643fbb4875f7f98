/* SPDX-License-Identifier: MIT */
/*
 * layout.h - the hypervisor's own part of the address map, from
 * ARMV5_HYPERVISOR_START up; the same in every address space.  Read by C,
 * assembly and the linker script.
 */
#ifndef ARCH_LAYOUT_H
#define ARCH_LAYOUT_H

#define HV_RAM_VA        0xF8600000  /* the first HV_RAM_SIZE bytes of RAM: image, heap */
#define HV_RAM_SIZE      (CONFIG_HV_RAM_MIB << 20)
#define HV_IMAGE_OFFSET  0x00010000  /* where the boot loader puts the image */
#define HV_BOOT_VA       0xFA000000  /* 2 MiB at boot only: the loader's device tree */
#define HV_FRAME_VA      0xFFB00000  /* 256 page windows: arch_frame_map() */
#define HV_VECTOR_VA     0xFFFF0000
#define HV_STACK_SIZE    0x1800
#define HV_ABORT_STACK   0x800

#endif
