/* SPDX-License-Identifier: GPL-2.0-only */
/* The skb of a frame: shards and payload in wire order. */
#ifndef _VNENCAP_BUILD_H
#define _VNENCAP_BUILD_H

#include <linux/skbuff.h>

#include "wire/frame.h"
#include "wire/meta.h"

/**
 * struct vnencap_build - what a frame is made of
 * @frame: its layout
 * @shard: its metadata block: each shard is a copy of it
 * @image_len: bytes of lifted headers at the inner skb's data; they are not
 *	sent
 * @payload: inner payload bytes
 * @headroom: room to keep before the first shard, in bytes
 * @parity: parity is to be made of the frame: nobody else may write to its bytes
 * @copied: written: payload bytes that were copied, not shared
 */
struct vnencap_build {
	const struct vnencap_frame *frame;
	const void *shard;
	u32 image_len;
	u32 payload;
	u32 headroom;
	bool parity;
	u32 copied;
};

bool vnencap_build_charged(const struct sk_buff *skb);
void vnencap_build_share(struct sk_buff *skb, const struct sk_buff *with);
struct sk_buff *vnencap_build_frame(struct sk_buff *skb,
				    struct vnencap_build *b);

/**
 * vnencap_build_short - the same as vnencap_build_frame() where there is one shard
 * @skb: as there
 * @shard: the metadata block, which is put where the inner headers are
 * @len: its length in bytes
 * @image_len: bytes of lifted headers
 * @headroom: room to keep before the shard, in bytes
 *
 * It is inlined, for most small packets are such frames.
 *
 * Context: softirq, or bottom halves disabled.
 * Return: as vnencap_build_frame().
 */
static __always_inline struct sk_buff *
vnencap_build_short(struct sk_buff *skb, const void *shard, u32 len,
		    u32 image_len, u32 headroom)
{
	/* skb_cow_head() gives us the head of a clone to write to, but not its
	 * skb_shared_info, which skb_gso_reset() writes to
	 */
	if (unlikely(skb_cow_head(skb, max_t(int, headroom + len - image_len, 0)) ||
		     (skb_is_gso(skb) && skb_unclone(skb, GFP_ATOMIC)))) {
		kfree_skb(skb);
		return NULL;
	}
	__skb_pull(skb, image_len);
	memcpy(__skb_push(skb, len), shard, len);
	skb_gso_reset(skb);
	return skb;
}

#endif /* _VNENCAP_BUILD_H */
