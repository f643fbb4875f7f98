# SPDX-License-Identifier: MIT
obj-y := string.o printf.o
obj-$(CONFIG_MEASURED_BOOT) += sha256.o
cflags-lib/printf.o := -Os
cflags-lib/string.o := -Os
cflags-lib/sha256.o := -Os
