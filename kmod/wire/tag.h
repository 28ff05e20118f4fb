/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tag of a metadata block, and of a parity header. It is inlined, for it is on each
 * frame's way: but where there is a key, what it is made by takes longer than a call.
 */
#ifndef _VNENCAP_TAG_H
#define _VNENCAP_TAG_H

#include <linux/bitops.h>
#include <linux/hash.h>
#include <linux/siphash.h>
#include <linux/types.h>

#include "compat.h"
#include "wire/option.h"

u64 vnencap_tag_keyed(const u8 *block, u32 len,
		      const struct vnencap_segment *seg,
		      const siphash_key_t *key);

/* For each word, this is a bijection of the sum before. So two blocks that
 * differ in one word only never have the same sum.
 */
static inline u64 vnencap_tag_step(u64 sum, u64 word)
{
	return rol64((sum ^ word) * GOLDEN_RATIO_64, 32);
}

/* A sum without a key, for a tenth of SipHash's instructions. It is made as if
 * over struct guarded (wire/meta.c), but without a copy of the block.
 */
static __always_inline u64 vnencap_tag_sum(const u8 *block, u32 len,
					   const struct vnencap_segment *seg)
{
	const u8 *at = block + sizeof(struct vnencap_meta_hdr);
	const u8 *end = block + len;
	u64 sum, word;

	word = le32_to_cpu((__force __le32)cpu_to_be32(seg->id));
	word |= (u64)le32_to_cpu((__force __le32)seg->word) << 32;
	sum = vnencap_tag_step(0, word);
	word = le16_to_cpu((__force __le16)seg->win);
	word |= (u64)get_unaligned_le16(at - 6) << 16;
	word |= (u64)get_unaligned_le32(at - 4) << 32;
	sum = vnencap_tag_step(sum, word);
	for (; at + sizeof(u64) <= end; at += sizeof(u64))
		sum = vnencap_tag_step(sum, get_unaligned_le64(at));
	/* shard lengths are multiples of four */
	if (at < end)
		sum = vnencap_tag_step(sum, get_unaligned_le32(at));
	return sum;
}

/*
 * The tag: 48 bits of SipHash-2-4 over struct guarded. Without the VNI's secret
 * key nobody can make metadata that is taken for genuine. A VNI without a key
 * has a sum instead: that only tells whether a shard and a segment header
 * belong together.
 */
static __always_inline u64 vnencap_tag(const u8 *block, u32 len,
				       const struct vnencap_segment *seg,
				       const siphash_key_t *key)
{
	return (likely(siphash_key_is_zero(key)) ?
		vnencap_tag_sum(block, len, seg) :
		vnencap_tag_keyed(block, len, seg, key)) >> 16;
}

/* As put_unaligned_be48() and get_unaligned_be48(), which go byte by byte */
static inline void vnencap_tag_put(u64 tag, u8 *at)
{
	put_unaligned_be16(tag >> 32, at);
	put_unaligned_be32(tag, at + 2);
}

static inline u64 vnencap_tag_get(const u8 *at)
{
	return (u64)get_unaligned_be16(at) << 32 | get_unaligned_be32(at + 2);
}

/**
 * vnencap_meta_seal - put the tag in a block
 * @block: the block
 * @len: its length in bytes, padding included
 * @seg: packed by vnencap_option_pack()
 * @key: that of the VNI which is sent with
 */
static __always_inline void
vnencap_meta_seal(u8 *block, u32 len, const struct vnencap_segment *seg,
		  const siphash_key_t *key)
{
	vnencap_tag_put(vnencap_tag(block, len, seg, key), block);
}

/**
 * vnencap_meta_genuine - is a block's tag right?
 * @block: the block
 * @len: its length in bytes, padding included
 * @seg: of any segment of the frame
 * @key: one of the VNI's
 *
 * The tags are compared as numbers, not byte by byte: the time that takes does
 * not tell how many bytes of a guess were right.
 *
 * Return: true if it is, under this key.
 */
static __always_inline bool
vnencap_meta_genuine(const u8 *block, u32 len,
		     const struct vnencap_segment *seg,
		     const siphash_key_t *key)
{
	if (unlikely(len < sizeof(struct vnencap_meta_hdr) ||
		     len > VNENCAP_SHARD_LEN_MAX))
		return false;
	return vnencap_tag(block, len, seg, key) == vnencap_tag_get(block);
}

#endif /* _VNENCAP_TAG_H */
