// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shards: a systematic, maximum-distance-separable erasure code over
 * GF(2^8), polynomial x^8 + x^4 + x^3 + x^2 + 1 (that of RAID-6 and of
 * lib/reed_solomon), eight bytes at a time in a 64-bit word.
 *
 * Shards 0 to k - 1 are the data. Parity shard j, from 0, is the polynomial
 * with the data as coefficients at the point 2^j:
 *
 *	parity[j] = data[0] + data[1] * 2^j            (k = 2)
 *	parity[j] = data[0]                            (k = 1)
 *
 * For k = 2 any two rows of (1 0), (0 1), (1 2^j)... are independent while
 * the 2^j differ, which they do up to j = 254; so any two shards do.
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "shard.h"

#define GF_POLY		0x1d
#define GF_ORDER	255	/* 2 has this order: 2^255 = 1 */

/* Multiply each of the eight bytes by 2. */
static u64 gf_double(u64 v)
{
	u64 carry = (v >> 7) & 0x0101010101010101ULL;

	return ((v & 0x7f7f7f7f7f7f7f7fULL) << 1) ^ (carry * GF_POLY);
}

/* Multiply each of the eight bytes by @c. */
static u64 gf_mul(u64 v, u8 c)
{
	u64 r = 0;

	for (; c; c >>= 1, v = gf_double(v))
		r ^= v & -(u64)(c & 1);
	return r;
}

/* 2^e, for 0 <= e */
static u8 gf_pow2(unsigned int e)
{
	u64 v = 1;

	for (e %= GF_ORDER; e; e--)
		v = gf_double(v);
	return v;
}

/* 1 / c, for c != 0: c^254 by squares. */
static u8 gf_inverse(u8 c)
{
	u8 r = 1;
	int i;

	for (i = 0; i < 7; i++) {
		c = gf_mul(c, c);
		r = gf_mul(r, c);
	}
	return r;
}

/**
 * vnencap_shard_encode - make the parity shards
 * @s: data shards 0 to @k - 1; the others are written
 * @k: data shards, 1 or 2
 * @n: shards in all
 * @len: length of a shard in bytes
 */
void vnencap_shard_encode(struct vnencap_shards *s, unsigned int k,
			  unsigned int n, unsigned int len)
{
	unsigned int words = DIV_ROUND_UP(len, 8);
	unsigned int w, i;

	for (w = 0; w < words; w++) {
		u64 term = k == 2 ? s->words[1][w] : 0;

		for (i = k; i < n; i++) {
			s->words[i][w] = s->words[0][w] ^ term;
			term = gf_double(term);
		}
	}
	s->have = GENMASK(n - 1, 0);
}

/* k = 1: every shard is the data. */
static void decode_copy(struct vnencap_shards *s, unsigned int words)
{
	memcpy(s->words[0], s->words[__ffs(s->have)], words * 8);
}

/* k = 2, one of the data shards and a parity shard are there. */
static void decode_one(struct vnencap_shards *s, unsigned int have,
		       unsigned int parity, unsigned int words)
{
	u8 point = gf_pow2(parity - 2);
	u8 inverse = gf_inverse(point);
	unsigned int w;

	for (w = 0; w < words; w++) {
		u64 p = s->words[parity][w];

		if (have == 0)
			s->words[1][w] = gf_mul(p ^ s->words[0][w], inverse);
		else
			s->words[0][w] = p ^ gf_mul(s->words[1][w], point);
	}
}

/* k = 2, parity shards a < b are there and no data. */
static void decode_both(struct vnencap_shards *s, unsigned int a,
			unsigned int b, unsigned int words)
{
	u8 point = gf_pow2(a - 2);
	u8 inverse = gf_inverse(point ^ gf_pow2(b - 2));
	unsigned int w;

	for (w = 0; w < words; w++) {
		u64 pa = s->words[a][w], pb = s->words[b][w];

		s->words[1][w] = gf_mul(pa ^ pb, inverse);
		s->words[0][w] = pa ^ gf_mul(s->words[1][w], point);
	}
}

/**
 * vnencap_shard_decode - rebuild the data shards
 * @s: what there is; the missing data shards are written
 * @k: data shards, 1 or 2
 * @n: shards in all
 * @len: length of a shard in bytes
 *
 * Return: 0 where the data was all there, 1 where it had to be rebuilt,
 * -ENODATA where fewer than @k shards are there.
 */
int vnencap_shard_decode(struct vnencap_shards *s, unsigned int k,
			 unsigned int n, unsigned int len)
{
	u32 data = GENMASK(k - 1, 0), have = s->have & GENMASK(n - 1, 0);
	unsigned int words = DIV_ROUND_UP(len, 8);
	unsigned int a, b;

	if (likely((have & data) == data))
		return 0;
	if (hweight32(have) < k)
		return -ENODATA;

	a = __ffs(have);
	b = __ffs(have & (have - 1) ?: have);
	if (k == 1)
		decode_copy(s, words);
	else if (a < k)
		decode_one(s, a, b, words);
	else
		decode_both(s, a, b, words);
	s->have |= data;
	return 1;
}
