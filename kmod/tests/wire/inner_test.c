// SPDX-License-Identifier: GPL-2.0-only
/*
 * Inner packets put together again: what the kernel is told of how they may be
 * segmented.
 */
#include <kunit/test.h>
#include <linux/icmp.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ipv6.h>
#include <net/ndisc.h>

#include "wire/inner.h"

#define PAYLOAD		3000
#define GSO_SIZE	1000

/* Headers as they may have come, and whether the kernel is to trust them */
struct headers {
	const char *name;
	bool ipv6;
	u8 l4;
	u8 extra;		/* bytes of options or extension headers */
	u8 nexthdr;		/* what the sender wrote before them, IPv6 */
	bool trusted;
};

static const struct headers headers[] = {
	{ "TCP", .l4 = VNENCAP_L4_TCP, .trusted = true },
	{ "UDP", .l4 = VNENCAP_L4_UDP, .trusted = true },
	{ "TCP in IPv6", .ipv6 = true, .l4 = VNENCAP_L4_TCP, .trusted = true },
	{ "UDP in IPv6", .ipv6 = true, .l4 = VNENCAP_L4_UDP, .trusted = true },
	{ "TCP with IPv4 options", .l4 = VNENCAP_L4_TCP, .extra = 8 },
	{ "UDP with IPv4 options", .l4 = VNENCAP_L4_UDP, .extra = 40 },
	{ "TCP with extension headers", .ipv6 = true, .l4 = VNENCAP_L4_TCP,
	  .extra = 8, .nexthdr = NEXTHDR_DEST },
	{ "UDP with extension headers", .ipv6 = true, .l4 = VNENCAP_L4_UDP,
	  .extra = 64, .nexthdr = NEXTHDR_HOP },
	{ "TCP with none that is known", .ipv6 = true, .l4 = VNENCAP_L4_TCP,
	  .extra = 8, .nexthdr = NEXTHDR_NONE },
};

static void headers_describe(const struct headers *h, char *desc)
{
	strscpy(desc, h->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(headers, headers, headers_describe);

/* Metadata as vnencap_meta_decode() makes it */
static void make_meta(const struct headers *h, struct vnencap_meta *m)
{
	bool tcp = h->l4 == VNENCAP_L4_TCP;
	u8 proto = tcp ? IPPROTO_TCP : IPPROTO_UDP;

	*m = (struct vnencap_meta) {
		.payload = PAYLOAD,
		.gso_size = GSO_SIZE,
		.ipv6 = h->ipv6,
		.partial = true,
		.l4 = h->l4,
	};
	if (h->ipv6) {
		struct ipv6hdr *ip6h = (struct ipv6hdr *)m->image;

		ip6h->version = 6;
		ip6h->nexthdr = h->extra ? h->nexthdr : proto;
		m->l4_off = sizeof(*ip6h) + h->extra;
		m->image[sizeof(*ip6h)] = proto;
	} else {
		struct iphdr *iph = (struct iphdr *)m->image;

		iph->version = 4;
		iph->ihl = (sizeof(*iph) + h->extra) / 4;
		iph->protocol = proto;
		m->l4_off = iph->ihl * 4;
	}
	if (tcp)
		((struct tcphdr *)(m->image + m->l4_off))->doff = 5;
	m->image_len = m->l4_off + (tcp ? sizeof(struct tcphdr) :
					  sizeof(struct udphdr));
}

static void only_known_headers_are_trusted(struct kunit *test)
{
	const struct headers *h = test->param_value;
	struct vnencap_part part = { .len = PAYLOAD };
	struct vnencap_meta m;
	struct sk_buff *skb;

	make_meta(h, &m);
	skb = alloc_skb(PAYLOAD + VNENCAP_META_IMAGE_MAX, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, VNENCAP_META_IMAGE_MAX);
	skb_put_zero(skb, PAYLOAD);
	KUNIT_EXPECT_EQ(test, vnencap_inner_restore(skb, &m, &part, 0), 0);
	KUNIT_EXPECT_EQ(test, skb_shinfo(skb)->gso_size, GSO_SIZE);
	KUNIT_EXPECT_EQ(test, !(skb_shinfo(skb)->gso_type & SKB_GSO_DODGY),
			h->trusted);
	kfree_skb(skb);
}

/* Neither of too many datagrams, nor of too short ones */
static void only_short_trains_are_taken(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, vnencap_inner_train_ok(0xffff, 1400));
	KUNIT_EXPECT_FALSE(test, vnencap_inner_train_ok(0x10000, 1400));
	KUNIT_EXPECT_TRUE(test, vnencap_inner_train_ok(256 * 64, 64));
	KUNIT_EXPECT_FALSE(test, vnencap_inner_train_ok(256 * 64 + 1, 64));
	KUNIT_EXPECT_FALSE(test, vnencap_inner_train_ok(256, 1));
	KUNIT_EXPECT_FALSE(test, vnencap_inner_train_ok(630, 63));
	KUNIT_EXPECT_FALSE(test, vnencap_inner_train_ok(0, 0));
}

/* An ICMP message of that type, as a host's stack gives it to the device */
static int parse_icmp(struct kunit *test, bool ipv6, u8 type)
{
	struct sk_buff *skb = alloc_skb(100, GFP_KERNEL);
	struct vnencap_meta m;
	u8 *icmp;
	int err;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	if (ipv6) {
		struct ipv6hdr *ip6h = skb_put_zero(skb, sizeof(*ip6h));

		ip6h->version = 6;
		ip6h->payload_len = htons(40);
		ip6h->nexthdr = IPPROTO_ICMPV6;
	} else {
		struct iphdr *iph = skb_put_zero(skb, sizeof(*iph));

		iph->version = 4;
		iph->ihl = 5;
		iph->tot_len = htons(sizeof(*iph) + 40);
		iph->protocol = IPPROTO_ICMP;
	}
	icmp = skb_put_zero(skb, 40);
	icmp[0] = type;
	skb->protocol = htons(ipv6 ? ETH_P_IPV6 : ETH_P_IP);
	err = vnencap_inner_parse(skb, &m);
	kfree_skb(skb);
	return err;
}

static void redirects_are_not_carried(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, parse_icmp(test, true, NDISC_REDIRECT),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, parse_icmp(test, false, ICMP_REDIRECT),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, parse_icmp(test, true, ICMPV6_PKT_TOOBIG), 0);
	KUNIT_EXPECT_EQ(test, parse_icmp(test, false, ICMP_DEST_UNREACH), 0);
	/* of the other version the number means something else */
	KUNIT_EXPECT_EQ(test, parse_icmp(test, false, NDISC_REDIRECT), 0);
	KUNIT_EXPECT_EQ(test, parse_icmp(test, true, ICMP_REDIRECT), 0);
}

