/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests to the kernel that are answered at once, of any netlink family. */
#ifndef VNENCAPD_NETLINK_H
#define VNENCAPD_NETLINK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/netlink.h>

#define NETLINK_ROOM 65536

extern char netlink_buf[NETLINK_ROOM];

typedef void (*netlink_fn)(const struct nlmsghdr *nlh, void *data);

int netlink_socket(int protocol, uint32_t *portid);
int netlink_event_socket(int protocol);
int netlink_join(int fd, uint32_t group);
ssize_t netlink_recv(int fd);
int netlink_ask(int fd, uint32_t portid, struct nlmsghdr *nlh, netlink_fn fn, void *data,
		uint32_t *at);

#endif /* VNENCAPD_NETLINK_H */
