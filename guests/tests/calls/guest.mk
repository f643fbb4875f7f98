# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-calls,0xF0000000,tests/calls/calls.c tests/lib/test.c))
