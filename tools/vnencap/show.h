/* SPDX-License-Identifier: GPL-2.0-only */
/* What all that shows something does: ask, and print each answer. */
#ifndef VNENCAP_SHOW_H
#define VNENCAP_SHOW_H

#include <linux/netlink.h>

/* Prints what is in an answer; the object is begun and ended for it. */
typedef void (*show_fn)(const struct nlmsghdr *nlh);

int show(struct nlmsghdr *nlh, show_fn print);

#endif /* VNENCAP_SHOW_H */
