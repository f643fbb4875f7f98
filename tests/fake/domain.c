/* SPDX-License-Identifier: MIT */
/* domain.c - fake of hv/domain.h: a few domains, and who was shut down. */
#include <hv/domain.h>
#include <hv/partition.h>

#define FAKE_DOMAINS 4u

struct domain *domains[FAKE_DOMAINS];
unsigned int domain_count;

static struct domain fake_domain[FAKE_DOMAINS];
static struct partition fake_partition[FAKE_DOMAINS];
static struct shared_info fake_shared_info[FAKE_DOMAINS];
static struct event_port fake_ports[FAKE_DOMAINS][EVENT_PORTS];
static int fake_shutdown[FAKE_DOMAINS]; /* code, -1: runs */

struct domain *domain_find(struct domain *caller, domid_t id)
{
	if (id == DOMID_SELF)
		return caller;
	return id < domain_count ? domains[id] : NULL;
}

void domain_shutdown(struct domain *d, uint8_t code)
{
	fake_shutdown[d->id] = code;
}

/* Forgets all domains and makes new ones; the test sets their partitions before
 * sched_vcpu_init(). */
static void fake_domains_create(unsigned int count)
{
	unsigned int i;

	memset(fake_domain, 0, sizeof(fake_domain));
	memset(fake_partition, 0, sizeof(fake_partition));
	memset(fake_shared_info, 0, sizeof(fake_shared_info));
	domain_count = count;
	for (i = 0; i < count; i++) {
		struct domain *d = &fake_domain[i];

		domains[i] = d;
		d->id = (domid_t)i;
		d->state = DOMAIN_RUNNING;
		d->partition = &fake_partition[i];
		d->vcpu.domain = d;
		d->vcpu.kernel_mode = true;
		memset(fake_ports[i], 0, sizeof(fake_ports[i]));
		d->events.port = fake_ports[i];
		d->vcpu.arch.shared_info = &fake_shared_info[i];
		d->name[0] = (char)('A' + i);
		fake_shutdown[i] = -1;
	}
}
