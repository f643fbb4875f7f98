/* SPDX-License-Identifier: MIT */
/*
 * arch-armv5.h - the ARMv5 part of the hypercall ABI.
 *
 * It stands where arch-x86/xen.h stands for x86: include it before any of
 * Xen's public headers (libxen-dev), which then take their widths, guest
 * handles and architecture structures from here.  Everything that is not in
 * this file is Xen's own, as a 32-bit x86 PV guest knows it.
 *
 * CPU: ARM926EJ-S or another ARMv5TE core with an ARMv5 MMU.
 */
#ifndef XEN_PUBLIC_ARCH_ARMV5_H
#define XEN_PUBLIC_ARCH_ARMV5_H

/* Keeps Xen's arch-arm.h (64-bit widths, HVM-like guests) out. */
#define __XEN_PUBLIC_ARCH_ARM_H__

#ifndef __XEN_INTERFACE_VERSION__
#define __XEN_INTERFACE_VERSION__ 0x00040e00
#endif

/*
 * Hypercalls
 * ----------
 *     swi #0xEA1
 *     IN   r12 = number (__HYPERVISOR_*), r0-r4 = arguments
 *     OUT  r0 = result or -XEN_Exxx; r1-r3 are undefined; all others are kept
 *
 * Only virtual kernel mode makes hypercalls; there every SWI is one, whatever
 * its immediate.  In virtual user mode every SWI is delivered to the guest's
 * TRAP_SWI handler.  Guests call through the hypercall page: 32 bytes for
 * each number, at page + 32 * number, filled by the hypervisor (ELF note
 * XEN_ELFNOTE_HYPERCALL_PAGE).  A stub is an AAPCS function of up to four
 * arguments; whoever needs the fifth loads r4 first.  It clobbers r12.
 */
#define ARMV5_HYPERCALL_IMM      0xEA1
#define ARMV5_HYPERCALL_STUB     32

/*
 * Hypercalls that only this architecture has
 * ------------------------------------------
 * cache_op(op, va, size)     maintain the caches for the caller's own
 *                            addresses [va, va + size); CACHE_ALL as size
 *                            means the whole cache (D is then always cleaned).
 *                            CACHE_INVALIDATE_TLB, by itself: the TLB's entries of
 *                            va, va + 4096 and so on below va + size
 *     0, or -XEN_EINVAL (unknown op bit, op 0), -XEN_EFAULT (foreign address)
 * set_restart(start, end)    register the restartable sequences: code in
 *                            [start, end), both multiples of 32, is a row of
 *                            32-byte blocks.  A virtual kernel that is
 *                            interrupted at pc inside a block goes on at the
 *                            beginning of the block.  Whoever makes the
 *                            last word of a block its only store to shared
 *                            memory has an atomic operation.
 *                            start == end turns it off.
 *     0, or -XEN_EINVAL (alignment, end < start), -XEN_EFAULT
 */
#define __HYPERVISOR_cache_op    48 /* __HYPERVISOR_arch_0 */
#define __HYPERVISOR_set_restart 49 /* __HYPERVISOR_arch_1 */

#define CACHE_CLEAN_D            1u
#define CACHE_INVALIDATE_D       2u
#define CACHE_INVALIDATE_I       4u
#define CACHE_INVALIDATE_TLB     8u
#define CACHE_ALL                0xFFFFFFFFu

/*
 * XENPF_measurement: a platform_op (xen/platform.h) for privileged domains, its
 * argument in xen_platform_op.u is struct xenpf_measurement.  Entry number `index` of the log of
 * what was measured (docs/boot.md); if it is not kept, the first behind it that is.
 *     0, or -XEN_ENOENT (no such entry yet), and Xen's: -XEN_EFAULT, -XEN_EPERM, -XEN_EACCES
 *     (interface_version)
 */
#define XENPF_measurement        1000

#define MEASURED_HYPERVISOR      1u /* its image */
#define MEASURED_PARTITION       2u /* the partition description's file */
#define MEASURED_DEVICE_TREE     3u /* as the hypervisor got it */
#define MEASURED_KERNEL          4u /* a domain's, at each start: the whole file */
#define MEASURED_COMMAND_LINE    5u /* without the 0 at its end */
#define MEASURED_RAMDISK         6u

#define MEASURED_BY_NOBODY       0u /* the digest is 0 */
#define MEASURED_BY_LOADER       1u /* which told it */
#define MEASURED_BY_HYPERVISOR   2u

/*
 * Address map of every address space
 * ----------------------------------
 * A resident (small domain in the resident window) has no first-level table
 * of its own and cannot change translations.  The two pages that are read most, counter
 * and shared info, do not share a set of the TLB with the first section of a kernel's
 * memory (64 entries, two ways: DDI 0198, chapter 3; the set is bits 12-16 of a small page's
 * address and 20-24 of a section's, as tools/vivt takes it to be).
 */
