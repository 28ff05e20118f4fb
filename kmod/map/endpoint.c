// SPDX-License-Identifier: GPL-2.0-only
/*
 * Endpoints: the hosts of the substrate that mappings name. Each network
 * namespace has a table of them, by VNI and address. A mapping has a reference
 * to its endpoint; without any the endpoint goes.
 *
 * References are taken and given back under the lock of the namespace's
 * mappings. The data path comes to endpoints under RCU, without a reference.
 *
 * Of a million endpoints there may be few that this host ever has to do with. So
 * what an endpoint needs for each CPU is made on first contact: a piece of memory
 * for its counters, and one for its route. Who makes a contact may be a guest
 * that scans its network, or a stranger who forges a source. So there are bounds
 * to these pieces: how many a namespace has, fewer where a user made it, how many
 * of those a VNI has, and how many a VNI gets in a short time. An endpoint without
 * a piece works, but does not count, or asks for its route each time.
 */

#include <linux/jhash.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "map/endpoint.h"
#include "map/share.h"

/* Memory for the pieces of a namespace: a part of all memory, within bounds */
#define PIECES_SHIFT	10
#define PIECES_MIN	(4UL << 20)
#define PIECES_MAX	(256UL << 20)

#define PIECES_OWN	64	/* that a VNI may have though others have the most */
#define PIECES_OVER	4	/* but all together not so many times the most */
#define PIECES_FRESH	256	/* that a VNI gets in a window of time */

/**
 * struct vnencap_endpoint_net - the endpoints of a network namespace
 * @table: they themselves, by VNI and address
 * @pieces: how many pieces of memory for each CPU they have
 * @most: how many they may have, but for a few of each VNI
 * @used: whether there ever was one
 */
struct vnencap_endpoint_net {
	struct rhashtable table;
	atomic_t pieces;
	unsigned int most;
	bool used;
};

static unsigned int endpoint_net_id __read_mostly;
/* That the first namespaces of the host may have, and those that a user made */
static unsigned int pieces_max __ro_after_init, pieces_least __ro_after_init;

static struct vnencap_endpoint_net *endpoint_net(struct net *net)
{
	return net_generic(net, endpoint_net_id);
}

/**
 * vnencap_endpoints_new - a VNI has no endpoint yet
 * @net: the namespace of the substrate
 * @vni: the VNI
 *
 * Context: process; sleeps.
 * Return: the VNI's endpoints, none; NULL where memory is short.
 */
struct vnencap_endpoints *vnencap_endpoints_new(struct net *net, u32 vni)
{
	struct vnencap_endpoints *own;

	own = kzalloc(sizeof(*own), GFP_KERNEL_ACCOUNT);
	if (!own)
		return NULL;
	own->all = endpoint_net(net);
	own->vni = vni;
	refcount_set(&own->refs, 1);
	return own;
}

static void endpoints_put(struct vnencap_endpoints *own)
{
	if (refcount_dec_and_test(&own->refs))
		kfree_rcu(own, rcu);
}

/**
 * vnencap_endpoints_end - a VNI will have no endpoint any more
 * @own: the VNI's, all of which their mappings have given back
 *
 * Readers that found them before may go on with them.
 *
 * Context: process.
 */
void vnencap_endpoints_end(struct vnencap_endpoints *own)
{
	endpoints_put(own);
}

struct endpoint_key {
	u32 vni;
	const struct vnencap_addr *addr;
};

static u32 endpoint_hash(u32 vni, const struct vnencap_addr *addr, u32 seed)
{
	if (addr->family == AF_INET)
		return jhash_2words(vni, (__force u32)addr->ip4, seed);
	return jhash2((__force u32 *)addr->ip6.s6_addr32, 4, seed ^ vni);
}

static u32 endpoint_key_hashfn(const void *data, u32 len, u32 seed)
{
	const struct endpoint_key *key = data;

	return endpoint_hash(key->vni, key->addr, seed);
}

