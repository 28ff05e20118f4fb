// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings: (VNI, overlay prefix) -> substrate endpoint.
 *
 * Each network namespace has a table for each VNI, and in it a trie for IPv4
 * and one for IPv6, and the VNI's keys, which so are there before a device is,
 * and after, as mappings are. The data path looks up under RCU, without a lock.
 * Changes and questions from control hold the namespace's lock.
 */

#include <linux/jhash.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "map/group.h"
#include "map/hold.h"
#include "map/key.h"
#include "map/map.h"
#include "map/trie.h"

/* The caller holds the namespace's lock. */
#define map_deref(p) rcu_dereference_protected(p, true)

/* Marks the tables that have keys. */
#define MAP_HAS_KEYS XA_MARK_0

/**
 * struct vnencap_map_net - the mappings of a network namespace
 * @lock: serializes the writers, and those readers that may sleep; taken
 *	inside RTNL or without it, and nothing is locked inside but what
 *	sending a netlink message needs
 * @maps: tables by VNI
 * @endpoints: by VNI and address
 * @generation: changes with each change of a mapping or of keys, and is never
 *	zero
 * @sizes: see there; @sizes.endpoints is not kept
 * @used: whether there ever was an endpoint
 * @gone: groups that new readers cannot find any more
 */
struct vnencap_map_net {
	struct mutex lock;	/* see above */
	struct xarray maps;
	struct rhashtable endpoints;
	u32 generation;
	struct vnencap_map_sizes sizes;
	bool used;
	struct vnencap_group *gone;
};

static unsigned int map_net_id __read_mostly;

static struct vnencap_map_net *map_net(struct net *net)
{
	return net_generic(net, map_net_id);
}

/* As above, for what needs the lock held */
static struct vnencap_map_net *map_net_locked(struct net *net)
{
	struct vnencap_map_net *mn = map_net(net);

	lockdep_assert_held(&mn->lock);
	return mn;
}

static void map_net_changed(struct vnencap_map_net *mn)
{
	if (!++mn->generation)
		mn->generation = 1;
}

/* ---- Keys ---- */

static struct vnencap_trie_key map_key4(__be32 addr)
{
	return (struct vnencap_trie_key){ .hi = (u64)be32_to_cpu(addr) << 32 };
}

static struct vnencap_trie_key map_key6(const struct in6_addr *addr)
{
	const __be32 *w = addr->s6_addr32;

	return (struct vnencap_trie_key){
		.hi = (u64)be32_to_cpu(w[0]) << 32 | be32_to_cpu(w[1]),
		.lo = (u64)be32_to_cpu(w[2]) << 32 | be32_to_cpu(w[3]),
	};
}

static struct vnencap_trie_key map_key(const struct vnencap_addr *addr)
{
	return addr->family == AF_INET ? map_key4(addr->ip4) :
					 map_key6(&addr->ip6);
}

static struct vnencap_addr map_key_addr(const struct vnencap_trie_key *key,
					u16 family)
{
	struct vnencap_addr addr = { .family = family };

	if (family == AF_INET) {
		addr.ip4 = cpu_to_be32(key->hi >> 32);
		return addr;
	}
	addr.ip6.s6_addr32[0] = cpu_to_be32(key->hi >> 32);
	addr.ip6.s6_addr32[1] = cpu_to_be32(key->hi);
	addr.ip6.s6_addr32[2] = cpu_to_be32(key->lo >> 32);
	addr.ip6.s6_addr32[3] = cpu_to_be32(key->lo);
	return addr;
}

/* ---- Endpoints ---- */

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

static struct vnencap_endpoint *endpoint_new(struct vnencap_map_net *mn,
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

	err = rhashtable_insert_fast(&mn->endpoints, &endpoint->node,
				     endpoint_params);
	if (err) {
		kfree(endpoint);
		return ERR_PTR(err);
	}
	mn->used = true;
	return endpoint;
}

static struct vnencap_endpoint *endpoint_get(struct vnencap_map_net *mn,
					     u32 vni,
					     const struct vnencap_addr *addr)
{
	struct endpoint_key key = { .vni = vni, .addr = addr };
	struct vnencap_endpoint *endpoint;

	endpoint = rhashtable_lookup_fast(&mn->endpoints, &key,
					  endpoint_params);
	if (!endpoint)
		return endpoint_new(mn, vni, addr);
	refcount_inc(&endpoint->refs);
	return endpoint;
}

