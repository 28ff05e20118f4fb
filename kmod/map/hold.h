/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets that wait for a mapping. */
#ifndef _VNENCAP_HOLD_H
#define _VNENCAP_HOLD_H

#include <linux/skbuff.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct net;
struct vnencap_addr;
struct vnencap_dev;
struct vnencap_map;
struct vnencap_mapping;
struct vnencap_misses;

#define VNENCAP_HOLD_SAME_BITS	8

/**
 * struct vnencap_hold - the packets of a VNI that wait
 * @queue: the packets, the oldest first. Its lock is held from the last look for
 *	a mapping until the packet is put in: so a mapping that comes meanwhile
 *	is found by the packet, or the packet by who made the mapping
 * @bytes: memory that they take; under the queue's lock
 * @same: how many there are to each destination, in a place by its hash; likewise
 * @misses: those of the VNI, of which some are told for packets that wait
 * @work: gives up the oldest, and tells what was not told, while any wait
 * @rcu: readers may hold it until a grace period after it went
 */
struct vnencap_hold {
	struct sk_buff_head queue;
	unsigned int bytes;
	u8 same[1 << VNENCAP_HOLD_SAME_BITS];
	struct vnencap_misses *misses;
	struct delayed_work work;
	struct rcu_head rcu;
};

struct vnencap_hold *vnencap_hold_new(struct vnencap_misses *misses);
void vnencap_hold_end(struct vnencap_hold *hold);

int vnencap_hold_add(struct vnencap_hold *hold, struct vnencap_dev *vn,
		     const struct vnencap_map *map, struct sk_buff *skb,
		     const struct vnencap_addr *dst, bool met);
void vnencap_hold_release(struct vnencap_hold *hold,
			  const struct vnencap_mapping *m);
void vnencap_hold_purge(struct vnencap_hold *hold,
			const struct vnencap_dev *vn);

/* For tests only */
void vnencap_hold_set_len(struct net *net, unsigned int len);

int vnencap_hold_init(void);
void vnencap_hold_exit(void);

#endif /* _VNENCAP_HOLD_H */
