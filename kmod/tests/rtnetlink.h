/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests to rtnetlink, from inside. */
#ifndef _VNENCAP_TESTS_RTNETLINK_H
#define _VNENCAP_TESTS_RTNETLINK_H

#include <linux/types.h>

struct kunit;
struct net_device;
struct vnencap_addr;

void test_rtnetlink_add_address(struct kunit *test, struct net_device *dev,
				const struct vnencap_addr *addr, u8 len);
void test_rtnetlink_del_address(struct kunit *test, struct net_device *dev,
				const struct vnencap_addr *addr, u8 len);
void test_rtnetlink_add_link(struct kunit *test, const char *name,
			     struct net_device *lower);

#endif /* _VNENCAP_TESTS_RTNETLINK_H */
