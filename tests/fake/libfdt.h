/* SPDX-License-Identifier: MIT */
/* libfdt.h - fake of as much of libfdt as kernel/measure.c asks: a tree whose only nodes are
 * the root and images that a boot loader recorded, each with one hash. */
#ifndef FAKE_LIBFDT_H
#define FAKE_LIBFDT_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef uint32_t fdt32_t;

struct fake_image {
	uint32_t load[2], size;  /* big endian */
	const char *type, *algo;
	const void *value;       /* NULL: there is no hash */
	int length;
};

struct fake_fdt {
	uint32_t off_dt_struct, size_dt_struct, off_dt_strings, size_dt_strings;
	uint8_t rest[512];
};

#define FAKE_HASH   100          /* the hash of image n is node FAKE_HASH + n */
#define FAKE_IMAGES 200          /* /fit-images */
#define FAKE_ROOT   300
static const struct fake_image *fake_images;
static const struct fake_image *fake_root; /* properties of the root: of them algo and value */
static int fake_image_count;

#define cpu_to_fdt32(x) __builtin_bswap32(x)
#define fdt32_to_cpu(x) __builtin_bswap32(x)
#define fdt_off_dt_struct(fdt)   (((const struct fake_fdt *)(fdt))->off_dt_struct)
#define fdt_size_dt_struct(fdt)  (((const struct fake_fdt *)(fdt))->size_dt_struct)
#define fdt_off_dt_strings(fdt)  (((const struct fake_fdt *)(fdt))->off_dt_strings)
#define fdt_size_dt_strings(fdt) (((const struct fake_fdt *)(fdt))->size_dt_strings)

static int fdt_first_subnode(const void *fdt, int node)
{
	(void)fdt;
	if (node == -1)
		return FAKE_ROOT; /* as the real one has it */
	if (node == FAKE_IMAGES)
		return fake_image_count ? 0 : -1;
	return node >= 0 && fake_images[node].value ? FAKE_HASH + node : -1;
}

static int fdt_next_subnode(const void *fdt, int node)
{
	(void)fdt;
	return node + 1 < fake_image_count ? node + 1 : -1;
}

static int fdt_path_offset(const void *fdt, const char *path)
{
	(void)fdt;
	return fake_image_count && !strcmp(path, "/fit-images") ? FAKE_IMAGES : -1;
}

static const void *fake_property(int node, const char *name, int *length)
{
	const struct fake_image *image;

	if (node < 0 || (node == FAKE_ROOT && !fake_root))
		return NULL;
	image = node == FAKE_ROOT ? fake_root : &fake_images[node % FAKE_HASH];
	*length = 8;
	if (node < FAKE_HASH && !strcmp(name, "load"))
		return image->load;
	*length = 4;
	if (node < FAKE_HASH && !strcmp(name, "size"))
		return &image->size;
	*length = image->type ? (int)strlen(image->type) + 1 : 0;
	if (node < FAKE_HASH && !strcmp(name, "type"))
		return image->type;
	if (node >= FAKE_HASH && !strcmp(name, "algo"))
		return image->algo;
	*length = image->length;
	return node >= FAKE_HASH && !strcmp(name, "value") ? image->value : NULL;
}

static const void *fdt_getprop(const void *fdt, int node, const char *name, int *length)
{
	int unused;

	(void)fdt;
	return fake_property(node, name, length ? length : &unused);
}

#endif
