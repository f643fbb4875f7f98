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
#define memcpy hv_memcpy
#define memmove hv_memmove
#define memset hv_memset
#define memcmp hv_memcmp
#define memchr hv_memchr
#define strlen hv_strlen
#define strnlen hv_strnlen
#define strcmp hv_strcmp
#define strrchr hv_strrchr
#include "../../lib/string.c"
#include "../../lib/format.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef memchr
#undef strlen
#undef strnlen
#undef strcmp
#undef strrchr

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

/* The text of a format, checked to come in pieces. */
static const char *text_of(unsigned int count, const char *format, ...)
{
	static char text[256];
	uintptr_t words[FORMAT_WORDS];
	unsigned int length = 0;
	struct format f;
	va_list args;
	int n;

	va_start(args, format);
	for (unsigned int i = 0; i < count; i++)
		words[i] = va_arg(args, uintptr_t);
	va_end(args);
	format_begin(&f, format, words);
	while ((n = format_next(&f, text + length)) != FORMAT_END) {
		assert_true(n >= 0 && n <= FORMAT_PIECE);
		length += (unsigned int)n;
	}
	assert_int_equal(format_next(&f, text + length), FORMAT_END);
	text[length] = '\0';
	return text;
}

/* The host's answer is the right one, for every format of lib.h. */
#define CHECK(...) do { \
	char theirs_[256]; \
	snprintf(theirs_, sizeof(theirs_), __VA_ARGS__); \
	assert_string_equal(text_of(FORMAT_COUNT(__VA_ARGS__), __VA_ARGS__), theirs_); \
} while (0)

static void test_format(void **state)
{
	(void)state;
	CHECK("plain");
	CHECK("longer than a piece, and then some");
	CHECK("%c|%3c|%-3c|", 'a', 'b', 'c');
	CHECK("%s|%5s|%-5s|%2s|%s", "abc", "abc", "abc", "abc", "");
	CHECK("%s%s%s", "", "a string that is longer than a piece", "");
	CHECK("%d %d %d %d", 0, 1, -1, INT_MIN);
	CHECK("%5d|%-5d|%1d", 42, -42, 12345);
	CHECK("%u %u", 0u, UINT_MAX);
	CHECK("%05u %u.%06u", 42u, 7u, 89u);
	CHECK("%x %8x %08x %-8x| %x", 0u, 0xbeefu, 0xbeefu, 0xbeefu, UINT_MAX);
	CHECK("%u%u%u%u%u%u%u%u%u", 1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u, 9u);
	CHECK("100%%");
}

static void test_format_random(void **state)
{
	(void)state;
	srand(3);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		uint32_t x = (uint32_t)rand() << 16 ^ (uint32_t)rand();

		x >>= rand() % 32;
		CHECK("%u %d %15u %-22d| %x", x, (int)x, x, -(int)(x / 2), x);
	}
}

/* What a guest may have had a hand in does not reach the screen as it is. */
static void test_format_hostile(void **state)
{
	(void)state;
	assert_string_equal(text_of(1, "a\033[%uD", 3u), "a\033[3D");
	assert_string_equal(text_of(2, "%s%c", "a\r(linux) b\033[2J\x80%u", '\n'),
			    "a?(linux) b?[2J?%u?");
	assert_string_equal(text_of(1, "%s", (char *)NULL), "(null)");
	assert_string_equal(text_of(0, "a%"), "a%");
	assert_string_equal(text_of(0, "%-3"), "%  ");
	assert_string_equal(text_of(0, "%y"), "%");
	assert_string_equal(text_of(0, ""), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_string_copy),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_format_random),
		cmocka_unit_test(test_format_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
