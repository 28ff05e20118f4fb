/* SPDX-License-Identifier: GPL-2.0-only */
/* What is to come out of a path. */
#ifndef _VNENCAP_TESTS_EXPECT_H
#define _VNENCAP_TESTS_EXPECT_H

#include <linux/types.h>

struct kunit;
struct sk_buff;
struct test_scenario;

void test_expect_part(struct kunit *test, const struct sk_buff *skb);
void test_expect_datagram(struct kunit *test, const struct sk_buff *skb);
void test_expect_plain(struct kunit *test);
void test_expect_nothing(struct kunit *test);
void test_expect_received(struct kunit *test);
void test_expect_late(struct kunit *test, const struct test_scenario *sc,
		      u32 join);

#endif /* _VNENCAP_TESTS_EXPECT_H */
