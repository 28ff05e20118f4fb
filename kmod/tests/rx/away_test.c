// SPDX-License-Identifier: GPL-2.0-only
/* A device in another namespace than its substrate: what its packets do not tell. */
#include <kunit/test.h>
#include <linux/skbuff.h>
#include <net/net_namespace.h>

#include "tests/arrival.h"
#include "tests/hosts.h"
#include "tests/path.h"
#include "vnencap.h"

#define CLOCK	ktime_set(1, 234)
#define NAPI	4711
#define TC_CLASS	5

/* A segment as it comes from a NIC with a clock */
static struct sk_buff *make_stamped(struct kunit *test)
{
	struct sk_buff *skb;
	u16 first = 0;

	test_path_send_small(test);
	skb = test_arrival_run(test, &first, 1);
	skb_hwtstamps(skb)->hwtstamp = CLOCK;
	skb_shinfo(skb)->tx_flags |= SKBTX_HW_TSTAMP_NETDEV;
	return skb;
}

/* Have it arrive. What comes out is NULL where nothing does. */
static struct sk_buff *receive(struct kunit *test, struct sk_buff *skb)
{
	struct test_path *path = test->priv;
	struct test_host *b = &path->hosts.b;

#ifdef CONFIG_NET_RX_BUSY_POLL
	skb->napi_id = NAPI;
#endif
#ifdef CONFIG_NET_SCHED
	skb->tc_index = TC_CLASS;
#endif
	test_host_receive_one(b, skb);
	return skb_dequeue(&b->received);
}

static void away_test_at_home(struct kunit *test)
{
	struct sk_buff *skb = receive(test, make_stamped(test));

	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, skb_hwtstamps(skb)->hwtstamp, CLOCK);
#ifdef CONFIG_NET_SCHED
	KUNIT_EXPECT_EQ(test, skb->tc_index, TC_CLASS);
#endif
	kfree_skb(skb);
}

/* All that is asked of the two namespaces is whether they are the same. */
static void away_test_moved(struct kunit *test)
{
	struct net *other = kunit_kzalloc(test, sizeof(*other), GFP_KERNEL);
	struct test_path *path = test->priv;
	struct vnencap_dev *vn = path->hosts.b.vn;
	struct net *home = vn->net;
	struct sk_buff *skb;

	if (!IS_ENABLED(CONFIG_NET_NS))
		kunit_skip(test, "this kernel has one namespace only");
	KUNIT_ASSERT_NOT_NULL(test, other);
	skb = make_stamped(test);
	vn->net = other;
	skb = receive(test, skb);
	vn->net = home;
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, skb_hwtstamps(skb)->hwtstamp, 0);
	KUNIT_EXPECT_EQ(test, skb_shinfo(skb)->tx_flags, 0);
#ifdef CONFIG_NET_RX_BUSY_POLL
	KUNIT_EXPECT_EQ(test, skb->napi_id, 0);
#endif
#ifdef CONFIG_NET_SCHED
	KUNIT_EXPECT_EQ(test, skb->tc_index, 0);
#endif
	KUNIT_EXPECT_NULL(test, memchr_inv(skb->head, 0, skb_headroom(skb)));
	kfree_skb(skb);
}

TEST_PATH_SUITES(away, KUNIT_CASE(away_test_at_home),
		 KUNIT_CASE(away_test_moved));
