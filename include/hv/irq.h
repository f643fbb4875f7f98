/* SPDX-License-Identifier: MIT */
/*
 * irq.h - physical interrupts: to the hypervisor's own handlers, or to the
 * domain that the partition description grants them to, as a pirq event channel.
 *
 * A granted line is masked when it fires and unmasked by PHYSDEVOP_eoi.
 */
#ifndef HV_IRQ_H
#define HV_IRQ_H

#include <hv/types.h>

#define IRQ_LINES 64u

struct irqchip;

void irq_init(const struct irqchip *chip);
void irq_attach(unsigned int line, void (*handler)(void));  /* the hypervisor's */

/* 0 (also when d has it already), -XEN_EBUSY (somebody else's), -XEN_EINVAL. */
int irq_grant(unsigned int line, struct domain *d);
bool irq_granted(unsigned int line, const struct domain *d);
void irq_enable_guest(unsigned int line);  /* bind_pirq, eoi: unmask */
void irq_disable_guest(unsigned int line); /* close, domain ended: mask */

/* From the IRQ vector: one line that is pending, if any.  The vCPU that goes on with its upcall
 * for it, in virtual kernel mode, when nothing else is to be looked at; or NULL. */
struct vcpu *irq_handle(void);
bool irq_pending(void);  /* would the core take an interrupt now? */

/* Registers of the controller that are reached without a call, see struct irqchip. */
struct irq_fast {
	const volatile uint32_t *status; /* of none: of a word that is 1 */
	volatile uint32_t *clear;
	uint32_t own;
};
extern struct irq_fast irq_fast;

/* Cheaply: false if irq_pending() is. */
static inline bool irq_may_wait(void)
{
	return *irq_fast.status != 0;
}

int32_t do_physdev_op(struct domain *caller, const uint32_t *arg);

#endif
