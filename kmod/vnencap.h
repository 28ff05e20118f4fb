/* SPDX-License-Identifier: GPL-2.0-only */
/* The types that all share: a vnencap device and its settings. */
#ifndef _VNENCAP_H
#define _VNENCAP_H

#include <linux/netdevice.h>
#include <net/gro_cells.h>

#include "wire/addr.h"

struct vnencap_inroutes;
struct vnencap_lower;
struct vnencap_map;
struct vnencap_places;
struct vnencap_recent;
struct vnencap_stats;
struct vnencap_substrate;

/**
 * struct vnencap_config - what can be set of a device
 * @vni: virtual network identifier, 0 to VNENCAP_VNI_MAX
 * @local4: IPv4 substrate address, INADDR_ANY for the route's choice
 * @local6: IPv6 substrate address, any for the route's choice
 * @port: service port, network byte order
 * @ttl: outer TTL and hop limit, 0 for the route's
 * @tos: outer DSCP in the upper six bits, or VNENCAP_TOS_INHERIT
 * @spoofcheck: drop what has an inner source that is not mapped to the outer
 * @notrack: keep the segments out of connection tracking
 * @mssclamp: lower the MSS of the overlay's TCP connections, see rx/mss.c
 * @ttl_inherit: the outer TTL and hop limit are the inner packet's; @ttl is 0
 * @fwmark: mark of what is sent; 0 for none
 * @fastpath: receive by the lower device's rx_handler, if that is to be had
 * @fec: parity segments that a frame is followed by, in percent of its own; 0 for
 *	none; VNENCAP_FEC_AUTO for what endpoints' loss asks for
 * @fec_max: the most that VNENCAP_FEC_AUTO may come to, in percent
 * @fec_ecn: enum vnencap_fec_ecn
 */
struct vnencap_config {
	u32 vni;
	__be32 local4;
	struct in6_addr local6;
	__be16 port;
	u8 ttl;
	u8 tos;
	bool spoofcheck;
	bool notrack;
	bool mssclamp;
	bool ttl_inherit;
	bool fastpath;
	u8 fec;
	u8 fec_max;
	u8 fec_ecn;
	u32 fwmark;
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
 * struct vnencap_cell - one CPU's cell, as far as it is ours
 * @napi: its NAPI context
 * @spent: a run to be freed with the next, see vnencap_cells_put_off(); or NULL
 */
struct vnencap_cell {
	struct napi_struct *napi;
	struct sk_buff *spent;
};

/**
 * struct vnencap_cells - where received packets meet others of their device
 * @gro: the cells
 * @cell: what is known of each of them
 * @dev: a net_device that nobody else knows: the NAPI contexts are its own, and
 *	so are the runs in the cells
 *
 * See rx/cells.c.
 */
struct vnencap_cells {
	struct gro_cells gro;
	struct vnencap_cell __percpu *cell;
	struct net_device *dev;
};

/**
 * struct vnencap_dev - private part of a vnencap net_device
 * @dev: the net_device it belongs to
 * @net: namespace of the substrate, that is of the lower device; without one that
 *	where the device was made
 * @substrate: what it shares with other devices in @net
 * @lower: and with those on the same lower device
 * @lower_ifindex: index of the lower device, for readers without a lock; 0 where
 *	there is none
 * @frame_id_base: what its frames' ids begin from; random
 * @config: see there; changed under RTNL, read by the data paths in RCU
 * @map: mappings and keys of @config's VNI in @net; as @config
 * @stats: counters, per CPU
 * @cells: NAPI contexts that runs meet on
 * @places: frames that come in order, see rx/order.c
 * @recent: frames that came lately, see rx/recent.h
 * @inroutes: routes of datagrams that came lately, see rx/inroute.c
 * @net_node: in @substrate's list of devices; RCU
 * @vni_node: in @substrate's devices by VNI; RCU
 * @link_node: in @substrate's devices by lower device and VNI; RCU
 * @all_node: in the list of all devices; RTNL
 *
 * Lifetime: the net_device's.
 */
struct vnencap_dev {
	struct net_device *dev;
	struct net *net;
	struct vnencap_substrate *substrate;
	struct vnencap_lower *lower;
	int lower_ifindex;
	u32 frame_id_base;
	struct vnencap_config __rcu *config;
	struct vnencap_map __rcu *map;
	struct vnencap_stats __percpu *stats;
	struct vnencap_cells cells;
	struct vnencap_places *places;
	struct vnencap_recent __percpu *recent;
	struct vnencap_inroutes *inroutes;
	struct hlist_node net_node;
	struct hlist_node vni_node;
	struct hlist_node link_node;
	struct list_head all_node;
};

/**
 * vnencap_device_away - is a device in another namespace than its substrate?
 * @vn: the device
 *
 * There it may be a tenant's.
 *
 * Context: any.
 * Return: true if it is.
 */
static inline bool vnencap_device_away(const struct vnencap_dev *vn)
{
	return !net_eq(dev_net(vn->dev), vn->net);
}

#endif /* _VNENCAP_H */
