# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,baseband,0xF0000000,$(addprefix baseband/,\
	baseband.c burst.c executive.c frame_clock.c lateness.c),16384))
