// SPDX-License-Identifier: GPL-2.0-only
/*
 * Endpoints: the hosts of the substrate that mappings name. Each network
 * namespace has a table of them, by VNI and address. A mapping has a reference
 * to its endpoint; without any the endpoint goes.
 *
 * References are taken and given back under the lock of the namespace's
 * mappings. The data path comes to endpoints under RCU, without a reference.
 */

#include <linux/jhash.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "map/endpoint.h"

static unsigned int endpoint_net_id __read_mostly;

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

static void endpoint_free(struct vnencap_endpoint *endpoint)
{
	dst_cache_destroy(&endpoint->dst_cache);
	free_percpu(endpoint->traffic);
	kfree(endpoint);
}

static void endpoint_free_rcu(struct rcu_head *rcu)
{
	endpoint_free(container_of(rcu, struct vnencap_endpoint, rcu));
}

static struct vnencap_endpoint *endpoint_new(struct vnencap_endpoints *all,
					     u32 vni,
					     const struct vnencap_addr *addr)
{
	struct vnencap_endpoint *endpoint;
	int err;

	endpoint = kzalloc(sizeof(*endpoint), GFP_KERNEL_ACCOUNT);
	if (!endpoint)
		return ERR_PTR(-ENOMEM);
	endpoint->vni = vni;
	endpoint->addr = *addr;
	refcount_set(&endpoint->refs, 1);
	dst_cache_reset(&endpoint->dst_cache);

	err = rhashtable_insert_fast(&all->table, &endpoint->node,
				     endpoint_params);
	if (err) {
		kfree(endpoint);
		return ERR_PTR(err);
	}
	all->used = true;
	return endpoint;
}

/**
 * vnencap_endpoint_get - the endpoint at an address, for a mapping
 * @all: the namespace's endpoints
 * @vni: the VNI that is to see it
 * @addr: the address
 *
 * Context: process, under the lock of the namespace's mappings; sleeps.
 * Return: the endpoint, which may be new, with a reference for the caller;
 * ERR_PTR() where memory is short.
 */
struct vnencap_endpoint *vnencap_endpoint_get(struct vnencap_endpoints *all,
					      u32 vni,
					      const struct vnencap_addr *addr)
{
	struct endpoint_key key = { .vni = vni, .addr = addr };
	struct vnencap_endpoint *endpoint;

	endpoint = rhashtable_lookup_fast(&all->table, &key,
					  endpoint_params);
	if (!endpoint)
		return endpoint_new(all, vni, addr);
	refcount_inc(&endpoint->refs);
	return endpoint;
}

/**
 * vnencap_endpoint_put - a mapping names an endpoint no more
 * @all: the namespace's endpoints
 * @endpoint: what vnencap_endpoint_get() returned
 *
 * Readers may have found the endpoint by a mapping before: with the last
 * reference given back it goes, but only when these readers are gone.
 *
 * Context: process, under the lock of the namespace's mappings.
 */
void vnencap_endpoint_put(struct vnencap_endpoints *all,
			  struct vnencap_endpoint *endpoint)
{
	if (!refcount_dec_and_test(&endpoint->refs))
		return;
	rhashtable_remove_fast(&all->table, &endpoint->node,
			       endpoint_params);
	call_rcu(&endpoint->rcu, endpoint_free_rcu);
}

/**
 * vnencap_endpoint_count - how many endpoints there are
 * @all: the namespace's endpoints
 *
 * Context: any.
 */
unsigned int vnencap_endpoint_count(const struct vnencap_endpoints *all)
{
	return atomic_read(&all->table.nelems);
}

/**
 * vnencap_endpoint_at - the endpoint at an address
 * @all: the namespace's endpoints
 * @vni: the VNI
 * @addr: the address
 *
 * Context: RCU.
 * Return: the endpoint, good until the end of the RCU section; NULL where no
 * mapping of the VNI names it.
 */
struct vnencap_endpoint *vnencap_endpoint_at(struct vnencap_endpoints *all,
					     u32 vni,
					     const struct vnencap_addr *addr)
{
	struct endpoint_key key = { .vni = vni, .addr = addr };

	return rhashtable_lookup(&all->table, &key, endpoint_params);
}

/**
 * vnencap_endpoint_all - the endpoints of a network namespace
 * @net: the namespace of the substrate
 *
 * Context: any.
 * Return: them; they are there as long as the namespace is.
 */
struct vnencap_endpoints *vnencap_endpoint_all(struct net *net)
{
	return net_generic(net, endpoint_net_id);
}

/**
 * vnencap_endpoint_find - the endpoint at an address of a namespace's substrate
 * @net: the namespace of the substrate
 * @vni: the VNI
 * @addr: the address
 *
 * Context, Return: as vnencap_endpoint_at().
 */
struct vnencap_endpoint *vnencap_endpoint_find(struct net *net, u32 vni,
					       const struct vnencap_addr *addr)
{
	return vnencap_endpoint_at(vnencap_endpoint_all(net), vni, addr);
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
	rhashtable_walk_enter(&vnencap_endpoint_all(net)->table, iter);
}

/**
 * vnencap_endpoint_ready - make an endpoint ready to keep a route
 * @endpoint: the endpoint
 *
 * Of a million endpoints there may be few that this host ever sends to: only
 * they get the memory that a route takes for each CPU. Where there is none just
 * now, no route is kept.
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 */
void vnencap_endpoint_ready(struct vnencap_endpoint *endpoint)
{
	struct dst_cache cache;

	if (READ_ONCE(endpoint->dst_cache.cache) ||
	    dst_cache_init(&cache, GFP_ATOMIC | __GFP_NOWARN))
		return;
	if (cmpxchg(&endpoint->dst_cache.cache, NULL, cache.cache))
		dst_cache_destroy(&cache);
}

static int __net_init endpoint_net_init(struct net *net)
{
	return rhashtable_init(&vnencap_endpoint_all(net)->table,
			       &endpoint_params);
}

/* The mappings of these namespaces are gone, for their part of the exit comes
 * before this one. The routes that endpoints cache belong to the namespace, so
 * they must be released before the namespace goes. cleanup_net() waits for those
 * RCU callbacks that it finds queued; a route's is queued only by its
 * endpoint's, which is waited for here.
 */
static void __net_exit endpoint_net_exit_batch(struct list_head *nets)
{
	struct vnencap_endpoints *all;
	bool used = false;
	struct net *net;

	list_for_each_entry(net, nets, exit_list) {
		all = vnencap_endpoint_all(net);
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
	.size = sizeof(struct vnencap_endpoints),
};

/**
 * vnencap_endpoint_init - make ready for endpoints
 *
 * Context: module init, before mappings.
 * Return: 0, or an error.
 */
int __init vnencap_endpoint_init(void)
{
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
