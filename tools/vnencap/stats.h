/* SPDX-License-Identifier: GPL-2.0-only */
/* Counters of a device, or of an endpoint, and their names. */
#ifndef VNENCAP_STATS_H
#define VNENCAP_STATS_H

#include <linux/netlink.h>

void stats_print(const struct nlattr *nest);
void traffic_print(const struct nlattr *nest);

#endif /* VNENCAP_STATS_H */
