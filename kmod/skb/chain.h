/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs of a frame hung together as one skb. */
#ifndef _VNENCAP_CHAIN_H
#define _VNENCAP_CHAIN_H

#include <linux/types.h>

struct sk_buff;

struct sk_buff *vnencap_chain_tail(struct sk_buff *head);
struct sk_buff *vnencap_chain_add(struct sk_buff *head, struct sk_buff *last,
				  struct sk_buff *skb, u32 hdr_len);

#endif /* _VNENCAP_CHAIN_H */
