/* SPDX-License-Identifier: GPL-2.0-only */
/* The erasure code: k data shards, n - k parity shards, any k give all. */
#ifndef _VNENCAP_SHARD_H
#define _VNENCAP_SHARD_H

#include <linux/types.h>

#define VNENCAP_SHARD_K_MAX	2
#define VNENCAP_SHARD_N_MAX	5
/* Longest shard; a multiple of 8, for the code works on 64-bit words. */
#define VNENCAP_SHARD_LEN_MAX	128

/**
 * struct vnencap_shards - the shards of one frame, in memory
 * @have: bit i is set where @data[i] is valid
 * @data: the shards; bytes from the frame's shard length to the next multiple
 *	of 8 must be zero
 */
struct vnencap_shards {
	u32 have;
	union {
		u8 data[VNENCAP_SHARD_N_MAX][VNENCAP_SHARD_LEN_MAX];
		u64 words[VNENCAP_SHARD_N_MAX][VNENCAP_SHARD_LEN_MAX / 8];
	};
};

void vnencap_shard_encode(struct vnencap_shards *s, unsigned int k,
			  unsigned int n, unsigned int len);
int vnencap_shard_decode(struct vnencap_shards *s, unsigned int k,
			 unsigned int n, unsigned int len);

#endif /* _VNENCAP_SHARD_H */
