// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of one VNI, for the data path: where an address of the overlay is.
 * Look-ups are under RCU, without a lock.
 */

#include "map/table.h"

/**
 * vnencap_map_lookup4 - where an IPv4 address of the overlay is
 * @map: the table of the VNI
 * @addr: the address
 *
 * Context: RCU (either flavour), softirq included.
 * Return: the endpoint of the longest prefix that matches, good until the end
 * of the RCU section; NULL when none does.
 */
struct vnencap_endpoint *vnencap_map_lookup4(const struct vnencap_map *map,
					     __be32 addr)
{
	struct vnencap_trie_key key = vnencap_trie_key4(addr);

	return vnencap_trie_lookup(&map->root4, &key, 32);
}

/**
 * vnencap_map_lookup6 - where an IPv6 address of the overlay is
 * @map: the table of the VNI
 * @addr: the address
 *
 * Context: as vnencap_map_lookup4().
 * Return: as vnencap_map_lookup4().
 */
struct vnencap_endpoint *
vnencap_map_lookup6(const struct vnencap_map *map, const struct in6_addr *addr)
{
	struct vnencap_trie_key key = vnencap_trie_key6(addr);

	return vnencap_trie_lookup(&map->root6, &key, 128);
}
