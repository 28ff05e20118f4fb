// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that wait for a mapping: they are sent when it comes, unless their
 * device is stopped; and whatever VNIs take, there is memory left for those of
 * another.
 */
#include <kunit/test.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/netlink.h>
#include <net/ip.h>
#include <net/net_namespace.h>

#include "map/hold.h"
#include "map/map.h"
#include "tests/hosts.h"
#include "vnencap.h"

#define NET	(&init_net)
#define VNI	0xfffe80
#define VNIS	8		/* those that take all that they can have */
#define LARGE	60000		/* bytes of a packet */
#define MANY	300		/* so many of these are more than a VNI may have */

struct hold_test {
	struct test_hosts hosts;
	struct vnencap_map *map[VNIS + 1];
};

static int hold_test_init(struct kunit *test)
{
	struct hold_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	test_hosts_make(test, &t->hosts, AF_INET);
	for (i = 0; i <= VNIS; i++) {
		t->map[i] = vnencap_map_get(NET, VNI + i);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, t->map[i]);
	}
	vnencap_hold_set_len(NET, 1024);
	return 0;
}

static void hold_test_exit(struct kunit *test)
{
	struct hold_test *t = test->priv;
	unsigned int i;

	vnencap_hold_set_len(NET, 0);
	for (i = 0; i <= VNIS; i++) {
		if (IS_ERR_OR_NULL(t->map[i]))
			continue;
		vnencap_hold_purge(vnencap_map_hold(t->map[i]), t->hosts.a.vn);
		vnencap_map_put(t->map[i]);
	}
	test_hosts_free(&t->hosts);
}

/* A packet from @a: a header, of a protocol that nobody knows, and room for @len
 * bytes that are not there
 */
static struct sk_buff *new_packet(struct kunit *test, __be32 dst, u32 len)
{
	struct sk_buff *skb = alloc_skb(300 + len, GFP_KERNEL);
	struct hold_test *t = test->priv;
	struct iphdr *iph;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, 200);
	skb_reset_network_header(skb);
	iph = skb_put_zero(skb, sizeof(*iph));
	iph->version = 4;
	iph->ihl = 5;
	iph->tot_len = htons(sizeof(*iph));
	iph->ttl = 64;
	iph->protocol = 253;
	iph->saddr = t->hosts.a.inner4;
	iph->daddr = dst;
	ip_send_check(iph);
	skb->protocol = htons(ETH_P_IP);
	skb->dev = t->hosts.a.dev;
	return skb;
}

/* Let a packet wait as if it had been sent with that VNI. Return: whether it
 * does.
 */
static bool add(struct kunit *test, struct vnencap_map *map, u32 addr, u32 len)
{
	struct vnencap_addr dst = { AF_INET, .ip4 = htonl(0x0a000000 + addr) };
	struct hold_test *t = test->priv;
	struct sk_buff *skb = new_packet(test, dst.ip4, len);
	int err;

	rcu_read_lock_bh();
	err = vnencap_hold_add(vnencap_map_hold(map), t->hosts.a.vn, map, skb,
			       &dst, false);
	rcu_read_unlock_bh();
	if (err)
		kfree_skb(skb);
	return !err;
}

/* Each takes all that it can have, one after the other. */
static void hold_test_greedy(struct kunit *test)
{
	struct hold_test *t = test->priv;
	unsigned int i, n, had = MANY;

	for (i = 0; i < VNIS; i++) {
		for (n = 0; n < MANY && add(test, t->map[i], n, LARGE);)
			n++;
		KUNIT_EXPECT_GT_MSG(test, n, 0, "VNI %u", i);
		KUNIT_EXPECT_LE_MSG(test, n, had, "VNI %u", i);
		had = n;
		/* not one alone has all */
		KUNIT_EXPECT_LT(test, n, MANY);
	}
	KUNIT_EXPECT_TRUE(test, add(test, t->map[VNIS], 1, 100));
}

static void map_b(struct kunit *test, bool add)
{
	struct hold_test *t = test->priv;
	struct vnencap_mapping m = {
		.vni = TEST_HOSTS_VNI,
		.len = 32,
		.dst = { AF_INET, .ip4 = t->hosts.b.inner4 },
		.via = t->hosts.b.addr,
		.fec = VNENCAP_FEC_UNSET,
	};
	int err;

	vnencap_map_lock(NET);
	err = add ? vnencap_map_set(NET, &m, NLM_F_CREATE) :
		    vnencap_map_del(NET, &m);
	vnencap_map_unlock(NET);
	KUNIT_EXPECT_EQ(test, err, 0);
	if (add)
		vnencap_map_release(NET, &m);
}

static void hold_test_release(struct kunit *test)
{
	struct hold_test *t = test->priv;

	map_b(test, false);
	test_host_send(&t->hosts.a, new_packet(test, t->hosts.b.inner4, 0));
	KUNIT_EXPECT_EQ(test, test_host_count(&t->hosts.a, TX_HELD), 1);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&t->hosts.a.sent), 0);
	map_b(test, true);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&t->hosts.a.sent), 1);
	KUNIT_EXPECT_EQ(test, test_host_count(&t->hosts.a, TX_NO_MAPPING), 0);
}

/* As it is between the stop of a device and the end of it */
static void hold_test_stopped(struct kunit *test)
{
	struct hold_test *t = test->priv;
	struct net_device *dev = t->hosts.a.dev;

	map_b(test, false);
	test_host_send(&t->hosts.a, new_packet(test, t->hosts.b.inner4, 0));
	KUNIT_EXPECT_EQ(test, test_host_count(&t->hosts.a, TX_HELD), 1);
	clear_bit(__LINK_STATE_START, &dev->state);
	map_b(test, true);
	set_bit(__LINK_STATE_START, &dev->state);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&t->hosts.a.sent), 0);
	KUNIT_EXPECT_EQ(test, test_host_count(&t->hosts.a, TX_NO_MAPPING), 1);
}

static struct kunit_case hold_cases[] = {
	KUNIT_CASE(hold_test_greedy),
	KUNIT_CASE(hold_test_release),
	KUNIT_CASE(hold_test_stopped),
	{}
};

static struct kunit_suite hold_suite = {
	.name = "vnencap_hold",
	.init = hold_test_init,
	.exit = hold_test_exit,
	.test_cases = hold_cases,
};

kunit_test_suite(hold_suite);
