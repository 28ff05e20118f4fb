/* SPDX-License-Identifier: GPL-2.0-only */
/* Mappings: (VNI, overlay prefix) -> substrate endpoint. */
#ifndef _VNENCAP_MAP_H
#define _VNENCAP_MAP_H

#include <linux/refcount.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable-types.h>
#include <net/dst_cache.h>

#include "map/hold.h"
#include "map/key.h"
#include "map/trie.h"
#include "wire/addr.h"

struct net;
struct vnencap_group;
struct vnencap_hold;
struct vnencap_traffic;

/**
 * struct vnencap_map - the table of one VNI in one network namespace
 * @root4: trie of the IPv4 mappings
 * @root6: trie of the IPv6 mappings
 * @keys: what its headers are authenticated with, NULL where it was given no
 *	key; RCU
 * @home: what it is part of
 * @vni: the VNI
 * @users: devices, mappings, and keys; without any the table goes
 * @hold: packets of devices that wait for a mapping
 * @rcu: readers may hold it until a grace period after it went
 *
 * All but @keys and @vni is map.c's own.
 */
struct vnencap_map {
	struct vnencap_trie_node __rcu *root4;
	struct vnencap_trie_node __rcu *root6;
	struct vnencap_keys __rcu *keys;
	struct vnencap_map_net *home;
	u32 vni;
	unsigned int users;
	struct vnencap_hold hold;
	struct rcu_head rcu;
};

/**
 * struct vnencap_endpoint - a host of the substrate, as one VNI sees it
 * @addr: where it is; of AF_UNSPEC it stands for a group of others
 * @vni: the VNI that sees it so
 * @dst_cache: the route to it, from the device that sent there last; has no
 *	memory of its own before
 * @traffic: its counters, NULL before there was any
 * @refs: one for each mapping that names it
 * @node: in the namespace's table of endpoints
 * @rcu: readers may hold it until a grace period after the last reference
 */
struct vnencap_endpoint {
	struct vnencap_addr addr;
	u32 vni;
	struct dst_cache dst_cache;
	struct vnencap_traffic __percpu *traffic;
	refcount_t refs;
	struct rhash_head node;
	struct rcu_head rcu;
};

/**
 * struct vnencap_mapping - a mapping as it is told, or a place among them
 * @vni: virtual network identifier
 * @len: length of the prefix in bits
 * @dst: overlay prefix, bits beyond @len are zero; of family AF_UNSPEC it is
 *	the place before all mappings of @vni
 * @via: address of the substrate endpoint; of AF_UNSPEC where there is a group
 * @group: the endpoints, where there is not one; those of a mapping that is told
 *	are good until the lock is dropped
 */
struct vnencap_mapping {
	u32 vni;
	u8 len;
	struct vnencap_addr dst;
	struct vnencap_addr via;
	struct vnencap_group *group;
};

/**
 * struct vnencap_map_sizes - how much there is in a network namespace
 * @maps: tables of VNIs
 * @mappings: mappings, of all VNIs
 * @nodes: trie nodes that these need
 * @endpoints: endpoints, one for each address in each VNI
 */
struct vnencap_map_sizes {
	unsigned int maps;
	unsigned int mappings;
	unsigned int nodes;
	unsigned int endpoints;
};

/**
 * struct vnencap_map_walk - on the way from mapping to mapping
 * @map: the table it is in, NULL at the end
 * @last_vni: the last one to go to
 * @family: of the mappings
 * @trie: among these
 */
struct vnencap_map_walk {
	struct vnencap_map *map;
	u32 last_vni;
	u16 family;
	struct vnencap_trie_walk trie;
};

/* For devices */
struct vnencap_map *vnencap_map_get(struct net *net, u32 vni);
void vnencap_map_put(struct vnencap_map *map);

struct vnencap_endpoint *vnencap_map_lookup4(const struct vnencap_map *map,
					     __be32 addr);
struct vnencap_endpoint *
vnencap_map_lookup6(const struct vnencap_map *map, const struct in6_addr *addr);

/**
 * vnencap_map_lookup - where an address of the overlay is
 * @map: the VNI's mappings
 * @addr: the address, of either family
 *
 * Context, Return: as vnencap_map_lookup4().
 */
static inline struct vnencap_endpoint *
vnencap_map_lookup(const struct vnencap_map *map,
		   const struct vnencap_addr *addr)
{
	return addr->family == AF_INET6 ?
	       vnencap_map_lookup6(map, &addr->ip6) :
	       vnencap_map_lookup4(map, addr->ip4);
}

/**
 * vnencap_map_keys - what the headers of a VNI are authenticated with
 * @map: the table of the VNI
 *
 * Context: RCU, either flavour.
 * Return: the keys, good until the end of the RCU section.
 */
static inline const struct vnencap_keys *
vnencap_map_keys(const struct vnencap_map *map)
{
	const struct vnencap_keys *keys;

	keys = rcu_dereference_check(map->keys, rcu_read_lock_bh_held());
	return keys ?: &vnencap_keys_open;
}

struct vnencap_hold *vnencap_map_hold(struct vnencap_map *map);
struct vnencap_endpoint *
vnencap_map_endpoint(const struct vnencap_map *map,
		     const struct vnencap_addr *via);

void vnencap_endpoint_ready(struct vnencap_endpoint *endpoint);

/* For control; all of these with the namespace's mappings locked */
void vnencap_map_lock(struct net *net);
void vnencap_map_unlock(struct net *net);

int vnencap_map_set(struct net *net, const struct vnencap_mapping *m,
		    unsigned int flags);
int vnencap_map_del(struct net *net, struct vnencap_mapping *m);
int vnencap_map_match(struct net *net, struct vnencap_mapping *m);
void vnencap_map_walk_begin(struct vnencap_map_walk *walk, struct net *net,
			    const struct vnencap_mapping *m, u32 last_vni);
int vnencap_map_walk_next(struct vnencap_map_walk *walk,
			  struct vnencap_mapping *m);
int vnencap_map_next(struct net *net, struct vnencap_mapping *m, u32 last_vni);
const struct vnencap_keys *vnencap_map_get_keys(struct net *net, u32 vni);
const struct vnencap_keys *vnencap_map_next_keys(struct net *net,
						 unsigned long *vni);
int vnencap_map_set_keys(struct net *net, u32 vni,
			 const struct vnencap_keys *keys);
u32 vnencap_map_generation(struct net *net);
void vnencap_map_sizes(struct net *net, struct vnencap_map_sizes *sizes);

/* Not locked */
struct vnencap_endpoint *vnencap_endpoint_find(struct net *net, u32 vni,
					       const struct vnencap_addr *addr);
void vnencap_endpoint_walk(struct net *net, struct rhashtable_iter *iter);
void vnencap_map_release(struct net *net, const struct vnencap_mapping *m);

int vnencap_map_init(void);
void vnencap_map_exit(void);

#endif /* _VNENCAP_MAP_H */
