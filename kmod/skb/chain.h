/* SPDX-License-Identifier: GPL-2.0-only */
/* Chains: the runs of a frame as one skb. */
#ifndef _VNENCAP_CHAIN_H
#define _VNENCAP_CHAIN_H

#include <linux/types.h>

struct sk_buff;

struct sk_buff *vnencap_chain_tail(struct sk_buff *head);
struct sk_buff *vnencap_chain_add(struct sk_buff *head, struct sk_buff *last,
				  struct sk_buff *skb, u32 hdr_len);
void vnencap_chain_drop_empty(struct sk_buff *skb);
void vnencap_chain_condense(struct sk_buff *head);
void vnencap_chain_consume(struct sk_buff *skb);

#endif /* _VNENCAP_CHAIN_H */
