/* SPDX-License-Identifier: GPL-2.0-only */
/* The vnencap network device. */
#ifndef _VNENCAP_DEVICE_H
#define _VNENCAP_DEVICE_H

#include <linux/netdevice.h>

#include "vnencap.h"

struct vnencap_dev *vnencap_device_find(struct net *net, int ifindex,
					const char *name);
struct vnencap_dev *vnencap_device_next(struct net *net,
					struct vnencap_dev *prev);
int vnencap_device_change(struct vnencap_dev *vn,
			  const struct vnencap_config *config,
			  struct netlink_ext_ack *extack);

struct vnencap_dev *vnencap_device_priv(struct net_device *dev);

void vnencap_device_listen(struct notifier_block *nb);
void vnencap_device_unlisten(struct notifier_block *nb);

int vnencap_device_init(void);
void vnencap_device_exit(void);

#endif /* _VNENCAP_DEVICE_H */
