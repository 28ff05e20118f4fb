// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings: (VNI, overlay prefix) -> substrate endpoint. Control adds, changes,
 * removes and asks for them here.
 */

#include <linux/err.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <net/net_namespace.h>

#include "map/endpoint.h"
#include "map/hold.h"
#include "map/keyring.h"
#include "map/map.h"
#include "map/mapping.h"
#include "map/table.h"
#include "map/tables.h"
#include "map/target.h"
#include "map/trie.h"
#include "map/walk.h"

/* Give the mapping at a place, or to be put there, its endpoint; @endpoint's
 * reference is then the mapping's.
 */
static int map_assign(struct vnencap_map *map,
		      const struct vnencap_trie_place *place,
		      const struct vnencap_trie_key *key, unsigned int len,
		      struct vnencap_endpoint *endpoint)
{
	struct vnencap_tables *tables = map->home;
	struct vnencap_trie_node *n = vnencap_trie_at(place, key, len);
	struct vnencap_endpoint *old = NULL;
	int nodes = 0;

	if (n) {
		old = vnencap_tables_deref(tables, n->endpoint);
		rcu_assign_pointer(n->endpoint, endpoint);
	} else {
		nodes = vnencap_trie_insert(place, key, len, endpoint);
		if (nodes < 0)
			return nodes;
	}

	tables->sizes.nodes += nodes;
	if (old) {
		vnencap_target_put(map, old);
	} else {
		tables->sizes.mappings++;
		map->users++;
	}
	vnencap_tables_changed(tables);
	return 0;
}

static int map_set(struct vnencap_map *map, const struct vnencap_mapping *m,
		   unsigned int flags)
{
	struct vnencap_trie_key key = vnencap_trie_key_of(&m->dst);
	struct vnencap_endpoint *endpoint;
	struct vnencap_trie_place place;
	struct vnencap_trie_node *n;
	int err;

	place = vnencap_trie_find(vnencap_map_root(map, m->dst.family), &key,
				  m->len);
	n = vnencap_trie_at(&place, &key, m->len);
	if (n && rcu_access_pointer(n->endpoint)) {
		if (flags & NLM_F_EXCL)
			return -EEXIST;
	} else if (!(flags & NLM_F_CREATE)) {
		return -ENOENT;
	}

	endpoint = vnencap_target_get(map, m);
	if (IS_ERR(endpoint))
		return PTR_ERR(endpoint);
	err = map_assign(map, &place, &key, m->len, endpoint);
	if (err)
		vnencap_target_unget(endpoint);
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
	struct vnencap_tables *tables = vnencap_tables_locked(net);
	struct vnencap_map *map;
	int err;

	if (!(flags & NLM_F_CREATE) && !vnencap_tables_find(tables, m->vni))
		return -ENOENT;
	map = vnencap_tables_use(tables, m->vni);
	if (!map)
		return -ENOMEM;
	err = map_set(map, m, flags);
	vnencap_tables_unuse(map);
	return err;
}

/**
 * vnencap_map_del - remove a mapping
 * @net: the namespace of the substrate
 * @m: the mapping; if @m->via is given (is not of AF_UNSPEC), or @m->group, it
 *	must be the mapping's, and so must @m->fec unless it is VNENCAP_FEC_UNSET;
 *	all three become what the mapping's were
 *
 * Context: process, locked by vnencap_map_lock(); sleeps.
 * Return: 0; -ENOENT: no such prefix; -EADDRNOTAVAIL: it has another
 * endpoint; -ERANGE: it has another fec. Nothing has changed then.
 */
int vnencap_map_del(struct net *net, struct vnencap_mapping *m)
{
	struct vnencap_tables *tables = vnencap_tables_locked(net);
	struct vnencap_map *map = vnencap_tables_find(tables, m->vni);
	struct vnencap_trie_key key = vnencap_trie_key_of(&m->dst);
	struct vnencap_endpoint *endpoint;
	struct vnencap_trie_place place;
	struct vnencap_trie_node *n;

	if (!map)
		return -ENOENT;
	place = vnencap_trie_find(vnencap_map_root(map, m->dst.family), &key,
				  m->len);
	n = vnencap_trie_at(&place, &key, m->len);
	endpoint = n ? vnencap_tables_deref(tables, n->endpoint) : NULL;
	if (!endpoint)
		return -ENOENT;
	if (!vnencap_target_is(endpoint, m))
		return -EADDRNOTAVAIL;
	if (!vnencap_target_has_fec(endpoint, m))
		return -ERANGE;

	vnencap_target_tell(endpoint, m);
	tables->sizes.nodes -= vnencap_trie_remove(&place);
	tables->sizes.mappings--;
	vnencap_target_put(map, endpoint);
	vnencap_tables_unuse(map);
	vnencap_tables_changed(tables);
	return 0;
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
	struct vnencap_tables *tables = vnencap_tables_locked(net);
	struct vnencap_map *map = vnencap_tables_find(tables, m->vni);
	struct vnencap_trie_key key = vnencap_trie_key_of(&m->dst);
	const struct vnencap_trie_node *n;

	if (!map)
		return -ENOENT;
	n = vnencap_trie_match(vnencap_map_root(map, m->dst.family), &key);
	if (!n)
		return -ENOENT;
	vnencap_target_tell_node(map, n, m->dst.family, m);
	return 0;
}

/**
 * vnencap_map_release - send the packets that have waited for a mapping
 * @net: the namespace of the substrate
 * @m: the mapping, which was set
 *
 * If the mapping has gone meanwhile, they wait anew.
 *
 * Context: process, better not locked by vnencap_map_lock(): so nobody waits for
 * the lock while devices send.
 */
void vnencap_map_release(struct net *net, const struct vnencap_mapping *m)
{
	struct vnencap_hold *hold = NULL;
	struct vnencap_map *map;

	rcu_read_lock();
	map = vnencap_tables_find(vnencap_tables(net), m->vni);
	if (map)
		hold = vnencap_map_hold(map);
	if (hold)
		vnencap_hold_release(hold, m);
	rcu_read_unlock();
}

static void flush(struct net *net)
{
	struct vnencap_mapping m = {};

	vnencap_map_lock(net);
	vnencap_keyring_flush(net);
	while (!vnencap_map_next(net, &m, U32_MAX)) {
		vnencap_map_del(net, &m);
		cond_resched();
	}
	vnencap_map_unlock(net);
}

/* The devices of the namespace are gone: they go before any pernet_subsys. With
 * the mappings go their tables and endpoints.
 */
static void __net_exit map_net_exit(struct net *net)
{
	flush(net);
}

/* Registered after the tables and the endpoints, so it exits before them. */
static struct pernet_operations map_net_ops = {
	.exit = map_net_exit,
};

/**
 * vnencap_map_init - make ready for mappings and keys
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
	err = vnencap_endpoint_init();
	if (err)
		goto err_trie;
	err = vnencap_tables_init();
	if (err)
		goto err_endpoint;
	err = register_pernet_subsys(&map_net_ops);
	if (err)
		goto err_tables;
	return 0;

err_tables:
	vnencap_tables_exit();
err_endpoint:
	vnencap_endpoint_exit();
err_trie:
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
	vnencap_tables_exit();
	vnencap_endpoint_exit();
	/* RCU callbacks that are in this module: those of endpoints and keys */
	rcu_barrier();
	vnencap_trie_exit();
}
