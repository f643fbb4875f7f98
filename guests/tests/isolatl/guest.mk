# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-isolatl,0xC0000000,tests/isolatl/isolatl.c tests/lib/test.c tests/lib/tables.c))
