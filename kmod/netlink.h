/* SPDX-License-Identifier: GPL-2.0-only */
/* The generic netlink family that controls devices and mappings. */
#ifndef _VNENCAP_NETLINK_H
#define _VNENCAP_NETLINK_H

#include <linux/types.h>

struct net;
struct vnencap_addr;
struct vnencap_dev;
struct vnencap_miss;

bool vnencap_netlink_hears_misses(struct net *net);
void vnencap_netlink_tell_miss(struct net *net,
			       const struct vnencap_miss *miss);
bool vnencap_netlink_miss(struct net *net, u32 vni,
			  const struct vnencap_addr *dst);
void vnencap_netlink_changed(const struct vnencap_dev *vn);

int vnencap_netlink_init(void);
void vnencap_netlink_exit(void);

#endif /* _VNENCAP_NETLINK_H */
