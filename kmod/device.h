/* SPDX-License-Identifier: GPL-2.0-only */
/* The vnencap network device and the lower device under it. */
#ifndef _VNENCAP_DEVICE_H
#define _VNENCAP_DEVICE_H

#include <linux/netdevice.h>
#include <net/gro_cells.h>
#include <net/net_trackers.h>

#include "addr.h"

struct vnencap_map;
struct vnencap_lower;
struct vnencap_stats;

/**
 * struct vnencap_config - what "vnencap dev set" can change
 * @vni: virtual network identifier, 0 to VNENCAP_VNI_MAX
 * @local4: IPv4 substrate address, INADDR_ANY for the route's choice
 * @local6: IPv6 substrate address, any for the route's choice
 * @port: service port, network byte order
 */
struct vnencap_config {
	u32 vni;
	__be32 local4;
	struct in6_addr local6;
	__be16 port;
};

/**
 * struct vnencap_dev - private part of a vnencap net_device
 * @dev: the net_device it belongs to
 * @net: namespace of the substrate, that is of @lower
 * @lower: what it shares with other devices on the same lower device
 * @config: see there; changed under RTNL, read by the data paths in RCU
 * @map: mappings of @config's VNI in @net
 * @stats: counters, per CPU
 * @gro_cells: NAPI contexts that runs are received on
 * @vni_node: in @lower's table of devices
 * @net_node: in the list of devices whose substrate is @net
 *
 * Lifetime: the net_device's. @lower, @config, @map and the nodes change
 * under RTNL only.
 */
struct vnencap_dev {
	struct net_device *dev;
	struct net *net;
	struct vnencap_lower *lower;
	struct vnencap_config __rcu *config;
	struct vnencap_map __rcu *map;
	struct vnencap_stats __percpu *stats;
	struct gro_cells gro_cells;
	struct hlist_node vni_node;
	struct list_head net_node;
};

extern struct rtnl_link_ops vnencap_link_ops;

struct vnencap_dev *vnencap_device_find(struct net *net, int ifindex,
					const char *name);
struct vnencap_dev *vnencap_device_next(struct net *net,
					struct vnencap_dev *prev);
struct net_device *vnencap_device_lower(const struct vnencap_dev *vn);
int vnencap_device_change(struct vnencap_dev *vn,
			  const struct vnencap_config *config,
			  struct netlink_ext_ack *extack);

int vnencap_device_init(void);
void vnencap_device_exit(void);

#endif /* _VNENCAP_DEVICE_H */
