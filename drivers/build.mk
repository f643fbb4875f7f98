# SPDX-License-Identifier: MIT
obj-y := $(patsubst drivers/%.c,%.o,$(filter-out %/asm-offsets.c,$(wildcard drivers/*.c))) \
	$(patsubst drivers/%.S,%.o,$(filter-out %.lds.S,$(wildcard drivers/*.S)))
