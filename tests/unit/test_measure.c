/* SPDX-License-Identifier: MIT */
/* test_measure.c - SHA-256 against its examples and against sha256sum; the log of
 * measurements, its chain, and who may read it. */
#include <unistd.h>
#include "host.h"

#define CONFIG_MAX_DOMAINS   2
#define CONFIG_MEASURED_BOOT 1
#define CONFIG_HV_RAM_MIB    2

#include "base.c"
#include "domain.c"
#include "guest_access.c"
#include "hypercall.c"

#include "../../lib/sha256.c"
#include "../../kernel/measure.c"

#define AT      (FAKE_GUEST_RW + 0x100u)
#define RAM     0x80000000u
#define KERNEL  0x100u       /* addresses of modules */
#define RAMDISK 0x1000u
#define A       (domains[0])
#define B       (domains[1])

static uint8_t memory[0x2000]; /* where modules are */
static struct fake_fdt tree;

maddr_t arch_ram_base(void)
{
	return RAM;
}

void module_copy(void *to, maddr_t from, uint32_t size)
{
	assert_true(from <= sizeof(memory) && size <= sizeof(memory) - from);
	memcpy(to, memory + from, size);
}

static void digest_of(uint8_t *digest, const void *data, uint32_t size)
{
	struct sha256 s;

	sha256_init(&s, size);
	while (!(sha256_wants_block(&s) && sha256_end(&s))) {
		if (sha256_wants_block(&s)) {
			memcpy(s.block, (const uint8_t *)data + s.done, sha256_wanted(&s));
			sha256_block(&s);
		}
		sha256_rounds(&s);
	}
	memcpy(digest, s.digest, SHA256_SIZE);
}

static void assert_digest(const void *data, uint32_t size, const char *expected)
{
	uint8_t digest[SHA256_SIZE];
	char text[2 * SHA256_SIZE + 1];

	digest_of(digest, data, size);
	for (unsigned int i = 0; i < SHA256_SIZE; i++)
		sprintf(text + 2 * i, "%02x", digest[i]);
	assert_string_equal(text, expected);
}

/* ---- SHA-256 -------------------------------------------------------------- */

