/* SPDX-License-Identifier: GPL-2.0-only */
/* Which other device takes the packets of a lower device. */
#ifndef _VNENCAP_HOLDER_H
#define _VNENCAP_HOLDER_H

struct net_device;
struct netlink_ext_ack;

void vnencap_holder_tell(struct net_device *lower_dev,
			 struct netlink_ext_ack *extack);

#endif /* _VNENCAP_HOLDER_H */
