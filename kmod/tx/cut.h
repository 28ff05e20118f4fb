/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames that are longer than the lower device takes, cut into pieces. */
#ifndef _VNENCAP_CUT_H
#define _VNENCAP_CUT_H

#include <linux/types.h>

struct net_device;
struct sk_buff;

u32 vnencap_cut_max(const struct net_device *lower, u16 family, u32 headers,
		    u32 segsz);
int vnencap_cut(struct sk_buff *skb, u32 max, u32 headroom);

#endif /* _VNENCAP_CUT_H */
