/* SPDX-License-Identifier: MIT */
/* imx_wdog.c - the watchdog of the i.MX25 (MCIMX25RM, WDOG): reset.  Registers of 16 bits. */
#include <drv/imx_wdog.h>
#include <drv/mmio.h>

#define WDOG_CONTROL        0x00u

#define CONTROL_ENABLE      REG_BIT(2) /* once set it stays: a reset after 0.5 s at the latest */
#define CONTROL_NO_RESET    REG_BIT(4) /* 0: reset at once */
#define CONTROL_NO_EXTERNAL REG_BIT(5) /* 0: the board's reset line, too */

void imx_wdog_reset(const struct power *power)
{
	const struct imx_wdog_data *p = power->data;

	/* Neither of the two "no" bits. */
	mmio_write16(p->base + WDOG_CONTROL, CONTROL_ENABLE);
}
