# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-crash,0xF0000000,tests/crash/crash.c tests/lib/test.c))
