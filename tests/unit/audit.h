/* SPDX-License-Identifier: MIT */
/* audit.h - the invariants of frame.h, recomputed from all tables. */
#ifndef AUDIT_H
#define AUDIT_H

/* Fails the test if a count differs from the number of holders found, a frame is both
 * table and writable, or a table could still be written through a stale TLB entry or line.
 * Afterwards remembers what the TLB and the cache may now hold. */
void audit(void);

/* Number of writable mappings of a frame, found by the last audit(). */
unsigned int audit_writable(mfn_t mfn);
unsigned int audit_half_writable(mfn_t mfn);

#endif
