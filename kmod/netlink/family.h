/* SPDX-License-Identifier: GPL-2.0-only */
/* The generic netlink family "vnencap" and its multicast groups. */
#ifndef _VNENCAP_FAMILY_H
#define _VNENCAP_FAMILY_H

#include <net/genetlink.h>

/* Its operations are set when the module starts, see netlink.c. */
extern struct genl_family vnencap_family;

int vnencap_family_check_header(const struct nlmsghdr *nlh, u16 own,
				struct netlink_ext_ack *extack);

#endif /* _VNENCAP_FAMILY_H */
