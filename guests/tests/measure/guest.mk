# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-measure,0xF0300000,tests/measure/measure.c tests/lib/test.c))
