# SPDX-License-Identifier: MIT
obj-y := board.o