/* Readers may have it from a node still: it goes when they are gone. */
static void endpoint_put(struct vnencap_map_net *mn,
			 struct vnencap_endpoint *endpoint)
{
	if (!refcount_dec_and_test(&endpoint->refs))
		return;
	rhashtable_remove_fast(&mn->endpoints, &endpoint->node,
			       endpoint_params);
	call_rcu(&endpoint->rcu, endpoint_free_rcu);
}

/* ---- Groups ---- */

static void group_put_endpoints(struct vnencap_map_net *mn,
				struct vnencap_group *group, unsigned int n)
{
	while (n--)
		endpoint_put(mn, group->branch[n].endpoint);
}

static int group_get_endpoints(struct vnencap_map_net *mn, u32 vni,
			       struct vnencap_group *group)
{
	struct vnencap_endpoint *endpoint;
	unsigned int i;

	for (i = 0; i < group->n; i++) {
		endpoint = endpoint_get(mn, vni, &group->branch[i].via);
		if (IS_ERR(endpoint)) {
			group_put_endpoints(mn, group, i);
			return PTR_ERR(endpoint);
		}
		group->branch[i].endpoint = endpoint;
	}
	vnencap_group_share(group);
	return 0;
}

/* Those that were a mapping's may still be told while the lock is held. */
static void group_free_gone(struct vnencap_map_net *mn)
{
	struct vnencap_group *group;

	while ((group = mn->gone)) {
		mn->gone = group->next;
		group_put_endpoints(mn, group, group->n);
		kfree_rcu(group, any.rcu);
	}
}

/* What a mapping leads to, for its node: an endpoint, or what stands for its
 * group, which is the mapping's then.
 */
static struct vnencap_endpoint *target_get(struct vnencap_map_net *mn,
					   const struct vnencap_mapping *m)
{
	int err;

	if (!m->group)
		return endpoint_get(mn, m->vni, &m->via);
	err = group_get_endpoints(mn, m->vni, m->group);
	return err ? ERR_PTR(err) : &m->group->any;
}

static void target_put(struct vnencap_map_net *mn,
		       struct vnencap_endpoint *endpoint)
{
	struct vnencap_group *group = vnencap_group_of(endpoint);

	if (!group) {
		endpoint_put(mn, endpoint);
		return;
	}
	group->next = mn->gone;
	mn->gone = group;
}

/* Of a mapping that could not be made the group is the caller's again. */
static void target_unget(struct vnencap_map_net *mn,
			 struct vnencap_endpoint *endpoint)
{
	struct vnencap_group *group = vnencap_group_of(endpoint);

	if (group)
		group_put_endpoints(mn, group, group->n);
	else
		endpoint_put(mn, endpoint);
}

/* Does it lead where @m says, if that says anything? */
static bool target_is(const struct vnencap_endpoint *endpoint,
		      const struct vnencap_mapping *m)
{
	const struct vnencap_group *group = vnencap_group_of(endpoint);

	if (m->group)
		return group && vnencap_group_same(group, m->group);
	return m->via.family == AF_UNSPEC ||
	       vnencap_addr_equal(&m->via, &endpoint->addr);
}

static void target_tell(const struct vnencap_endpoint *endpoint,
			struct vnencap_mapping *m)
{
	m->via = endpoint->addr;
	m->group = vnencap_group_of(endpoint);
}

/* ---- For the data path ---- */

/**
 * vnencap_endpoint_ready - make an endpoint ready to keep a route
 * @endpoint: the endpoint
 *
 * Of a million endpoints there may be few that this host ever sends to: only
 * they get the memory that it takes for each CPU. Where there is none just now,
 * no route is kept.
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

/* ---- Tables and their users ---- */

static struct vnencap_map *map_find(struct vnencap_map_net *mn, u32 vni)
{
	return xa_load(&mn->maps, vni);
}

static struct vnencap_map *map_use(struct vnencap_map_net *mn, u32 vni)
{
	struct vnencap_map *map = map_find(mn, vni);

