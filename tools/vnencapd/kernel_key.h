/* SPDX-License-Identifier: GPL-2.0-only */
/* The keys in the kernel, and how a request to its module is made. */
#ifndef VNENCAPD_KERNEL_KEY_H
#define VNENCAPD_KERNEL_KEY_H

#include "kernel.h"
#include "netlink.h"

struct nlmsghdr *kernel_prepare(void *buf, uint16_t family, uint8_t cmd, uint16_t flags);
int kernel_ask(struct kernel *kernel, struct nlmsghdr *nlh, netlink_fn fn, void *data,
	       uint32_t *at);
void kernel_key_init(struct kernel *kernel);

#endif /* VNENCAPD_KERNEL_KEY_H */