/* A packet of no payload whose checksum is still to be written, at @at */
static struct sk_buff *make_partial(struct kunit *test,
				    const struct headers *h, u32 at)
{
	struct vnencap_meta m;
	struct sk_buff *skb;

	make_meta(h, &m);
	skb = alloc_skb(m.image_len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put_data(skb, m.image, m.image_len);
	skb_reset_network_header(skb);
	if (h->ipv6)
		ipv6_hdr(skb)->payload_len = htons(skb->len -
						   sizeof(struct ipv6hdr));
	else
		ip_hdr(skb)->tot_len = htons(skb->len);
	skb->protocol = htons(h->ipv6 ? ETH_P_IPV6 : ETH_P_IP);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_headroom(skb) + at;
	skb->csum_offset = 0;
	return skb;
}

/* Wherever a sender has the checksum written, be it into the headers: what is found out
 * is true of the packet as it is then.
 */
static void checksums_in_headers_are_seen(struct kunit *test)
{
	const struct headers *h = test->param_value;
	struct vnencap_meta m = {}, again = {};
	struct sk_buff *skb;
	u32 at, len;

	len = h->ipv6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
	len += h->extra + sizeof(struct udphdr);
	for (at = 0; at < len; at++) {
		skb = make_partial(test, h, at);
		if (!vnencap_inner_parse(skb, &m)) {
			KUNIT_EXPECT_EQ(test, vnencap_inner_parse(skb, &again),
					0);
			KUNIT_EXPECT_EQ(test, m.l4, again.l4);
			KUNIT_EXPECT_EQ(test, m.l4_off, again.l4_off);
			KUNIT_EXPECT_EQ(test, m.image_len, again.image_len);
			KUNIT_EXPECT_EQ(test, m.payload, again.payload);
		}
		kfree_skb(skb);
	}
}

/* A checksum that is to start so many bytes behind the start of a packet of another
 * protocol than TCP and UDP, or before that
 */
static int parse_summed(struct kunit *test, int start)
{
	struct sk_buff *skb = alloc_skb(200, GFP_KERNEL);
	struct vnencap_meta m;
	struct iphdr *iph;
	int err;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, 100);
	iph = skb_put_zero(skb, sizeof(*iph));
	iph->version = 4;
	iph->ihl = 5;
	iph->tot_len = htons(sizeof(*iph) + 40);
	iph->protocol = IPPROTO_GRE;
	skb_put_zero(skb, 40);
	skb->protocol = htons(ETH_P_IP);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_headroom(skb) + start;
	skb->csum_offset = 4;
	err = vnencap_inner_parse(skb, &m);
	if (!err)
		KUNIT_EXPECT_TRUE(test, skb->ip_summed == CHECKSUM_NONE);
	kfree_skb(skb);
	return err;
}

/* As a guest may have it, by a TAP, and in a tunnel or behind VLAN tags that the host
 * has taken off
 */
static void sums_start_in_the_packet(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, parse_summed(test, 20), 0);
	KUNIT_EXPECT_EQ(test, parse_summed(test, 0), 0);
	KUNIT_EXPECT_EQ(test, parse_summed(test, -2), -EINVAL);
	KUNIT_EXPECT_EQ(test, parse_summed(test, -28), -EINVAL);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(checksums_in_headers_are_seen, headers_gen_params),
	KUNIT_CASE_PARAM(only_known_headers_are_trusted, headers_gen_params),
	KUNIT_CASE(only_short_trains_are_taken),
	KUNIT_CASE(redirects_are_not_carried),
	KUNIT_CASE(sums_start_in_the_packet),
	{ }
};

static struct kunit_suite suite = {
	.name = "vnencap_inner",
	.test_cases = cases,
};

kunit_test_suite(suite);
