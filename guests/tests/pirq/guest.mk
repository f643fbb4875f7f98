# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-pirq,0xF0000000,tests/pirq/pirq.c tests/pirq/device.c tests/lib/test.c))
