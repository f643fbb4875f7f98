/* SPDX-License-Identifier: MIT */
/*
 * board.h - what a board tells the core.  boards/<name>/board.c defines `board`
 * and nothing includes anything of boards/.
 *
 * Devices are mapped non-cacheable 1 MiB sections: the driver's data holds the
 * virtual address from BOARD_DEVICE_VA(i) + offset, where i is the index in
 * device_sections[].
 */
#ifndef HV_BOARD_H
#define HV_BOARD_H

#include <hv/types.h>

#define BOARD_DEVICE_SECTIONS   8u
#define BOARD_DEVICE_START      0xF9000000u
#define BOARD_DEVICE_VA(i)      (BOARD_DEVICE_START + ((i) << SECTION_SHIFT))

struct board {
	const char *name;
	const char *compatible;      /* of the root of its device tree */
	maddr_t device_sections[BOARD_DEVICE_SECTIONS]; /* 1 MiB aligned */
	unsigned int device_section_count;
	const struct irqchip *irqchip;
	const struct timer_device *timer;
	const struct uart *uart;
	const struct power *power;
};
extern const struct board board;

#endif