static u32 endpoint_obj_hashfn(const void *data, u32 len, u32 seed)
{
	const struct vnencap_endpoint *endpoint = data;

	return endpoint_hash(endpoint->vni, &endpoint->addr, seed);
}

static int endpoint_cmpfn(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct vnencap_endpoint *endpoint = obj;
	const struct endpoint_key *key = arg->key;

	return key->vni != endpoint->vni ||
	       !vnencap_addr_equal(key->addr, &endpoint->addr);
}

static const struct rhashtable_params endpoint_params = {
	.head_offset = offsetof(struct vnencap_endpoint, node),
	.hashfn = endpoint_key_hashfn,
	.obj_hashfn = endpoint_obj_hashfn,
	.obj_cmpfn = endpoint_cmpfn,
	.automatic_shrinking = true,
};

static void count_pieces(struct vnencap_endpoints *own, int n)
{
	atomic_add(n, &own->pieces);
	atomic_add(n, &own->all->pieces);
}

static void endpoint_free(struct vnencap_endpoint *endpoint)
{
	count_pieces(endpoint->own,
		     -(!!endpoint->dst_cache.cache + !!endpoint->traffic +
		       !!endpoint->loss));
	dst_cache_destroy(&endpoint->dst_cache);
	free_percpu(endpoint->traffic);
	kfree(endpoint->loss);
	endpoints_put(endpoint->own);
	kfree(endpoint);
}

static void endpoint_free_rcu(struct rcu_head *rcu)
{
	endpoint_free(container_of(rcu, struct vnencap_endpoint, rcu));
}

static struct vnencap_endpoint *endpoint_new(struct vnencap_endpoints *own,
					     const struct vnencap_addr *addr)
{
	struct vnencap_endpoint *endpoint;
	int err;

	endpoint = kzalloc(sizeof(*endpoint), GFP_KERNEL_ACCOUNT);
	if (!endpoint)
		return ERR_PTR(-ENOMEM);
	endpoint->vni = own->vni;
	endpoint->own = own;
	endpoint->addr = *addr;
	endpoint->failed = jiffies - HZ;
	endpoint->routes = READ_ONCE(own->routes);
	/* nobody guesses them by those of another */
	atomic_set(&endpoint->ids, get_random_u32());
	refcount_set(&endpoint->refs, 1);
	dst_cache_reset(&endpoint->dst_cache);

	err = rhashtable_insert_fast(&own->all->table, &endpoint->node,
				     endpoint_params);
	if (err) {
		kfree(endpoint);
		return ERR_PTR(err);
	}
	refcount_inc(&own->refs);
	own->all->used = true;
	return endpoint;
}

/**
 * vnencap_endpoint_get - the endpoint at an address, for a mapping
 * @own: the endpoints of the mapping's VNI
 * @addr: the address
 *
 * Context: process, under the lock of the namespace's mappings; sleeps.
 * Return: the endpoint, which may be new, with a reference for the caller;
 * ERR_PTR() where memory is short.
 */
struct vnencap_endpoint *vnencap_endpoint_get(struct vnencap_endpoints *own,
					      const struct vnencap_addr *addr)
{
	struct endpoint_key key = { .vni = own->vni, .addr = addr };
	struct vnencap_endpoint *endpoint;

	endpoint = rhashtable_lookup_fast(&own->all->table, &key,
					  endpoint_params);
	if (!endpoint)
		return endpoint_new(own, addr);
	refcount_inc(&endpoint->refs);
	return endpoint;
}

/**
 * vnencap_endpoint_put - a mapping names an endpoint no more
 * @endpoint: what vnencap_endpoint_get() returned
 *
 * Readers may have found the endpoint by a mapping before: with the last
 * reference given back it goes, but only when these readers are gone.
 *
 * Context: process, under the lock of the namespace's mappings.
 */
