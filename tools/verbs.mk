# SPDX-License-Identifier: MIT
# Guests, images, and the verbs that use them.  Included by tools/build.mk.

.PHONY: guests linux boards u-boot size do-flash do-keys do-run do-debug do-check do-bench do-silicon do-profile images
.PHONY: bench-compare unit-check tools-check guest-check system-check

guests:
	@$(MAKE) -C guests O='$(O)' all

# Linux and U-Boot have makefiles of their own, which are not to hear of our BOARD and O.
OTHERS_MAKE := env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL
linux:
	@$(OTHERS_MAKE) guests/linux/build.sh '$(O)/linux'
	@guests/linux/rootfs.sh '$(O)/linux'

u-boot:
	@$(OTHERS_MAKE) tools/u-boot '$(BOARD)' '$(O)/u-boot'

# How the board is booted: what comes first in its qemu.ini; without U-Boot QEMU loads everything.
BOOT ?= $(or $(firstword $(shell sed -n 's/^\(flash\|sd\|tftp\) =.*/\1/p' boards/$(BOARD)/qemu.ini)),kernel)

# Hypervisor and U-Boot for the other boards, each in a directory of its own that shares guests and Linux.
boards: guests
	@for b in $(filter-out $(BOARD),$(BOARDS)); do \
	    mkdir -p '$(O)'/boards/$$b && ln -sfn ../../guests ../../linux '$(O)'/boards/$$b/ && \
	    $(MAKE) O='$(O)'/boards/$$b BOARD=$$b hypervisor u-boot || exit 1; done

# What the description, with what it includes, names: guests, and Linux or not.
NAMED := $(shell dtc -q -i boards/$(BOARD) -O dts '$(PARTITION)' 2>/dev/null | grep -o '"\(linux\|guests\)/[^"]*')
.PHONY: named-guests
named-guests:
	@$(MAKE) -C guests O='$(O)' WANTED='$(patsubst "guests/%,$(O)/guests/%,$(filter "guests/%,$(NAMED)))' all
images: hypervisor named-guests $(if $(filter "linux/%,$(NAMED)),linux)

RUN = tools/run --out '$(O)' --partition '$(PARTITION)' $(if $(INITRD),--initrd '$(INITRD)') \
	$(if $(CMDLINE),--cmdline '$(CMDLINE)') $(if $(ICOUNT),--icount '$(ICOUNT)') \
	$(if $(MEM),--mem '$(MEM)') $(if $(TIMEOUT),--timeout '$(TIMEOUT)')

do-run: images $(if $(filter kernel,$(BOOT)),,u-boot)
	@$(RUN) --boot '$(BOOT)'
do-flash: images u-boot
	@tools/flash --out '$(O)' --partition '$(PARTITION)'
do-keys:
	@tools/flash --make-key
do-debug: images
	@$(RUN) --debug -- $(GDBFLAGS)

size: hypervisor
	@tools/size '$(O)'

# Each part prints its own summary; tests/run adds them up.
do-check: hypervisor guests linux u-boot boards
	@tests/run '$(O)'
system-check: boards
unit-check tools-check guest-check system-check: hypervisor u-boot
	@tests/run '$(O)' $(@:-check=)
# SILICON="test_guest and mmu": tests of tests/system, chosen as by pytest -k; Linux for all but guests
do-silicon: hypervisor guests $(if $(filter test_guest test_guests,$(firstword $(SILICON))),,linux)
	@tools/vivt/silicon '$(O)' '$(SILICON)'
# BENCH="rows boot": only these parts
do-bench: hypervisor guests linux $(if $(filter chain,$(or $(BENCH),chain)),u-boot boards)
	@tools/bench '$(O)' $(BENCH)
# OLD and NEW: report.json files or commits
bench-compare:
	@tools/bench_compare '$(or $(OLD),HEAD)' '$(or $(NEW),docs/benchmarks/report.json)'
do-profile: hypervisor guests linux
	@tools/profile '$(O)' '$(or $(ROW),fork-exit)'
