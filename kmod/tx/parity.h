/* SPDX-License-Identifier: GPL-2.0-only */
/* The skb of a group's parity segments. */
#ifndef _VNENCAP_TX_PARITY_H
#define _VNENCAP_TX_PARITY_H

#include <linux/types.h>

struct sk_buff;
struct vnencap_parity;
struct vnencap_parity_hdr;

/**
 * struct vnencap_parity_of - what parity is to be made of
 * @skb: the group's segments as one skb
 * @at: where its wire payload begins, in bytes from its data
 * @segsz: their size in bytes
 * @group: the group
 * @hdr: what each parity segment is to begin with
 */
struct vnencap_parity_of {
	struct sk_buff *skb;
	u32 at;
	u32 segsz;
	const struct vnencap_parity *group;
	const struct vnencap_parity_hdr *hdr;
};

struct sk_buff *vnencap_parity_make(const struct vnencap_parity_of *of,
				    u32 headroom);

#endif /* _VNENCAP_TX_PARITY_H */
