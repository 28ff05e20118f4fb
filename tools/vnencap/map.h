/* SPDX-License-Identifier: GPL-2.0-only */
/* A mapping: as words, as netlink attributes, as output. */
#ifndef VNENCAP_MAP_H
#define VNENCAP_MAP_H

#include <stdint.h>
#include <linux/netlink.h>
#include <linux/vnencap.h>

#include "cli.h"
#include "parse.h"

/* Parts of a mapping: those that are given, those that must be. */
enum {
	MAP_VNI = 1 << 0,
	MAP_PREFIX = 1 << 1,	/* excludes MAP_ADDR */
	MAP_ADDR = 1 << 2,	/* a whole address in place of the prefix */
	MAP_VIA = 1 << 3,	/* or that there is none */
	MAP_FEC = 1 << 4,
};

struct hop {
	struct addr via;
	uint8_t weight;
};

/* One endpoint, several, or none: a blackhole. Hops beyond those are not set. */
struct mapping {
	unsigned int given;
	uint32_t vni;
	struct prefix dst;
	uint8_t fec;
	unsigned int hops;
	struct hop hop[VNENCAP_HOPS_MAX];
};

/* What adds, changes and removes mappings. */
struct map_verb {
	uint8_t cmd;
	uint16_t flags;
	unsigned int needs;
	unsigned int takes;
};

extern const struct map_verb map_add, map_replace, map_change, map_delete;

int mapping_parse(struct args *args, struct mapping *m, unsigned int needs,
		  unsigned int takes);
void mapping_put(struct nlmsghdr *nlh, const struct mapping *m);
void map_print(const struct nlmsghdr *nlh);

#endif /* VNENCAP_MAP_H */
