// SPDX-License-Identifier: GPL-2.0-only
/* What the host's routing lets in, and that it is not asked for each packet */
#include <kunit/test.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>

#include "lower/admit.h"
#include "lower/lower.h"
#include "tests/hosts.h"
#include "tests/rtnetlink.h"
#include "vnencap.h"

/**
 * struct admit_test - two hosts, of which the second has two addresses
 * @hosts: the hosts
 * @other: the second host's other address
 */
struct admit_test {
	struct test_hosts hosts;
	struct vnencap_addr other;
};

/* Would host b's routing let in a packet from host a? */
static bool let_in(struct kunit *test, __be32 daddr, u8 tos)
{
	struct admit_test *t = test->priv;
	struct vnencap_dev *vn = t->hosts.b.vn;
	struct sk_buff *skb = alloc_skb(sizeof(struct iphdr), GFP_KERNEL);
	bool in;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb->dev = t->hosts.b.lower;
	skb->protocol = htons(ETH_P_IP);
	skb_reset_network_header(skb);
	*(struct iphdr *)skb_put(skb, sizeof(struct iphdr)) = (struct iphdr){
		.version = 4,
		.ihl = sizeof(struct iphdr) / 4,
		.tos = tos,
		.tot_len = htons(sizeof(struct iphdr)),
		.ttl = 64,
		.protocol = IPPROTO_TCP,
		.saddr = t->hosts.a.addr.ip4,
		.daddr = daddr,
	};
	local_bh_disable();
	rcu_read_lock();
	in = vnencap_admit(vn->lower, vn, skb);
	rcu_read_unlock();
	local_bh_enable();
	kfree_skb(skb);
	return in;
}

static void expect_in(struct kunit *test)
{
	struct admit_test *t = test->priv;

	KUNIT_EXPECT_TRUE(test, let_in(test, t->hosts.b.addr.ip4, 0));
	KUNIT_EXPECT_TRUE(test, let_in(test, t->other.ip4, 0));
	KUNIT_EXPECT_TRUE(test, let_in(test, t->hosts.b.addr.ip4, 0xb8));
}

static unsigned int kept(const struct vnencap_lower *lower)
{
	unsigned int i, n = 0;

	for (i = 0; i < ARRAY_SIZE(lower->admitted); i++)
		n += !!rcu_access_pointer(lower->admitted[i]);
	return n;
}

/* To two of the host's addresses in turn, and with two DSCPs: each answer is kept,
 * and none takes another's place.
 */
static void admit_test_in_turn(struct kunit *test)
{
	struct admit_test *t = test->priv;
	struct vnencap_lower *lower = t->hosts.b.vn->lower;
	void *before;
	unsigned int round;

	expect_in(test);
	KUNIT_EXPECT_EQ(test, kept(lower), 3);
	before = kunit_kmalloc(test, sizeof(lower->admitted), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, before);
	memcpy(before, lower->admitted, sizeof(lower->admitted));
	for (round = 0; round < 4; round++) {
		/* what is kept may change once a jiffy */
		schedule_timeout_uninterruptible(2);
		expect_in(test);
	}
	KUNIT_EXPECT_EQ(test, memcmp(lower->admitted, before,
				     sizeof(lower->admitted)), 0);
}

/* What is not the host's own is not let in, and nothing is kept for it. */
static void admit_test_stranger(struct kunit *test)
{
	struct admit_test *t = test->priv;

	KUNIT_EXPECT_FALSE(test, let_in(test, htonl(0xc6120063), 0));
	KUNIT_EXPECT_FALSE(test, let_in(test, htonl(0xe0000001), 0));
	KUNIT_EXPECT_EQ(test, kept(t->hosts.b.vn->lower), 0);
}

/* The same of IPv6, by destination alone */
static bool let_in_ipv6(struct kunit *test, const struct in6_addr *daddr)
{
	struct admit_test *t = test->priv;
	struct vnencap_dev *vn = t->hosts.b.vn;
	struct sk_buff *skb = alloc_skb(sizeof(struct ipv6hdr), GFP_KERNEL);
	bool in;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb->dev = t->hosts.b.lower;
	skb->protocol = htons(ETH_P_IPV6);
	skb_reset_network_header(skb);
	*(struct ipv6hdr *)skb_put(skb, sizeof(struct ipv6hdr)) =
		(struct ipv6hdr){
			.version = 6,
			.nexthdr = IPPROTO_TCP,
			.hop_limit = 64,
			.saddr = t->hosts.a.addr.ip6,
			.daddr = *daddr,
		};
	local_bh_disable();
	rcu_read_lock();
	in = vnencap_admit(vn->lower, vn, skb);
	rcu_read_unlock();
	local_bh_enable();
	kfree_skb(skb);
	return in;
}

