/* SPDX-License-Identifier: GPL-2.0-only */
/* On the way from mapping to mapping, in their order. */
#ifndef _VNENCAP_WALK_H
#define _VNENCAP_WALK_H

#include <linux/types.h>

#include "map/trie.h"

struct net;
struct vnencap_map;
struct vnencap_mapping;

/**
 * struct vnencap_map_walk - on the way from mapping to mapping
 * @map: the table it is in, NULL at the end
 * @last_vni: the last one to go to
 * @family: of the mappings
 * @trie: among these
 */
struct vnencap_map_walk {
	struct vnencap_map *map;
	u32 last_vni;
	u16 family;
	struct vnencap_trie_walk trie;
};

void vnencap_map_walk_begin(struct vnencap_map_walk *walk, struct net *net,
			    const struct vnencap_mapping *m, u32 last_vni);
int vnencap_map_walk_next(struct vnencap_map_walk *walk,
			  struct vnencap_mapping *m);
int vnencap_map_next(struct net *net, struct vnencap_mapping *m, u32 last_vni);

#endif /* _VNENCAP_WALK_H */
