/* SPDX-License-Identifier: GPL-2.0-only */
/* The hosts of the substrate that mappings name. */
#ifndef _VNENCAP_ENDPOINT_H
#define _VNENCAP_ENDPOINT_H

#include <linux/atomic.h>
#include <linux/refcount.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable-types.h>
#include <net/dst_cache.h>

#include "map/share.h"
#include "wire/addr.h"

struct net;
struct vnencap_endpoint_net;
struct vnencap_loss;
struct vnencap_traffic;

/**
 * struct vnencap_endpoints - the endpoints of one VNI
 * @all: those of the namespace
 * @vni: the VNI
 * @routes: changes when the routes that are kept are to be forgotten
 * @apart: frames to one of them may have taken different routes
 * @pieces: how many pieces of memory for each CPU they have
 * @fresh: how many of these a moment ago
 * @refs: one of the VNI's table, and one of each endpoint
 * @rcu: readers may hold it until a grace period after the last reference
 *
 * The map wing's own.
 */
struct vnencap_endpoints {
	struct vnencap_endpoint_net *all;
	u32 vni;
	unsigned int routes;
	bool apart;
	atomic_t pieces;
	struct vnencap_window fresh;
	refcount_t refs;
	struct rcu_head rcu;
};

/**
 * struct vnencap_heard - what routers have told of the ways to an endpoint
 * @mtu: the shortest path MTU, in bytes; 0 for none
 * @domain: index of the VRF that they spoke in, or 0
 * @flushed: how often the namespace's exceptions of routes had been flushed by then
 * @until: how long it is remembered, in jiffies, all 64 bits of them: nobody looks at an
 *	endpoint for months, and fewer bits come round
 */
struct vnencap_heard {
	u32 mtu;
	int domain;
	int flushed;
	u64 until;
};

/**
 * struct vnencap_endpoint - a host of the substrate, as one VNI sees it
 * @addr: where it is; of AF_UNSPEC it stands for a group of others
 * @routes: as that of @own when @dst_cache was emptied last
 * @own: the endpoints of that VNI, which this is one of; NULL for a group's
 * @dst_cache: the route to it, from the device that sent there last; has no
 *	memory of its own before
 * @traffic: its counters, NULL before there was any traffic
 * @loss: what is known of losses between here and there, NULL where nothing is
 * @vni: the VNI that sees it so
 * @refs: one for each mapping that names it
 * @failed: when there was no memory for a piece of it (jiffies); for a second after
 *	that none is asked for
 * @ids: how far the ids have come that count small packets sent there, see tx/id.h
 * @heard: what routers have told of the ways to it, see lower/pmtu.c
 * @node: in the namespace's table of endpoints
 * @rcu: readers may hold it until a grace period after the last reference
 */
struct vnencap_endpoint {
	struct vnencap_addr addr;
	unsigned int routes;
	struct vnencap_endpoints *own;
	struct dst_cache dst_cache;
	struct vnencap_traffic __percpu *traffic;
	struct vnencap_loss *loss;
	/* up to here it is what frames need; the rest is in a cache line of its own */
	u32 vni;
	refcount_t refs;
	unsigned long failed;
	atomic_t ids;
	struct vnencap_heard heard;
	struct rhash_head node;
	struct rcu_head rcu;
};

/* What an endpoint has for each CPU comes in pieces: one for its counters, one for
 * its route. What is known of losses is one more, if only for one CPU. None has more
 * bytes than this.
 */
#define VNENCAP_PIECE_BYTES	192

/* Where a process sends, a piece is its control group's, and not beyond its limit.
 * What comes from the wire is no group's.
 */
#define VNENCAP_PIECE_GFP	(GFP_NOWAIT | __GFP_NOWARN | __GFP_ACCOUNT)

/* For a VNI's table */
struct vnencap_endpoints *vnencap_endpoints_new(struct net *net, u32 vni);
void vnencap_endpoints_end(struct vnencap_endpoints *own);
void vnencap_endpoints_forget_routes(struct vnencap_endpoints *own);

/* For those who hold the lock of the namespace's mappings */
struct vnencap_endpoint *vnencap_endpoint_get(struct vnencap_endpoints *own,
					      const struct vnencap_addr *addr);
void vnencap_endpoint_put(struct vnencap_endpoint *endpoint);
unsigned int vnencap_endpoint_count(struct net *net);

/* For readers in RCU */
struct vnencap_endpoint *vnencap_endpoint_at(const struct vnencap_endpoints *own,
					     const struct vnencap_addr *addr);
struct vnencap_endpoint *vnencap_endpoint_find(struct net *net, u32 vni,
					       const struct vnencap_addr *addr);
void vnencap_endpoint_walk(struct net *net, struct rhashtable_iter *iter);

/**
 * vnencap_endpoint_route_old - is a route that is kept for an endpoint out of date?
 * @endpoint: the endpoint
 *
 * Context: RCU.
 * Return: true where it has to be forgotten before @dst_cache is used.
 */
static inline bool
vnencap_endpoint_route_old(const struct vnencap_endpoint *endpoint)
{
	/* whoever sees that it is not, sees the cache that was emptied */
	return smp_load_acquire(&endpoint->routes) !=
	       READ_ONCE(endpoint->own->routes);
}

void vnencap_endpoint_forget_route(struct vnencap_endpoint *endpoint);
void vnencap_endpoint_ready(struct vnencap_endpoint *endpoint);
bool vnencap_endpoint_take_piece(struct vnencap_endpoint *endpoint);
void vnencap_endpoint_give_piece(struct vnencap_endpoint *endpoint, bool failed);

int vnencap_endpoint_init(void);
void vnencap_endpoint_exit(void);

/**
 * vnencap_endpoint_is_apart - may frames have taken different routes?
 * @endpoint: one of several of its VNI
 *
 * Context: any, in RCU.
 * Return: true if those to it, or to another of its VNI, may have.
 */
static inline bool
vnencap_endpoint_is_apart(const struct vnencap_endpoint *endpoint)
{
	return READ_ONCE(endpoint->own->apart);
}

/**
 * vnencap_endpoint_set_apart - frames may take different routes from now on
 * @endpoint: where they go
 *
 * Context: any, in RCU.
 */
static inline void vnencap_endpoint_set_apart(struct vnencap_endpoint *endpoint)
{
	if (!vnencap_endpoint_is_apart(endpoint))
		WRITE_ONCE(endpoint->own->apart, true);
}

#endif /* _VNENCAP_ENDPOINT_H */
