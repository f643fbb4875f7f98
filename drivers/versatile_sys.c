/* SPDX-License-Identifier: MIT */
/* versatile_sys.c - the system registers of the Versatile boards (DUI 0225): reset; and U-Boot's log. */
#include <drv/mmio.h>
#include <drv/versatile_sys.h>

#define SYS_LOCK         0x20u
#define SYS_RESET_CTL    0x40u

#define LOCK_KEY         0xA05Fu
#define RESET_REQUEST    REG_BIT(8)
#define RESET_DEPTH      5u /* as after power-on */

/* The log: a word for each attempt to boot, its upper bits ones until it is confirmed. */
#define LOG_SIZE         0x400u
#define LOG_FREE         0xFFFFFFFFu
#define LOG_OPEN         0xFFFFFF00u

#define FLASH_PROGRAM    0x00400040u /* Intel command set, for both 16-bit chips of a word */

void versatile_sys_reset(const struct power *power)
{
	const struct versatile_sys_data *p = power->data;

	mmio_write32(p->base + SYS_LOCK, LOCK_KEY);
	mmio_write32(p->base + SYS_RESET_CTL, RESET_REQUEST | RESET_DEPTH);
}

/*
 * Programs the last word of the log, if it is open.  Nobody waits until the flash is done
 * (some 100 us): it is not read any more before a reset makes it readable.
 */
void versatile_sys_confirm(const struct power *power)
{
	const struct versatile_sys_data *p = power->data;
	uintptr_t at = p->boot_log;
	uint32_t step, last;

	/* Free words are behind all others: the first of them, or the log's end, by halves. */
	for (step = LOG_SIZE / 2u; step >= 4; step /= 2u)
		if (mmio_read32(at + step - 4) != LOG_FREE)
			at += step;
	if (mmio_read32(at) != LOG_FREE)
		at += 4;
	if (at == p->boot_log)
		return;
	last = mmio_read32(at - 4);
	if ((last & LOG_OPEN) != LOG_OPEN)
		return;
	mmio_write32(at - 4, FLASH_PROGRAM);
	mmio_write32(at - 4, last & ~LOG_OPEN);
}
