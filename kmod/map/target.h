/* SPDX-License-Identifier: GPL-2.0-only */
/* What a mapping leads to: an endpoint, or a group of them. */
#ifndef _VNENCAP_TARGET_H
#define _VNENCAP_TARGET_H

#include <linux/types.h>

struct vnencap_endpoint;
struct vnencap_map;
struct vnencap_mapping;
struct vnencap_trie_node;

struct vnencap_endpoint *vnencap_target_get(struct vnencap_map *map,
					    const struct vnencap_mapping *m);
void vnencap_target_put(struct vnencap_map *map,
			struct vnencap_endpoint *target);
void vnencap_target_unget(struct vnencap_endpoint *target);
bool vnencap_target_is(const struct vnencap_endpoint *target,
		       const struct vnencap_mapping *m);
bool vnencap_target_has_fec(const struct vnencap_endpoint *target,
			    const struct vnencap_mapping *m);
void vnencap_target_tell(const struct vnencap_endpoint *target,
			 struct vnencap_mapping *m);
void vnencap_target_tell_node(const struct vnencap_map *map,
			      const struct vnencap_trie_node *n, u16 family,
			      struct vnencap_mapping *m);

#endif /* _VNENCAP_TARGET_H */
