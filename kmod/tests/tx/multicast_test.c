// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets to many: where no mapping is made for them they are no misses, but
 * what each host sends of its own accord.
 */
#include <kunit/test.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netlink.h>
#include <net/ip.h>
#include <net/ip.h>
#include <net/net_namespace.h>

#include "map/hold.h"
#include "map/map.h"
#include "tests/hosts.h"

#define NET	(&init_net)

/**
 * struct to_many - a destination, and a mapping for it
 * @name: to name the test
 * @dst: the destination
 * @prefix: the prefix that is mapped
 * @len: its length
 * @many: whether it is one of many
 */
struct to_many {
	const char *name;
	struct vnencap_addr dst;
	struct vnencap_addr prefix;
	u8 len;
	bool many;
};

#define IP4(addr)	{ AF_INET, .ip4 = cpu_to_be32(addr) }
#define IP6(first, second, last) \
	{ AF_INET6, .ip6 = { { { first, second, [15] = last } } } }

static const struct to_many to_many[] = {
	{ "all nodes", IP6(0xff, 0x02, 1), IP6(0xff, 0, 0), 8, true },
	{ "routers of the link", IP6(0xff, 0x02, 2), IP6(0xff, 0, 0), 8, true },
	{ "a global group", IP6(0xff, 0x0e, 9), IP6(0xff, 0x0e, 0), 16, true },
	{ "mDNS", IP4(0xe00000fb), IP4(0xe0000000), 4, true },
	{ "a group", IP4(0xefc00001), IP4(0xe0000000), 4, true },
	{ "broadcast", IP4(0xffffffff), IP4(0xffffffff), 32, true },
	{ "link-local host", IP6(0xfe, 0x80, 1), IP6(0xfe, 0x80, 0), 16, false },
	{ "host", IP4(0xc6130063), IP4(0xc6130063), 32, false },
	{ "class E", IP4(0xf0000001), IP4(0xf0000000), 4, false },
};

static void to_many_describe(const struct to_many *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(to_many, to_many, to_many_describe);

static int multicast_test_init(struct kunit *test)
{
	struct test_hosts *hosts = kunit_kzalloc(test, sizeof(*hosts),
						 GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, hosts);
	test->priv = hosts;
	test_hosts_make(test, hosts, AF_INET);
	return 0;
}

static void multicast_test_exit(struct kunit *test)
{
	vnencap_hold_set_len(NET, 0);
	test_hosts_free(test->priv);
}

static void send_to(struct kunit *test, const struct vnencap_addr *dst)
{
	struct sk_buff *skb = alloc_skb(300, GFP_KERNEL);
	struct test_hosts *hosts = test->priv;
	struct ipv6hdr *ip6h;
	struct iphdr *iph;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, 200);
	skb_reset_network_header(skb);
	if (dst->family == AF_INET) {
		iph = skb_put_zero(skb, sizeof(*iph));
		iph->version = 4;
		iph->ihl = 5;
		iph->tot_len = htons(sizeof(*iph));
		iph->protocol = 253;
		iph->saddr = hosts->a.inner4;
		iph->daddr = dst->ip4;
		ip_send_check(iph);
		skb->protocol = htons(ETH_P_IP);
	} else {
		ip6h = skb_put_zero(skb, sizeof(*ip6h));
		ip6h->version = 6;
		ip6h->nexthdr = 253;
		ip6h->saddr = hosts->a.inner6;
		ip6h->daddr = dst->ip6;
		skb->protocol = htons(ETH_P_IPV6);
	}
	test_host_send(&hosts->a, skb);
}

static void map_many(struct kunit *test, const struct to_many *c, bool add)
{
	struct test_hosts *hosts = test->priv;
	struct vnencap_mapping m = {
		.vni = TEST_HOSTS_VNI,
		.len = c->len,
		.dst = c->prefix,
		.via = hosts->b.addr,
		.fec = VNENCAP_FEC_UNSET,
	};
	int err;

	vnencap_map_lock(NET);
	err = add ? vnencap_map_set(NET, &m, NLM_F_CREATE) :
		    vnencap_map_del(NET, &m);
	vnencap_map_unlock(NET);
	KUNIT_EXPECT_EQ(test, err, 0);
}

static void multicast_test_send(struct kunit *test)
{
	const struct to_many *c = test->param_value;
	struct test_hosts *hosts = test->priv;
	u64 missed = test_host_count(&hosts->a, TX_NO_MAPPING);
	u64 held = test_host_count(&hosts->a, TX_HELD);
	u64 many = test_host_count(&hosts->a, TX_MULTICAST);

	send_to(test, &c->dst);
	KUNIT_EXPECT_EQ(test, test_host_count(&hosts->a, TX_NO_MAPPING) - missed,
			!c->many);
	/* at least, for the stack sends some of its own accord */
	KUNIT_EXPECT_GE(test, test_host_count(&hosts->a, TX_MULTICAST) - many,
			c->many);
	/* nor does it wait for a mapping */
	vnencap_hold_set_len(NET, 1);
	send_to(test, &c->dst);
	KUNIT_EXPECT_EQ(test, test_host_count(&hosts->a, TX_HELD) - held,
			!c->many);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&hosts->a.sent), 0);
	map_many(test, c, true);
	send_to(test, &c->dst);
	KUNIT_EXPECT_GE(test, skb_queue_len(&hosts->a.sent), 1);
	map_many(test, c, false);
}

static struct kunit_case multicast_cases[] = {
	KUNIT_CASE_PARAM(multicast_test_send, to_many_gen_params),
	{}
};

static struct kunit_suite multicast_suite = {
	.name = "vnencap_multicast",
	.init = multicast_test_init,
	.exit = multicast_test_exit,
	.test_cases = multicast_cases,
};

kunit_test_suite(multicast_suite);
