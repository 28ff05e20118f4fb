/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes of an skb as columns of a code word. */
#ifndef _VNENCAP_COLUMNS_H
#define _VNENCAP_COLUMNS_H

#include <linux/types.h>

struct sk_buff;
struct vnencap_erasure;

void vnencap_columns_add(struct vnencap_erasure *e, struct sk_buff *skb,
			 u32 at, u32 len, u32 from, u32 segsz);

#endif /* _VNENCAP_COLUMNS_H */
