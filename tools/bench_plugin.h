/* SPDX-License-Identifier: MIT */
/*
 * bench_plugin.h - what the TCG plugins of the benchmark share: their options, where the hypervisor is,
 * and the file that they write.  Each one of them is a single file that includes this.
 */
#ifndef BENCH_PLUGIN_H
#define BENCH_PLUGIN_H

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <qemu-plugin.h>

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static const char *out_path; /* the option out=, which each of them needs */

/* Of each plugin: takes an option NAME=VALUE; false if there is none like it. */
static bool set_option(const char *name, const char *value);

static bool read_options(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		char *name = strdup(argv[i]), *value = strchr(name, '=');

		if (value != NULL)
			*value++ = '\0';
		if (value != NULL && strcmp(name, "out") == 0) {
			out_path = value;
		} else if (value == NULL || !set_option(name, value)) {
			fprintf(stderr, "error: the plugin has no option %s\n", argv[i]);
			return false;
		}
	}
	if (out_path == NULL)
		fprintf(stderr, "error: the plugin needs out=FILE\n");
	return out_path != NULL;
}

static inline uint32_t hexadecimal(const char *text)
{
	return (uint32_t)strtoul(text, NULL, 16);
}

#define HYPERVISOR 0xF8000000u
#define HELPERS    0xFFFF0F60u /* of user programs, and up */

static inline bool is_hypervisor(uint32_t address)
{
	return address >= HYPERVISOR && address < HELPERS;
}

/* NULL, and a line that says so, if it cannot be written. */
static FILE *create(const char *path)
{
	FILE *file = fopen(path, "w");

	if (file == NULL)
		perror(path);
	return file;
}

#endif
