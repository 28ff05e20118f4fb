/* SPDX-License-Identifier: GPL-2.0-only */
/* What is told of the keys of a VNI. */
#ifndef VNENCAP_KEY_H
#define VNENCAP_KEY_H

#include <linux/netlink.h>

void keys_print(const struct nlmsghdr *nlh);

#endif /* VNENCAP_KEY_H */
