# SPDX-License-Identifier: MIT
# The verbs of `make help`; how the hypervisor is built is in tools/build.mk.

O ?= build
override O := $(abspath $(O))
export BANTAM_CACHE ?= $(HOME)/.cache/bantam
# The board: said on the command line, else that of the configuration in O.
BOARDS := $(patsubst configs/%_defconfig,%,$(wildcard configs/*_defconfig))
CONFIGURED := $(shell sed -n 's/^CONFIG_BOARD="\(.*\)"$$/\1/p' '$(O)/.config' 2>/dev/null)
BOARD ?= $(or $(CONFIGURED),versatilepb)
PARTITION ?= configs/$(BOARD)/phone.dts
ifeq ($(filter $(BOARD),$(BOARDS)),)
$(error error: no board "$(BOARD)"; known: $(BOARDS))
endif
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash
.SHELLFLAGS := -e -o pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:

# Verbs that install what is missing before anything is built, so they may not
# need any tool but bash and make while this file is read.
SETUP_VERBS := run check debug bench profile silicon flash keys
PLAIN_VERBS := help setup clean distclean defconfig menuconfig

.PHONY: all
all:

ifneq ($(filter-out $(SETUP_VERBS) $(PLAIN_VERBS),$(or $(MAKECMDGOALS),all)),)
include tools/build.mk
endif

.PHONY: $(SETUP_VERBS) $(PLAIN_VERBS)

help:
	@echo 'Bantam, a hypervisor for ARM9.  Verbs:'
	@echo '  make run         install what is missing, build what it needs, boot the phone in QEMU'
	@echo '       INITRD=file    your own root file system for Linux (cpio, may be gzipped)'
	@echo '       CMDLINE=words  words added to the command line of Linux'
	@echo '       ICOUNT=1       deterministic: an instruction is a nanosecond and a tick'
	@echo '       MEM=MiB        memory of Linux'
	@echo '       PARTITION=dts  another partition description (default $(PARTITION))'
	@echo '       BOOT=flash     U-Boot boots it from flash (sd, tftp); kernel: QEMU loads all'
	@echo '       BOARD=name     another board; the output directory keeps it: $(BOARDS)'
	@echo '  make flash       U-Boot, signed image, flash and SD card images: docs/flash.md'
	@echo '  make keys        a development key to sign with, outside the tree'
	@echo '  make check       all tests; the last line is "N passed, N failed"'
	@echo '  make debug       as run, but stopped, with gdb-multiarch attached'
	@echo '  make bench       frame latency, boot, Linux against native: docs/benchmarks'
	@echo '       BENCH=parts    only these (tools/bench --help);  FRAMES=n (of the frame measurements)'
	@echo '  make bench-compare   OLD=report.json NEW=report.json (or commits): what changed'
	@echo '  make profile     ROW=name: instructions of a row of the benchmark by function'
	@echo '  make silicon     guests and Linux under a model of the ARM926 caches (fetches QEMU 10)'
	@echo '  make             the hypervisor only: bantam.elf and bantam.bin'
	@echo '  make guests      the guests made with the SDK'
	@echo '  make linux       Linux and its root file system'
	@echo '  make size        image by section, lines by directory'
	@echo '  make setup       install what is missing (run and check do it themselves)'
	@echo '  make menuconfig  choose options'
	@echo '  make defconfig   the default options of a board (BOARD=$(BOARD))'
	@echo '  make style       layering, SPDX, sizes of functions and files'
	@echo '  make headers-check  each header compiles alone'
	@echo '  make unit-check, tools-check, guest-check, system-check   parts of check'
	@echo '  make clean       remove the output directory'
	@echo '  O=dir            output directory (default build)'
	@echo 'Downloads and Linux objects are kept in $(BANTAM_CACHE).'

setup:
	@tools/setup

$(SETUP_VERBS): setup
	@$(MAKE) O='$(O)' do-$@

defconfig:
	@mkdir -p '$(O)' && cp configs/$(BOARD)_defconfig '$(O)/.config'
	@echo 'options of $(BOARD) written to $(O)/.config'

menuconfig:
	@command -v kconfig-mconf >/dev/null || tools/setup
	@mkdir -p '$(O)' && { test -s '$(O)/.config' || cp configs/$(BOARD)_defconfig '$(O)/.config'; }
	@cd '$(O)' && KCONFIG_CONFIG='$(O)/.config' kconfig-mconf '$(CURDIR)/Kconfig'

clean:
	@rm -rf -- '$(O)' && echo 'removed $(O)'

distclean: clean
	@rm -rf -- '$(BANTAM_CACHE)' && echo 'removed $(BANTAM_CACHE)'
