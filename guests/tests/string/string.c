/* SPDX-License-Identifier: MIT */
/* string.c - the hypervisor's memcpy() and memset() in assembly, against newlib's. */
#include "../lib/test.h"

#define ROUNDS 4000
#define MARGIN 8

void *hv_memcpy(void *to, const void *from, size_t size);
void *hv_memset(void *to, int byte, size_t size);

static uint8_t from[600], mine[600], theirs[600];
static uint32_t seed = 1;

static uint32_t any(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

static void fill(uint8_t *to)
{
	for (size_t i = 0; i < sizeof(from); i++)
		to[i] = (uint8_t)any(256);
}

/* Sizes around those of words, blocks and turns as often as any others. */
static size_t any_size(void)
{
	static const size_t edges[] = { 0, 4, 32, 64, 96, 128, 256, 384, 512 };
	size_t size = any(2) ? any(540) : edges[any(sizeof(edges) / sizeof(edges[0]))] + any(5);

	return size > 2 ? size - 2 : size;
}

static unsigned int copies(void)
{
	unsigned int good = 0;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		size_t f = any(MARGIN), t = any(MARGIN), n = any_size();

		fill(from);
		fill(mine);
		memcpy(theirs, mine, sizeof(mine));
		memcpy(theirs + t, from + f, n);
		good += hv_memcpy(mine + t, from + f, n) == mine + t &&
			!memcmp(mine, theirs, sizeof(mine));
	}
	return good;
}

/* Down by a few bytes onto itself: memmove() uses it so. */
static unsigned int moves(void)
{
	unsigned int good = 0;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		size_t t = any(MARGIN), n = any_size(), by = 1 + any(40);

		fill(mine);
		memcpy(theirs, mine, sizeof(mine));
		memmove(theirs + t, theirs + t + by, n);
		hv_memcpy(mine + t, mine + t + by, n);
		good += !memcmp(mine, theirs, sizeof(mine));
	}
	return good;
}

static unsigned int sets(void)
{
	unsigned int good = 0;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		size_t t = any(MARGIN), n = any_size();
		int byte = (int)(any(512)) - 256;

		fill(mine);
		memcpy(theirs, mine, sizeof(mine));
		memset(theirs + t, byte, n);
		good += hv_memset(mine + t, byte, n) == mine + t &&
			!memcmp(mine, theirs, sizeof(mine));
	}
	return good;
}

int main(void)
{
	test_is("memcpy", (long)copies(), ROUNDS);
	test_is("memcpy down onto itself", (long)moves(), ROUNDS);
	test_is("memset", (long)sets(), ROUNDS);
	test_end();
}
