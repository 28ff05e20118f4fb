/* SPDX-License-Identifier: GPL-2.0-only */
/* The hosts of the substrate that mappings name. */
#ifndef _VNENCAP_ENDPOINT_H
#define _VNENCAP_ENDPOINT_H

#include <linux/refcount.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable-types.h>
#include <net/dst_cache.h>

#include "wire/addr.h"

struct net;
struct vnencap_endpoints;
struct vnencap_loss;
struct vnencap_traffic;

/**
 * struct vnencap_endpoint - a host of the substrate, as one VNI sees it
 * @addr: where it is; of AF_UNSPEC it stands for a group of others
 * @vni: the VNI that sees it so
 * @own: the endpoints of that VNI, which this is one of; NULL for a group's
 * @dst_cache: the route to it, from the device that sent there last; has no
 *	memory of its own before
 * @traffic: its counters, NULL before there was any traffic
 * @loss: what is known of losses between here and there, NULL where nothing is
 * @failed: when there was no memory for a piece of it (jiffies); for a second after
 *	that none is asked for
 * @refs: one for each mapping that names it
 * @node: in the namespace's table of endpoints
 * @rcu: readers may hold it until a grace period after the last reference
 */
struct vnencap_endpoint {
	struct vnencap_addr addr;
	u32 vni;
	struct vnencap_endpoints *own;
	struct dst_cache dst_cache;
	struct vnencap_traffic __percpu *traffic;
	struct vnencap_loss *loss;
	unsigned long failed;
	refcount_t refs;
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

void vnencap_endpoint_ready(struct vnencap_endpoint *endpoint);
bool vnencap_endpoint_take_piece(struct vnencap_endpoint *endpoint);
void vnencap_endpoint_give_piece(struct vnencap_endpoint *endpoint, bool failed);

int vnencap_endpoint_init(void);
void vnencap_endpoint_exit(void);

#endif /* _VNENCAP_ENDPOINT_H */
