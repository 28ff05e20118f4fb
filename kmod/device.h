/* SPDX-License-Identifier: GPL-2.0-only */
/* The vnencap network device and the lower device under it. */
#ifndef _VNENCAP_DEVICE_H
#define _VNENCAP_DEVICE_H

#include <linux/netdevice.h>

#include "addr.h"
#include "cells.h"
#include "config.h"

struct vnencap_map;
struct vnencap_lower;
struct vnencap_stats;

/**
 * struct vnencap_dev - private part of a vnencap net_device
 * @dev: the net_device it belongs to
 * @net: namespace of the substrate, that is of the lower device
 * @lower: what it shares with other devices on the same lower device
 * @lower_ifindex: index of the lower device, for readers without a lock
 * @config: see there; changed under RTNL, read by the data paths in RCU
 * @map: mappings and keys of @config's VNI in @net; as @config
 * @stats: counters, per CPU
 * @cells: NAPI contexts that runs meet on
 * @lower_node: in @lower's list of devices; RCU
 * @vni_node: in @lower's devices by VNI; RCU
 * @all_node: in the list of all devices; RTNL
 *
 * Lifetime: the net_device's.
 */
struct vnencap_dev {
	struct net_device *dev;
	struct net *net;
	struct vnencap_lower *lower;
	int lower_ifindex;
	struct vnencap_config __rcu *config;
	struct vnencap_map __rcu *map;
	struct vnencap_stats __percpu *stats;
	struct vnencap_cells cells;
	struct hlist_node lower_node;
	struct hlist_node vni_node;
	struct list_head all_node;
};

struct vnencap_dev *vnencap_device_find(struct net *net, int ifindex,
					const char *name);
struct vnencap_dev *vnencap_device_next(struct net *net,
					struct vnencap_dev *prev);
int vnencap_device_change(struct vnencap_dev *vn,
			  const struct vnencap_config *config,
			  struct netlink_ext_ack *extack);

struct vnencap_dev *vnencap_device_priv(struct net_device *dev);

/**
 * vnencap_device_away - is a device in another namespace than its lower device?
 * @vn: the device
 *
 * There it may be a tenant's.
 *
 * Context: any.
 */
static inline bool vnencap_device_away(const struct vnencap_dev *vn)
{
	return !net_eq(dev_net(vn->dev), vn->net);
}

int vnencap_device_init(void);
void vnencap_device_exit(void);

#endif /* _VNENCAP_DEVICE_H */
