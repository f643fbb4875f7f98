/* SPDX-License-Identifier: MIT */
/*
 * measure.c - the log of measurements and who may read it.
 *
 * An entry is made before what it tells of is used, and chained to all before it:
 *     chain = SHA-256(chain of the entry before | the entry up to its chain)
 * That is done in short steps, by whoever comes next: a domain that waits for its entry, or the
 * reader.  Nobody waits for a domain that has lost the processor.  The
 * machine's own entries and those of first starts stay, so that a guest which ends again and again does
 * not drive out what the machine began with; of the others the last KEPT.
 */
#include <hv/measure.h>
#include <hv/domain.h>
#include <hv/guest_access.h>
#include <hv/hypercall.h>
#include <hv/image.h>
#include <hv/lib.h>
#include <hv/partition.h>
#include <arch/init.h>
#include <arch/layout.h>
#include <libfdt.h>
#include <xen/platform.h>

#define KEPT    (4u * PARTITION_MAX)
#define ENTRIES (2u * KEPT)
#define CHAINED offsetof(struct xenpf_measurement, chain)

static struct xenpf_measurement ring[ENTRIES]; /* KEPT that stay, KEPT others in turn */
static uint32_t count;    /* entries ever made */
static uint32_t kept;     /* of them in the first part, which is sorted */
static uint32_t chained;  /* those that have their chain */
static uint8_t linked[SHA256_SIZE + CHAINED] __attribute__((aligned(4))); /* begins with the last chain */
static struct sha256 chain_hash;
static bool chain_begun;  /* of the next of them */

/* The first entry from index on that is there; index is less than count. */
static struct xenpf_measurement *entry(uint32_t index)
{
	uint32_t others = count - kept, at = 0, step, n;
	struct xenpf_measurement *e;

	for (step = KEPT; step; step /= 2u)
		while (at + step <= kept && ring[at + step - 1u].index < index)
			at += step;
	n = index - at;
	if (others > KEPT && n < others - KEPT)
		n = others - KEPT;
	e = &ring[KEPT + n % KEPT];
	return at < kept && (n >= others || ring[at].index < e->index) ? &ring[at] : e;
}

/* digest NULL: nobody knows it. */
static void append(uint8_t kind, uint8_t by, const struct domain *d, const void *digest)
{
	struct xenpf_measurement *e;

	if (kept < KEPT && !(d && d->restart_count))
		e = &ring[kept++];
	else
		e = &ring[KEPT + (count - kept) % KEPT];
	memset(e, 0, sizeof(*e));
	e->index = count++;
	e->kind = kind;
	e->domain = d ? d->id : DOMID_XEN;
	if (digest) {
		e->by = by;
		memcpy(e->digest, digest, sizeof(e->digest));
	}
}

/* A step of hashing what lies in memory, or in a boot module.  True at the end. */
static bool hash_step(struct sha256 *s, const void *memory, maddr_t module)
{
	if (!sha256_wants_block(s)) {
		sha256_rounds(s);
		return false;
	}
	if (sha256_end(s))
		return true;
	if (memory)
		memcpy(s->block, (const uint8_t *)memory + s->done, sha256_wanted(s));
	else
		module_copy(s->block, module + s->done, sha256_wanted(s));
	sha256_block(s);
	return false;
}

/* True: every entry has its chain. */
static bool chain_step(void)
{
	if (chained == count)
		return true;
	if (!chain_begun) {
		memcpy(linked + SHA256_SIZE, entry(chained), CHAINED);
		sha256_init(&chain_hash, sizeof(linked));
		chain_begun = true;
	} else if (hash_step(&chain_hash, linked, 0)) {
		memcpy(entry(chained)->chain, chain_hash.digest, SHA256_SIZE);
		memcpy(linked, chain_hash.digest, SHA256_SIZE);
		chain_begun = false;
		chained++;
	}
	return false;
}

static const void *recorded_digest(const void *fdt, int node)
{
	/* (of no node it would be the root) */
	int hash = node < 0 ? node : fdt_first_subnode(fdt, node);
	const char *algo = fdt_getprop(fdt, hash, "algo", NULL);
	int length = 0;
	const void *value = fdt_getprop(fdt, hash, "value", &length);

	return algo && !strcmp(algo, "sha256") && length == (int)SHA256_SIZE ? value : NULL;
}

/* The image with such a property that the boot loader recorded: U-Boot's /fit-images, docs/boot.md.
 * Elsewhere in the tree the description's author can write what he likes. */
