/* SPDX-License-Identifier: MIT */
/*
 * version.c - xen_version: what the hypervisor is and can.
 *
 * Some answers are texts in a KiB: they are given in pieces, with a look at what is pending before each.
 */
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

/* In a command: the call goes on, arg[2] says from where.  Who sets it gets less of the same text. */
#define GOES_ON   0x80000000u
#define PIECE     16u /* divides the size of every answer */

static int32_t put_text(struct domain *caller, const uint32_t *arg, const char *text, uint32_t size)
{
	uint32_t length = text == caller->partition->cmdline ? caller->command_length : strlen(text);
	uint32_t at = arg[0] & GOES_ON ? arg[2] : 0;

	for (; at < size; at += PIECE) {
		uint32_t left = at < length ? length - at : 0;
		char piece[PIECE] = { 0 };

		if (hypercall_preempted()) {
			const uint32_t rest[5] = { arg[0] | GOES_ON, arg[1], at, 0, 0 };

			return hypercall_continue(caller, rest);
		}
		memcpy(piece, text + at, left < PIECE ? left : PIECE);
		if (copy_to_guest(arg[1] + at, piece, PIECE))
			return -XEN_EFAULT;
	}
	return 0;
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

/* xen_version(cmd, arg) */
int32_t do_xen_version(struct domain *caller, const uint32_t *arg)
{
	const uint32_t virt_start = ARMV5_HYPERVISOR_START;

	switch (arg[0] & ~GOES_ON) {
	case XENVER_version:
		return (int32_t)(ABI_MAJOR << 16 | ABI_MINOR);
	case XENVER_extraversion:
		return put_text(caller, arg, "-bantam", sizeof(xen_extraversion_t));
	case XENVER_compile_info: /* the compiler's name comes first in it */
		return put_text(caller, arg, "gcc " __VERSION__, sizeof(struct xen_compile_info));
	case XENVER_capabilities:
		return put_text(caller, arg, "xen-3.0-armv5 ", sizeof(xen_capabilities_info_t));
	case XENVER_changeset:
		return put_text(caller, arg, BANTAM_VERSION, sizeof(xen_changeset_info_t));
	case XENVER_platform_parameters:
		return copy_to_guest(arg[1], &virt_start, sizeof(virt_start));
	case XENVER_get_features:
		return get_features(arg[1]);
	case XENVER_pagesize:
		return arg[1] ? -XEN_EINVAL : (int32_t)PAGE_SIZE;
	case XENVER_guest_handle:
		return put_text(caller, arg, caller->name, sizeof(xen_domain_handle_t));
	case XENVER_commandline:
		return put_text(caller, arg, caller->partition->cmdline, sizeof(xen_commandline_t));
	default:
		return -XEN_ENOSYS;
	}
}
