# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-console,0xF0000000,tests/console/console.c tests/lib/test.c))
