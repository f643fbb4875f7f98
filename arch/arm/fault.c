/* SPDX-License-Identifier: MIT */
/* fault.c - the core's fault registers and the hypervisor's stack, for dumps. */
#include <arch/cpu.h>
#include <arch/current.h>
#include <arch/layout.h>

#include "arm.h"

/* DDI 0198E table 3-10 and DDI 0100I B4.6. */
static const char *const fault_names[16] = {
	[0x1] = "alignment",
	[0x3] = "alignment",
	[0x4] = "external abort on line fetch, section",
	[0x5] = "translation, section",
	[0x6] = "external abort on line fetch, page",
	[0x7] = "translation, page",
	[0x8] = "external abort, section",
	[0x9] = "domain, section",
	[0xA] = "external abort, page",
	[0xB] = "domain, page",
	[0xC] = "external abort on translation, first level",
	[0xD] = "permission, section",
	[0xE] = "external abort on translation, second level",
	[0xF] = "permission, page",
};

void arch_fault_read(struct arch_fault *fault)
{
	fault->data_status = arm_fault_status();
	fault->prefetch_status = arm_prefetch_fault_status();
	fault->address = arm_fault_address();
	fault->dacr = arm_dacr_read();
}

const char *arch_fault_name(uint32_t status)
{
	const char *name = fault_names[status & 0xFu];

	return name ? name : "none";
}

const uint32_t *arch_stack_words(uint32_t sp, unsigned int *count)
{
	uint32_t top = (uint32_t)(uintptr_t)&pcpu;

	*count = 0;
	if (sp >= top || top - sp > HV_STACK_SIZE)
		return NULL;
	*count = (top - sp) / sizeof(uint32_t);
	return (const uint32_t *)(uintptr_t)(sp & ~3u);
}