#define ARMV5_KERNEL_START       0xC0000000u /* guest user below */
#define ARMV5_WINDOW_START       0xF0000000u /* residents */
#define ARMV5_HYPERVISOR_START   0xF8000000u
#define ARMV5_M2P_START          0xFFC00000u /* xen_pfn_t[], read-only: kernels with own tables */
#define ARMV5_COUNTER_START      0xFFD0F000u /* one page, read-only */
#define ARMV5_SHARED_INFO        0xFFE0D000u /* of a domain with its own tables */
#define ARMV5_VECTOR_PAGE        0xFFFF0000u /* kuser helpers from 0xFFFF0F60 */
#define ARMV5_KUSER_START        0xFFFF0F60u
#define ARMV5_KUSER_TLS          0xFFFF0FF0u /* word, see set_segment_base */
#define ARMV5_KUSER_VERSION      0xFFFF0FFCu

/*
 * Virtual processor
 * -----------------
 * The guest always runs in USR mode.  Its virtual mode is in the mode bits of
 * a saved psr: PSR_MODE_USER or PSR_MODE_KERNEL (SVC's number, as a native
 * kernel would find it).  PSR_I is the event mask (evtchn_upcall_mask) at
 * that moment, PSR_T and the condition flags are the hardware's.
 *
 * An exception or upcall stores struct cpu_user_regs at
 *     (sp - sizeof(struct cpu_user_regs)) & ~7,
 * where sp is vcpu_info.arch.kernel_sp if the virtual mode was user, else the
 * current sp; and enters the handler in virtual kernel mode, ARM state, with
 * sp = address of the frame and r0-r12, lr unchanged.
 *     pc       undefined, prefetch abort, data abort: the instruction itself;
 *              SWI, upcall: the next one to execute
 *     orig_r0  SWI: r0; all others: 0xFFFFFFFF
 * iret() (no arguments, sp = address of a frame; does not return) restores all
 * of it: registers, virtual mode, event mask.  It takes pending events.
 * A frame that cannot be stored or read ends the domain.
 */
#define PSR_MODE_MASK            0x0000001Fu
#define PSR_MODE_USER            0x00000010u
#define PSR_MODE_KERNEL          0x00000013u
#define PSR_T                    0x00000020u
#define PSR_I                    0x00000080u
#define PSR_FLAGS                0xF8000000u /* N Z C V Q */

/* Vectors of trap_info; the number is that of the ARM exception vector. */
#define TRAP_UNDEFINED           1
#define TRAP_SWI                 2
#define TRAP_PREFETCH_ABORT      3
#define TRAP_DATA_ABORT          4
#define TRAP_VECTORS             5

/* trap_info.flags, bit 2: events are masked in the handler, as on x86. */
#define TI_GET_IF(_ti)           ((_ti)->flags & 4)
#define TI_SET_IF(_ti, _if)      ((_ti)->flags |= (uint8_t)((!!(_if)) << 2))

/*
 * Page tables
 * -----------
 * Entries are ARMv5 hardware descriptors (DDI 0100I B4.7) whose base address
 * is a guest physical one: gfn << 12.  The hypervisor translates while it
 * validates and sets the ARM domain number itself.
 *
 * First-level table ("root", pinned by MMUEXT_PIN_L2_TABLE, loaded by
 * MMUEXT_NEW_BASEPTR): 16 KiB, 16 KiB aligned.  Entries:
 *     fault    0
 *     coarse   base = second-level table; bits 9:2 must be 0 (bit 4 is ignored)
 *     section  AP in bits 11:10; only for addresses of the kernel's part
 * The kernel's part [0xC0000000, 0xF0000000) is one for the whole domain: an
 * update of its slots through any table of the domain changes all of them,
 * and what a new table holds there when it is pinned is ignored.  (Reading a
 * slot back is certain in the table of the update and in the loaded one;
 * another one may show the change only when it is loaded.)
 *
 * Second-level tables ("leaf" frames, pinned by MMUEXT_PIN_L1_TABLE): a
 * frame holds two coarse tables of 1 KiB, at offsets 0x800 and 0xC00.  The
 * lower half is the guest's own.  Entries:
 *     fault       0
 *     small page  AP0-AP3 each AP_RW or AP_RO
 * A frame that is a leaf table may be mapped with AP0 = AP1 = AP_RW and
 * AP2 = AP3 = AP_RO, its lower half writable; a root only with AP_RO.
 *
 * AP_RW is read-write, AP_RO read-only for the guest's kernel and user alike
 * (the CP15 R bit is set).  The guest's kernel is kept from its user code by
 * the address: 0xC0000000 up is not accessible in virtual user mode.
 */
#define ARMV5_AP_RW              3u
#define ARMV5_AP_RO              0u
#define ARMV5_ROOT_SIZE          0x4000u
#define ARMV5_LEAF_OFFSET        0x800u
#define ARMV5_CLEAR_MAX          16u /* entries that one mmu_update clears: docs/abi.md */
#define MMUEXT_PIN_LEAF          MMUEXT_PIN_L1_TABLE
#define MMUEXT_PIN_ROOT          MMUEXT_PIN_L2_TABLE

