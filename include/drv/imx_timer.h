/* SPDX-License-Identifier: MIT */
/* imx_timer.h - what a board says of the i.MX25's timers. */
#ifndef DRV_IMX_TIMER_H
#define DRV_IMX_TIMER_H

#include <drv/timer.h>

struct imx_timer_data {
	uintptr_t gpt;         /* the counter */
	uintptr_t epit;        /* the one-shot */
	uintptr_t clock_gate;  /* register of the clock controller, and bits to set there: */
	uint32_t clock_bits;   /* clocks of these and of granted timers */
	uintptr_t access;      /* register of the bus bridge, and bits to clear there: guests */
	uint32_t access_bits;  /* run unprivileged, and read the counter */
};
extern const struct timer_ops imx_timer_ops;

/* Offset of the register that guests may read; it counts up. */
#define GPT_COUNTER 0x24u

#define EPIT_LOAD 0x08u

#endif
