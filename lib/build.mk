# SPDX-License-Identifier: MIT
obj-y := string.o printf.o
cflags-lib/printf.o := -Os
cflags-lib/string.o := -Os
