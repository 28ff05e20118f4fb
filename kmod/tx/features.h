/* SPDX-License-Identifier: GPL-2.0-only */
/* Which GSO packets go as they are. */
#ifndef _VNENCAP_FEATURES_H
#define _VNENCAP_FEATURES_H

#include <linux/netdevice.h>

netdev_features_t vnencap_features_check(struct sk_buff *skb,
					 struct net_device *dev,
					 netdev_features_t features);

#endif /* _VNENCAP_FEATURES_H */
