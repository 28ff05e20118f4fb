/* SPDX-License-Identifier: GPL-2.0-only */
/* A lower device that has vnencap devices on it. */
#ifndef _VNENCAP_LOWER_H
#define _VNENCAP_LOWER_H

#include <linux/netdevice.h>

#include "lower/admit.h"
#include "lower/substrate.h"
#include "vnencap.h"

struct vnencap_admitted;

/**
 * struct vnencap_lower - what the vnencap devices on a lower device share
 * @dev: the lower device; its rx_handler_data is this struct
 * @substrate: what all of its namespace share
 * @node: among the substrate's lower devices; RCU
 * @count: how many there are; RTNL
 * @rcu: readers may use it for a grace period after the last device left
 * @admitted: sources that the host's routing lets in, each in a place by its
 *	address, see admit.c; RCU
 */
struct vnencap_lower {
	struct net_device *dev;
	struct vnencap_substrate *substrate;
	struct hlist_node node;
	unsigned int count;
	struct rcu_head rcu;
	struct vnencap_admitted __rcu *admitted[1 << VNENCAP_ADMITTED_BITS];
};

void vnencap_lower_init(rx_handler_func_t *rx_handler);

struct vnencap_lower *vnencap_lower_get(struct net_device *dev,
					struct netlink_ext_ack *extack);
void vnencap_lower_put(struct vnencap_lower *lower);
struct vnencap_lower *vnencap_lower_of(const struct net_device *dev);

/**
 * vnencap_lower_find - the device of a VNI on a lower device
 * @lower: the lower device
 * @vni: virtual network identifier
 *
 * Context: RTNL or RCU.
 * Return: the device or NULL.
 */
static inline struct vnencap_dev *
vnencap_lower_find(const struct vnencap_lower *lower, u32 vni)
{
	return vnencap_substrate_find(lower->substrate, lower, vni);
}

#endif /* _VNENCAP_LOWER_H */
