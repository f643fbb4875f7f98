/* SPDX-License-Identifier: MIT */
/* sp804.h - what a board says of the two timers of an SP804 that it gives the hypervisor. */
#ifndef DRV_SP804_H
#define DRV_SP804_H

#include <drv/timer.h>

struct sp804_data {
	uintptr_t one_shot;     /* registers of the one and */
	uintptr_t counter;      /* of the other; the same clock */
	uintptr_t clock_select; /* register and bits to set for the timer clock; 0: none */
	uint32_t clock_bits;
};
extern const struct timer_ops sp804_ops;

/* From the first timer to the second; the register that guests may read; what makes it count up. */
#define SP804_SECOND      0x20u
#define SP804_VALUE       0x04u
#define SP804_COUNTER_XOR 0xFFFFFFFFu

#endif
