# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-events,0xF0000000,tests/events/events.c tests/lib/test.c))
