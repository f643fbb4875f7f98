# SPDX-License-Identifier: MIT
# The same guest at two places of the resident window, and with tables of its own.
$(eval $(call sdk_guest,bench-pair-a,0xF0000000,bench/pair/pair.c))
$(eval $(call sdk_guest,bench-pair-b,0xF0100000,bench/pair/pair.c))
$(eval $(call sdk_guest,bench-pair-l,0xC0000000,bench/pair/pair.c))
