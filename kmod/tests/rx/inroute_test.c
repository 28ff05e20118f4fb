// SPDX-License-Identifier: GPL-2.0-only
/* The route that a datagram is given is the stack's, for as long as it would be. */
#include <kunit/test.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/route.h>

#include "rx/inroute.h"
#include "tests/hosts.h"
#include "tests/rtnetlink.h"
#include "wire/addr.h"

#define NET	(&init_net)

/* What a test sends */
struct datagram {
	struct net_device *dev;
	__be32 daddr;
	u8 tos;
	u8 ihl;
};

static struct datagram datagram_to(const struct test_host *host)
{
	return (struct datagram){ host->dev, host->inner4, 0, 5 };
}

/* Which route is it given? It is not held. @noref: has the skb no reference to it? */
static const struct dst_entry *given(struct kunit *test, struct datagram d,
				     bool *noref)
{
	struct test_hosts *hosts = test->priv;
	struct sk_buff *skb = alloc_skb(d.ihl * 4, GFP_KERNEL);
	const struct dst_entry *dst;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb->dev = d.dev;
	skb->protocol = htons(ETH_P_IP);
	skb_reset_network_header(skb);
	*(struct iphdr *)skb_put_zero(skb, d.ihl * 4) = (struct iphdr){
		.version = 4,
		.ihl = d.ihl,
		.tos = d.tos,
		.tot_len = htons(d.ihl * 4),
		.ttl = 64,
		.protocol = IPPROTO_UDP,
		.saddr = hosts->a.inner4,
		.daddr = d.daddr,
	};
	local_bh_disable();
	rcu_read_lock();
	vnencap_inroute_attach(skb, NET);
	dst = skb_dst(skb);
	if (dst)
		KUNIT_EXPECT_EQ(test, skb_rtable(skb)->rt_type, RTN_LOCAL);
	*noref = skb_dst_is_noref(skb);
	skb_dst_drop(skb);
	rcu_read_unlock();
	local_bh_enable();
	kfree_skb(skb);
	return dst;
}

static void expect_given(struct kunit *test, struct datagram d)
{
	const struct dst_entry *first, *second;
	bool noref;

	first = given(test, d, &noref);
	KUNIT_EXPECT_NOT_NULL(test, first);
	second = given(test, d, &noref);
	KUNIT_EXPECT_PTR_EQ(test, second, first);
	KUNIT_EXPECT_TRUE(test, noref);
}

static void expect_none(struct kunit *test, struct datagram d)
{
	bool noref;

	KUNIT_EXPECT_NULL(test, given(test, d, &noref));
	KUNIT_EXPECT_NULL(test, given(test, d, &noref));
}

static void set_conf(const struct test_host *host, int which, int value)
{
	rtnl_lock();
	ipv4_devconf_set(__in_dev_get_rtnl(host->dev), which, value);
	rtnl_unlock();
}

/* The first is looked up, and those that follow are given what was found. */
static void inroute_test_given(struct kunit *test)
{
	struct test_hosts *hosts = test->priv;
	struct datagram d = datagram_to(&hosts->b);

	expect_given(test, d);
	d.tos = 0xb8;
	expect_given(test, d);
}

static void inroute_test_others(struct kunit *test)
{
	struct test_hosts *hosts = test->priv;
	struct datagram d = datagram_to(&hosts->b);

	d.dev = hosts->b.lower;
	expect_none(test, d);
	d = datagram_to(&hosts->b);
	d.ihl = 6;
	expect_none(test, d);
	d = datagram_to(&hosts->b);
	d.daddr = htonl(0xc6130063);
	expect_none(test, d);
	d.daddr = htonl(0xe0000001);
	expect_none(test, d);
	expect_given(test, datagram_to(&hosts->b));
}

/* A setting has no generation. No route leads back, so a strict device refuses. */
static void inroute_test_rp_filter(struct kunit *test)
{
	struct test_hosts *hosts = test->priv;
	struct datagram d = datagram_to(&hosts->b);
	unsigned int round;

	for (round = 0; round < 3; round++) {
		set_conf(&hosts->b, IPV4_DEVCONF_RP_FILTER, 0);
		/* what is kept may change once a jiffy */
		schedule_timeout_uninterruptible(2);
		expect_given(test, d);
		set_conf(&hosts->b, IPV4_DEVCONF_RP_FILTER, 1);
		expect_none(test, d);
	}
	set_conf(&hosts->b, IPV4_DEVCONF_RP_FILTER, 0);
}

/* An address that the host loses, and gets again */
static void inroute_test_address(struct kunit *test)
{
	struct test_hosts *hosts = test->priv;
	struct vnencap_addr other = { AF_INET, .ip4 = htonl(0xc6130033) };
	struct datagram d = datagram_to(&hosts->b);
	unsigned int round;

	d.daddr = other.ip4;
	for (round = 0; round < 3; round++) {
		expect_none(test, d);
		test_rtnetlink_add_address(test, hosts->b.dev, &other, 32);
		expect_given(test, d);
		test_rtnetlink_del_address(test, hosts->b.dev, &other, 32);
	}
	expect_none(test, d);
}

static int inroute_test_init(struct kunit *test)
{
	struct test_hosts *hosts = kunit_kzalloc(test, sizeof(*hosts),
						 GFP_KERNEL);
	struct vnencap_addr inner = { AF_INET };

	KUNIT_ASSERT_NOT_NULL(test, hosts);
	test->priv = hosts;
	test_hosts_make(test, hosts, AF_INET);
	inner.ip4 = hosts->b.inner4;
	test_rtnetlink_add_address(test, hosts->b.dev, &inner, 32);
	return 0;
}

static void inroute_test_exit(struct kunit *test)
{
	if (test->priv)
		test_hosts_free(test->priv);
}

static struct kunit_case inroute_test_cases[] = {
	KUNIT_CASE(inroute_test_given),
	KUNIT_CASE(inroute_test_others),
	KUNIT_CASE(inroute_test_rp_filter),
	KUNIT_CASE(inroute_test_address),
	{}
};

static struct kunit_suite inroute_test_suite = {
	.name = "vnencap_inroute",
	.init = inroute_test_init,
	.exit = inroute_test_exit,
	.test_cases = inroute_test_cases,
};

kunit_test_suite(inroute_test_suite);
