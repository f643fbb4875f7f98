/* SPDX-License-Identifier: MIT */
/*
 * frame_timer.c - the timers that there are, by name.
 */
#include <stddef.h>
#include <string.h>
#include "command_line.h"
#include "frame_timer.h"

uintptr_t frame_timer_reg;
uint32_t frame_timer_irq;

static const struct frame_timer *const timers[] = {
	&frame_timer_vcpu, /* the default */
	&frame_timer_epit,
	&frame_timer_sp804,
};

const struct frame_timer *frame_timer_choose(void)
{
	const char *name = option_text("timer");
	size_t length = name == NULL ? 0 : strcspn(name, " ");

	frame_timer_reg = option_number("reg", 0);
	frame_timer_irq = option_number("irq", 0);
	if (name == NULL)
		return timers[0];
	for (size_t i = 0; i < sizeof(timers) / sizeof(timers[0]); i++) {
		if (strlen(timers[i]->name) == length &&
		    strncmp(name, timers[i]->name, length) == 0)
			return timers[i];
	}
	return NULL;
}
