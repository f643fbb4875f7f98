# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,baseband,0xF0000000,$(addprefix baseband/,\
	baseband.c burst.c command_line.c executive.c frame_clock.c frame_timer.c \
	lateness.c timer_epit.c timer_sp804.c timer_vcpu.c),16384))
