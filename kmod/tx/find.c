// SPDX-License-Identifier: GPL-2.0-only
/*
 * The endpoint that a packet goes to, where a look-up alone does not tell it: there is
 * no mapping, or the mapping has several endpoints, or none.
 */
#include <linux/err.h>
#include <linux/skbuff.h>

#include "map/group.h"
#include "map/hold.h"
#include "map/map.h"
#include "map/miss.h"
#include "skb/unreachable.h"
#include "stats/drop.h"
#include "stats/stats.h"
#include "tx/find.h"
#include "vnencap.h"

/**
 * vnencap_find_late - a packet has no mapping
 * @vn: the device
 * @map: its VNI's
 * @skb: the packet
 * @dst: where it is to go
 *
 * Those who make mappings are told. The packet may then wait for one. Or somebody has
 * made the mapping since it was looked for.
 *
 * Hosts send packets to many of their own accord, as to find routers. These are
 * no misses.
 *
 * Context: softirq, or bottom halves disabled; in RCU. What is dropped is counted.
 * Return: the endpoint; ERR_PTR(-ENOENT), with the packet still the caller's;
 * ERR_PTR(-EINPROGRESS) where it waits, and is the caller's no more.
 */
struct vnencap_endpoint *vnencap_find_late(struct vnencap_dev *vn,
					   struct vnencap_map *map,
					   struct sk_buff *skb,
					   const struct vnencap_addr *dst)
{
	struct vnencap_misses *misses = vnencap_map_misses(map);
	struct vnencap_endpoint *endpoint = NULL;
	bool met;
	int err;

	if (vnencap_addr_is_many(dst)) {
		vnencap_drop(vn, skb, TX_MULTICAST);
		return ERR_PTR(-ENOENT);
	}
	met = vnencap_miss_met(misses, dst);
	err = vnencap_hold_add(vnencap_map_hold(map), vn, map, skb, dst, met);
	if (!err)
		return ERR_PTR(-EINPROGRESS);
	if (err == -EAGAIN)
		endpoint = vnencap_map_lookup(map, dst);
	if (endpoint)
		return endpoint;
	vnencap_drop(vn, skb, TX_NO_MAPPING);
	/* who hears of misses may make the mapping for the next packet */
	if (!vnencap_miss_heard(misses))
		vnencap_unreachable_tell(skb, false);
	return ERR_PTR(-ENOENT);
}

/**
 * vnencap_find_branch - pick one of a mapping's endpoints, by addresses and ports
 * @vn: the device
 * @group: the mapping's
 * @skb: the packet
 *
 * The hash that the socket gave the packet will not do: it changes while a connection
 * lives.
 *
 * Context: as vnencap_find_late().
 * Return: the endpoint; ERR_PTR(-EINVAL) where the mapping has none.
 */
struct vnencap_endpoint *vnencap_find_branch(struct vnencap_dev *vn,
					     const struct vnencap_group *group,
					     struct sk_buff *skb)
{
	u32 hash = group->n > 1 ? __skb_get_hash_symmetric(skb) : 0;
	struct vnencap_endpoint *endpoint = vnencap_group_pick(group, hash);

	if (endpoint)
		return endpoint;
	vnencap_drop(vn, skb, TX_BLACKHOLE);
	vnencap_unreachable_tell(skb, true);
	return ERR_PTR(-EINVAL);
}
