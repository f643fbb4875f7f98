/* SPDX-License-Identifier: MIT */
/* device.h - granted devices that can be made to interrupt. */
#ifndef TESTS_PIRQ_DEVICE_H
#define TESTS_PIRQ_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#define DEVICE_REGISTERS 0xF00F0000u

struct device {
	const char *name;
	/* Its line goes up, within 5 ms; again and again after each clear() if periodic. */
	void (*start)(bool periodic);
	void (*clear)(void);      /* the line goes down */
	void (*stop)(void);
};
extern const struct device sp804, pl011, epit;

#endif
