# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-survivor,0xF0100000,tests/survivor/survivor.c tests/lib/test.c))
