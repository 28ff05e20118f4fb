/* SPDX-License-Identifier: GPL-2.0-only */
/* Inner packet -> frame. */
#ifndef _VNENCAP_TX_H
#define _VNENCAP_TX_H

#include <linux/netdevice.h>

netdev_tx_t vnencap_tx_xmit(struct sk_buff *skb, struct net_device *dev);

#endif /* _VNENCAP_TX_H */
