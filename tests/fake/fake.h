/* SPDX-License-Identifier: MIT */
/*
 * fake.h - the arch contract on the host: machine memory, windows onto it, caches and TLB that
 * only remember what they should have been told.
 */
#ifndef FAKE_H
#define FAKE_H

#include <hv/domain.h>
#include <hv/frame.h>
#include <hv/hypercall.h>

#define FAKE_BASE    0x100u    /* first machine frame */
#define FAKE_FRAMES  4096u
#define FAKE_GUEST   0xC0100000u /* guest addresses that copies can reach */
#define FAKE_GUEST_SIZE 0x8000u

struct fake_calls {
	unsigned int tlb_flush, tlb_flush_va, cache_flush, retire, space_load, drain;
	vaddr_t flushed_va;
};
extern struct fake_calls fake_calls;

/* The last one that was logged. */
extern char fake_line[256];

/* When hypercall_preempted() and irq_pending() say yes: 0 never, n every n-th time. */
extern unsigned int fake_preempt_every;
void fake_preempt(unsigned int every); /* counts from here on */

/* What a TLB and a cache that nobody flushed may still hold, by machine frame: bits below. */
extern uint8_t fake_stale[FAKE_FRAMES];
#define STALE_TLB        1u
#define STALE_TLB_HALF   2u
#define STALE_CACHE      4u

extern uint8_t fake_guest[FAKE_GUEST_SIZE]; /* at FAKE_GUEST */

/* Fresh memory, frame table, no domains. */
void fake_reset(void);

/* A domain with its memory, as domain.c would make it; 4 MiB aligned sections if own tables. */
struct domain *fake_domain(bool resident, uint32_t pages);

/* Machine memory, not through the windows. */
uint32_t *fake_ram(mfn_t mfn);
mfn_t fake_mfn(const struct domain *d, uint32_t gfn);

/* Calls a hypercall again as long as it wants to be continued. */
int32_t fake_call(hypercall_fn *fn, struct domain *d, const uint32_t *arg);

#endif