/*
 * Start of day
 * ------------
 * r0 = virtual address of start_info, sp = top of a 4 KiB boot stack, pc = the
 * ELF entry (XEN_ELFNOTE_ENTRY if given), virtual kernel mode, events masked,
 * all other registers 0.  start_info.shared_info is a virtual address, already
 * mapped; pt_base is the virtual address of the root table; mod_start that of the
 * initial ramdisk; mfn_list is 0 (frame numbers are translated).
 * gfn 0 is at XEN_ELFNOTE_VIRT_BASE (or the base of the resident's window),
 * and the domain's memory is mapped there linearly: in sections, but for the
 * last 1 MiB, which is mapped in small pages and holds the first tables.
 */
#define ARMV5_START_INFO_MAGIC   "xen-3.0-armv5"

#define XEN_HAVE_PV_GUEST_ENTRY  1
#define XEN_HAVE_PV_UPCALL_MASK  1
#define XEN_LEGACY_MAX_VCPUS     32

#ifndef __ASSEMBLY__

#define ___DEFINE_XEN_GUEST_HANDLE(name, type) \
	typedef struct { type *p; } __guest_handle_ ## name
#define __DEFINE_XEN_GUEST_HANDLE(name, type) \
	___DEFINE_XEN_GUEST_HANDLE(name, type); \
	___DEFINE_XEN_GUEST_HANDLE(const_ ## name, const type)
#define DEFINE_XEN_GUEST_HANDLE(name)   __DEFINE_XEN_GUEST_HANDLE(name, name)
#define __XEN_GUEST_HANDLE(name)        __guest_handle_ ## name
#define XEN_GUEST_HANDLE(name)          __XEN_GUEST_HANDLE(name)
#define XEN_GUEST_HANDLE_PARAM(name)    XEN_GUEST_HANDLE(name)
#define set_xen_guest_handle_raw(hnd, val)  do { (hnd).p = (val); } while (0)
#define set_xen_guest_handle(hnd, val)  set_xen_guest_handle_raw(hnd, val)

typedef unsigned long xen_pfn_t;
#define PRI_xen_pfn "lx"
#define PRIu_xen_pfn "lu"
typedef unsigned long xen_ulong_t;
#define PRI_xen_ulong "lx"

struct trap_info {
	uint8_t     vector;
	uint8_t     flags;
	uint16_t    cs;       /* must be 0 */
	xen_ulong_t address;  /* 0 ends the array */
};
typedef struct trap_info trap_info_t;
DEFINE_XEN_GUEST_HANDLE(trap_info_t);

struct xenpf_measurement {
	uint32_t index;       /* IN/OUT from 0 */
	uint8_t  kind;        /* OUT, all of them: MEASURED_* */
	uint8_t  by;          /* MEASURED_BY_* */
	uint16_t domain;      /* DOMID_XEN: not a domain's */
	uint8_t  digest[32];  /* SHA-256 */
	uint8_t  chain[32];   /* SHA-256(chain of the entry before | the 40 bytes above); before
	                       * entry 0: zeros */
};

/* Linux's struct pt_regs, word for word. */
struct cpu_user_regs {
	uint32_t r[13];
	uint32_t sp;
	uint32_t lr;
	uint32_t pc;
	uint32_t psr;
	uint32_t orig_r0;
};
typedef struct cpu_user_regs cpu_user_regs_t;
DEFINE_XEN_GUEST_HANDLE(cpu_user_regs_t);

struct arch_vcpu_info {
	xen_ulong_t far;       /* OUT fault address of the last abort delivered */
	xen_ulong_t fsr;       /* OUT its status, FS[3:0]; ARM domain faults show
	                        * as permission faults; no write bit on ARMv5 */
	xen_ulong_t kernel_sp; /* IN  stack for exceptions from virtual user mode;
	                        * stack_switch() sets it too */
	xen_ulong_t tls;       /* IN  goes to ARMV5_KUSER_TLS at each entry to
	                        * virtual user mode; set_segment_base() sets it */
	xen_ulong_t pad[2];
};
typedef struct arch_vcpu_info arch_vcpu_info_t;

/*
 * The free-running counter that stands for the TSC in vcpu_time_info: the
 * 32-bit value (*(uint32_t *)counter ^ counter_xor), extended to 64 bits by
 * the low word of tsc_timestamp (the hypervisor renews vcpu_time_info at
 * least twice a turn).
 *     tsc      = tsc_timestamp + (uint32_t)(value - (uint32_t)tsc_timestamp)
 *     time, ns = system_time + scale(tsc - tsc_timestamp)       as on x86
 */
struct arch_shared_info {
	xen_ulong_t counter;     /* virtual address, read-only */
	uint32_t    counter_xor;
	uint32_t    counter_hz;
	uint32_t    midr;        /* CP15 c0,c0,0: main ID of the core */
	uint32_t    pad[4];
};
typedef struct arch_shared_info arch_shared_info_t;

typedef unsigned long xen_callback_t;

#endif /* __ASSEMBLY__ */
#endif /* XEN_PUBLIC_ARCH_ARMV5_H */
