# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-user,0xC0000000,tests/user/user.c tests/user/programs.S tests/lib/test.c tests/lib/tables.c))
