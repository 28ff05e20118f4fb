/* SPDX-License-Identifier: GPL-2.0-only */
/* The vnencap network device and the lower device under it. */
#ifndef _VNENCAP_DEVICE_H
#define _VNENCAP_DEVICE_H

#include <linux/netdevice.h>
#include <linux/siphash.h>
#include <net/gro_cells.h>

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

/* Has it a substrate address of its own in that family? */
static inline bool vnencap_config_local(const struct vnencap_config *config,
					u16 family)
{
	return family == AF_INET ? !!config->local4 :
				   !ipv6_addr_any(&config->local6);
}

/* Is it this one? */
static inline bool vnencap_config_receives(const struct vnencap_config *config,
					   const struct vnencap_addr *daddr)
{
	return daddr->family == AF_INET ?
	       config->local4 == daddr->ip4 :
	       ipv6_addr_equal(&config->local6, &daddr->ip6);
}

/**
 * struct vnencap_dev - private part of a vnencap net_device
 * @dev: the net_device it belongs to
 * @net: namespace of the substrate, that is of the lower device
 * @lower: what it shares with other devices on the same lower device
 * @lower_ifindex: index of the lower device, for readers without a lock
 * @config: see there; changed under RTNL, read by the data paths in RCU
 * @map: mappings of @config's VNI in @net; as @config
 * @stats: counters, per CPU
 * @gro_cells: NAPI contexts that runs are received on
 * @key: authenticates the metadata; all zero is the key that everybody knows
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
	struct gro_cells gro_cells;
	siphash_key_t key;
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
bool vnencap_device_takes(const struct vnencap_dev *vn,
			  const struct vnencap_addr *daddr, __be16 port);

int vnencap_device_init(void);
void vnencap_device_exit(void);

#endif /* _VNENCAP_DEVICE_H */
