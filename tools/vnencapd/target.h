/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a prefix is: one endpoint, several, or none. Each is kept once. */
#ifndef VNENCAPD_TARGET_H
#define VNENCAPD_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/vnencap.h>

#include "../vnencap/parse.h"

#define HOST_MAX 63	/* bytes of a host's name */

struct hop {
	struct addr via;
	uint8_t weight;
};

/**
 * struct way - a target as it is read, not kept yet
 * @hops: number of endpoints; 0 for a blackhole
 * @hop: these
 * @host: name of the host that says so, or ""
 */
struct way {
	unsigned int hops;
	struct hop hop[VNENCAP_HOPS_MAX];
	char host[HOST_MAX + 1];
};

/* A target that is kept: whoever holds a pointer has a reference. */
struct target {
	struct target *next;
	uint32_t hash;
	uint32_t refs;
	uint8_t hops;
	char host[HOST_MAX + 1];
	struct hop hop[];
};

#define TARGET_BUCKETS 16384

struct targets {
	struct target *bucket[TARGET_BUCKETS];
};

/* Room for a target as words */
#define TARGET_TEXT_MAX (VNENCAP_HOPS_MAX * (sizeof("via  weight 255 ") + 46) + 1)

struct target *target_get(struct targets *targets, const struct way *way);
struct target *target_hold(struct target *target);
void target_put(struct targets *targets, struct target *target);
bool target_same_way(const struct target *a, const struct target *b);
char *target_text(char *to, const struct target *target);
bool way_add(struct way *way, const struct addr *via, uint8_t weight);

#endif /* VNENCAPD_TARGET_H */
