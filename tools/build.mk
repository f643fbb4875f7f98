# SPDX-License-Identifier: MIT
# How the hypervisor is built.  Included by the top Makefile.  Sources are listed
# by a build.mk in each directory, as obj-y and obj-$(CONFIG_X); with
# cflags-<object> for the rare file that needs a flag of its own.

CROSS ?= arm-none-eabi-
CC := $(CROSS)gcc
OBJCOPY := $(CROSS)objcopy

MISSING := $(strip $(foreach t,$(CC) kconfig-conf dtc python3,$(if $(shell command -v $(t)),,$(t))))
ifneq ($(MISSING),)
$(error missing: $(MISSING); `make setup` installs it)
endif
ifneq ($(findstring arm,$(shell $(CC) -dumpmachine)),arm)
$(error $(CC) makes code for $(shell $(CC) -dumpmachine), not for ARM; unset CROSS or `make setup`)
endif
ifeq ($(wildcard /usr/include/xen/xen.h),)
$(error missing: the public headers of Xen (libxen-dev); `make setup` installs them)
endif

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$(patsubst $(O)/%,%,$(2))')

# ---- options ---------------------------------------------------------------
# kconfig-conf writes below its current directory.
CONFDIR := $(O)/config
AUTOCONF := $(CONFDIR)/include/config/auto.conf
include $(AUTOCONF)

$(O)/.config:
	@mkdir -p $(@D) && cp configs/$(BOARD)_defconfig $@

# Another board was said than that of the configuration: its other options stay.
ifneq ($(filter-out $(BOARD),$(CONFIGURED)),)
$(info board: $(BOARD) in place of $(CONFIGURED))
$(shell sed -i '/CONFIG_BOARD/d' '$(O)/.config' && cat configs/$(BOARD)_defconfig >>'$(O)/.config')
endif

KCONF := KCONFIG_CONFIG=$(O)/.config kconfig-conf
$(AUTOCONF): $(O)/.config Kconfig
	@mkdir -p $(@D) $(CONFDIR)/include/generated
	@cd $(CONFDIR) && $(KCONF) --olddefconfig $(CURDIR)/Kconfig >/dev/null && \
	    $(KCONF) --silentoldconfig $(CURDIR)/Kconfig >/dev/null
	@touch $@

GEN := $(O)/include/generated
$(GEN)/autoconf.h: $(AUTOCONF)
	@mkdir -p $(@D) && cp $(CONFDIR)/include/generated/autoconf.h $@

# ---- flags -----------------------------------------------------------------
ARCH_FLAGS := -mcpu=arm926ej-s -marm -mfloat-abi=soft -mno-unaligned-access
WARNINGS := -Wall -Wextra -Werror -Wshadow -Wconversion -Wstrict-prototypes -Wvla -Wundef
# uint32_t is unsigned int, as on the host: %x and %u print it everywhere.
INTS := -U__UINT32_TYPE__ '-D__UINT32_TYPE__=unsigned int' -U__INT32_TYPE__ -D__INT32_TYPE__=int
CPPFLAGS := -nostdinc $(INTS) -include $(GEN)/autoconf.h -Iinclude -I$(O)/include \
	-isystem $(O)/sys -isystem $(shell $(CC) -print-file-name=include)
CFLAGS := $(ARCH_FLAGS) -std=gnu11 -O2 -g -ffreestanding -fno-common -fno-strict-aliasing \
	-fno-pic -fno-stack-protector -fno-unwind-tables -fno-asynchronous-unwind-tables \
	-fno-tree-loop-distribute-patterns -ffunction-sections -fsection-anchors $(WARNINGS) \
	-ffile-prefix-map=$(CURDIR)/= -ffile-prefix-map=$(O)/=build/
ASFLAGS := $(ARCH_FLAGS) -g -D__ASSEMBLY__ -Wa,--fatal-warnings -Wundef -Werror
# An erratum of the ARM1176 keeps ld from BLX between ARM and Thumb state on any ARMv5, if it is not told.
LDFLAGS := $(ARCH_FLAGS) -nostdlib -static -Wl,--gc-sections -Wl,--fatal-warnings \
	-Wl,--no-fix-arm1176 -Wl,--no-warn-rwx-segments -Wl,--build-id=none

# ---- sources ---------------------------------------------------------------
DIRS := arch/arm kernel drivers lib boards/$(patsubst "%",%,$(CONFIG_BOARD))
objs :=
define read-dir
obj-y :=
-include $(1)/build.mk
dir-objs := $$(patsubst %.o,$(O)/obj/$(1)/%.o,$$(obj-y))
$$(dir-objs): $(1)/build.mk
objs += $$(dir-objs)
endef
$(foreach d,$(DIRS),$(eval $(call read-dir,$(d))))