void vnencap_endpoint_put(struct vnencap_endpoint *endpoint)
{
	if (!refcount_dec_and_test(&endpoint->refs))
		return;
	rhashtable_remove_fast(&endpoint->own->all->table, &endpoint->node,
			       endpoint_params);
	call_rcu(&endpoint->rcu, endpoint_free_rcu);
}

/**
 * vnencap_endpoint_count - how many endpoints there are
 * @net: the namespace of the substrate
 *
 * Context: any.
 * Return: how many, of all VNIs.
 */
unsigned int vnencap_endpoint_count(struct net *net)
{
	return atomic_read(&endpoint_net(net)->table.nelems);
}

static struct vnencap_endpoint *endpoint_at(struct vnencap_endpoint_net *all,
					    u32 vni,
					    const struct vnencap_addr *addr)
{
	struct endpoint_key key = { .vni = vni, .addr = addr };

	return rhashtable_lookup(&all->table, &key, endpoint_params);
}

/**
 * vnencap_endpoint_at - the endpoint at an address
 * @own: the VNI's endpoints
 * @addr: the address
 *
 * Context: RCU.
 * Return: the endpoint, good until the end of the RCU section; NULL where no
 * mapping of the VNI names it.
 */
struct vnencap_endpoint *vnencap_endpoint_at(const struct vnencap_endpoints *own,
					     const struct vnencap_addr *addr)
{
	return endpoint_at(own->all, own->vni, addr);
}

/**
 * vnencap_endpoint_find - the same, by namespace and VNI
 * @net: the namespace of the substrate
 * @vni: the VNI
 * @addr: the address
 *
 * Context: as vnencap_endpoint_at().
 * Return: as vnencap_endpoint_at().
 */
struct vnencap_endpoint *vnencap_endpoint_find(struct net *net, u32 vni,
					       const struct vnencap_addr *addr)
{
	return endpoint_at(endpoint_net(net), vni, addr);
}

/**
 * vnencap_endpoints_forget_routes - forget the routes that are kept for a VNI
 * @own: the VNI's endpoints
 *
 * To be called when nobody looks routes up any more for the settings that those were
 * found for. Each endpoint's are forgotten when they are asked for the next time.
 *
 * Context: RTNL.
 */
void vnencap_endpoints_forget_routes(struct vnencap_endpoints *own)
{
	WRITE_ONCE(own->routes, own->routes + 1);
}

/**
 * vnencap_endpoint_forget_route - an endpoint's route is not to be taken any more
 * @endpoint: for which vnencap_endpoint_route_old() is true
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 */
void vnencap_endpoint_forget_route(struct vnencap_endpoint *endpoint)
{
	unsigned int routes = READ_ONCE(endpoint->own->routes);

	dst_cache_reset(&endpoint->dst_cache);
	/* pairs with the acquire in vnencap_endpoint_route_old() */
	smp_store_release(&endpoint->routes, routes);
}

/**
 * vnencap_endpoint_walk - be about to go over all endpoints
 * @net: the namespace of the substrate
 * @iter: written; to be given to rhashtable_walk_start() and its like
 *
 * Context: any.
 */
void vnencap_endpoint_walk(struct net *net, struct rhashtable_iter *iter)
{
	rhashtable_walk_enter(&endpoint_net(net)->table, iter);
}

/**
 * vnencap_endpoint_take_piece - may memory for each CPU be made for an endpoint?
 * @endpoint: the endpoint
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 * Return: true where one piece may be made, by VNENCAP_PIECE_GFP. It is counted
 * as the endpoint's then: what comes to nothing is to be given back.
 */
