# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,bench-share,0xC0000000,bench/share/share.c,1024))
