# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-fuzz,0xF0000000,tests/fuzz/fuzz.c tests/lib/test.c))
