/* SPDX-License-Identifier: GPL-2.0-only */
/* Notifications to those who listen: changes, and packets without a mapping. */
#ifndef _VNENCAP_NOTIFY_H
#define _VNENCAP_NOTIFY_H

#include <linux/notifier.h>
#include <linux/types.h>

struct genl_info;
struct vnencap_dev;
struct vnencap_keys;
struct vnencap_mapping;
struct vnencap_miss_ops;

/* Tells of devices that rtnetlink has changed; for vnencap_link_listen() */
extern struct notifier_block vnencap_notify_devices;

/* Tells of packets that found no mapping; for vnencap_miss_init() */
extern const struct vnencap_miss_ops vnencap_notify_misses;

void vnencap_notify_dev(const struct vnencap_dev *vn, struct genl_info *info);
void vnencap_notify_mapping(struct genl_info *info, u8 cmd,
			    const struct vnencap_mapping *m);
void vnencap_notify_keys(struct genl_info *info, u32 vni,
			 const struct vnencap_keys *keys);

#endif /* _VNENCAP_NOTIFY_H */
