# SPDX-License-Identifier: MIT
#
# sdk.mk - builds SDK guests.
#
# A guest is a fragment that calls
#
#     $(eval $(call sdk_guest,NAME,BASE,SOURCES[,STACK]))
#
#   NAME     the guest; gives $(O)/guests/NAME.elf, and NAME.debug with what a debugger
#            reads, which NAME.elf names and no image carries
#   BASE     address of its first frame: its place in the resident window
#            (0xF0000000-0xF7FFFFFF), or 0xC0000000 for a large guest
#   SOURCES  its .c and .S files, relative to guests/
#   STACK    bytes of stack, 8192 if not given
#
# and is built by `make -C guests O=<output directory> all`.
#
# Variables from outside: O, CROSS_COMPILE, V=1 to see the commands.

O ?= $(abspath $(GUESTS)/../build)
CROSS_COMPILE_NEWLIB ?= arm-none-eabi-
GUEST_CC := $(CROSS_COMPILE_NEWLIB)gcc
GUEST_OBJCOPY := $(CROSS_COMPILE_NEWLIB)objcopy
XEN_HEADERS ?= /usr/include/xen

SDK := $(GUESTS)/sdk
SDK_OUT := $(O)/guests
SDK_OBJ := $(SDK_OUT)/obj
SDK_LIST := $(GUESTS)/../include/hv/hypercall_list.h

GUEST_CPPFLAGS = -I$(SDK)/include -I$(GUESTS)/../include -I$(SDK_OUT)/include \
	-DSDK_HYPERCALL_LIST='"$(abspath $(SDK_LIST))"'
GUEST_CFLAGS = -std=c11 -O2 -g -mcpu=arm926ej-s -marm -mfloat-abi=soft \
	-ffunction-sections -fdata-sections -fno-common -fno-strict-aliasing \
	-ffile-prefix-map=$(abspath $(GUESTS)/..)/= -ffile-prefix-map=$(GUESTS)/=guests/ \
	-Wall -Wextra -Werror -Wshadow -Wconversion -Wstrict-prototypes -Wvla -Wundef
GUEST_LDFLAGS = -mcpu=arm926ej-s -marm -mfloat-abi=soft -nostartfiles \
	--specs=nano.specs -Wl,--gc-sections -Wl,-u,hypercall_page \
	-Wl,-z,max-page-size=4096 -Wl,--build-id=none -Wl,--no-warn-rwx-segments \
	-T $(SDK)/guest.lds

SDK_SOURCES := start.S hypercalls.S init.c event.c trap.c time.c console.c \
	domain.c syscalls.c
SDK_OBJECTS := $(addprefix $(SDK_OBJ)/sdk/,$(addsuffix .o,$(SDK_SOURCES)))

ifeq ($(V),1)
guest_say =
else
guest_say = @printf '  %-8s %s\n' $(1) $(patsubst $(O)/%,%,$@);
endif

GUEST_ELFS :=

$(SDK_OUT)/include/xen:
	@mkdir -p $(@D)
	@test -f $(XEN_HEADERS)/xen.h || { \
		echo "guests: no Xen headers in $(XEN_HEADERS): apt install libxen-dev" >&2; exit 1; }
	@ln -sfn $(XEN_HEADERS) $@

$(SDK_OBJ)/%.c.o: $(GUESTS)/%.c $(SDK)/sdk.mk | $(SDK_OUT)/include/xen
	@mkdir -p $(@D)
	$(call guest_say,CC)$(GUEST_CC) $(GUEST_CPPFLAGS) $(GUEST_CFLAGS) -MMD -MP -c -o $@ $<

$(SDK_OBJ)/%.S.o: $(GUESTS)/%.S $(SDK)/sdk.mk | $(SDK_OUT)/include/xen
	@mkdir -p $(@D)
	$(call guest_say,AS)$(GUEST_CC) $(GUEST_CPPFLAGS) $(GUEST_CFLAGS) -D__ASSEMBLY__ -MMD -MP -c -o $@ $<

define sdk_guest
GUEST_ELFS += $(SDK_OUT)/$(strip $(1)).elf
$(SDK_OUT)/$(strip $(1)).elf: $(addprefix $(SDK_OBJ)/,$(addsuffix .o,$(3))) $(SDK_OBJECTS) $(SDK)/guest.lds \
		$(lastword $(MAKEFILE_LIST))
	$$(call guest_say,LD)$(GUEST_CC) $(GUEST_LDFLAGS) \
		-Wl,--defsym=__guest_base=$(strip $(2)) \
		-Wl,--defsym=__stack_size=$(or $(strip $(4)),8192) \
		-Wl,-Map=$$(@:.elf=.map) -o $$(@:.elf=.debug) $$(filter %.o,$$^) -lc -lgcc
	@$(GUEST_OBJCOPY) --strip-debug --add-gnu-debuglink=$$(@:.elf=.debug) $$(@:.elf=.debug) $$@
endef

-include $(shell test -d $(SDK_OBJ) && find $(SDK_OBJ) -name '*.d')
