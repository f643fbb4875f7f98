/* SPDX-License-Identifier: MIT */
/*
 * command_line.c - words of the form name=value.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sdk/domain.h>
#include "command_line.h"

const char *option_text(const char *name)
{
	const char *line = (const char *)start_info->cmd_line;
	size_t length = strlen(name);

	for (const char *at = line; (at = strstr(at, name)) != NULL; at += length) {
		if ((at == line || at[-1] == ' ') && at[length] == '=')
			return at + length + 1;
	}
	return NULL;
}

uint32_t option_number(const char *name, uint32_t otherwise)
{
	const char *text = option_text(name);

	return text == NULL ? otherwise : (uint32_t)strtoul(text, NULL, 0);
}
