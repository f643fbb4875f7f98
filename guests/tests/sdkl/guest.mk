# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-sdkl,0xC0000000,tests/sdk/sdk.c tests/lib/test.c))
