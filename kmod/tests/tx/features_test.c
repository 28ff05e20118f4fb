// SPDX-License-Identifier: GPL-2.0-only
/* Which packets go as they are, and which the stack is to segment. */
#include <kunit/test.h>
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>

#include "tx/features.h"

#define FEATURES	(NETIF_F_HW_CSUM | NETIF_F_ALL_TSO)

/* A packet to be segmented. Return: what is to be done for it by the device. */
static netdev_features_t features_of(struct kunit *test, u8 ip_summed,
				     u16 gso_size)
{
	struct sk_buff *skb = alloc_skb(4000, GFP_KERNEL);
	netdev_features_t features;
	struct iphdr *iph;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb->protocol = htons(ETH_P_IP);
	skb->ip_summed = ip_summed;
	skb_reset_network_header(skb);
	iph = skb_put_zero(skb, sizeof(*iph));
	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->protocol = IPPROTO_TCP;
	skb_set_transport_header(skb, sizeof(*iph));
	skb_put_zero(skb, sizeof(struct tcphdr) + 3000);
	skb_shinfo(skb)->gso_size = gso_size;
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;
	features = vnencap_features_check(skb, NULL, FEATURES);
	kfree_skb(skb);
	return features;
}

/* What a NIC has joined (LRO) has a sum that was right, and the kernel asks for no other.
 * A frame carries none that is done, so the packet must not come as it is.
 */
static void joined_by_a_nic(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, features_of(test, CHECKSUM_PARTIAL, 1000),
			FEATURES);
	KUNIT_EXPECT_EQ(test, features_of(test, CHECKSUM_UNNECESSARY, 1000),
			FEATURES & ~NETIF_F_GSO_MASK);
}

static void of_short_segments(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, features_of(test, CHECKSUM_PARTIAL, 8), FEATURES);
	KUNIT_EXPECT_EQ(test, features_of(test, CHECKSUM_PARTIAL, 7),
			FEATURES & ~NETIF_F_GSO_MASK);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(joined_by_a_nic),
	KUNIT_CASE(of_short_segments),
	{ }
};

static struct kunit_suite suite = {
	.name = "vnencap_features",
	.test_cases = cases,
};

kunit_test_suite(suite);
