/* SPDX-License-Identifier: GPL-2.0-only */
/* The inner packet: its headers read on tx and written on rx. */
#ifndef _VNENCAP_INNER_H
#define _VNENCAP_INNER_H

#include "addr.h"
#include "meta.h"

struct sk_buff;

/* Datagrams of a train. Linux sends 128 at most, and some versions 64. */
#define VNENCAP_TRAIN_MAX	256

/**
 * struct vnencap_part - which part of a frame's inner payload an skb holds
 * @at: offset of its first byte in the inner payload
 * @len: its length in bytes
 */
struct vnencap_part {
	u32 at;
	u32 len;
};

int vnencap_inner_parse(struct sk_buff *skb, struct vnencap_meta *m);
u8 vnencap_inner_class(const struct sk_buff *skb, const struct vnencap_meta *m);
bool vnencap_inner_train_ok(u32 payload, u16 gso_size);
void vnencap_inner_addrs(const struct vnencap_meta *m, const void *image,
			 struct vnencap_addr *src, struct vnencap_addr *dst);
int vnencap_inner_restore(struct sk_buff *skb, const struct vnencap_meta *m,
			  const struct vnencap_part *part, u8 outer_tos);

#endif /* _VNENCAP_INNER_H */
