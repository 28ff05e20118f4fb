/* SPDX-License-Identifier: GPL-2.0-only */
/* Which misses were told a moment ago. */
#ifndef _VNENCAP_MISS_H
#define _VNENCAP_MISS_H

#include <linux/types.h>

struct net;
struct vnencap_addr;

bool vnencap_miss_due(struct net *net, u32 vni, const struct vnencap_addr *dst);

int vnencap_miss_init(void);
void vnencap_miss_exit(void);

#endif /* _VNENCAP_MISS_H */
