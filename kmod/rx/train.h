/* SPDX-License-Identifier: GPL-2.0-only */
/* Trains of datagrams: inner UDP that is to be segmented. */
#ifndef _VNENCAP_TRAIN_H
#define _VNENCAP_TRAIN_H

#include <linux/skbuff.h>

#include "rx/sorted.h"

struct vnencap_meta;
struct vnencap_part;
struct vnencap_wait;

/**
 * struct vnencap_train - datagrams of which only some bytes have arrived
 * @waiting: one skb each, with room for all of the payload, by where that
 *	begins
 */
struct vnencap_train {
	struct vnencap_sorted waiting;
};

u8 vnencap_train_tos(const struct sk_buff *skb);
struct vnencap_part vnencap_train_part(const struct sk_buff *skb);

int vnencap_train_split(struct vnencap_train *train, struct vnencap_wait *wait,
			const struct vnencap_meta *m, struct sk_buff *skb,
			struct vnencap_part *part, u8 tos,
			struct sk_buff_head *done);
void vnencap_train_purge(struct vnencap_train *train, struct vnencap_wait *wait);

#endif /* _VNENCAP_TRAIN_H */
