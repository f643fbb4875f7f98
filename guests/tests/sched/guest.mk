# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-sched,0xF0000000,tests/sched/sched.c tests/lib/test.c))