static unsigned int kept_ipv6(const struct vnencap_lower *lower)
{
	unsigned int i, n = 0;

	for (i = 0; i < ARRAY_SIZE(lower->admitted6); i++)
		n += !!rcu_access_pointer(lower->admitted6[i]);
	return n;
}

/* Answers are kept for the host's own addresses, one for each, and for no others. */
static void admit6_test_kept(struct kunit *test)
{
	const struct in6_addr stranger = { .s6_addr = { 0xfd, [15] = 0x63 } };
	struct admit_test *t = test->priv;
	struct vnencap_lower *lower = t->hosts.b.vn->lower;
	unsigned int round;

	KUNIT_EXPECT_FALSE(test, let_in_ipv6(test, &stranger));
	KUNIT_EXPECT_FALSE(test, let_in_ipv6(test, &in6addr_loopback));
	KUNIT_EXPECT_FALSE(test, let_in_ipv6(test,
					     &in6addr_linklocal_allnodes));
	KUNIT_EXPECT_EQ(test, kept_ipv6(lower), 0);
	for (round = 0; round < 4; round++) {
		KUNIT_EXPECT_TRUE(test, let_in_ipv6(test,
						    &t->hosts.b.addr.ip6));
		schedule_timeout_uninterruptible(1);
	}
	KUNIT_EXPECT_EQ(test, kept_ipv6(lower), 1);
}

/* The only answer that is kept */
static struct vnencap_admitted6 *kept_one(const struct vnencap_lower *lower)
{
	struct vnencap_admitted6 *a = NULL;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lower->admitted6) && !a; i++)
		a = rcu_dereference_protected(lower->admitted6[i], true);
	return a;
}

/* An answer is good for a second, however old it is by then: where nobody has asked for
 * long, jiffies have come round half of the way, or all of it but for a moment.
 */
static void admit6_test_age(struct kunit *test)
{
	static const unsigned long ages[] = {
		HZ, 60 * HZ, ULONG_MAX / 2 + 2 + HZ, ULONG_MAX - HZ,
	};
	struct admit_test *t = test->priv;
	const struct in6_addr *own = &t->hosts.b.addr.ip6;
	struct vnencap_lower *lower = t->hosts.b.vn->lower;
	struct vnencap_admitted6 *before;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ages); i++) {
		KUNIT_ASSERT_TRUE(test, let_in_ipv6(test, own));
		before = kept_one(lower);
		KUNIT_ASSERT_NOT_NULL(test, before);
		before->since = jiffies - ages[i];
		KUNIT_EXPECT_TRUE(test, let_in_ipv6(test, own));
		/* it is only compared: another has its place */
		KUNIT_EXPECT_PTR_NE(test, kept_one(lower), before);
	}
	KUNIT_EXPECT_EQ(test, kept_ipv6(lower), 1);
}

static int admit6_test_init(struct kunit *test)
{
	struct admit_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	test_hosts_make(test, &t->hosts, AF_INET6);
	return 0;
}

static int admit_test_init(struct kunit *test)
{
	struct admit_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	test_hosts_make(test, &t->hosts, AF_INET);
	t->other = t->hosts.b.addr;
	t->other.ip4 |= htonl(0x20);
	test_rtnetlink_add_address(test, t->hosts.b.lower, &t->other, 32);
	return 0;
}

static void admit_test_exit(struct kunit *test)
{
	struct admit_test *t = test->priv;

	if (t)
		test_hosts_free(&t->hosts);
}

static struct kunit_case admit_test_cases[] = {
	KUNIT_CASE(admit_test_in_turn),
	KUNIT_CASE(admit_test_stranger),
	{}
};

static struct kunit_suite admit_test_suite = {
	.name = "vnencap_admit",
	.init = admit_test_init,
	.exit = admit_test_exit,
	.test_cases = admit_test_cases,
};

static struct kunit_case admit6_test_cases[] = {
	KUNIT_CASE(admit6_test_kept),
	KUNIT_CASE(admit6_test_age),
	{}
};

static struct kunit_suite admit6_test_suite = {
	.name = "vnencap_admit6",
	.init = admit6_test_init,
	.exit = admit_test_exit,
	.test_cases = admit6_test_cases,
};

kunit_test_suites(&admit_test_suite, &admit6_test_suite);
