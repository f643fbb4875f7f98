/* SPDX-License-Identifier: MIT */
/*
 * internal.h - what the SDK's files know of each other.
 */
#ifndef SDK_INTERNAL_H
#define SDK_INTERNAL_H

#include <sdk/hypercall.h>

/* start.S */
void sdk_upcall_entry(void);
void sdk_undefined_entry(void);
void sdk_swi_entry(void);
void sdk_prefetch_entry(void);
void sdk_data_entry(void);
extern char sdk_restart_start[], sdk_restart_end[];

/* C parts of the entries. */
void sdk_upcall(void);
void sdk_trap(struct cpu_user_regs *regs, unsigned int vector);

void trap_init(void);
void event_init(void);

#endif /* SDK_INTERNAL_H */
