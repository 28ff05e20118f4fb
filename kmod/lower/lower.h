/* SPDX-License-Identifier: GPL-2.0-only */
/* A lower device, and the vnencap devices on it. */
#ifndef _VNENCAP_LOWER_H
#define _VNENCAP_LOWER_H

#include <linux/bitmap.h>
#include <linux/hashtable.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

#include "vnencap.h"

#define VNENCAP_LOWER_HASH_BITS	8

/**
 * struct vnencap_lower - what the vnencap devices on a lower device share
 * @dev: the lower device; its rx_handler_data is this struct
 * @devices: the vnencap devices, by VNI; RCU, changed under RTNL
 * @all: the same devices in a list; a device whose VNI is being changed is in
 *	this one only
 * @count: how many users there are: devices, and newlink for a moment
 * @rcu: readers may use it for a grace period after the last device left
 * @local4: in the lower half an IPv4 address that was found to be the host's, in
 *	the upper half the generation of routes (rt_genid) in which it was; 0 for
 *	none
 * @ports: bitmap of the TCP ports that any of the devices receives at
 */
struct vnencap_lower {
	struct net_device *dev;
	DECLARE_HASHTABLE(devices, VNENCAP_LOWER_HASH_BITS);
	struct hlist_head all;
	unsigned int count;
	struct rcu_head rcu;
	u64 local4;
	DECLARE_BITMAP(ports, 1 << 16);
};

void vnencap_lower_init(rx_handler_func_t *rx_handler);

struct vnencap_lower *vnencap_lower_get(struct net_device *dev,
					struct netlink_ext_ack *extack);
void vnencap_lower_put(struct vnencap_lower *lower);
void vnencap_lower_add(struct vnencap_dev *vn);
void vnencap_lower_del(struct vnencap_dev *vn);
void vnencap_lower_change(struct vnencap_dev *vn, struct vnencap_config *new);

bool vnencap_lower_receives(struct vnencap_lower *lower,
			    const struct vnencap_addr *addr);
struct vnencap_lower *vnencap_lower_of(const struct net_device *dev);
struct vnencap_dev *vnencap_lower_owner(const struct vnencap_lower *lower,
					const struct vnencap_addr *daddr,
					__be16 port);

/**
 * vnencap_lower_find - the device of a VNI
 * @lower: the lower device
 * @vni: virtual network identifier
 *
 * Context: RTNL or RCU.
 * Return: the device or NULL.
 */
static inline struct vnencap_dev *
vnencap_lower_find(const struct vnencap_lower *lower, u32 vni)
{
	struct vnencap_dev *vn;

	hash_for_each_possible_rcu(lower->devices, vn, vni_node, vni,
				   lockdep_rtnl_is_held())
		if (rcu_dereference_rtnl(vn->config)->vni == vni)
			return vn;
	return NULL;
}

#endif /* _VNENCAP_LOWER_H */
