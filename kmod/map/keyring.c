// SPDX-License-Identifier: GPL-2.0-only
/*
 * The keyring of a namespace: which VNI has which keys. They are kept in the
 * VNI's table, where the data path finds them under RCU (vnencap_map_keys()).
 * What can be done with keys is key.c's.
 */

#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include "map/key.h"
#include "map/keyring.h"
#include "map/table.h"
#include "map/tables.h"

static void keys_free_rcu(struct rcu_head *rcu)
{
	kfree_sensitive(container_of(rcu, struct vnencap_keys, rcu));
}

/* Give a table keys of its own, or with NULL none. */
static void give_keys(struct vnencap_map *map, struct vnencap_keys *keys)
{
	struct vnencap_tables *tables = map->home;
	struct vnencap_keys *old = vnencap_tables_deref(tables, map->keys);

	rcu_assign_pointer(map->keys, keys);
	vnencap_tables_changed(tables);
	if (keys && !old) {
		map->users++;
		xa_set_mark(&tables->maps, map->vni, VNENCAP_TABLES_KEYED);
	}
	if (!old)
		return;
	call_rcu(&old->rcu, keys_free_rcu);
	if (keys)
		return;
	xa_clear_mark(&tables->maps, map->vni, VNENCAP_TABLES_KEYED);
	vnencap_tables_unuse(map);
}

/**
 * vnencap_keyring_get - the keys of a VNI
 * @net: the namespace of the substrate
 * @vni: the VNI, with or without mappings or devices
 *
 * Context: process, locked by vnencap_map_lock().
 * Return: them, good until they are changed or the lock is dropped.
 */
const struct vnencap_keys *vnencap_keyring_get(struct net *net, u32 vni)
{
	struct vnencap_tables *tables = vnencap_tables_locked(net);
	const struct vnencap_map *map = vnencap_tables_find(tables, vni);
	const struct vnencap_keys *keys = NULL;

	if (map)
		keys = vnencap_tables_deref(tables, map->keys);
	return keys ?: &vnencap_keys_open;
}

/**
 * vnencap_keyring_next - the keys of the next VNI that was given any
 * @net: the namespace of the substrate
 * @vni: where from, this one included; becomes the VNI
 *
 * Context: process, locked by vnencap_map_lock().
 * Return: as vnencap_keyring_get(), or NULL when there is no more; @vni is
 * then as before.
 */
const struct vnencap_keys *vnencap_keyring_next(struct net *net,
						unsigned long *vni)
{
	struct vnencap_tables *tables = vnencap_tables_locked(net);
	const struct vnencap_map *map;

	map = xa_find(&tables->maps, vni, ULONG_MAX, VNENCAP_TABLES_KEYED);
	return map ? vnencap_tables_deref(tables, map->keys) : NULL;
}

/**
 * vnencap_keyring_set - change the keys of a VNI
 * @net: the namespace of the substrate
 * @vni: the VNI
 * @keys: all that it is to have; a copy is taken
 *
 * A packet meets those from before or these.
 *
 * Context: process, locked by vnencap_map_lock(); sleeps.
 * Return: 0, or -ENOMEM with nothing changed.
 */
int vnencap_keyring_set(struct net *net, u32 vni,
			const struct vnencap_keys *keys)
{
	struct vnencap_keys *copy = NULL;
	struct vnencap_map *map;

	map = vnencap_tables_use(vnencap_tables_locked(net), vni);
	if (!map)
		return -ENOMEM;
	if (!vnencap_keys_are_open(keys)) {
		copy = kmemdup(keys, sizeof(*keys), GFP_KERNEL_ACCOUNT);
		if (!copy) {
			vnencap_tables_unuse(map);
			return -ENOMEM;
		}
	}
	give_keys(map, copy);
	vnencap_tables_unuse(map);
	return 0;
}

/**
 * vnencap_keyring_flush - no VNI of a namespace has keys any more
 * @net: the namespace of the substrate
 *
 * Context: process, locked by vnencap_map_lock(); sleeps.
 */
void vnencap_keyring_flush(struct net *net)
{
	struct vnencap_map *map;
	unsigned long vni;

	xa_for_each_marked(&vnencap_tables_locked(net)->maps, vni, map,
			   VNENCAP_TABLES_KEYED)
		give_keys(map, NULL);
}
