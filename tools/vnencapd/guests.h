/* SPDX-License-Identifier: GPL-2.0-only */
/* The prefixes that vnencapctl has published here: followed. */
#ifndef VNENCAPD_GUESTS_H
#define VNENCAPD_GUESTS_H

#include "follow.h"
#include "publish.h"

/**
 * struct guests - what vnencapctl has published here
 * @folder: where that is written
 * @newest: the last time of those that are known
 * @done: all up to that time have been said in etcd, by this daemon or an earlier one
 */
struct guests {
	const char *folder;
	char path[4096];
	struct follow follow;
	int64_t newest;
	int64_t done;
};

void guests_init(struct guests *g, const char *folder, int64_t now);
void guests_free(struct guests *g);
int64_t guests_run(struct guests *g, struct publish *publish, int64_t now);

#endif /* VNENCAPD_GUESTS_H */
