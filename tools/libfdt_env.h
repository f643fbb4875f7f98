/* SPDX-License-Identifier: MIT */
/*
 * What libfdt needs from its surroundings: fixed-width types, a few memory and
 * string functions, and the byte order of device trees (big-endian).
 */
#ifndef LIBFDT_ENV_H
#define LIBFDT_ENV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <hv/lib.h>

#define INT_MAX  __INT_MAX__
#define UINT_MAX (2u * __INT_MAX__ + 1u)

typedef uint16_t fdt16_t;
typedef uint32_t fdt32_t;
typedef uint64_t fdt64_t;

#define fdt16_to_cpu(x) __builtin_bswap16(x)
#define cpu_to_fdt16(x) __builtin_bswap16(x)
#define fdt32_to_cpu(x) __builtin_bswap32(x)
#define cpu_to_fdt32(x) __builtin_bswap32(x)
#define fdt64_to_cpu(x) __builtin_bswap64(x)
#define cpu_to_fdt64(x) __builtin_bswap64(x)

#endif
