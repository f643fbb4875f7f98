/* SPDX-License-Identifier: MIT */
/*
 * The image: raw, entered at its first byte with the MMU off, linked where
 * boot.S maps it.
 */
#include <arch/layout.h>

OUTPUT_ARCH(arm)
ENTRY(boot_entry)
SECTIONS
{
	. = HV_RAM_VA + HV_IMAGE_OFFSET;
	_start = .;
	.text : { *(.text.boot) *(.text .text.*) }
	.rodata : ALIGN(8) {
		*(.rodata .rodata.*)
		. = ALIGN(8);
		_fixups = .;
		KEEP(*(.fixups))
		_fixups_end = .;
	}
	.data : ALIGN(8) { *(.data .data.*) }
	. = ALIGN(8);
	_data_end = .;
	/* Tables first: the first-level table wants 16 KiB alignment. */
	.bss : ALIGN(0x4000) {
		_bss = .;
		*(.bss.tables)
		*(.bss .bss.* COMMON)
		. = ALIGN(32);
		_bss_end = .;
	}
	_end = .;
	/DISCARD/ : { *(.comment) *(.ARM.exidx* .ARM.extab*) *(.note*) *(.eh_frame*) }
}
