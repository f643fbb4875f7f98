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

void irq_init(const struct irqchip *chip)
{
	irqchip = chip;
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

/* Lowest pending unmasked line, -1 if none. */
static inline int line_pending(const struct irqchip *chip)
{
	uint32_t own = chip->status ? *chip->status & chip->own : 0;

	return own ? __builtin_ctz(own) : chip->ops->pending(chip);
}

static inline void line_mask(const struct irqchip *chip, unsigned int line)
{
	if (line < 32u && chip->clear)
		*chip->clear = 1u << line;
	else
		chip->ops->mask(chip, line);
}

/* Bounded: a line that its handler cannot quiet does not keep the core here.  A guest that
 * was waiting for its interrupt goes first; what else is pending interrupts it. */
void irq_handle(void)
{
	const struct irqchip *chip = irqchip;
	unsigned int n;

	for (n = 0; n < IRQ_LINES; n++) {
		const struct irq_line *l;
		int pending = line_pending(chip);

		if (pending < 0)
			return;
		l = &lines[pending];
		if (l->handler) {
			trace(TRACE_IRQ, (uint32_t)pending, 0);
			l->handler();
			continue;
		}
		/* Until the owner acknowledges it; for good, if nobody wants it. */
		line_mask(chip, (unsigned int)pending);
		if (l->owner && event_send_pirq(l->owner, (unsigned int)pending))
			return;
	}
}

/* Any bit in the status register, the secondary controller's too. */
bool irq_pending(void)
{
	const struct irqchip *chip = irqchip;

	return chip->status ? *chip->status != 0 : chip->ops->pending(chip) >= 0;
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
