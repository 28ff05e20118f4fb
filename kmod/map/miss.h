/* SPDX-License-Identifier: GPL-2.0-only */
/* Misses: packets that found no mapping, and which were told a moment ago. */
#ifndef _VNENCAP_MISS_H
#define _VNENCAP_MISS_H

#include <linux/types.h>

#include "wire/addr.h"

struct net;
struct vnencap_misses;

/**
 * struct vnencap_miss - packets that found no mapping
 * @vni: their VNI
 * @count: how many
 * @dst: their destination in the overlay
 */
struct vnencap_miss {
	u32 vni;
	u32 count;
	struct vnencap_addr dst;
};

/**
 * struct vnencap_miss_ops - where misses are told
 * @wanted: does anybody listen, in whatever namespace? Any context.
 * @tell: tell those in a substrate's namespace of a miss, and return whether there
 *	were any; softirq or process, in RCU
 */
struct vnencap_miss_ops {
	bool (*wanted)(struct net *net);
	bool (*tell)(struct net *net, const struct vnencap_miss *miss);
};

struct vnencap_misses *vnencap_miss_new(struct net *net, u32 vni);
void vnencap_miss_end(struct vnencap_misses *misses);

bool vnencap_miss_wanted(const struct vnencap_misses *misses);
bool vnencap_miss_heard(const struct vnencap_misses *misses);
bool vnencap_miss_due(struct vnencap_misses *misses, struct vnencap_miss *miss,
		      u32 n);
void vnencap_miss_tell(struct vnencap_misses *misses,
		       const struct vnencap_miss *miss);
bool vnencap_miss_met(struct vnencap_misses *misses,
		      const struct vnencap_addr *dst);

int vnencap_miss_init(const struct vnencap_miss_ops *ops);
void vnencap_miss_exit(void);

#endif /* _VNENCAP_MISS_H */
