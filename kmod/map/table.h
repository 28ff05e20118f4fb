/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of one VNI: its mappings and keys, as the data path looks them up. */
#ifndef _VNENCAP_TABLE_H
#define _VNENCAP_TABLE_H

#include <linux/rcupdate.h>

#include "map/endpoint.h"
#include "map/key.h"
#include "map/trie.h"
#include "wire/addr.h"

struct vnencap_hold;
struct vnencap_misses;
struct vnencap_tables;

/**
 * struct vnencap_map - the table of one VNI in one network namespace
 * @root4: trie of the IPv4 mappings
 * @root6: trie of the IPv6 mappings
 * @keys: what its headers are authenticated with, NULL where it was given no
 *	key; RCU
 * @endpoints: those of the VNI, which the mappings lead to
 * @home: the namespace's tables, which this is one of
 * @vni: the VNI
 * @users: devices, mappings, and keys; without any the table goes
 * @misses: which misses of its devices' packets were told; there once it had a
 *	device
 * @hold: packets of its devices that wait for a mapping; as @misses
 * @rcu: readers may hold it until a grace period after it went
 *
 * Outside of the map wing only @vni is to be looked at.
 */
struct vnencap_map {
	struct vnencap_trie_node __rcu *root4;
	struct vnencap_trie_node __rcu *root6;
	struct vnencap_keys __rcu *keys;
	struct vnencap_endpoints *endpoints;
	struct vnencap_tables *home;
	u32 vni;
	unsigned int users;
	struct vnencap_misses *misses;
	struct vnencap_hold *hold;
	struct rcu_head rcu;
};

struct vnencap_endpoint *vnencap_map_lookup4(const struct vnencap_map *map,
					     __be32 addr);
struct vnencap_endpoint *
vnencap_map_lookup6(const struct vnencap_map *map, const struct in6_addr *addr);

/**
 * vnencap_map_lookup - where an address of the overlay is
 * @map: the VNI's mappings
 * @addr: the address, of either family
 *
 * Context: as vnencap_map_lookup4().
 * Return: as vnencap_map_lookup4().
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

/**
 * vnencap_map_endpoint - the endpoint at an address
 * @map: the table of the VNI
 * @via: the address
 *
 * Context: RCU.
 * Return: the endpoint, or NULL where no mapping names it.
 */
static inline struct vnencap_endpoint *
vnencap_map_endpoint(const struct vnencap_map *map,
		     const struct vnencap_addr *via)
{
	return vnencap_endpoint_at(map->endpoints, via);
}

/**
 * vnencap_map_forget_routes - forget the routes that are kept for a VNI
 * @map: the table of the VNI
 *
 * Context: as vnencap_endpoints_forget_routes().
 */
static inline void vnencap_map_forget_routes(struct vnencap_map *map)
{
	vnencap_endpoints_forget_routes(map->endpoints);
}

/**
 * vnencap_map_misses - which misses of a VNI were told
 * @map: the table of the VNI, of which the caller is a device
 *
 * Return: them; they are there as long as the table is.
 */
static inline struct vnencap_misses *
vnencap_map_misses(const struct vnencap_map *map)
{
	return map->misses;
}

/**
 * vnencap_map_hold - where packets of a VNI wait for a mapping
 * @map: the table of the VNI
 *
 * Return: the queue, which is there as long as the table is; NULL where the
 * table has not had a device yet.
 */
static inline struct vnencap_hold *
vnencap_map_hold(const struct vnencap_map *map)
{
	/* pairs with the release in vnencap_map_get() */
	return smp_load_acquire(&map->hold);
}

/* The trie of a family's mappings */
static inline struct vnencap_trie_node __rcu **
vnencap_map_root(struct vnencap_map *map, u16 family)
{
	return family == AF_INET ? &map->root4 : &map->root6;
}

#endif /* _VNENCAP_TABLE_H */
