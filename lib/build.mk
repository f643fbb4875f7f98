# SPDX-License-Identifier: MIT
obj-y := string.o format.o
obj-$(CONFIG_MEASURED_BOOT) += sha256.o
cflags-lib/format.o := -Os
cflags-lib/string.o := -Os
cflags-lib/sha256.o := -Os
