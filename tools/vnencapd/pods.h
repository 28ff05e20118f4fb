/* SPDX-License-Identifier: GPL-2.0-only */
/* Containers of this host: their subnets, the devices to them, what CNI is told. */
#ifndef VNENCAPD_PODS_H
#define VNENCAPD_PODS_H

#include "subnet.h"

/**
 * struct pods - containers of this host
 * @subnets: which subnets this host has
 * @subnet: for each pool, the one that is used
 * @used: there is one
 * @due: device and file are to be brought about
 * @said: that this did not work was said
 * @next_at: when to try that again
 * @look_at: when to look whether the devices are there
 * @changed: some device was changed
 */
struct pods {
	const struct settings *settings;
	struct subnets subnets;
	struct {
		struct dest subnet;
		bool used;
		bool due;
		bool said;
	} net[POOLS_MAX];
	int64_t next_at;
	int64_t look_at;
	bool changed;
};

void pods_init(struct pods *p, const struct settings *settings, struct core *core,
	       struct publish *publish, int64_t now);
void pods_devices_changed(struct pods *p);
int64_t pods_run(struct pods *p, int64_t now);

#endif /* VNENCAPD_PODS_H */