# libfdt, from the Linux source package of Debian
FDT := $(BANTAM_CACHE)/libfdt
FDT_SRC := fdt fdt_ro fdt_wip fdt_addresses
fdt_objs := $(FDT_SRC:%=$(O)/obj/libfdt/%.o)

$(FDT)/libfdt.h:
	$(call say,FETCH,libfdt)
	$(Q)tools/fetch libfdt '$(FDT)'

# Everything that has to be there before the first compilation.
GENERATED := $(GEN)/autoconf.h $(GEN)/version.h $(GEN)/asm-offsets.h
SYS := $(O)/sys/xen $(O)/sys/libfdt.h

$(O)/sys/xen:
	@mkdir -p $(@D) && ln -sfn /usr/include/xen $@
$(O)/sys/libfdt.h: $(FDT)/libfdt.h tools/libfdt_env.h
	@mkdir -p $(@D) && cp tools/libfdt_env.h $(@D)/ && cp $(FDT)/fdt.h $(@D)/ && cp $< $@

.PHONY: FORCE
$(GEN)/version.h: FORCE
	@mkdir -p $(@D)
	@printf '#define BANTAM_VERSION "%s"\n' \
	    "$$(git describe --always --dirty --match 'v*' 2>/dev/null || echo unknown)" > $@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

# asm-offsets.c is read three times: for the values, for the header, and to prove that
# the header is right for the flags that everything else is compiled with.
OFFSETS_C := arch/arm/asm-offsets.c
$(GEN)/asm-offsets.h: $(OFFSETS_C) $(GEN)/autoconf.h $(SYS) $(wildcard include/*/*.h)
	$(call say,OFFSETS,$@)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -fno-lto -include tools/offsets_write.h -S -o $(O)/obj-offsets.s $<
	$(Q){ echo '/* generated from $(OFFSETS_C) */'; \
	    sed -n 's/^.*\.ascii "->\([A-Za-z0-9_]*\) #*\(-*[0-9]*\)".*$$/#define \1 \2/p' $(O)/obj-offsets.s; } > $@.new
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -include $@.new -include tools/offsets_check.h -fsyntax-only $<
	$(Q)mv $@.new $@

# ---- compile and link ------------------------------------------------------
$(O)/obj/%.o: %.c tools/build.mk | $(GENERATED) $(SYS)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(cflags-$*.o) -MMD -MP -c -o $@ $<
$(O)/obj/%.o: %.S tools/build.mk | $(GENERATED) $(SYS)
	$(call say,AS,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(ASFLAGS) -MMD -MP -c -o $@ $<
$(O)/obj/libfdt/%.o: tools/build.mk | $(GENERATED) $(SYS)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(filter-out $(WARNINGS),$(CFLAGS)) -Os -mthumb -w -I$(FDT) -c -o $@ $(FDT)/$*.c

LDS := arch/arm/bantam.lds
# (ld knows no 0x1000u)
$(O)/bantam.lds: $(LDS).S | $(GENERATED) $(SYS)
	$(call say,LDS,$@)
	$(Q)$(CC) $(CPPFLAGS) -D__ASSEMBLY__ -DLINKER_SCRIPT -E -P -x c -MMD -MP -MT $@ -MF $@.d $< | \
	    sed 's/\b\(0x[0-9A-Fa-f]*\|[0-9][0-9]*\)[uU][lL]*\b/\1/g' > $@

$(O)/bantam.elf: $(O)/bantam.lds $(objs) $(fdt_objs)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -Wl,-T,$(O)/bantam.lds -Wl,-Map,$(O)/bantam.map -o $@ $(objs) $(fdt_objs) -lgcc

$(O)/bantam.bin: $(O)/bantam.elf
	$(call say,OBJCOPY,$@)
	$(Q)$(OBJCOPY) -O binary $< $@

-include $(objs:.o=.d) $(O)/bantam.lds.d

.PHONY: all hypervisor
all: hypervisor
hypervisor: $(O)/bantam.bin

# ---- checks of the source --------------------------------------------------
.PHONY: headers-check style
# a list of X-macro uses is no header
HEADERS := $(filter-out include/public/% %_list.h,$(wildcard include/*/*.h))
headers-check: $(GENERATED) $(SYS)
	@bad=0; for h in $(HEADERS); do \
	    echo "#include \"$$h\"" | $(CC) $(CPPFLAGS) -I. $(CFLAGS) -x c -fsyntax-only - || { \
		echo "$$h does not compile alone"; bad=1; }; done; \
	 echo "headers-check: $(words $(HEADERS)) headers"; exit $$bad
style:
	@tools/style

# ---- guests, images, verbs -------------------------------------------------
include tools/verbs.mk
