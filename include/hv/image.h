/* SPDX-License-Identifier: MIT */
/*
 * image.h - a guest's ELF image in a boot module, and how a page of memory
 * looks when it is loaded.
 */
#ifndef HV_IMAGE_H
#define HV_IMAGE_H

#include <hv/types.h>

#define IMAGE_SEGMENTS 9u    /* the last is for a ramdisk */

struct image_segment {
	vaddr_t vaddr;
	uint32_t file_size, memory_size;
	maddr_t maddr;              /* of the first byte, in the module */
};

struct image {
	vaddr_t entry;
	vaddr_t virt_base;          /* XEN_ELFNOTE_VIRT_BASE, or 0 */
	vaddr_t hypercall_page;     /* or 0 */
	unsigned int segment_count;
	struct image_segment segment[IMAGE_SEGMENTS];
};

/* Reads headers and Xen notes of a module.  NULL, or why it is no guest. */
const char *image_read(struct image *image, maddr_t module, uint32_t size);

/* Copies from a boot module, wherever it lies in memory. */
void module_copy(void *to, maddr_t from, uint32_t size);


#endif
