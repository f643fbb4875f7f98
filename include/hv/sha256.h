/* SPDX-License-Identifier: MIT */
/*
 * sha256.h - SHA-256 (FIPS 180-4) in short steps, of a message whose length is known.
 *
 *     sha256_init(s, size);
 *     while (!(sha256_wants_block(s) && sha256_end(s))) {
 *             if (sha256_wants_block(s)) {
 *                     copy the next sha256_wanted(s) bytes to s->block;
 *                     sha256_block(s);
 *             }
 *             sha256_rounds(s);
 *     }
 *     the digest is in s->digest
 */
#ifndef HV_SHA256_H
#define HV_SHA256_H

#include <hv/types.h>

#define SHA256_SIZE   32u
#define SHA256_BLOCK  64u
#define SHA256_ROUNDS 64u

struct sha256 {
	uint32_t digest[8];
	/* The working variables a to h: a round's begin at work[ROUNDS - round]. */
	uint32_t work[8 + SHA256_ROUNDS];
	/* The message schedule; its first words are the block. */
	union { uint32_t schedule[16 + SHA256_ROUNDS]; uint8_t block[SHA256_BLOCK]; };
	uint32_t size, done;  /* bytes of the message, and of its blocks that have begun */
	uint32_t round;       /* of the block; SHA256_ROUNDS: the next one is wanted */
};

void sha256_init(struct sha256 *s, uint32_t size);

static inline bool sha256_wants_block(const struct sha256 *s)
{
	return s->round == SHA256_ROUNDS;
}

/* How many bytes of the message are in the next block. */
uint32_t sha256_wanted(const struct sha256 *s);

/* Pads and begins a block. */
void sha256_block(struct sha256 *s);

/* Four rounds. */
void sha256_rounds(struct sha256 *s);

/* When a block is wanted.  True: there is none, and the digest is there; once. */
bool sha256_end(struct sha256 *s);

#endif