	if (map)
		goto use;
	map = kzalloc(sizeof(*map), GFP_KERNEL_ACCOUNT);
	if (!map)
		return NULL;
	map->home = mn;
	map->vni = vni;
	vnencap_hold_begin(&map->hold, vni);
	if (xa_err(xa_store(&mn->maps, vni, map, GFP_KERNEL_ACCOUNT))) {
		kfree(map);
		return NULL;
	}
	mn->sizes.maps++;
use:
	map->users++;
	return map;
}

static void map_unuse(struct vnencap_map *map)
{
	if (--map->users)
		return;
	map->home->sizes.maps--;
	xa_erase(&map->home->maps, map->vni);
	vnencap_hold_end(&map->hold);
	kfree_rcu(map, rcu);
}

/**
 * vnencap_map_get - the table of a VNI, for a device
 * @net: namespace of the substrate
 * @vni: the VNI
 *
 * The table is there, empty or not, until vnencap_map_put().
 *
 * Context: process, with or without RTNL; sleeps.
 * Return: the table, or ERR_PTR(-ENOMEM).
 */
struct vnencap_map *vnencap_map_get(struct net *net, u32 vni)
{
	struct vnencap_map_net *mn = map_net(net);
	struct vnencap_map *map;

	mutex_lock(&mn->lock);
	map = map_use(mn, vni);
	mutex_unlock(&mn->lock);
	return map ?: ERR_PTR(-ENOMEM);
}

/**
 * vnencap_map_put - a device does without a table from now on
 * @map: what vnencap_map_get() returned, or NULL
 *
 * Its mappings stay. Those who read it under RCU may go on to.
 *
 * Context: process, with or without RTNL; sleeps. The namespace must be there
 * still: to be called before the RTNL section ends in which a device leaves
 * its lower device (ndo_uninit, not the destructor, which may run later).
 */
void vnencap_map_put(struct vnencap_map *map)
{
	struct vnencap_map_net *mn;

	if (!map)
		return;
	mn = map->home;
	mutex_lock(&mn->lock);
	map_unuse(map);
	mutex_unlock(&mn->lock);
}

/**
 * vnencap_map_hold - where packets of a VNI wait for a mapping
 * @map: the table of the VNI
 */
struct vnencap_hold *vnencap_map_hold(struct vnencap_map *map)
{
	return &map->hold;
}

static struct vnencap_endpoint *endpoint_find(struct vnencap_map_net *mn,
					      u32 vni,
					      const struct vnencap_addr *addr)
{
	struct endpoint_key key = { .vni = vni, .addr = addr };

	return rhashtable_lookup(&mn->endpoints, &key, endpoint_params);
}

/**
 * vnencap_map_endpoint - the endpoint at an address
 * @map: the table of the VNI
 * @via: the address
 *
 * Context: RCU.
 * Return: the endpoint, or NULL where no mapping names it.
 */
struct vnencap_endpoint *
vnencap_map_endpoint(const struct vnencap_map *map,
		     const struct vnencap_addr *via)
{
	return endpoint_find(map->home, map->vni, via);
}

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
	struct vnencap_trie_key key = map_key4(addr);

	return vnencap_trie_lookup(&map->root4, &key, 32);
}

/**
 * vnencap_map_lookup6 - where an IPv6 address of the overlay is
 * @map: the table of the VNI
 * @addr: the address
 *
 * Context, Return: as vnencap_map_lookup4().
 */
struct vnencap_endpoint *
vnencap_map_lookup6(const struct vnencap_map *map, const struct in6_addr *addr)
{
	struct vnencap_trie_key key = map_key6(addr);

	return vnencap_trie_lookup(&map->root6, &key, 128);
}

/* ---- Control ---- */

/**
 * vnencap_map_lock - keep the mappings of a namespace as they are
 * @net: the namespace of the substrate
 *
 * Context: process, with or without RTNL; sleeps.
 */
void vnencap_map_lock(struct net *net)
{
	mutex_lock(&map_net(net)->lock);
}

/**
 * vnencap_map_unlock - end of vnencap_map_lock()
 * @net: the same
 */
void vnencap_map_unlock(struct net *net)
{
	struct vnencap_map_net *mn = map_net_locked(net);

	group_free_gone(mn);
	mutex_unlock(&mn->lock);
}

