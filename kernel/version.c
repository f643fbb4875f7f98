/* SPDX-License-Identifier: MIT */
/* version.c - xen_version: what the hypervisor is and can. */
#include <generated/version.h>
#include <hv/domain.h>
#include <hv/guest_access.h>
#include <hv/hypercall.h>
#include <hv/lib.h>
#include <hv/partition.h>
#include <xen/features.h>
#include <xen/version.h>

#define ABI_MAJOR 4u  /* of Xen's public headers */
#define ABI_MINOR 17u

static int32_t put_text(vaddr_t to, size_t size, const char *text)
{
	char buffer[sizeof(xen_capabilities_info_t)];

	memset(buffer, 0, sizeof(buffer));
	string_copy(buffer, text, sizeof(buffer));
	return copy_to_guest(to, buffer, size);
}

static int32_t get_features(vaddr_t at)
{
	xen_feature_info_t info;

	if (copy_from_guest(&info, at, sizeof(info)))
		return -XEN_EFAULT;
	if (info.submap_idx >= XENFEAT_NR_SUBMAPS)
		return -XEN_EINVAL;
	/*
	 * A Linux PV guest insists on the last two.  They promise that bits which the hardware or
	 * the guest keeps in its entries survive; entries of ARMv5 have no such bits.
	 */
	info.submap = 1u << XENFEAT_auto_translated_physmap |
		      1u << XENFEAT_mmu_pt_update_preserve_ad |
		      1u << XENFEAT_gnttab_map_avail_bits;
	return copy_to_guest(at, &info, sizeof(info));
}

static int32_t put_compile_info(vaddr_t to)
{
	struct xen_compile_info info;

	memset(&info, 0, sizeof(info));
	string_copy(info.compiler, "gcc " __VERSION__, sizeof(info.compiler));
	string_copy(info.compile_by, "bantam", sizeof(info.compile_by));
	return copy_to_guest(to, &info, sizeof(info));
}

static int32_t put_command_line(struct domain *caller, vaddr_t to)
{
	static xen_commandline_t line; /* 1 KiB: too much for the stack */

	memset(line, 0, sizeof(line));
	string_copy(line, caller->partition->cmdline, sizeof(line));
	return copy_to_guest(to, line, sizeof(line));
}

/* xen_version(cmd, arg) */
int32_t do_xen_version(struct domain *caller, const uint32_t *arg)
{
	const uint32_t virt_start = ARMV5_HYPERVISOR_START;

	switch (arg[0]) {
	case XENVER_version:
		return (int32_t)(ABI_MAJOR << 16 | ABI_MINOR);
	case XENVER_extraversion:
		return put_text(arg[1], sizeof(xen_extraversion_t), "-bantam");
	case XENVER_compile_info:
		return put_compile_info(arg[1]);
	case XENVER_capabilities:
		return put_text(arg[1], sizeof(xen_capabilities_info_t), "xen-3.0-armv5 ");
	case XENVER_changeset:
		return put_text(arg[1], sizeof(xen_changeset_info_t), BANTAM_VERSION);
	case XENVER_platform_parameters:
		return copy_to_guest(arg[1], &virt_start, sizeof(virt_start));
	case XENVER_get_features:
		return get_features(arg[1]);
	case XENVER_pagesize:
		return arg[1] ? -XEN_EINVAL : (int32_t)PAGE_SIZE;
	case XENVER_guest_handle:
		return put_text(arg[1], sizeof(xen_domain_handle_t), caller->name);
	case XENVER_commandline:
		return put_command_line(caller, arg[1]);
	default:
		return -XEN_ENOSYS;
	}
}
