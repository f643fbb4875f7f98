# SPDX-License-Identifier: MIT
obj-y := $(patsubst boards/versatilepb/%.c,%.o,$(filter-out %/asm-offsets.c,$(wildcard boards/versatilepb/*.c))) \
	$(patsubst boards/versatilepb/%.S,%.o,$(filter-out %.lds.S,$(wildcard boards/versatilepb/*.S)))
