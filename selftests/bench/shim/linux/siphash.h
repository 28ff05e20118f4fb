/* SPDX-License-Identifier: GPL-2.0-only */
/* SipHash-2-4, as its authors describe it, by the kernel's names. */
#ifndef _SHIM_LINUX_SIPHASH_H
#define _SHIM_LINUX_SIPHASH_H

#include <string.h>

#include <linux/bitops.h>
#include <linux/types.h>

struct siphash_key {
	u64 key[2];
};

#define siphash_key_t	struct siphash_key

static inline bool siphash_key_is_zero(const siphash_key_t *key)
{
	return !(key->key[0] | key->key[1]);
}

static inline void siphash_rounds(u64 v[4], unsigned int n)
{
	while (n--) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = rol64(v[1], 13) ^ v[0];
		v[3] = rol64(v[3], 16) ^ v[2];
		v[0] = rol64(v[0], 32) + v[3];
		v[2] += v[1];
		v[3] = rol64(v[3], 21) ^ v[0];
		v[1] = rol64(v[1], 17) ^ v[2];
		v[2] = rol64(v[2], 32);
	}
}

static inline void siphash_take(u64 v[4], u64 word)
{
	v[3] ^= word;
	siphash_rounds(v, 2);
	v[0] ^= word;
}

/* On a little-endian machine */
static inline u64 siphash(const void *data, size_t len, const siphash_key_t *key)
{
	u64 v[4] = {
		key->key[0] ^ 0x736f6d6570736575ULL, key->key[1] ^ 0x646f72616e646f6dULL,
		key->key[0] ^ 0x6c7967656e657261ULL, key->key[1] ^ 0x7465646279746573ULL,
	};
	u64 word, last = (u64)len << 56;
	const u8 *at = data;

	for (; len >= sizeof(word); len -= sizeof(word), at += sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		siphash_take(v, word);
	}
	word = 0;
	memcpy(&word, at, len);
	siphash_take(v, word | last);
	v[2] ^= 0xff;
	siphash_rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

#endif /* _SHIM_LINUX_SIPHASH_H */
