# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-string,0xF0000000,tests/string/string.c tests/string/routines.S tests/lib/test.c))
