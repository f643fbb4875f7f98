/* SPDX-License-Identifier: MIT */
/*
 * irq.c - physical interrupts: routing, masking, PHYSDEVOP_eoi.
 *
 * Owns the board's interrupt controller.  A line belongs to the hypervisor
 * (handler), to one domain (owner), or to nobody; one that nobody wants is masked
 * when it fires.  Context: interrupts off.
 */
#include <hv/irq.h>

#include <hv/domain.h>
#include <hv/event.h>
#include <hv/guest_access.h>
#include <hv/trace.h>
#include <drv/irqchip.h>
#include <xen/physdev.h>

struct irq_line {
	void (*handler)(void);
	struct domain *owner;
};

static struct irq_line lines[IRQ_LINES];
static const struct irqchip *irqchip;
struct irq_fast irq_fast;

SELDOM void irq_init(const struct irqchip *chip)
{
	static const uint32_t unknown = 1;

	irqchip = chip;
	irq_fast.status = chip->status ? chip->status : &unknown;
	irq_fast.clear = chip->clear;
	irq_fast.own = chip->own;
	chip->ops->init(chip);
}

void irq_attach(unsigned int line, void (*handler)(void))
{
	lines[line].handler = handler;
	irqchip->ops->unmask(irqchip, line);
}

int irq_grant(unsigned int line, struct domain *d)
{
	if (line >= IRQ_LINES)
		return -XEN_EINVAL;
	if (lines[line].handler || (lines[line].owner && lines[line].owner != d))
		return -XEN_EBUSY;
	lines[line].owner = d;
	return 0;
}

bool irq_granted(unsigned int line, const struct domain *d)
{
	return line < IRQ_LINES && lines[line].owner == d;
}

void irq_enable_guest(unsigned int line)
{
	if (lines[line].owner)
		irqchip->ops->unmask(irqchip, line);
}

void irq_disable_guest(unsigned int line)
{
	if (lines[line].owner)
		irqchip->ops->mask(irqchip, line);
}

static __attribute__((noinline)) struct vcpu *line_handle(unsigned int line)
{
	trace(TRACE_IRQ, line, 0);
	lines[line].handler();
	return NULL;
}

/* Of a controller without status register, or of the second controller. */
static __attribute__((noinline)) struct vcpu *handle_slowly(void)
{
	int line = irqchip->ops->pending(irqchip);

	if (line < 0)
		return NULL;
	if (lines[line].handler)
		return line_handle((unsigned int)line);
	irqchip->ops->mask(irqchip, (unsigned int)line);
	if (!lines[line].owner)
		return NULL;
	return event_send_pirq(lines[line].owner, (unsigned int)line);
}

/* One line: what else is pending interrupts whoever goes on.  A guest's line is masked until its owner
 * acknowledges it, for good if nobody wants it. */
struct vcpu *irq_handle(void)
{
	uint32_t own = *irq_fast.status & irq_fast.own;
	const struct irq_line *l;
	unsigned int line;

	if (!own)
		return handle_slowly();
	line = 31u - (unsigned int)__builtin_clz(own);
	l = &lines[line];
	if (l->handler)
		return line_handle(line);
	*irq_fast.clear = 1u << line;
	return l->owner ? event_send_pirq(l->owner, line) : NULL;
}

/* Any bit in the status register, the secondary controller's too. */
bool irq_pending(void)
{
	return irqchip->status ? *irqchip->status != 0 : irqchip->ops->pending(irqchip) >= 0;
}

static int32_t physdev_eoi(struct domain *caller, vaddr_t arg)
{
	struct physdev_eoi eoi;

	if (copy_from_guest(&eoi, arg, sizeof(eoi)))
		return -XEN_EFAULT;
	if (!irq_granted(eoi.irq, caller))
		return -XEN_EINVAL;
	/* An unbound line stays masked: nobody would take it. */
	if (caller->events.pirq_port[eoi.irq])
		irq_enable_guest(eoi.irq);
	return 0;
}

static int32_t physdev_status_query(struct domain *caller, vaddr_t arg)
{
	struct physdev_irq_status_query query;

	if (copy_from_guest(&query, arg, sizeof(query)))
		return -XEN_EFAULT;
	if (query.irq >= IRQ_LINES)
		return -XEN_EINVAL;
	query.flags = irq_granted(query.irq, caller) ? XENIRQSTAT_needs_eoi : 0;
	return copy_to_guest(arg, &query, sizeof(query)) ? -XEN_EFAULT : 0;
}

int32_t do_physdev_op(struct domain *caller, const uint32_t *arg)
{
	switch (arg[0]) {
	case PHYSDEVOP_eoi:
		return physdev_eoi(caller, arg[1]);
	case PHYSDEVOP_irq_status_query:
		return physdev_status_query(caller, arg[1]);
	default:
		return -XEN_ENOSYS;
	}
}
