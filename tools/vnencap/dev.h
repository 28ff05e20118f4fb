/* SPDX-License-Identifier: GPL-2.0-only */
/* A device as output. */
#ifndef VNENCAP_DEV_H
#define VNENCAP_DEV_H

#include <linux/netlink.h>

void dev_print(const struct nlmsghdr *nlh);

#endif /* VNENCAP_DEV_H */