bool vnencap_endpoint_take_piece(struct vnencap_endpoint *endpoint)
{
	struct vnencap_endpoints *own = endpoint->own;
	unsigned int has = atomic_read(&own->pieces);
	unsigned int all = atomic_read(&own->all->pieces);

	if (has >= PIECES_OWN && has >= vnencap_share(own->all->most, all))
		return false;
	if (all >= PIECES_OVER * own->all->most)
		return false;
	/* Atomic allocations for each CPU are made under one lock of all CPUs. Where
	 * there was no memory, that may have been one control group's.
	 */
	if (jiffies - READ_ONCE(endpoint->failed) < HZ ||
	    vnencap_window_count(&own->fresh) >= PIECES_FRESH)
		return false;
	vnencap_window_add(&own->fresh);
	count_pieces(own, 1);
	return true;
}

/**
 * vnencap_endpoint_give_piece - a piece of memory came to nothing
 * @endpoint: for which vnencap_endpoint_take_piece() allowed it
 * @failed: there was no memory; else another CPU was faster
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 */
void vnencap_endpoint_give_piece(struct vnencap_endpoint *endpoint, bool failed)
{
	count_pieces(endpoint->own, -1);
	if (failed)
		WRITE_ONCE(endpoint->failed, jiffies);
}

/**
 * vnencap_endpoint_ready - make an endpoint ready to keep a route
 * @endpoint: the endpoint
 *
 * Where there may be no memory for it now, no route is kept.
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 */
void vnencap_endpoint_ready(struct vnencap_endpoint *endpoint)
{
	struct dst_cache cache;

	if (READ_ONCE(endpoint->dst_cache.cache) ||
	    !vnencap_endpoint_take_piece(endpoint))
		return;
	if (dst_cache_init(&cache, VNENCAP_PIECE_GFP)) {
		vnencap_endpoint_give_piece(endpoint, true);
		return;
	}
	if (!cmpxchg(&endpoint->dst_cache.cache, NULL, cache.cache))
		return;
	dst_cache_destroy(&cache);
	vnencap_endpoint_give_piece(endpoint, false);
}

static int __net_init endpoint_net_init(struct net *net)
{
	struct vnencap_endpoint_net *all = endpoint_net(net);

	all->most = net->user_ns == &init_user_ns ? pieces_max : pieces_least;
	return rhashtable_init(&all->table, &endpoint_params);
}

/* The mappings of these namespaces are gone, for their part of the exit comes
 * before this one. The routes that endpoints cache belong to the namespace, so
 * they must be released before the namespace goes. cleanup_net() waits for those
 * RCU callbacks that it finds queued; a route's is queued only by its
 * endpoint's, which is waited for here.
 */
static void __net_exit endpoint_net_exit_batch(struct list_head *nets)
{
	struct vnencap_endpoint_net *all;
	bool used = false;
	struct net *net;

	list_for_each_entry(net, nets, exit_list) {
		all = endpoint_net(net);
		used |= all->used;
		rhashtable_destroy(&all->table);
	}
	if (used)
		rcu_barrier();
}

static struct pernet_operations endpoint_net_ops = {
	.init = endpoint_net_init,
	.exit_batch = endpoint_net_exit_batch,
	.id = &endpoint_net_id,
	.size = sizeof(struct vnencap_endpoint_net),
};

/**
 * vnencap_endpoint_init - make ready for endpoints
 *
 * Context: module init, before mappings.
 * Return: 0, or an error.
 */
int __init vnencap_endpoint_init(void)
{
	unsigned long bytes = totalram_pages() << (PAGE_SHIFT - PIECES_SHIFT);
	unsigned int piece = VNENCAP_PIECE_BYTES * num_possible_cpus();

	pieces_max = clamp(bytes, PIECES_MIN, PIECES_MAX) / piece;
	pieces_least = PIECES_MIN / piece;
	return register_pernet_subsys(&endpoint_net_ops);
}

/**
 * vnencap_endpoint_exit - undo vnencap_endpoint_init()
 *
 * Context: module exit, after mappings. The caller then waits for the RCU
 * callbacks of this file by rcu_barrier().
 */
void vnencap_endpoint_exit(void)
{
	unregister_pernet_subsys(&endpoint_net_ops);
}
