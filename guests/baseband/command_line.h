/* SPDX-License-Identifier: MIT */
/*
 * command_line.h - words of the form name=value.
 */
#ifndef BASEBAND_COMMAND_LINE_H
#define BASEBAND_COMMAND_LINE_H

#include <stdint.h>

/* What stands after "name=", up to the end of the line; NULL: no such word. */
const char *option_text(const char *name);

uint32_t option_number(const char *name, uint32_t otherwise);

#endif /* BASEBAND_COMMAND_LINE_H */
