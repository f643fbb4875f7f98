# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-query,0xF0100000,tests/query/query.c tests/lib/test.c))
