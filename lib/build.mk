# SPDX-License-Identifier: MIT
obj-y := string.o number.o printf.o