static struct vnencap_trie_node __rcu **map_root(struct vnencap_map *map,
						 u16 family)
{
	return family == AF_INET ? &map->root4 : &map->root6;
}

/* Give the mapping at a place, or to be put there, its endpoint; @endpoint's
 * reference is then the mapping's.
 */
static int map_assign(struct vnencap_map *map,
		      const struct vnencap_trie_place *place,
		      const struct vnencap_trie_key *key, unsigned int len,
		      struct vnencap_endpoint *endpoint)
{
	struct vnencap_map_net *mn = map->home;
	struct vnencap_trie_node *n = vnencap_trie_at(place, key, len);
	struct vnencap_endpoint *old = NULL;
	int nodes = 0;

	if (n) {
		old = map_deref(n->endpoint);
		rcu_assign_pointer(n->endpoint, endpoint);
	} else {
		nodes = vnencap_trie_insert(place, key, len, endpoint);
		if (nodes < 0)
			return nodes;
	}

	mn->sizes.nodes += nodes;
	if (old) {
		target_put(mn, old);
	} else {
		mn->sizes.mappings++;
		map->users++;
	}
	map_net_changed(mn);
	return 0;
}

static int map_set(struct vnencap_map *map, const struct vnencap_mapping *m,
		   unsigned int flags)
{
	struct vnencap_trie_key key = map_key(&m->dst);
	struct vnencap_endpoint *endpoint;
	struct vnencap_trie_place place;
	struct vnencap_trie_node *n;
	int err;

	place = vnencap_trie_find(map_root(map, m->dst.family), &key, m->len);
	n = vnencap_trie_at(&place, &key, m->len);
	if (n && rcu_access_pointer(n->endpoint)) {
		if (flags & NLM_F_EXCL)
			return -EEXIST;
	} else if (!(flags & NLM_F_CREATE)) {
		return -ENOENT;
	}

	endpoint = target_get(map->home, m);
	if (IS_ERR(endpoint))
		return PTR_ERR(endpoint);
	err = map_assign(map, &place, &key, m->len, endpoint);
	if (err)
		target_unget(map->home, endpoint);
	return err;
}

/**
 * vnencap_map_set - add or change a mapping
 * @net: the namespace of the substrate
 * @m: the mapping; it must be well-formed, as struct vnencap_mapping has it; on
 *	success its group is taken over
 * @flags: NLM_F_CREATE: it may be new; NLM_F_EXCL: it must be
 *
 * A packet meets what was mapped before or the new endpoint.
 *
 * Context: process, locked by vnencap_map_lock(); sleeps.
 * Return: 0; -EEXIST: it is there and @flags forbid a change; -ENOENT: it is
 * not there and @flags do not allow to add it; -ENOMEM or another error when
 * memory is short. Nothing has changed then.
 */
int vnencap_map_set(struct net *net, const struct vnencap_mapping *m,
		    unsigned int flags)
{
	struct vnencap_map_net *mn = map_net_locked(net);
	struct vnencap_map *map;
	int err;

	if (!(flags & NLM_F_CREATE) && !map_find(mn, m->vni))
		return -ENOENT;
	map = map_use(mn, m->vni);
	if (!map)
		return -ENOMEM;
	err = map_set(map, m, flags);
	map_unuse(map);
	return err;
}

/**
 * vnencap_map_del - remove a mapping
 * @net: the namespace of the substrate
 * @m: the mapping; if @m->via is given (is not of AF_UNSPEC), or @m->group, it
 *	must be the mapping's; both become what the mapping's were
 *
 * Context: process, locked by vnencap_map_lock(); sleeps.
 * Return: 0; -ENOENT: no such prefix; -EADDRNOTAVAIL: it has another
 * endpoint. Nothing has changed then.
 */
