// SPDX-License-Identifier: GPL-2.0-only
/* On the way from mapping to mapping, in their order. */

#include <linux/errno.h>

#include "map/mapping.h"
#include "map/table.h"
#include "map/tables.h"
#include "map/target.h"
#include "map/walk.h"

static void walk_family(struct vnencap_map_walk *walk, u16 family)
{
	walk->family = family;
	vnencap_trie_walk_begin(&walk->trie,
				vnencap_map_root(walk->map, family));
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
	walk->map = xa_find(&vnencap_tables_locked(net)->maps, &vni, last_vni,
			    XA_PRESENT);
	if (!walk->map)
		return;
	if (vni != m->vni || m->dst.family == AF_UNSPEC) {
		walk_family(walk, AF_INET);
		return;
	}
	key = vnencap_trie_key_of(&m->dst);
	walk->family = m->dst.family;
	vnencap_trie_walk_after(&walk->trie,
				vnencap_map_root(walk->map, walk->family), &key,
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
		vnencap_target_tell_node(walk->map, n, walk->family, m);
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
 * Context: as vnencap_map_walk_next().
 * Return: as vnencap_map_walk_next().
 */
int vnencap_map_next(struct net *net, struct vnencap_mapping *m, u32 last_vni)
{
	struct vnencap_map_walk walk;

	vnencap_map_walk_begin(&walk, net, m, last_vni);
	return vnencap_map_walk_next(&walk, m);
}
