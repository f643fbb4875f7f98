# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-sdk,0xF0000000,tests/sdk/sdk.c tests/lib/test.c))
