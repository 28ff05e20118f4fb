// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a mapping leads to, its target: an endpoint, or where there is not one, a
 * group of them. A node of the trie points to an endpoint in either case: a
 * group has one in it that stands for all (struct vnencap_group's any).
 *
 * A mapping with one endpoint and a fec of its own leads to a group of one, which
 * is made here. It is told as any mapping with one endpoint is.
 *
 * Context of all these: process, under the lock of the namespace's mappings.
 */

#include <linux/err.h>
#include <linux/slab.h>

#include "map/endpoint.h"
#include "map/group.h"
#include "map/mapping.h"
#include "map/table.h"
#include "map/tables.h"
#include "map/target.h"
#include "map/trie.h"

/**
 * vnencap_target_get - make what a mapping is to lead to
 * @map: the table of the mapping's VNI
 * @m: the mapping; its group, if it has one, is the target's on success
 *
 * Context: sleeps.
 * Return: the target, for the mapping's node; ERR_PTR() where memory is short.
 */
struct vnencap_endpoint *vnencap_target_get(struct vnencap_map *map,
					    const struct vnencap_mapping *m)
{
	struct vnencap_group *group = m->group;
	int err;

	if (!group && m->fec == VNENCAP_FEC_UNSET)
		return vnencap_endpoint_get(map->endpoints, &m->via);
	if (!group)
		group = vnencap_group_of_one(&m->via);
	if (!group)
		return ERR_PTR(-ENOMEM);
	group->fec = m->fec;
	err = vnencap_group_get_endpoints(group, map->endpoints);
	if (!err)
		return &group->any;
	if (!m->group)
		kfree(group);
	return ERR_PTR(err);
}

/**
 * vnencap_target_put - no mapping leads there any more
 * @map: the table of the mapping's VNI
 * @target: what no node points to any more
 *
 * A group may still be told while the lock is held: it goes when that is
 * released.
 */
void vnencap_target_put(struct vnencap_map *map,
			struct vnencap_endpoint *target)
{
	struct vnencap_group *group = vnencap_group_of(target);

	if (!group) {
		vnencap_endpoint_put(target);
		return;
	}
	group->next = map->home->gone;
	map->home->gone = group;
}

/**
 * vnencap_target_unget - undo vnencap_target_get()
 * @target: which was not given to a node; if it is a group of the caller's, it
 *	is that again
 */
void vnencap_target_unget(struct vnencap_endpoint *target)
{
	struct vnencap_group *group = vnencap_group_of(target);

	if (!group) {
		vnencap_endpoint_put(target);
		return;
	}
	vnencap_group_put_endpoints(group);
	if (group->n == 1)
		kfree(group);
}

/**
 * vnencap_target_is - does a mapping lead where another says?
 * @target: what the first leads to
 * @m: the other; if it names neither an endpoint nor a group, any will do
 *
 * Return: true if it does, whatever the fec of either.
 */
bool vnencap_target_is(const struct vnencap_endpoint *target,
		       const struct vnencap_mapping *m)
{
	struct vnencap_mapping is;

	vnencap_target_tell(target, &is);
	if (m->group)
		return is.group && vnencap_group_same(is.group, m->group);
	return m->via.family == AF_UNSPEC ||
	       vnencap_addr_equal(&m->via, &is.via);
}

/**
 * vnencap_target_has_fec - has a mapping the fec that another says?
 * @target: what the first leads to
 * @m: the other; if it says none, any will do
 *
 * Return: true if it has.
 */
bool vnencap_target_has_fec(const struct vnencap_endpoint *target,
			    const struct vnencap_mapping *m)
{
	const struct vnencap_group *group = vnencap_group_of(target);

	return m->fec == VNENCAP_FEC_UNSET || (group && m->fec == group->fec);
}

/**
 * vnencap_target_tell - tell where a mapping leads
 * @target: what it leads to
 * @m: the mapping; its @via, @group and @fec are written
 */
void vnencap_target_tell(const struct vnencap_endpoint *target,
			 struct vnencap_mapping *m)
{
	struct vnencap_group *group = vnencap_group_of(target);

	m->via = target->addr;
	m->group = group;
	m->fec = VNENCAP_FEC_UNSET;
	if (!group)
		return;
	m->fec = group->fec;
	if (group->n == 1) {
		m->via = group->branch[0].via;
		m->group = NULL;
	}
}

/**
 * vnencap_target_tell_node - tell what mapping a node of the trie is
 * @map: the table it is in
 * @n: the node, which is no fork
 * @family: AF_INET or AF_INET6, that of the trie
 * @m: all but its @vni is written
 */
void vnencap_target_tell_node(const struct vnencap_map *map,
			      const struct vnencap_trie_node *n, u16 family,
			      struct vnencap_mapping *m)
{
	m->dst = vnencap_trie_addr(&n->key, family);
	m->len = n->len;
	vnencap_target_tell(vnencap_tables_deref(map->home, n->endpoint), m);
}
