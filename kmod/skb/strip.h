/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes taken out of the middle of an skb, where they lie. */
#ifndef _VNENCAP_STRIP_H
#define _VNENCAP_STRIP_H

#include "skb/own.h"
#include "skb/paged.h"
#include "wire/frame.h"

struct sk_buff;

/**
 * struct vnencap_cuts - stretches to take out, ascending, apart
 * @n: how many
 * @cut: each one's first byte, from skb->data, and length
 */
struct vnencap_cuts {
	unsigned int n;
	struct {
		u32 at;
		u32 len;
	} cut[VNENCAP_SHARD_N_MAX];
};

int vnencap_strip(struct sk_buff *skb, struct vnencap_cuts *cuts);

#endif /* _VNENCAP_STRIP_H */
