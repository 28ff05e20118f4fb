/* SPDX-License-Identifier: GPL-2.0-only */
/* A lower device that has vnencap devices on it. */
#ifndef _VNENCAP_LOWER_H
#define _VNENCAP_LOWER_H

#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include <net/l3mdev.h>

#include "lower/admit.h"
#include "lower/substrate.h"
#include "vnencap.h"

struct vnencap_admitted;

/**
 * struct vnencap_lower - what the vnencap devices on a lower device share
 * @dev: the lower device; NULL for the devices that have none
 * @fast: @dev's rx_handler is ours, and its rx_handler_data this struct; RTNL
 * @anywhere: frames leave by whatever device the route gives: there is no lower
 *	device, or it is another's port, which no route leads by
 * @substrate: what all of its namespace share
 * @node: among the substrate's lower devices; RCU
 * @count: how many there are; RTNL
 * @wanted: how many of them want the rx_handler; RTNL
 * @rcu: readers may use it for a grace period after the last device left
 * @admitted: packets that the host's routing lets in, each kind in a place by its
 *	addresses, see admit.c; RCU
 * @admitted6: IPv6 addresses that its routes say are the host's own; likewise
 */
struct vnencap_lower {
	struct net_device *dev;
	bool fast;
	bool anywhere;
	struct vnencap_substrate *substrate;
	struct hlist_node node;
	unsigned int count;
	unsigned int wanted;
	struct rcu_head rcu;
	struct vnencap_admitted __rcu *admitted[1 << VNENCAP_ADMITTED_BITS];
	struct vnencap_admitted6 __rcu *admitted6[1 << VNENCAP_ADMITTED6_BITS];
};

void vnencap_lower_init(rx_handler_func_t *rx_handler);

struct vnencap_lower *vnencap_lower_get(struct net *net,
					struct net_device *dev);
void vnencap_lower_put(struct vnencap_lower *lower);
struct vnencap_lower *vnencap_lower_of(const struct net_device *dev);

void vnencap_lower_want(struct vnencap_lower *lower);
void vnencap_lower_unwant(struct vnencap_lower *lower);
bool vnencap_lower_yield(struct vnencap_lower *lower);
bool vnencap_lower_retry(struct vnencap_lower *lower);
void vnencap_lower_master_changed(struct vnencap_lower *lower);

/**
 * vnencap_lower_oif - the device that a route is to lead by
 * @lower: the lower device
 *
 * Context: RTNL or RCU.
 * Return: its index, or 0 for any.
 */
static inline int vnencap_lower_oif(const struct vnencap_lower *lower)
{
	return READ_ONCE(lower->anywhere) ? 0 : lower->dev->ifindex;
}

/**
 * vnencap_lower_domain - the L3 domain (VRF) that a lower device sends in
 * @lower: the lower device
 *
 * Context: RCU.
 * Return: index of the VRF, or 0 for none.
 */
static inline int vnencap_lower_domain(const struct vnencap_lower *lower)
{
	return READ_ONCE(lower->anywhere) ?
	       0 : l3mdev_master_ifindex_rcu(lower->dev);
}

/**
 * vnencap_lower_mtu - what the substrate is taken to carry
 * @lower: the lower device
 *
 * Context: RTNL or RCU.
 * Return: bytes; Ethernet's, without a lower device, and where it is a VRF, whose
 * own MTU says nothing of its ports'.
 */
static inline u32 vnencap_lower_mtu(const struct vnencap_lower *lower)
{
	if (!lower->dev || netif_is_l3_master(lower->dev))
		return ETH_DATA_LEN;
	return READ_ONCE(lower->dev->mtu);
}

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
	return vnencap_substrate_on(lower->substrate,
				    lower->dev ? lower->dev->ifindex : 0, vni);
}

#endif /* _VNENCAP_LOWER_H */