/* NIST's "Examples with Intermediate Values" for SHA-256, and its test of a million letters. */
static void test_examples(void **state)
{
	static const char two[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	uint8_t *million = malloc(1000000);

	(void)state;
	assert_digest("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_digest("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_digest(two, sizeof(two) - 1,
		      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	memset(million, 'a', 1000000);
	assert_digest(million, 1000000,
		      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	free(million);
}

/* Every length around one and two blocks, and a long one. */
static void test_against_sha256sum(void **state)
{
	static uint8_t data[100003];
	char name[] = "/tmp/bantam-sha256-XXXXXX", command[64], line[80];
	int file = mkstemp(name);

	(void)state;
	assert_true(file >= 0);
	for (unsigned int i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(rand() >> 8);
	snprintf(command, sizeof(command), "sha256sum < %s", name);
	for (uint32_t size = 0; size <= 131; size++) {
		uint32_t length = size == 131 ? sizeof(data) : size;
		FILE *sum;

		assert_int_equal(ftruncate(file, 0), 0);
		assert_int_equal(pwrite(file, data, length, 0), length);
		sum = popen(command, "r");
		assert_non_null(fgets(line, sizeof(line), sum));
		pclose(sum);
		line[2 * SHA256_SIZE] = '\0';
		assert_digest(data, length, line);
	}
	close(file);
	unlink(name);
}

/* ---- the log -------------------------------------------------------------- */

static int setup(void **state)
{
	(void)state;
	memset(ring, 0, sizeof(ring));
	memset(&chain_hash, 0, sizeof(chain_hash));
	memset(&tree, 0, sizeof(tree));
	memset(fake_guest, 0, sizeof(fake_guest));
	count = 0;
	kept = 0;
	chained = 0;
	chain_begun = false;
	memset(linked, 0, sizeof(linked));
	fake_image_count = 0;
	fake_root = NULL;
	fake_preempted = true;
	fake_preempted_every = 3; /* a step looks twice: at its begin and before it hashes */
	fake_continued = 0;
	for (unsigned int i = 0; i < sizeof(memory); i++)
		memory[i] = (uint8_t)(i * 7 + (i >> 8));
	fake_domains_create(2);
	A->privileged = true;
	for (unsigned int i = 0; i < 2; i++) {
		fake_partition[i].kernel = (struct module){ .maddr = KERNEL + i, .size = 777 };
		fake_partition[i].cmdline = i ? "" : "console=hvc0";
	}
	fake_partition[0].ramdisk = (struct module){ .maddr = RAMDISK, .size = 64 };
	return 0;
}

static void begin(struct domain *d)
{
	d->build_next = 0;
	d->build_segment = 0;
}

static unsigned int measure_all(struct domain *d)
{
	unsigned int steps = 1;

	for (begin(d); !measure_domain(d); steps++)
		assert_true(steps < 10000);
	return steps;
}

static int32_t read_entry(uint32_t index, struct xenpf_measurement *e)
{
	const uint32_t op[] = { XENPF_measurement, XENPF_INTERFACE_VERSION, index };
	const uint32_t arg[5] = { AT };
	int32_t result;

	memcpy(fake_guest + AT - FAKE_GUEST_RW, op, sizeof(op));
	while ((result = do_platform_op(A, arg)) == HYPERCALL_CONTINUED)
		;
	memcpy(e, fake_guest + AT - FAKE_GUEST_RW + 8, sizeof(*e));
	return result;
}

/* All entries from the first that is kept, each with the chain that follows from the one before. */
static void check_chain(uint32_t first, uint32_t end)
{
	uint8_t message[32 + 40] = { 0 }, digest[32];
	struct xenpf_measurement e;

	for (uint32_t i = first; i < end; i++) {
		assert_int_equal(read_entry(i, &e), 0);
		assert_int_equal(e.index, i);
		memcpy(message + 32, &e, 40);
		digest_of(digest, message, sizeof(message));
		if (i > first || !i)
			assert_memory_equal(e.chain, digest, 32);
		memcpy(message, e.chain, 32);
	}
	assert_int_equal(read_entry(end, &e), -XEN_ENOENT);
}

static void assert_entry(uint32_t index, unsigned int kind, unsigned int by, domid_t domain,
			 const void *digest)
{
	static const uint8_t zeros[32];
	struct xenpf_measurement e;

	assert_int_equal(read_entry(index, &e), 0);
	assert_int_equal(e.index, index);
	assert_int_equal(e.kind, kind);
	assert_int_equal(e.by, by);
	assert_int_equal(e.domain, domain);
	assert_memory_equal(e.digest, digest ? digest : zeros, 32);
}

static void assert_hashed(uint32_t index, unsigned int kind, const struct domain *d,
			  const void *data, uint32_t size)
{
	uint8_t digest[32];

	digest_of(digest, data, size);
	assert_entry(index, kind, MEASURED_BY_HYPERVISOR, d ? d->id : DOMID_XEN, digest);
}

/* Nodes are compared to what the hypervisor asks for: all of it has to be right. */
static void test_told(void **state)
{
	static const uint8_t digest[32] = "what the boot loader has found";
	struct fake_image image = {
		.load = { 0, cpu_to_fdt32(KERNEL) }, .size = cpu_to_fdt32(777),
		.algo = "sha256", .value = digest, .length = 32,
	};

	(void)state;
	assert_null(measure_told(&tree, KERNEL, 777));
	fake_images = &image;
	fake_image_count = 1;
	assert_ptr_equal(measure_told(&tree, KERNEL, 777), digest);
	assert_null(measure_told(&tree, KERNEL + 1, 777));
	assert_null(measure_told(&tree, KERNEL, 776));
	image.algo = "sha1";
	assert_null(measure_told(&tree, KERNEL, 777));
	image.algo = NULL;
	assert_null(measure_told(&tree, KERNEL, 777));
	image.algo = "sha256";
	image.length = 31;
	assert_null(measure_told(&tree, KERNEL, 777));
	image.value = NULL;
	assert_null(measure_told(&tree, KERNEL, 777));
}

/* What is told and what is not; of the tree the used part, whichever block is last. */
static void test_machine(void **state)
{
	static const uint8_t digest[2][32] = { "the hypervisor's", "the partition's" };
	struct fake_image images[] = {
		{ .load = { 0, cpu_to_fdt32(RAM + 0x10000) }, .algo = "sha256", .value = digest[0], .length = 32 },
		{ .type = "flat_dt", .algo = "sha256", .value = digest[1], .length = 32 },
	};

	(void)state;
	tree = (struct fake_fdt){ .off_dt_struct = 40, .size_dt_struct = 60, .off_dt_strings = 100,
				  .size_dt_strings = 33 };
	measure_machine(&tree);
	assert_entry(0, MEASURED_HYPERVISOR, MEASURED_BY_NOBODY, DOMID_XEN, NULL);
	assert_entry(1, MEASURED_PARTITION, MEASURED_BY_NOBODY, DOMID_XEN, NULL);
	assert_hashed(2, MEASURED_DEVICE_TREE, NULL, &tree, 133);
	check_chain(0, 3);

	/* The description's author tells nothing, though he names what the loader would. */
	setup(NULL);
	fake_root = &images[0];
	measure_machine(&tree);
	assert_entry(0, MEASURED_HYPERVISOR, MEASURED_BY_NOBODY, DOMID_XEN, NULL);
	assert_entry(1, MEASURED_PARTITION, MEASURED_BY_NOBODY, DOMID_XEN, NULL);

	setup(NULL);
	tree = (struct fake_fdt){ .off_dt_struct = 100, .size_dt_struct = 60, .off_dt_strings = 40,
				  .size_dt_strings = 33 };
	fake_images = images;
	fake_image_count = 2;
	measure_machine(&tree);
	assert_entry(0, MEASURED_HYPERVISOR, MEASURED_BY_LOADER, DOMID_XEN, digest[0]);
	assert_entry(1, MEASURED_PARTITION, MEASURED_BY_LOADER, DOMID_XEN, digest[1]);
	assert_hashed(2, MEASURED_DEVICE_TREE, NULL, &tree, 160);
	check_chain(0, 3);
}

/* At first the loader is believed; when it said nothing, and at each restart, all of it is read. */
static void test_domain(void **state)
{
	static const uint8_t digest[32] = "what the boot loader has found";

	(void)state;
	fake_partition[0].kernel.digest = digest;
	measure_all(A);
	assert_entry(0, MEASURED_KERNEL, MEASURED_BY_LOADER, 0, digest);
	assert_hashed(1, MEASURED_COMMAND_LINE, A, "console=hvc0", 12);
	assert_hashed(2, MEASURED_RAMDISK, A, memory + RAMDISK, 64);
	measure_all(B);
	assert_hashed(3, MEASURED_KERNEL, B, memory + KERNEL + 1, 777);
	assert_hashed(4, MEASURED_COMMAND_LINE, B, "", 0);
	check_chain(0, 5);
	memory[KERNEL + 700] ^= 1;
	A->restart_count++;
	measure_all(A);
	assert_hashed(5, MEASURED_KERNEL, A, memory + KERNEL, 777);
	assert_hashed(6, MEASURED_COMMAND_LINE, A, "console=hvc0", 12);
	assert_hashed(7, MEASURED_RAMDISK, A, memory + RAMDISK, 64);
	check_chain(0, 8);
}

/* No entry is used before it is chained, however many wait. */
static void test_both_at_once(void **state)
{
	bool a = false, b = false;

	(void)state;
	begin(A);
	begin(B);
	while (!a || !b) {
		if (!a && measure_domain(A)) {
			a = true;
			assert_int_equal(chained, count);
		}
		if (!b && measure_domain(B)) {
			b = true;
			assert_int_equal(chained, count);
		}
	}
	check_chain(0, 5);
	assert_int_equal(chained, 5);
}

/* A domain that is shut down while it is measured, and built again. */
static void test_begun_in_vain(void **state)
{
	(void)state;
	begin(B);
	for (unsigned int i = 0; i < 30; i++)
		assert_false(measure_domain(B));
	assert_int_equal(count, 0);
	B->restart_count++;
	measure_all(B);
	assert_hashed(0, MEASURED_KERNEL, B, memory + KERNEL + 1, 777);
	check_chain(0, 2);
}

/* However often one begins again before the others have begun, what they begin with stays. */
static void test_restarts_do_not_drive_out_first_starts(void **state)
{
	struct xenpf_measurement e;

	(void)state;
	measure_all(A);
	for (unsigned int i = 0; i < ENTRIES; i++) {
		A->restart_count++;
		measure_all(A);
	}
	check_chain(count - KEPT, count);
	measure_all(B);
	check_chain(count - KEPT, count);
	for (unsigned int i = 0; i < ENTRIES; i++) {
		A->restart_count++;
		measure_all(A);
	}
	for (uint32_t i = 0; i < 3; i++)
		assert_entry(i, MEASURED_KERNEL + i, MEASURED_BY_HYPERVISOR, 0, (read_entry(i, &e), e.digest));
	assert_hashed(3 + 3 * ENTRIES, MEASURED_KERNEL, B, memory + KERNEL + 1, 777);
	assert_hashed(4 + 3 * ENTRIES, MEASURED_COMMAND_LINE, B, "", 0);
	assert_int_equal(read_entry(3, &e), 0);
	assert_int_equal(e.index, 3 + 3 * ENTRIES); /* the next that is there */
	assert_int_equal(read_entry(5 + 3 * ENTRIES, &e), 0);
	assert_int_equal(e.index, count - KEPT);
	check_chain(count - KEPT, count);
}

/* The first entries stay, of the others the oldest go; the chain is as if they were there. */
static void test_overflow(void **state)
{
	static const uint8_t none[32];
	struct xenpf_measurement e;
	uint8_t before[32], first[32];

	(void)state;
	for (unsigned int i = 0; i < ENTRIES / 2; i++)
		measure_all(B);
	check_chain(0, ENTRIES);
	assert_int_equal(read_entry(KEPT - 1, &e), 0);
	memcpy(first, e.chain, 32);
	assert_int_equal(read_entry(ENTRIES - 1, &e), 0);
	memcpy(before, e.chain, 32);
	for (unsigned int i = 0; i < 5 * ENTRIES; i++) {
		B->restart_count++;
		measure_all(B);
		if (!i) {
			/* Chained to what was the last, although the ring began again. */
			uint8_t message[72], digest[32];

			assert_int_equal(read_entry(ENTRIES, &e), 0);
			memcpy(message, before, 32);
			memcpy(message + 32, &e, 40);
			digest_of(digest, message, sizeof(message));
			assert_memory_equal(e.chain, digest, 32);
		}
	}
	assert_int_equal(count, 11 * ENTRIES);
	for (uint32_t i = 0; i < KEPT; i++) {
		assert_int_equal(read_entry(i, &e), 0);
		assert_int_equal(e.index, i);
	}
	assert_memory_equal(e.chain, first, 32);
	assert_int_equal(read_entry(KEPT, &e), 0);
	assert_int_equal(e.index, 11 * ENTRIES - KEPT);
	assert_memory_not_equal(e.chain, none, 32);
	check_chain(11 * ENTRIES - KEPT, 11 * ENTRIES);
}

static void test_platform_op(void **state)
{
	const uint32_t good[3] = { XENPF_measurement, XENPF_INTERFACE_VERSION, 0 };
	uint32_t arg[5] = { AT }, op[3];
	uint8_t *guest = fake_guest + AT - FAKE_GUEST_RW;
	struct xenpf_measurement e;

	(void)state;
	memcpy(guest, good, sizeof(good));
	assert_int_equal(do_platform_op(A, arg), -XEN_ENOENT);
	measure_all(B);
	assert_int_equal(do_platform_op(A, arg), 0);
	memcpy(guest, good, sizeof(good));
	assert_int_equal(do_platform_op(B, arg), -XEN_EPERM);
	assert_memory_equal(guest, good, sizeof(good));
	memcpy(op, good, sizeof(op));
	op[1]++;
	memcpy(guest, op, sizeof(op));
	assert_int_equal(do_platform_op(A, arg), -XEN_EACCES);
	op[0]++;
	op[1] = good[1];
	memcpy(guest, op, sizeof(op));
	assert_int_equal(do_platform_op(A, arg), -XEN_ENOSYS);
	arg[0] = 0x20;
	assert_int_equal(do_platform_op(A, arg), -XEN_EFAULT);
	arg[0] = FAKE_GUEST_NONE - 11;
	assert_int_equal(do_platform_op(A, arg), -XEN_EFAULT);
	arg[0] = FAKE_GUEST_RO + 8;
	memcpy(fake_guest + arg[0] - FAKE_GUEST_RW, good, sizeof(good));
	assert_int_equal(do_platform_op(A, arg), -XEN_EFAULT);
	assert_int_equal(read_entry(UINT32_MAX, &e), -XEN_ENOENT);
}

/* The reader chains what nobody has chained yet, a step a call if it has to; and so is an
 * image read. */
static void test_reader_is_preempted(void **state)
{
	(void)state;
	begin(B);
	while (!count)
		assert_false(measure_domain(B));
	assert_int_equal(fake_continued, 0);
	assert_hashed(0, MEASURED_KERNEL, B, memory + KERNEL + 1, 777);
	assert_true(fake_continued > 2 && fake_continued < 100);
	begin(B);
	fake_preempted = false;
	for (int step = 0; step < 3; step++) /* begun, read, noted down */
		assert_false(measure_domain(B));
	assert_int_equal(count, 2);
	fake_continued = 0;
	assert_hashed(1, MEASURED_KERNEL, B, memory + KERNEL + 1, 777);
	assert_int_equal(fake_continued, 0);
	assert_hashed(0, MEASURED_KERNEL, B, memory + KERNEL + 1, 777);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_against_sha256sum),
		cmocka_unit_test_setup(test_told, setup),
		cmocka_unit_test_setup(test_machine, setup),
		cmocka_unit_test_setup(test_domain, setup),
		cmocka_unit_test_setup(test_both_at_once, setup),
		cmocka_unit_test_setup(test_begun_in_vain, setup),
		cmocka_unit_test_setup(test_restarts_do_not_drive_out_first_starts, setup),
		cmocka_unit_test_setup(test_overflow, setup),
		cmocka_unit_test_setup(test_platform_op, setup),
		cmocka_unit_test_setup(test_reader_is_preempted, setup),
	};

	return cmocka_run_group_tests_name("measure", tests, NULL, NULL);
}
