/* SPDX-License-Identifier: MIT */
/* imx_wdog.c - the watchdog of the i.MX25 (MCIMX25RM, WDOG), registers of 16 bits: reset; and U-Boot's mark. */
#include <drv/imx_wdog.h>
#include <drv/mmio.h>

#define WDOG_CONTROL        0x00u

#define CONTROL_ENABLE      REG_BIT(2) /* once set it stays: a reset after 0.5 s at the latest */
#define CONTROL_NO_RESET    REG_BIT(4) /* 0: reset at once */
#define CONTROL_NO_EXTERNAL REG_BIT(5) /* 0: the board's reset line, too */

/* The mark in RAM that resets leave alone: a slot and how often it was tried in vain. */
#define MARK_OPEN           0x42414E00u
#define MARK_TRIES          0xF0u
#define MARK_SLOT           0x0Fu

void imx_wdog_reset(const struct power *power)
{
	const struct imx_wdog_data *p = power->data;

	/* Neither of the two "no" bits. */
	mmio_write16(p->base + WDOG_CONTROL, CONTROL_ENABLE);
}

void imx_wdog_confirm(const struct power *power)
{
	const struct imx_wdog_data *p = power->data;
	uint32_t mark = mmio_read32(p->boot_mark);

	if ((mark & ~(MARK_TRIES | MARK_SLOT)) == MARK_OPEN)
		mmio_write32(p->boot_mark, mark & ~MARK_TRIES);
}
