/* SPDX-License-Identifier: MIT */
/*
 * image.c - reads guest images: ELF32 for ARM with Xen's notes.
 *
 * Modules are read through non-cached windows, a frame at a time: nothing of them
 * is mapped otherwise.  Every offset of the file is checked against its size.
 */
#include <hv/image.h>
#include <arch/mm.h>
#include <hv/lib.h>
#include <xen/elfnote.h>

/* ELF32 (System V ABI, chapters 4 and 5; ARM: IHI 0044). */
struct elf_header {
	uint8_t ident[16];
	uint16_t type, machine;
	uint32_t version, entry, phoff, shoff, flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};
struct elf_segment {
	uint32_t type, offset, vaddr, paddr, filesz, memsz, flags, align;
};
struct elf_note {
	uint32_t name_size, desc_size, type;
};
#define ELF_MAGIC    "\177ELF\1\1\1" /* 32 bits, little endian, version 1 */
#define ELF_EXEC     2
#define ELF_ARM      40
#define SEGMENT_LOAD 1u
#define SEGMENT_NOTE 4u
#define NOTES_MAX    4096u

/* Through windows only: no line of a module is ever in the cache. */
void module_copy(void *to, maddr_t from, uint32_t size)
{
	uint8_t *out = to;

	while (size) {
		uint32_t offset = from & (PAGE_SIZE - 1u);
		uint32_t part = PAGE_SIZE - offset;
		const uint8_t *frame = arch_frame_map_source(maddr_to_mfn(from));

		if (part > size)
			part = size;
		memcpy(out, frame + offset, part);
		out += part;
		from += part;
		size -= part;
	}
}

static void note_apply(struct image *image, uint32_t type, uint32_t value)
{
	switch (type) {
	case XEN_ELFNOTE_ENTRY:
		image->entry = value;
		break;
	case XEN_ELFNOTE_VIRT_BASE:
		image->virt_base = value;
		break;
	case XEN_ELFNOTE_HYPERCALL_PAGE:
		image->hypercall_page = value;
		break;
	default:
		break;
	}
}

/* Notes named "Xen" whose value is a word; others are passed over. */
static bool notes_read(struct image *image, maddr_t at, uint32_t size)
{
	bool found = false;

	if (size > NOTES_MAX)
		size = NOTES_MAX;
	while (size >= sizeof(struct elf_note)) {
		struct elf_note note;
		char name[4];
		uint32_t value, length;

		module_copy(&note, at, sizeof(note));
		if (note.name_size > size || note.desc_size > size)
			break;
		length = (uint32_t)sizeof(note) + ROUND_UP(note.name_size, 4u) +
			 ROUND_UP(note.desc_size, 4u);
		if (length > size)
			break;
		if (note.name_size == sizeof(name)) {
			module_copy(name, at + sizeof(note), sizeof(name));
			if (!memcmp(name, "Xen", sizeof(name))) {
				found = true;
				if (note.desc_size == sizeof(value)) {
					module_copy(&value, at + sizeof(note) + 4u, sizeof(value));
					note_apply(image, note.type, value);
				}
			}
		}
		at += length;
		size -= length;
	}
	return found;
}

static const char *segment_add(struct image *image, const struct elf_segment *s,
			       maddr_t module)
{
	struct image_segment *segment;

	if (image->segment_count == IMAGE_SEGMENTS - 1u)
		return "more than 8 segments to load";
	if (s->filesz > s->memsz || s->vaddr + s->memsz < s->vaddr)
		return "a segment with impossible sizes";
	segment = &image->segment[image->segment_count++];
	segment->vaddr = s->vaddr;
	segment->file_size = s->filesz;
	segment->memory_size = s->memsz;
	segment->maddr = module + s->offset;
	return NULL;
}

static const char *segments_read(struct image *image, const struct elf_header *header,
				 maddr_t module, uint32_t size)
{
	const char *why = NULL;
	bool notes = false;

	for (unsigned int i = 0; i < header->phnum && !why; i++) {
		struct elf_segment s;

		module_copy(&s, module + header->phoff + i * sizeof(s), sizeof(s));
		if (s.offset > size || s.filesz > size - s.offset)
			return "the file is cut short";
		if (s.type == SEGMENT_NOTE && notes_read(image, module + s.offset, s.filesz))
			notes = true;
		if (s.type == SEGMENT_LOAD && s.memsz)
			why = segment_add(image, &s, module);
	}
	if (!why && !notes)
		why = "no Xen ELF notes";
	if (!why && !image->segment_count)
		why = "nothing to load";
	return why;
}

const char *image_read(struct image *image, maddr_t module, uint32_t size)
{
	struct elf_header header;

	memset(image, 0, sizeof(*image));
	if (size < sizeof(header))
		return "no ELF file";
	module_copy(&header, module, sizeof(header));
	if (memcmp(header.ident, ELF_MAGIC, sizeof(ELF_MAGIC) - 1u))
		return "no ELF file of 32 bits, little endian";
	if (header.machine != ELF_ARM || header.type != ELF_EXEC)
		return "no ARM executable";
	if (header.phentsize != sizeof(struct elf_segment) || header.phoff > size ||
	    header.phnum > (size - header.phoff) / sizeof(struct elf_segment))
		return "the program headers are not in the file";
	image->entry = header.entry;
	return segments_read(image, &header, module, size);
}
