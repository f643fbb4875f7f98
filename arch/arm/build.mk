# SPDX-License-Identifier: MIT
obj-y := boot.o entry.o vectors.o guest_copy.o cpu/arm926.o fault.o mm.o string.o traps.o
