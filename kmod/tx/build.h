/* SPDX-License-Identifier: GPL-2.0-only */
/* The skb of a frame: shards and payload in wire order. */
#ifndef _VNENCAP_BUILD_H
#define _VNENCAP_BUILD_H

#include "wire/frame.h"
#include "wire/meta.h"

struct sk_buff;

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

#endif /* _VNENCAP_BUILD_H */
