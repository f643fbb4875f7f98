# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-interdom,0xF0000000,tests/interdom/interdom.c tests/lib/test.c))
