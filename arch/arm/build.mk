# SPDX-License-Identifier: MIT
obj-y := $(patsubst arch/arm/%.c,%.o,$(filter-out %/asm-offsets.c,$(wildcard arch/arm/*.c))) \
	$(patsubst arch/arm/%.S,%.o,$(filter-out %.lds.S,$(wildcard arch/arm/*.S)))
