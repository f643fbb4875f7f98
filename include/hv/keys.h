/* SPDX-License-Identifier: MIT */
/* keys.h - the hypervisor's debug keys: one letter a room, h lists them. */
#ifndef HV_KEYS_H
#define HV_KEYS_H

/* A key typed while input goes to the hypervisor. */
void keys_input(char key);

#endif