int vnencap_map_del(struct net *net, struct vnencap_mapping *m)
{
	struct vnencap_map_net *mn = map_net_locked(net);
	struct vnencap_map *map = map_find(mn, m->vni);
	struct vnencap_trie_key key = map_key(&m->dst);
	struct vnencap_endpoint *endpoint;
	struct vnencap_trie_place place;
	struct vnencap_trie_node *n;

	if (!map)
		return -ENOENT;
	place = vnencap_trie_find(map_root(map, m->dst.family), &key, m->len);
	n = vnencap_trie_at(&place, &key, m->len);
	endpoint = n ? map_deref(n->endpoint) : NULL;
	if (!endpoint)
		return -ENOENT;
	if (!target_is(endpoint, m))
		return -EADDRNOTAVAIL;

	target_tell(endpoint, m);
	mn->sizes.nodes -= vnencap_trie_remove(&place);
	mn->sizes.mappings--;
	target_put(mn, endpoint);
	map_unuse(map);
	map_net_changed(mn);
	return 0;
}

/* Tell what mapping a node is. */
static void map_tell(const struct vnencap_trie_node *n, u16 family,
		     struct vnencap_mapping *m)
{
	m->dst = map_key_addr(&n->key, family);
	m->len = n->len;
	target_tell(map_deref(n->endpoint), m);
}

/**
 * vnencap_map_match - the mapping that a packet would meet
 * @net: the namespace of the substrate
 * @m: with the VNI and, in @m->dst, the address; becomes the mapping
 *
 * Context: process, locked by vnencap_map_lock().
 * Return: 0, or -ENOENT when there is none.
 */
int vnencap_map_match(struct net *net, struct vnencap_mapping *m)
{
	struct vnencap_map *map = map_find(map_net_locked(net), m->vni);
	struct vnencap_trie_key key = map_key(&m->dst);
	const struct vnencap_trie_node *n;

	if (!map)
		return -ENOENT;
	n = vnencap_trie_match(map_root(map, m->dst.family), &key);
	if (!n)
		return -ENOENT;
	map_tell(n, m->dst.family, m);
	return 0;
}

static void walk_family(struct vnencap_map_walk *walk, u16 family)
{
	walk->family = family;
	vnencap_trie_walk_begin(&walk->trie, map_root(walk->map, family));
}

/* To the other family, or else to the next table */
static void walk_on(struct vnencap_map_walk *walk)
{
	unsigned long vni = walk->map->vni;

	if (walk->family == AF_INET) {
		walk_family(walk, AF_INET6);
		return;
	}
	walk->map = xa_find_after(&walk->map->home->maps, &vni, walk->last_vni,
				  XA_PRESENT);
	if (walk->map)
		walk_family(walk, AF_INET);
}

/**
 * vnencap_map_walk_begin - be about to go from mapping to mapping
 * @walk: written
 * @net: the namespace of the substrate
 * @m: a mapping, whether it is still there or not, or a place before those of
 *	a VNI; the first will be the one after it
 * @last_vni: where to end
 *
 * The order is that of VNI, family (IPv4 first), address, length. @walk is good
 * until there is a change, or the lock is dropped: who begins anew then at the
 * last mapping meets each that is there all the time once.
 *
 * Context: process, locked by vnencap_map_lock().
 */
void vnencap_map_walk_begin(struct vnencap_map_walk *walk, struct net *net,
			    const struct vnencap_mapping *m, u32 last_vni)
{
	unsigned long vni = m->vni;
	struct vnencap_trie_key key;

	walk->last_vni = last_vni;
	walk->map = xa_find(&map_net_locked(net)->maps, &vni, last_vni,
			    XA_PRESENT);
	if (!walk->map)
		return;
	if (vni != m->vni || m->dst.family == AF_UNSPEC) {
		walk_family(walk, AF_INET);
		return;
	}
	key = map_key(&m->dst);
	walk->family = m->dst.family;
	vnencap_trie_walk_after(&walk->trie,
				map_root(walk->map, walk->family), &key,
				m->len);
}

/**
 * vnencap_map_walk_next - go on to the next mapping
 * @walk: begun
 * @m: becomes the mapping
 *
 * Context: process, locked by vnencap_map_lock().
 * Return: 0, or -ENOENT when there is no more; @m is then as before.
 */
int vnencap_map_walk_next(struct vnencap_map_walk *walk,
			  struct vnencap_mapping *m)
{
	const struct vnencap_trie_node *n;

	for (; walk->map; walk_on(walk)) {
		n = vnencap_trie_walk_next(&walk->trie);
		if (!n)
			continue;
		m->vni = walk->map->vni;
		map_tell(n, walk->family, m);
		return 0;
	}
	return -ENOENT;
}

