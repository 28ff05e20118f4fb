/* SPDX-License-Identifier: GPL-2.0-only */
/* What a key in etcd and its value mean. */
#ifndef VNENCAPD_ITEM_H
#define VNENCAPD_ITEM_H

#include "keys.h"
#include "table.h"
#include "target.h"

enum item_kind { ITEM_MAP, ITEM_HOST, ITEM_KEY, ITEM_ROLL };

/**
 * struct item - what was said
 * @kind: of what
 * @dest: ITEM_MAP: what is mapped
 * @vni: ITEM_KEY: the virtual network
 * @name: ITEM_HOST: which host
 * @way: ITEM_MAP: where it is; ITEM_HOST: its endpoints
 * @pair: ITEM_KEY: its keys, which are secret
 */
struct item {
	enum item_kind kind;
	struct dest dest;
	uint32_t vni;
	char name[HOST_MAX + 1];
	struct way way;
	struct key_pair pair;
};

/* Room for a key, without the prefix */
#define ITEM_KEY_MAX 160

bool item_key(struct item *item, const char *key, size_t len);
bool item_value(struct item *item, char *value, size_t len);
char *item_map_key(char *to, const struct dest *dest);

#endif /* VNENCAPD_ITEM_H */
