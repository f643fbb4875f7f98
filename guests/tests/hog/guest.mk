# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-hog,0xF0000000,tests/hog/hog.c tests/lib/test.c))
