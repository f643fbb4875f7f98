# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-interdomain,0xF0000000,tests/interdomain/interdomain.c tests/lib/test.c))
