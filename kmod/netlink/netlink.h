/* SPDX-License-Identifier: GPL-2.0-only */
/* The generic netlink family that controls devices, mappings and keys. */
#ifndef _VNENCAP_NETLINK_H
#define _VNENCAP_NETLINK_H

int vnencap_netlink_init(void);
void vnencap_netlink_exit(void);

#endif /* _VNENCAP_NETLINK_H */
