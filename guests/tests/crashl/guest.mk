# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-crashl,0xC0000000,tests/crashl/crashl.c tests/lib/test.c tests/lib/tables.c))
