# SPDX-License-Identifier: MIT
# Guests, machine images and the verbs that use them.  Included by tools/build.mk.

.PHONY: guests linux images size
guests: 
	@$(MAKE) -C guests O='$(O)' all

linux:
	@guests/linux/build.sh '$(O)/linux'
	@guests/linux/rootfs.sh '$(O)/linux'
