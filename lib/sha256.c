/* SPDX-License-Identifier: MIT */
/*
 * sha256.c - SHA-256 (FIPS 180-4, chapters 3 to 6.2), small, in steps of four rounds.
 *
 * A step has some 230 instructions, so that an interrupt of a real-time guest waits no longer.
 * Every array is written once a block, at an address that only goes one way, so a round moves
 * no variable to the next one's place.
 */
#include <hv/sha256.h>
#include <hv/lib.h>

#define STEP         4u
#define LENGTH_SIZE  8u    /* the message's length in bits ends its last block (5.1.1) */
#define END_OF_MESSAGE 0x80u

/* Fractions of the square roots of the first eight primes (5.3.3). */
static const uint32_t initial[8] = {
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

/* Fractions of the cube roots of the first 64 primes (4.2.2). */
static const uint32_t constants[SHA256_ROUNDS] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
	0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
	0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
	0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
	0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline uint32_t rotate(uint32_t x, unsigned int n)
{
	return x >> n | x << (32u - n);
}

/* The order of the bytes; libgcc's function is slower by its calls. */
static void swap(uint32_t *word, unsigned int count)
{
	while (count--) {
		uint32_t x = word[count];

		word[count] = rotate(x, 8) ^ ((x ^ rotate(x, 16)) & 0xFF00FFFFu) >> 8;
	}
}

void sha256_init(struct sha256 *s, uint32_t size)
{
	memcpy(s->digest, initial, sizeof(initial));
	s->size = size;
	s->done = 0;
	s->round = SHA256_ROUNDS;
}

uint32_t sha256_wanted(const struct sha256 *s)
{
	uint32_t left = s->done < s->size ? s->size - s->done : 0;

	return left < SHA256_BLOCK ? left : SHA256_BLOCK;
}

void sha256_block(struct sha256 *s)
{
	uint32_t have = sha256_wanted(s);

	memset(s->block + have, 0, SHA256_BLOCK - have);
	if (s->size - s->done < SHA256_BLOCK)
		s->block[have] = END_OF_MESSAGE;
	swap(s->schedule, SHA256_BLOCK / 4u);
	s->done += SHA256_BLOCK;
	if (s->done > s->size + LENGTH_SIZE) {
		s->schedule[14] = s->size >> 29;
		s->schedule[15] = s->size << 3;
	}
	memcpy(&s->work[SHA256_ROUNDS], s->digest, sizeof(s->digest));
	s->round = 0;
}

void sha256_rounds(struct sha256 *s)
{
	uint32_t *w = s->schedule + s->round, *v = s->work + SHA256_ROUNDS - s->round;
	const uint32_t *k = constants + s->round, *end = k + STEP;

	do {
		uint32_t x = w[0], y = w[1], z = w[14];
		uint32_t a = v[0], b = v[1], c = v[2], e = v[4], f = v[5], g = v[6];

		w[16] = x + (rotate(y, 7) ^ rotate(y, 18) ^ y >> 3) + w[9] +
			(rotate(z, 17) ^ rotate(z, 19) ^ z >> 10);
		w++;
		x += v[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + (g ^ (e & (f ^ g))) + *k++;
		v[3] += x;
		*--v = x + (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) | (c & (a | b)));
	} while (k != end);
	s->round += STEP;
	if (s->round == SHA256_ROUNDS)
		for (unsigned int i = 0; i < 8; i++)
			s->digest[i] += s->work[i];
}

bool sha256_end(struct sha256 *s)
{
	if (s->done <= s->size + LENGTH_SIZE)
		return false;
	swap(s->digest, 8);
	return true;
}
