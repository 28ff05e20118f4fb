/* SPDX-License-Identifier: GPL-2.0-only */
/* The tables of a network namespace, one for each VNI, and their lock. */
#ifndef _VNENCAP_TABLES_H
#define _VNENCAP_TABLES_H

#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/xarray.h>

struct net;
struct vnencap_group;
struct vnencap_map;

/**
 * struct vnencap_map_sizes - how much there is in a network namespace
 * @maps: tables of VNIs
 * @mappings: mappings, of all VNIs
 * @nodes: trie nodes that these need
 * @endpoints: endpoints, one for each address in each VNI
 */
struct vnencap_map_sizes {
	unsigned int maps;
	unsigned int mappings;
	unsigned int nodes;
	unsigned int endpoints;
};

/**
 * struct vnencap_tables - the tables of a network namespace
 * @net: the namespace
 * @lock: serializes the writers, and those readers that may sleep. It is taken
 *	inside RTNL or without it; inside it nothing is locked but what sending a
 *	netlink message needs
 * @maps: tables by VNI; those that have keys are marked VNENCAP_TABLES_KEYED
 * @generation: changes with each change of a mapping or of keys, and is never
 *	zero
 * @sizes: see there; @sizes.endpoints is not kept
 * @gone: groups that new readers cannot find any more; they are freed when
 *	@lock is released
 *
 * The map wing's own.
 */
struct vnencap_tables {
	struct net *net;
	struct mutex lock;	/* see above */
	struct xarray maps;
	u32 generation;
	struct vnencap_map_sizes sizes;
	struct vnencap_group *gone;
};

#define VNENCAP_TABLES_KEYED	XA_MARK_0

/* A pointer of a table's that readers follow under RCU, for who holds the lock */
#define vnencap_tables_deref(tables, p) \
	rcu_dereference_protected(p, lockdep_is_held(&(tables)->lock))

/* For devices */
struct vnencap_map *vnencap_map_get(struct net *net, u32 vni);
void vnencap_map_put(struct vnencap_map *map);

/* For control */
void vnencap_map_lock(struct net *net);
void vnencap_map_unlock(struct net *net);
u32 vnencap_map_generation(struct net *net);
void vnencap_map_sizes(struct net *net, struct vnencap_map_sizes *sizes);

/* For the map wing itself */
struct vnencap_tables *vnencap_tables(struct net *net);
struct vnencap_tables *vnencap_tables_locked(struct net *net);
struct vnencap_map *vnencap_tables_find(struct vnencap_tables *tables, u32 vni);
struct vnencap_map *vnencap_tables_use(struct vnencap_tables *tables, u32 vni);
void vnencap_tables_unuse(struct vnencap_map *map);
void vnencap_tables_changed(struct vnencap_tables *tables);

int vnencap_tables_init(void);
void vnencap_tables_exit(void);

#endif /* _VNENCAP_TABLES_H */
