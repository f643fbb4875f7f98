# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,hello,0xF0000000,examples/hello/hello.c))
