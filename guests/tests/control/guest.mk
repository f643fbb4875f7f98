# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-control,0xF0000000,tests/control/control.c tests/lib/test.c))
