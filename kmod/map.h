/* SPDX-License-Identifier: GPL-2.0-only */
/* Mappings: (VNI, overlay prefix) -> substrate endpoint. */
#ifndef _VNENCAP_MAP_H
#define _VNENCAP_MAP_H

#include <linux/refcount.h>
#include <linux/rcupdate.h>
#include <net/dst_cache.h>

#include "addr.h"

struct net;

/**
 * struct vnencap_endpoint - a host of the substrate, as one VNI sees it
 * @addr: where it is
 * @dst_cache: the route to it, from the device that sent there last
 * @refs: one for each mapping that names it
 * @rcu: readers may hold it until a grace period after the last reference
 */
struct vnencap_endpoint {
	struct vnencap_addr addr;
	struct dst_cache dst_cache;
	refcount_t refs;
	struct rcu_head rcu;
	/* map.c adds what it needs to find it again */
};

/* The table of one VNI in one network namespace; opaque outside map.c. */
struct vnencap_map;

struct vnencap_map *vnencap_map_get(struct net *net, u32 vni);
void vnencap_map_put(struct vnencap_map *map);

struct vnencap_endpoint *vnencap_map_lookup4(const struct vnencap_map *map,
					     __be32 addr);
struct vnencap_endpoint *
vnencap_map_lookup6(const struct vnencap_map *map, const struct in6_addr *addr);

#endif /* _VNENCAP_MAP_H */
