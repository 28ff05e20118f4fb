/* SPDX-License-Identifier: GPL-2.0-only */
/* The prefixes that vnencapctl publishes for this host: a file. */
#ifndef VNENCAPD_PUBLISHED_H
#define VNENCAPD_PUBLISHED_H

#include <stdint.h>

#include "table.h"

#define PUBLISHED_NAME "published"

/**
 * struct published - a prefix that is at this host
 * @dest: the prefix
 * @at: when it was said last, in ns since boot; no two are the same
 */
struct published {
	struct published *next;
	struct dest dest;
	int64_t at;
};

bool published_read(const char *folder, struct published **first);
bool published_change(const char *folder, const struct dest *dest, bool here, int64_t at);
void published_free(struct published *first);

#endif /* VNENCAPD_PUBLISHED_H */
