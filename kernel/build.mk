# SPDX-License-Identifier: MIT
# All sources of this directory, but for those of features, which have a line each.
feature-src := asm-offsets.c measure.c trace.c sched_static.c sched_null.c
obj-y := $(patsubst kernel/%.c,%.o,$(filter-out $(feature-src:%=kernel/%),$(wildcard kernel/*.c))) \
	$(patsubst kernel/%.S,%.o,$(filter-out %.lds.S,$(wildcard kernel/*.S)))
obj-$(CONFIG_MEASURED_BOOT) += measure.o
obj-$(CONFIG_TRACE) += trace.o
obj-$(CONFIG_SCHED_STATIC) += sched_static.o
obj-$(CONFIG_SCHED_NULL) += sched_null.o

# Seldom run: small rather than fast.  (event, irq and time are often run, but what is in the
# baseband's interrupt gets no slower.)
COLD := event irq time builder guest_state console domain dump frame frame_dump image keys log main measure memory pagetable pagetable_validate \
	pagetable_build panic partition screen \
	trace_print vcpu_op version
$(foreach f,$(COLD),$(eval cflags-kernel/$(f).o := -Os))

# Run when something starts, or for a person who waits: in Thumb state, which takes two thirds of the room (so is libfdt).
THUMB := partition builder domain main trace_print keys image measure panic dump frame_dump memory version pagetable_build
$(foreach f,$(THUMB),$(eval cflags-kernel/$(f).o += -mthumb))
