/* SPDX-License-Identifier: MIT */
/* mmio.h - device registers, always through these. */
#ifndef DRV_MMIO_H
#define DRV_MMIO_H

#include <stdint.h>

#define REG_BIT(n) (1u << (n))

static inline uint32_t mmio_read32(uintptr_t address)
{
	return *(volatile uint32_t *)address;
}

static inline void mmio_write32(uintptr_t address, uint32_t value)
{
	*(volatile uint32_t *)address = value;
}

static inline void mmio_write16(uintptr_t address, uint16_t value)
{
	*(volatile uint16_t *)address = value;
}

#endif