/**
 * vnencap_map_next - go on to the next mapping, there being changes between
 * @net: the namespace of the substrate
 * @m: where from, see vnencap_map_walk_begin(); becomes the one after it
 * @last_vni: where to end
 *
 * Context, Return: as vnencap_map_walk_next().
 */
int vnencap_map_next(struct net *net, struct vnencap_mapping *m, u32 last_vni)
{
	struct vnencap_map_walk walk;

	vnencap_map_walk_begin(&walk, net, m, last_vni);
	return vnencap_map_walk_next(&walk, m);
}

/* ---- Secrets ---- */

static void keys_free_rcu(struct rcu_head *rcu)
{
	kfree_sensitive(container_of(rcu, struct vnencap_keys, rcu));
}

/* Give a table keys of its own, or with NULL none. */
static void map_give_keys(struct vnencap_map *map, struct vnencap_keys *keys)
{
	struct vnencap_keys *old = map_deref(map->keys);
	struct xarray *maps = &map->home->maps;

	rcu_assign_pointer(map->keys, keys);
	map_net_changed(map->home);
	if (keys && !old) {
		map->users++;
		xa_set_mark(maps, map->vni, MAP_HAS_KEYS);
	}
	if (!old)
		return;
	call_rcu(&old->rcu, keys_free_rcu);
	if (keys)
		return;
	xa_clear_mark(maps, map->vni, MAP_HAS_KEYS);
	map_unuse(map);
}

/**
 * vnencap_map_get_keys - the keys of a VNI
 * @net: the namespace of the substrate
 * @vni: the VNI, with or without mappings or devices
 *
 * Context: process, locked by vnencap_map_lock().
 * Return: them, good until they are changed or the lock is dropped.
 */
const struct vnencap_keys *vnencap_map_get_keys(struct net *net, u32 vni)
{
	struct vnencap_map *map = map_find(map_net_locked(net), vni);
	const struct vnencap_keys *keys = map ? map_deref(map->keys) : NULL;

	return keys ?: &vnencap_keys_open;
}

/**
 * vnencap_map_next_keys - the keys of the next VNI that was given any
 * @net: the namespace of the substrate
 * @vni: where from, this one included; becomes the VNI
 *
 * Context: process, locked by vnencap_map_lock().
 * Return: as vnencap_map_get_keys(), or NULL when there is no more; @vni is
 * then as before.
 */
const struct vnencap_keys *vnencap_map_next_keys(struct net *net,
						 unsigned long *vni)
{
	const struct vnencap_map *map;

	map = xa_find(&map_net_locked(net)->maps, vni, ULONG_MAX, MAP_HAS_KEYS);
	return map ? map_deref(map->keys) : NULL;
}

/**
 * vnencap_map_set_keys - change the keys of a VNI
 * @net: the namespace of the substrate
 * @vni: the VNI
 * @keys: all that it is to have; a copy is taken
 *
 * A packet meets those from before or these.
 *
 * Context: process, locked by vnencap_map_lock(); sleeps.
 * Return: 0, or -ENOMEM with nothing changed.
 */
int vnencap_map_set_keys(struct net *net, u32 vni,
			 const struct vnencap_keys *keys)
{
	struct vnencap_keys *copy = NULL;
	struct vnencap_map *map;

	map = map_use(map_net_locked(net), vni);
	if (!map)
		return -ENOMEM;
	if (!vnencap_keys_are_open(keys)) {
		copy = kmemdup(keys, sizeof(*keys), GFP_KERNEL_ACCOUNT);
		if (!copy) {
			map_unuse(map);
			return -ENOMEM;
		}
	}
	map_give_keys(map, copy);
	map_unuse(map);
	return 0;
}

/**
 * vnencap_map_generation - how to notice that there was a change
 * @net: the namespace of the substrate
 *
 * Context: process, locked by vnencap_map_lock().
 * Return: a number, not zero, another after each change of mappings or keys.
 */
u32 vnencap_map_generation(struct net *net)
{
	return map_net_locked(net)->generation;
}

