# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-hostile,0xC0000000,tests/hostile/hostile.c tests/lib/test.c tests/lib/tables.c))
