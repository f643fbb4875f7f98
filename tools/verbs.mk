# SPDX-License-Identifier: MIT
# Guests, images, and the verbs that use them.  Included by tools/build.mk.

.PHONY: guests linux size do-run do-debug do-check do-bench do-silicon do-profile images
.PHONY: unit-check tools-check guest-check system-check

guests:
	@$(MAKE) -C guests O='$(O)' all

linux:
	@guests/linux/build.sh '$(O)/linux'
	@guests/linux/rootfs.sh '$(O)/linux'

# Linux is left out when the description does not name it.
WANTS_LINUX := $(shell grep -qs '"linux/' '$(PARTITION)' && echo linux)
images: hypervisor guests $(WANTS_LINUX)

RUN = tools/run --out '$(O)' --partition '$(PARTITION)' $(if $(INITRD),--initrd '$(INITRD)') \
	$(if $(CMDLINE),--cmdline '$(CMDLINE)') $(if $(ICOUNT),--icount '$(ICOUNT)') \
	$(if $(MEM),--mem '$(MEM)') $(if $(TIMEOUT),--timeout '$(TIMEOUT)')

do-run: images
	@$(RUN)
do-debug: images
	@$(RUN) --debug -- $(GDBFLAGS)

size: hypervisor
	@tools/size '$(O)'

# Each part prints its own summary; tests/run adds them up.
do-check: hypervisor guests linux
	@tests/run '$(O)'
unit-check tools-check guest-check system-check: hypervisor
	@tests/run '$(O)' $(@:-check=)
# SILICON="test_guest and mmu": tests of tests/system, chosen as by pytest -k; Linux for all but guests
do-silicon: hypervisor guests $(if $(filter-out test_guest,$(firstword $(SILICON))),linux)
	@tools/vivt/silicon '$(O)' '$(SILICON)'
# BENCH="rows boot": only these parts
do-bench: hypervisor guests linux
	@tools/bench '$(O)' $(BENCH)
do-profile: hypervisor guests linux
	@tools/profile '$(O)' '$(or $(ROW),fork-exit)'
