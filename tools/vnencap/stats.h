/* SPDX-License-Identifier: GPL-2.0-only */
/* The counters of a device and their names. */
#ifndef VNENCAP_STATS_H
#define VNENCAP_STATS_H

#include <linux/netlink.h>

void stats_print(const struct nlattr *nest);

#endif /* VNENCAP_STATS_H */
