/* SPDX-License-Identifier: MIT */
/*
 * atomic.h - operations on words shared with the hypervisor or other domains.
 *
 * ARMv5 has SWP and nothing else; the rest are restartable sequences, which
 * hold against whatever the hypervisor does on this one core (start.S).
 * Each returns the old value.
 */
#ifndef SDK_ATOMIC_H
#define SDK_ATOMIC_H

#include <stdint.h>

static inline uint32_t atomic_swap(volatile uint32_t *word, uint32_t value)
{
	uint32_t old;

	__asm__ volatile("swp	%0, %1, [%2]" : "=&r"(old) : "r"(value), "r"(word) : "memory");
	return old;
}

uint32_t atomic_or(volatile uint32_t *word, uint32_t bits);
uint32_t atomic_and(volatile uint32_t *word, uint32_t bits);
uint32_t atomic_add(volatile uint32_t *word, uint32_t value);

#endif /* SDK_ATOMIC_H */
