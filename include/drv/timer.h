/* SPDX-License-Identifier: MIT */
/* timer.h - class of timer devices: a free-running 32-bit counter that counts up
 * as read here, and a one-shot comparator of the same rate. */
#ifndef DRV_TIMER_H
#define DRV_TIMER_H

#include <hv/types.h>

struct timer_device {
	const char *name;
	const void *data;
	unsigned int irq;            /* line of the one-shot */
	maddr_t counter_maddr;       /* register that guests may read, */
	const volatile uint32_t *counter; /* at the hypervisor's address */
	uint32_t counter_xor;        /* value = register ^ this */
	uint32_t hz;                 /* default rate, may be overridden by the DT */
	/* Ticks that are written here replace those of the one-shot if it has not fired since set(). */
	volatile uint32_t *restart;
	const struct timer_ops *ops;
};

struct timer_ops {
	void (*init)(const struct timer_device *device);
	/* Interrupt after ticks (1 up); replaces what was set. */
	void (*set)(const struct timer_device *device, uint32_t ticks);
	void (*ack)(const struct timer_device *device);
};

/* The free-running counter. */
static inline uint32_t timer_counter(const struct timer_device *device)
{
	return *device->counter ^ device->counter_xor;
}

#endif
