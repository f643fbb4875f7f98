/* SPDX-License-Identifier: MIT */
/* frame_dump.c - the frame table's part of a debug key's answer. */
#include <hv/frame.h>
#include <hv/irq.h>
#include <hv/lib.h>

#include "frame_table.h"

#define PIECE 32u /* frames */

uint32_t frame_dump(struct domain *d, uint32_t at)
{
	static uint32_t count[FRAME_TYPE_MASK + 1], pinned, used;
	uint32_t all = d ? d->max_pages : frame_table.count;
	uint32_t end = all - at < PIECE ? all : at + PIECE;

	if (!at) {
		memset(count, 0, sizeof(count));
		pinned = used = 0;
	}
	do {
		uint32_t offset = d ? d->p2m[at] : at;
		const struct frame *f;

		if (offset == P2M_INVALID)
			continue;
		f = &frame_table.entry[offset];
		pinned += (f->info & FRAME_PINNED) != 0;
		used += f->ref_count != 0;
		if (d)
			count[f->info & FRAME_TYPE_MASK]++;
		else if (f->owner >= FRAME_OWNER_HV)
			count[f->owner - FRAME_OWNER_HV]++;
	} while (++at < end && !irq_pending());
	if (at < all)
		return at;
	if (d)
		log_line("%s: %u frames, %u referenced; %u none, %u writable, %u leaf, %u root, %u shared; %u pinned",
			 d->name, d->nr_pages, used, count[FRAME_NONE], count[FRAME_RW],
			 count[FRAME_LEAF], count[FRAME_ROOT], count[FRAME_SHARED], pinned);
	else
		log_line("%u frames from %x: %u free, %u the hypervisor's", all,
			 frame_table.base << PAGE_SHIFT,
			 count[FRAME_NO_OWNER - FRAME_OWNER_HV], count[0]);
	return 0;
}
