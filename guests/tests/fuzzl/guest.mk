# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-fuzzl,0xC0000000,tests/fuzzl/fuzzl.c tests/lib/test.c tests/lib/tables.c))