static int recorded(const void *fdt, const char *name, const void *value, uint32_t size)
{
	int node = fdt_path_offset(fdt, "/fit-images");

	for (node = node < 0 ? node : fdt_first_subnode(fdt, node); node >= 0;
	     node = fdt_next_subnode(fdt, node)) {
		int length = 0;
		const void *found = fdt_getprop(fdt, node, name, &length);

		if (found && length == (int)size && !memcmp(found, value, size))
			break;
	}
	return node;
}

static int recorded_at(const void *fdt, maddr_t maddr)
{
	const fdt32_t load[2] = { 0, cpu_to_fdt32(maddr) };

	return recorded(fdt, "load", load, sizeof(load));
}

const void *measure_told(const void *fdt, maddr_t maddr, uint32_t size)
{
	int node = recorded_at(fdt, maddr);
	const fdt32_t *value = fdt_getprop(fdt, node, "size", NULL);

	return value && fdt32_to_cpu(*value) == size ? recorded_digest(fdt, node) : NULL;
}

/* What of the tree has a meaning: behind it is what was in the loader's memory. */
static uint32_t used_size(const void *fdt)
{
	uint32_t strings = fdt_off_dt_strings(fdt) + fdt_size_dt_strings(fdt);
	uint32_t nodes = fdt_off_dt_struct(fdt) + fdt_size_dt_struct(fdt);

	return strings > nodes ? strings : nodes;
}

void measure_machine(const void *fdt)
{
	int node = recorded_at(fdt, arch_ram_base() + HV_IMAGE_OFFSET);

	append(MEASURED_HYPERVISOR, MEASURED_BY_LOADER, NULL, recorded_digest(fdt, node));
	node = recorded(fdt, "type", "flat_dt", sizeof("flat_dt"));
	append(MEASURED_PARTITION, MEASURED_BY_LOADER, NULL, recorded_digest(fdt, node));
	sha256_init(&chain_hash, used_size(fdt));
	while (!hash_step(&chain_hash, fdt, 0))
		;
	append(MEASURED_DEVICE_TREE, MEASURED_BY_HYPERVISOR, NULL, chain_hash.digest);
	while (!chain_step())
		;
}

/* Of an item's digest. */
enum { HASH_NONE, HASH_BEGUN, HASH_MADE };

/* build_next is the number of the item, build_segment how far its digest is. */
bool measure_domain(struct domain *d)
{
	static const uint8_t kinds[] = {
		MEASURED_KERNEL, MEASURED_COMMAND_LINE, MEASURED_RAMDISK,
	};
	const struct partition *p = d->partition;
	unsigned int last = p->ramdisk.size ? 2 : 1;
	const struct module *m = d->build_next == 2 ? &p->ramdisk : &p->kernel;
	const char *text = d->build_next == 1 ? p->cmdline : NULL;
	const void *told = text || d->restart_count ? NULL : m->digest;

	if (hypercall_preempted() || !chain_step())
		return false;
	if (d->build_next > last)
		return true;
	if (!told && d->build_segment == HASH_NONE) {
		sha256_init(&d->measuring, text ? strlen(text) : m->size);
		d->build_segment = HASH_BEGUN;
		return false;
	}
	if (!told && d->build_segment == HASH_BEGUN) {
		do {
			if (hypercall_preempted())
				return false;
		} while (!hash_step(&d->measuring, text, m->maddr));
		d->build_segment = HASH_MADE;
		return false;
	}
	d->build_segment = HASH_NONE;
	append(kinds[d->build_next++], told ? MEASURED_BY_LOADER : MEASURED_BY_HYPERVISOR, d,
	       told ? told : d->measuring.digest);
	return false;
}

/* platform_op(op) */
int32_t do_platform_op(struct domain *caller, const uint32_t *arg)
{
	struct { uint32_t command, version, index; } op;

	if (!caller->privileged)
		return -XEN_EPERM;
	if (copy_from_guest(&op, arg[0], sizeof(op)))
		return -XEN_EFAULT;
	if (op.version != XENPF_INTERFACE_VERSION)
		return -XEN_EACCES;
	if (op.command != XENPF_measurement)
		return -XEN_ENOSYS;
	while (!chain_step())
		if (hypercall_preempted())
			return hypercall_continue(caller, arg);
	if (op.index >= count)
		return -XEN_ENOENT;
	return copy_to_guest(arg[0] + offsetof(struct xen_platform_op, u), entry(op.index),
			     sizeof(struct xenpf_measurement));
}
