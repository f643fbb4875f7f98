/* SPDX-License-Identifier: MIT */
/* test_lib.c - lib/ against the host's C library. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* Ours under other names, so that both are there. */
#define HV_LIB_H
#define memcpy hv_memcpy
#define memmove hv_memmove
#define memset hv_memset
#define memcmp hv_memcmp
#define memchr hv_memchr
#define strlen hv_strlen
#define strnlen hv_strnlen
#define strcmp hv_strcmp
#define strrchr hv_strrchr
#define vsnprintf hv_vsnprintf
#define snprintf hv_snprintf
#include "../../lib/string.c"
#include "../../lib/printf.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef memchr
#undef strlen
#undef strnlen
#undef strcmp
#undef strrchr
#undef vsnprintf
#undef snprintf

#define ROUNDS 20000

static int sign(int x)
{
	return (x > 0) - (x < 0);
}

static void fill(unsigned char *to, size_t size)
{
	while (size--)
		*to++ = (unsigned char)rand();
}

/* All alignments and lengths around the block sizes, neighbours untouched. */
static void test_copy(void **state)
{
	unsigned char from[160], mine[160], theirs[160];
	unsigned int i;

	(void)state;
	srand(1);
	for (i = 0; i < ROUNDS; i++) {
		size_t f = (size_t)rand() % 20, t = (size_t)rand() % 20, n = (size_t)rand() % 120;
		int byte = rand();

		fill(from, sizeof(from));
		fill(mine, sizeof(mine));
		memcpy(theirs, mine, sizeof(mine));
		assert_ptr_equal(hv_memcpy(mine + t, from + f, n), mine + t);
		memcpy(theirs + t, from + f, n);
		assert_memory_equal(mine, theirs, sizeof(mine));
		assert_ptr_equal(hv_memmove(mine + t, mine + f, n), mine + t);
		memmove(theirs + t, theirs + f, n);
		assert_memory_equal(mine, theirs, sizeof(mine));
		assert_ptr_equal(hv_memset(mine + t, byte, n), mine + t);
		memset(theirs + t, byte, n);
		assert_memory_equal(mine, theirs, sizeof(mine));
	}
}

static void test_compare(void **state)
{
	char a[24], b[24];
	unsigned int i, j;

	(void)state;
	srand(2);
	for (i = 0; i < ROUNDS; i++) {
		size_t n = (size_t)rand() % 24;

		for (j = 0; j < 24; j++) {
			a[j] = (char)(j == 23 || rand() % 9 == 0 ? 0 : 'a' + rand() % 2 * 130);
			b[j] = rand() % 9 == 0 ? a[j] : (char)(j == 23 ? 0 : a[j]);
			if (rand() % 12 == 0 && j < 23)
				b[j] = (char)rand();
		}
		assert_int_equal(sign(hv_memcmp(a, b, n)), sign(memcmp(a, b, n)));
		assert_int_equal(sign(hv_strcmp(a, b)), sign(strcmp(a, b)));
		assert_int_equal(hv_strlen(a), strlen(a));
		assert_int_equal(hv_strnlen(a, n), strnlen(a, n));
		assert_ptr_equal(hv_strrchr(a, b[0]), strrchr(a, b[0]));
		assert_ptr_equal(hv_memchr(a, b[0], n), memchr(a, b[0], n));
	}
	assert_ptr_equal(hv_strrchr(a, 0), strrchr(a, 0));
}

static void test_string_copy(void **state)
{
	char to[6] = "zzzzz";

	(void)state;
	string_copy(to, "abc", 4);
	assert_memory_equal(to, "abc\0z", 6);
	string_copy(to, "abcdefgh", 5);
	assert_string_equal(to, "abcd");
	string_copy(to, "abc", 1);
	assert_string_equal(to, "");
}

/* The host's answer is the right one, for every format of lib.h. */
#define CHECK(...) do { \
	char mine_[100], theirs_[100]; \
	int length_ = snprintf(theirs_, sizeof(theirs_), __VA_ARGS__); \
	assert_int_equal(hv_snprintf(mine_, sizeof(mine_), __VA_ARGS__), length_); \
	assert_string_equal(mine_, theirs_); \
} while (0)

static void test_printf(void **state)
{
	(void)state;
	CHECK("plain");
	CHECK("%c|%3c|%-3c|", 'a', 'b', 'c');
	CHECK("%s|%5s|%-5s|%2s|%s", "abc", "abc", "abc", "abc", "");
	CHECK("%d %d %d %d", 0, 1, -1, INT_MIN);
	CHECK("%5d|%-5d|%05d|%05d|%1d", 42, 42, 42, -42, 12345);
	CHECK("%u %u", 0u, UINT_MAX);
	CHECK("%x %8x %08x %-8x| %x", 0u, 0xbeefu, 0xbeefu, 0xbeefu, UINT_MAX);
	CHECK("%ld %lu %lx", LONG_MIN, ULONG_MAX, ULONG_MAX);
	CHECK("%lld %llu %llx %020llu", LLONG_MIN, ULLONG_MAX, ULLONG_MAX, 1234567890123456789ull);
	CHECK("%llu %llu %llu", 999999999ull, 1000000000ull, 4294967296ull);
	CHECK("%llu %llu", 1000000000000000000ull, 1000000001000000001ull);
	CHECK("%zu %*d|", sizeof(int), 7, 5);
	CHECK("100%%");
}

static void test_printf_random(void **state)
{
	unsigned int i;

	(void)state;
	srand(3);
	for (i = 0; i < ROUNDS; i++) {
		unsigned long long x = (unsigned long long)rand() << 33 ^
			(unsigned long long)rand() << 11 ^ (unsigned long long)rand();

		x >>= rand() % 64;
		CHECK("%llu %lld %20llu %-22lld| %llx", x, (long long)x, x, (long long)-x, x);
		CHECK("%u %d %010d", (unsigned int)x, (int)x, (int)x);
	}
}

static void test_printf_ends(void **state)
{
	char to[8];

	(void)state;
	memset(to, 'z', sizeof(to));
	assert_int_equal(hv_snprintf(to, 4, "abcdef"), 6);
	assert_memory_equal(to, "abc\0zzzz", 8);
	assert_int_equal(hv_snprintf(to, 0, "%d", 12345), 5);
	assert_int_equal(hv_snprintf(NULL, 0, "%d", 12345), 5);
	assert_int_equal(hv_snprintf(to, 1, "x"), 1);
	assert_string_equal(to, "");
	hv_snprintf(to, sizeof(to), "%s", (char *)NULL);
	assert_string_equal(to, "(null)");
	hv_snprintf(to, sizeof(to), "%p", (void *)0x1234);
	assert_string_equal(to, "0000000");
	assert_int_equal(hv_snprintf(to, sizeof(to), "a%"), 1);
	assert_int_equal(hv_snprintf(to, sizeof(to), "%y"), 2);
	assert_string_equal(to, "%y");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_string_copy),
		cmocka_unit_test(test_printf),
		cmocka_unit_test(test_printf_random),
		cmocka_unit_test(test_printf_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
