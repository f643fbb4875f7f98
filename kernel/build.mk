# SPDX-License-Identifier: MIT
obj-y := $(patsubst kernel/%.c,%.o,$(filter-out %/asm-offsets.c,$(wildcard kernel/*.c))) \
	$(patsubst kernel/%.S,%.o,$(filter-out %.lds.S,$(wildcard kernel/*.S)))
ifneq ($(CONFIG_TRACE),y)
obj-y := $(filter-out trace.o,$(obj-y))
endif
