# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-isolation,0xF0000000,tests/isolation/isolation.c tests/lib/test.c))
