/* SPDX-License-Identifier: MIT */
/* sp804.h - what a board says of its SP804 dual timer. */
#ifndef DRV_SP804_H
#define DRV_SP804_H

#include <drv/timer.h>

struct sp804_data {
	uintptr_t base;         /* timer 0: one-shot; timer 1: the counter */
	uintptr_t clock_select; /* register and bits to set for the timer clock; 0: none */
	uint32_t clock_bits;
};
extern const struct timer_ops sp804_ops;

/* Offset of the register that guests may read, and what makes it count up. */
#define SP804_COUNTER     0x24u
#define SP804_COUNTER_XOR 0xFFFFFFFFu

#endif
