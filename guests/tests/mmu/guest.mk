# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,test-mmu,0xC0000000,tests/mmu/mmu.c tests/lib/test.c tests/lib/tables.c))
