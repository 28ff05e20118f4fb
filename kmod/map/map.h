/* SPDX-License-Identifier: GPL-2.0-only */
/* Mappings: (VNI, overlay prefix) -> substrate endpoint. */
#ifndef _VNENCAP_MAP_H
#define _VNENCAP_MAP_H

#include "map/keyring.h"
#include "map/mapping.h"
#include "map/table.h"
#include "map/tables.h"
#include "map/walk.h"

struct net;

/* Under vnencap_map_lock() */
int vnencap_map_set(struct net *net, const struct vnencap_mapping *m,
		    unsigned int flags);
int vnencap_map_del(struct net *net, struct vnencap_mapping *m);
int vnencap_map_match(struct net *net, struct vnencap_mapping *m);

/* Not locked */
void vnencap_map_release(struct net *net, const struct vnencap_mapping *m);

int vnencap_map_init(void);
void vnencap_map_exit(void);

#endif /* _VNENCAP_MAP_H */
