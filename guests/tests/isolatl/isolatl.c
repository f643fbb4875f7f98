/* SPDX-License-Identifier: MIT */
/*
 * isolatl.c - the kernel of a large guest touches what is not its own.
 */
#include "../lib/test.h"

struct place {
	const char *name;
	uint32_t address;
	bool readable;
};

static const struct place places[] = {
	{ "unmapped user address", 0x00400000, false },
	{ "beyond its memory", 0xCFF00000, false },
	{ "a resident", AT_FOREIGN, false },
	{ "a resident's data", AT_FOREIGN + 0x8000, false },
	{ "an empty window", 0xF7F00000, false },
	{ "below the hypervisor's image", 0xF8000000, false },
	{ "the hypervisor", 0xF8610000, false },
	{ "the hypervisor's data", 0xF8028000, false },
	{ "the machine-to-physical table", ARMV5_M2P_START, true },
	{ "the counter", ARMV5_COUNTER_START, true },
	{ "the vector page", ARMV5_VECTOR_PAGE, true },
	{ "the TLS word", ARMV5_KUSER_TLS, true },
};

static void jump(void *data)
{
	((void (*)(void))data)();
}

static void touch(const struct place *place)
{
	char name[80];
	uint32_t value;

	if (!place->readable) {
		snprintf(name, sizeof(name), "load: %s", place->name);
		test_is(name, trap_load((void *)place->address, &value), TRAP_DATA_ABORT);
		snprintf(name, sizeof(name), "jump: %s", place->name);
		test_is(name, trap_try(jump, (void *)place->address), TRAP_PREFETCH_ABORT);
		snprintf(name, sizeof(name), "console_io: %s", place->name);
		test_is(name, hypercall_console_io(CONSOLEIO_write, 16, place->address),
			-XEN_EFAULT);
	}
	snprintf(name, sizeof(name), "store: %s", place->name);
	test_is(name, trap_store((void *)place->address, 0xDEADBEEF), TRAP_DATA_ABORT);
	/* A hypervisor that stored there for us would be no better. */
	snprintf(name, sizeof(name), "xen_version: %s", place->name);
	test_is(name, hypercall_xen_version(1 /* extraversion */, place->address), -XEN_EFAULT);
}

/* The tables that the builder made, through hypercalls that store. */
static void own_tables(void)
{
	uint32_t root = start_info->pt_base, before = *(volatile uint32_t *)root;
	uint32_t leaf = root + 0x4000;

	test_is("store: own root", trap_store((void *)root, 0), TRAP_DATA_ABORT);
	test_is("xen_version: own root", hypercall_xen_version(1, root), -XEN_EFAULT);
	test_is("the root is unchanged", (long)*(volatile uint32_t *)root, (long)before);
	if (start_info->nr_pt_frames > 4) {
		test_is("store: own leaf", trap_store((void *)(leaf + ARMV5_LEAF_OFFSET), 0),
			TRAP_DATA_ABORT);
		test_is("xen_version: own leaf",
			hypercall_xen_version(1, leaf + ARMV5_LEAF_OFFSET), -XEN_EFAULT);
	}
}

int main(void)
{
	for (unsigned int i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		touch(&places[i]);
	own_tables();
	test_end();
}
