/* SPDX-License-Identifier: MIT */
/* shared_info.c - fake of arch/mm.h, the shared info page: must not be nested. */
#include <arch/mm.h>
#include <hv/domain.h>

static bool fake_page_open;

struct shared_info *arch_shared_info_open(struct domain *d)
{
	assert_false(fake_page_open);
	fake_page_open = true;
	return d->vcpu.arch.shared_info;
}

void arch_shared_info_close(void)
{
	assert_true(fake_page_open);
	fake_page_open = false;
}
