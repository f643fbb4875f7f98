/* SPDX-License-Identifier: MIT */
/*
 * keys.h - the hypervisor's debug keys: one letter a room, h lists them.
 *
 * A room answers in pieces that keep interrupts off for no longer than a line: "at" of a piece is 0,
 * then what the last piece returned; 0 ends it.  Whoever is spoken of may have changed since.
 */
#ifndef HV_KEYS_H
#define HV_KEYS_H

#include <hv/types.h>

/* A key typed while input goes to the hypervisor.  What it does is done; of an answer this is the
 * first piece, and the end of the one that was under way. */
void keys_input(char key);
/* The next piece of the answer that is under way; false: none is. */
bool keys_line(void);

#endif
