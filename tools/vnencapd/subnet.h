/* SPDX-License-Identifier: GPL-2.0-only */
/* The subnet of a network that this host has for its containers. */
#ifndef VNENCAPD_SUBNET_H
#define VNENCAPD_SUBNET_H

#include "core.h"
#include "publish.h"
#include "settings.h"

/**
 * struct subnet_ops - who uses subnets
 * @use: this host has it from now on
 * @lose: another host has it
 */
struct subnet_ops {
	void (*use)(void *data, unsigned int pool, const struct dest *subnet);
	void (*lose)(void *data, unsigned int pool, const struct dest *subnet);
};

enum subnet_state {
	SUBNET_NONE,	/* one is to be chosen */
	SUBNET_ASKED,	/* @dest is claimed, and nobody has said yet whose it is */
	SUBNET_KNOWN,	/* as SUBNET_ASKED, but used: an earlier life had it */
	SUBNET_HAD,
};

/**
 * struct subnet - that of one of the settings' pools
 * @dest: the subnet, but for SUBNET_NONE
 * @asked_at: since when
 * @next_at: when to look again whether one is free
 * @kept: an earlier life had it
 * @full: none was, which was said
 */
struct subnet {
	enum subnet_state state;
	struct dest dest;
	int64_t asked_at;
	int64_t next_at;
	bool kept;
	bool full;
};

struct subnets {
	const struct settings *settings;
	struct core *core;
	struct publish *publish;
	const struct subnet_ops *ops;
	void *data;
	struct subnet subnet[POOLS_MAX];
	uint64_t lost;
};

void subnets_init(struct subnets *s, const struct settings *settings, struct core *core,
		  struct publish *publish, const struct subnet_ops *ops, void *data,
		  int64_t now);
int64_t subnets_run(struct subnets *s, int64_t now);

#endif /* VNENCAPD_SUBNET_H */
