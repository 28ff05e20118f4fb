/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes of one skb copied to another. */
#ifndef _VNENCAP_COPY_H
#define _VNENCAP_COPY_H

#include <linux/types.h>

struct sk_buff;
struct skb_seq_state;

int vnencap_skb_copy_on(struct sk_buff *to, u32 at, struct skb_seq_state *from,
			u32 from_at, u32 len);
int vnencap_skb_copy(struct sk_buff *to, u32 at, struct sk_buff *from,
		     u32 from_at, u32 len);

#endif /* _VNENCAP_COPY_H */
