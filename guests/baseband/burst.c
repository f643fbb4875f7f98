/* SPDX-License-Identifier: MIT */
/*
 * burst.c - polynomials over GF(2), 32 coefficients a word.
 */
#include "burst.h"

#define DATA_WORDS 7u /* 224 bits and the last 4 of word 7: 228 */

static const uint8_t g0[] = { 0, 3, 4 };
static const uint8_t g1[] = { 0, 1, 3, 4 };

/* out ^= in * D^shift */
static void add_shifted(uint32_t *out, const uint32_t *in, unsigned int shift)
{
	uint32_t carry = 0;

	for (unsigned int i = 0; i < BURST_WORDS; i++) {
		out[i] ^= (in[i] << shift) | carry;
		carry = shift == 0 ? 0 : in[i] >> (32 - shift);
	}
}

static void multiply(uint32_t *out, const uint32_t *in, const uint8_t *powers,
		     unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		add_shifted(out, in, powers[i]);
}

void burst_encode(struct burst *burst, uint32_t frame)
{
	uint32_t data[BURST_WORDS] = { 0 };
	uint32_t seed = frame * 2654435761u + 1;

	for (unsigned int i = 0; i < DATA_WORDS; i++) {
		seed = seed * 1664525u + 1013904223u;
		data[i] = seed;
	}
	data[DATA_WORDS] = seed & 0xF;
	for (unsigned int i = 0; i < BURST_WORDS; i++)
		burst->c0[i] = burst->c1[i] = 0;
	multiply(burst->c0, data, g0, sizeof(g0));
	multiply(burst->c1, data, g1, sizeof(g1));
}

/* c0 = d * G0 and c1 = d * G1, so c0 * G1 = c1 * G0. */
bool burst_check(const struct burst *burst)
{
	uint32_t syndrome[BURST_WORDS] = { 0 };
	uint32_t any = 0;

	multiply(syndrome, burst->c0, g1, sizeof(g1));
	multiply(syndrome, burst->c1, g0, sizeof(g0));
	for (unsigned int i = 0; i < BURST_WORDS; i++)
		any |= syndrome[i];
	return any == 0;
}
