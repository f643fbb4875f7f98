# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-traps,0xF0000000,tests/traps/traps.c tests/lib/test.c))
