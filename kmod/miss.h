/* SPDX-License-Identifier: GPL-2.0-only */
/* Which misses were told a moment ago. */
#ifndef _VNENCAP_MISS_H
#define _VNENCAP_MISS_H

#include <linux/types.h>

#include "addr.h"

struct net;

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

bool vnencap_miss_due(struct net *net, struct vnencap_miss *miss, u32 n);

int vnencap_miss_init(void);
void vnencap_miss_exit(void);

#endif /* _VNENCAP_MISS_H */
