// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables of a network namespace, one for each VNI. A table comes with its
 * first user and goes with the last: its users are devices, mappings and keys.
 * So a VNI's mappings and keys can be there before its device is, and after.
 *
 * Changes and questions from control hold the lock of all of a namespace's
 * tables. The data path reads under RCU, without it.
 */

#include <linux/err.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "map/endpoint.h"
#include "map/group.h"
#include "map/hold.h"
#include "map/miss.h"
#include "map/table.h"
#include "map/tables.h"

static unsigned int tables_net_id __read_mostly;

/**
 * vnencap_tables - the tables of a network namespace
 * @net: the namespace of the substrate
 *
 * Context: any.
 * Return: the tables, which are there as long as the namespace is.
 */
struct vnencap_tables *vnencap_tables(struct net *net)
{
	return net_generic(net, tables_net_id);
}

/**
 * vnencap_tables_locked - the same, for what needs their lock held
 * @net: the namespace of the substrate
 *
 * Context: process, locked by vnencap_map_lock().
 * Return: as vnencap_tables().
 */
struct vnencap_tables *vnencap_tables_locked(struct net *net)
{
	struct vnencap_tables *tables = vnencap_tables(net);

	lockdep_assert_held(&tables->lock);
	return tables;
}

/**
 * vnencap_tables_changed - a mapping or keys have changed
 * @tables: whose
 *
 * Context: process, under the tables' lock.
 */
void vnencap_tables_changed(struct vnencap_tables *tables)
{
	if (!++tables->generation)
		tables->generation = 1;
}

/**
 * vnencap_tables_find - the table of a VNI
 * @tables: those of the namespace
 * @vni: the VNI
 *
 * Context: under the tables' lock, or in RCU.
 * Return: the table, or NULL where nobody uses one.
 */
struct vnencap_map *vnencap_tables_find(struct vnencap_tables *tables, u32 vni)
{
	return xa_load(&tables->maps, vni);
}

static struct vnencap_map *map_new(struct vnencap_tables *tables, u32 vni)
{
	struct vnencap_map *map;

	map = kzalloc(sizeof(*map), GFP_KERNEL_ACCOUNT);
	if (!map)
		return NULL;
	map->home = tables;
	map->vni = vni;
	map->endpoints = vnencap_endpoints_new(tables->net, vni);
	if (!map->endpoints)
		goto err_map;
	if (xa_err(xa_store(&tables->maps, vni, map, GFP_KERNEL_ACCOUNT)))
		goto err_endpoints;
	tables->sizes.maps++;
	return map;

err_endpoints:
	vnencap_endpoints_end(map->endpoints);
err_map:
	kfree(map);
	return NULL;
}

/**
 * vnencap_tables_use - the table of a VNI, for one more user
 * @tables: those of the namespace
 * @vni: the VNI
 *
 * Context: process, under the tables' lock; sleeps.
 * Return: the table, which may be new; NULL where memory is short.
 */
struct vnencap_map *vnencap_tables_use(struct vnencap_tables *tables, u32 vni)
{
	struct vnencap_map *map = vnencap_tables_find(tables, vni);

	if (!map)
		map = map_new(tables, vni);
	if (map)
		map->users++;
	return map;
}

/**
 * vnencap_tables_unuse - a table has one user less
 * @map: the table
 *
 * With the last user it goes.
 *
 * Context: process, under the tables' lock; sleeps.
 */
void vnencap_tables_unuse(struct vnencap_map *map)
{
	if (--map->users)
		return;
	map->home->sizes.maps--;
	xa_erase(&map->home->maps, map->vni);
	if (map->hold)
		vnencap_hold_end(map->hold);
	if (map->misses)
		vnencap_miss_end(map->misses);
	vnencap_endpoints_end(map->endpoints);
	kfree_rcu(map, rcu);
}

/* Room for what packets of devices need that find no mapping */
static bool make_room(struct vnencap_map *map)
{
	struct vnencap_hold *hold;

	if (map->hold)
		return true;
	if (!map->misses)
		map->misses = vnencap_miss_new(map->home->net, map->vni);
	hold = map->misses ? vnencap_hold_new(map->misses) : NULL;
	/* vnencap_map_hold() may look at it without the lock */
	smp_store_release(&map->hold, hold);
	return hold;
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
	struct vnencap_tables *tables = vnencap_tables(net);
	struct vnencap_map *map;

	mutex_lock(&tables->lock);
	map = vnencap_tables_use(tables, vni);
	if (map && !make_room(map)) {
		vnencap_tables_unuse(map);
		map = NULL;
	}
	mutex_unlock(&tables->lock);
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
	struct vnencap_tables *tables;

	if (!map)
		return;
	tables = map->home;
	mutex_lock(&tables->lock);
	vnencap_tables_unuse(map);
	mutex_unlock(&tables->lock);
}

/**
 * vnencap_map_lock - keep the mappings of a namespace as they are
 * @net: the namespace of the substrate
 *
 * Context: process, with or without RTNL; sleeps.
 */
void vnencap_map_lock(struct net *net)
{
	mutex_lock(&vnencap_tables(net)->lock);
}

/**
 * vnencap_map_unlock - end of vnencap_map_lock()
 * @net: the same
 *
 * Context: process, locked by vnencap_map_lock().
 */
void vnencap_map_unlock(struct net *net)
{
	struct vnencap_tables *tables = vnencap_tables_locked(net);

	vnencap_group_free_list(tables->gone);
	tables->gone = NULL;
	mutex_unlock(&tables->lock);
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
	return vnencap_tables_locked(net)->generation;
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
	struct vnencap_tables *tables = vnencap_tables_locked(net);

	*sizes = tables->sizes;
	sizes->endpoints = vnencap_endpoint_count(net);
}

static int __net_init tables_net_init(struct net *net)
{
	struct vnencap_tables *tables = vnencap_tables(net);

	mutex_init(&tables->lock);
	xa_init_flags(&tables->maps, XA_FLAGS_ACCOUNT);
	tables->net = net;
	tables->generation = 1;
	return 0;
}

/* Devices, mappings and keys are gone, and so are the tables. */
static void __net_exit tables_net_exit(struct net *net)
{
	struct vnencap_tables *tables = vnencap_tables(net);

	WARN_ON(!xa_empty(&tables->maps));
	xa_destroy(&tables->maps);
	mutex_destroy(&tables->lock);
}

static struct pernet_operations tables_net_ops = {
	.init = tables_net_init,
	.exit = tables_net_exit,
	.id = &tables_net_id,
	.size = sizeof(struct vnencap_tables),
};

/**
 * vnencap_tables_init - make ready for tables
 *
 * Context: module init, after endpoints.
 * Return: 0, or an error.
 */
int __init vnencap_tables_init(void)
{
	return register_pernet_subsys(&tables_net_ops);
}

/**
 * vnencap_tables_exit - undo vnencap_tables_init()
 *
 * Context: module exit, before endpoints.
 */
void vnencap_tables_exit(void)
{
	unregister_pernet_subsys(&tables_net_ops);
}
