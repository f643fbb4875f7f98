/* SPDX-License-Identifier: MIT */
/*
 * domain.h - what a guest knows of itself, and how it ends.
 */
#ifndef SDK_DOMAIN_H
#define SDK_DOMAIN_H

#include <stddef.h>
#include <stdint.h>
#include <sdk/hypercall.h>
#include <xen/sched.h>

/* Set before main() runs. */
extern struct start_info *start_info;
extern struct shared_info *shared_info;

/* vcpu_info of the only virtual CPU. */
static inline struct vcpu_info *vcpu_info(void)
{
	return &shared_info->vcpu_info[0];
}

/* The domain's own frames are linear from here: gfn 0. */
extern char __guest_base[], __guest_end[];

static inline uint32_t gfn_of(const volatile void *address)
{
	return ((uint32_t)(uintptr_t)address - (uint32_t)(uintptr_t)__guest_base) >> 12;
}

static inline void *address_of(uint32_t gfn)
{
	return __guest_base + ((size_t)gfn << 12);
}

/* Ends the domain: SHUTDOWN_poweroff, SHUTDOWN_reboot, SHUTDOWN_crash... */
_Noreturn void domain_shutdown(unsigned int reason);

/* Lets others run; until an event comes; both with events unmasked after. */
void domain_yield(void);
void domain_block(void);

/*
 * Waits until one of the ports is pending or until the time (ns, 0 = for
 * ever), whatever the event mask.  0, or -XEN_Exxx.
 */
int domain_poll(const evtchn_port_t *ports, unsigned int count, uint64_t until);

/* Bytes of the domain's own memory that the image does not use, for malloc. */
size_t heap_size(void);

#endif /* SDK_DOMAIN_H */
