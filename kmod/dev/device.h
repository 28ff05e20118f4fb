/* SPDX-License-Identifier: GPL-2.0-only */
/* The vnencap network device. */
#ifndef _VNENCAP_DEVICE_H
#define _VNENCAP_DEVICE_H

#include <linux/netdevice.h>
#include <uapi/linux/vnencap.h>

#include "vnencap.h"

struct vnencap_dev *vnencap_device_by_index(const struct net *net,
					    struct net *where, int ifindex);
struct vnencap_dev *vnencap_device_by_name(const struct net *net,
					   struct net *where, const char *name);
struct vnencap_dev *vnencap_device_by_vni(struct net *net, int link, u32 vni);
struct vnencap_dev *vnencap_device_next(struct net *net,
					struct vnencap_dev *prev);
int vnencap_device_check_vni(const struct vnencap_dev *vn, u32 vni,
			     struct netlink_ext_ack *extack);
int vnencap_device_check_local(const struct vnencap_dev *vn,
			       const struct vnencap_config *config,
			       struct netlink_ext_ack *extack);
int vnencap_device_change(struct vnencap_dev *vn,
			  const struct vnencap_config *config,
			  struct netlink_ext_ack *extack);

struct vnencap_dev *vnencap_device_priv(struct net_device *dev);

void vnencap_device_setup(struct net_device *dev);
void vnencap_device_inherit(struct net_device *dev,
			    const struct vnencap_lower *lower,
			    bool mtu_given, bool size_given);
enum vnencap_input vnencap_device_input(const struct vnencap_dev *vn);
void vnencap_device_tell_slow(const struct vnencap_dev *vn,
			      struct netlink_ext_ack *extack);
int vnencap_device_add(struct vnencap_dev *vn, struct netlink_ext_ack *extack);
void vnencap_device_del(struct vnencap_dev *vn, struct list_head *head);
void vnencap_device_del_all(const struct vnencap_lower *lower);
void vnencap_device_del_net(const struct net *net, struct list_head *gone);

#endif /* _VNENCAP_DEVICE_H */