/**
 * vnencap_map_sizes - how much there is in a namespace
 * @net: the namespace of the substrate
 * @sizes: to be filled
 *
 * Context: process, locked by vnencap_map_lock().
 */
void vnencap_map_sizes(struct net *net, struct vnencap_map_sizes *sizes)
{
	struct vnencap_map_net *mn = map_net_locked(net);

	*sizes = mn->sizes;
	sizes->endpoints = atomic_read(&mn->endpoints.nelems);
}

/**
 * vnencap_map_release - send the packets that have waited for a mapping
 * @net: the namespace of the substrate
 * @m: the mapping, which was set
 *
 * Context: process, better not locked: so the lock is not held while others'
 * devices send. The mapping may have gone meanwhile, then they wait anew.
 */
void vnencap_map_release(struct net *net, const struct vnencap_mapping *m)
{
	struct vnencap_map *map;

	rcu_read_lock();
	map = map_find(map_net(net), m->vni);
	if (map)
		vnencap_hold_release(&map->hold, m);
	rcu_read_unlock();
}

/**
 * vnencap_endpoint_find - the endpoint at an address
 * @net: the namespace of the substrate
 * @vni: the VNI
 * @addr: the address
 *
 * Context: RCU.
 * Return: the endpoint, or NULL where no mapping of the VNI names it.
 */
struct vnencap_endpoint *vnencap_endpoint_find(struct net *net, u32 vni,
					       const struct vnencap_addr *addr)
{
	return endpoint_find(map_net(net), vni, addr);
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
	rhashtable_walk_enter(&map_net(net)->endpoints, iter);
}

/* ---- Namespaces ---- */

static int __net_init map_net_init(struct net *net)
{
	struct vnencap_map_net *mn = map_net(net);

	mutex_init(&mn->lock);
	xa_init_flags(&mn->maps, XA_FLAGS_ACCOUNT);
	mn->generation = 1;
	return rhashtable_init(&mn->endpoints, &endpoint_params);
}

static void map_net_flush(struct net *net)
{
	struct vnencap_mapping m = {};
	struct vnencap_map *map;
	unsigned long vni;

	vnencap_map_lock(net);
	xa_for_each_marked(&map_net(net)->maps, vni, map, MAP_HAS_KEYS)
		map_give_keys(map, NULL);
	while (!vnencap_map_next(net, &m, U32_MAX)) {
		vnencap_map_del(net, &m);
		cond_resched();
	}
	vnencap_map_unlock(net);
}

/* The devices of these namespaces are gone: they go before any pernet_subsys.
 * The routes that endpoints cache belong to the namespace, so they must be
 * released before it goes: cleanup_net() waits for those RCU callbacks that it
 * finds queued, and a route's is queued only by its endpoint's.
 */
static void __net_exit map_net_exit_batch(struct list_head *nets)
{
	struct vnencap_map_net *mn;
	bool used = false;
	struct net *net;

	list_for_each_entry(net, nets, exit_list) {
		mn = map_net(net);
		used |= mn->used;
		map_net_flush(net);
		WARN_ON(!xa_empty(&mn->maps));
		xa_destroy(&mn->maps);
		rhashtable_destroy(&mn->endpoints);
		mutex_destroy(&mn->lock);
	}
	if (used)
		rcu_barrier();
}

static struct pernet_operations map_net_ops = {
	.init = map_net_init,
	.exit_batch = map_net_exit_batch,
	.id = &map_net_id,
	.size = sizeof(struct vnencap_map_net),
};

/**
 * vnencap_map_init - make ready for mappings
 *
 * Context: module init, before devices and control.
 * Return: 0, or an error.
 */
int __init vnencap_map_init(void)
{
	int err;

	err = vnencap_trie_init();
	if (err)
		return err;
	err = register_pernet_subsys(&map_net_ops);
	if (err)
		goto exit_trie;
	return 0;

exit_trie:
	vnencap_trie_exit();
	return err;
}

/**
 * vnencap_map_exit - give everything back
 *
 * Context: module exit (or failed init), after devices and control.
 */
void vnencap_map_exit(void)
{
	unregister_pernet_subsys(&map_net_ops);
	/* Callbacks that are in this module: those of endpoints and keys */
	rcu_barrier();
	vnencap_trie_exit();
}
