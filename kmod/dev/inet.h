/* SPDX-License-Identifier: GPL-2.0-only */
/* What IPv4 and IPv6 are to do of their own accord on a device. */
#ifndef _VNENCAP_INET_H
#define _VNENCAP_INET_H

struct net_device;

void vnencap_inet_open(struct net_device *dev);

#endif /* _VNENCAP_INET_H */
