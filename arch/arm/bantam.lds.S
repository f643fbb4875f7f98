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
	.text : {
		*(.text.boot)
		/*
		 * What system calls, faults, interrupts, switches and page tables run stands
		 * together: less than 16 KiB do not drive each other out of the I cache
		 * (4 ways of 4 KiB: DDI 0198E 4.1).
		 */
		*entry.o(.text.vector_swi) *entry.o(.text.guest_*) *entry.o(.text.vector_data_abort)
		*traps.o(.text.trap_data_abort .text.deliver_*) *entry.o(.text.arm_* .text.vector_irq)
		*hypercall.o(.text.hypercall* .text.dispatch) *guest_copy.o(.text.arch_copy_*)
		*guest_access.o(.text.*) *mmu_ops.o(.text.do_* .text.update_* .text.progress_*)
		*pagetable_entry.o(.text.leaf_set*) *arm926.o(.text.*)
		*mm.o(.text.arch_frame_map .text.arch_space_load .text.arch_context_switch)
		*pagetable.o(.text.root_entry .text.pagetable_switch .text.root_is_current)
		*(.text.frame_get_root .text.frame_put_type .text.do_cache_op .text.memcpy .text.trace)
		*irq.o(.text.irq_*) *event.o(.text.event_send*) *traps.o(.text.*)
		*(.text .text.*)
	}
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
