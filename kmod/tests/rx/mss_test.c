// SPDX-License-Identifier: GPL-2.0-only
/* SYNs as they are handed up: what they ask for fits in one segment. */
#include <kunit/test.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/rtnetlink.h>
#include <linux/tcp.h>
#include <net/ip6_checksum.h>
#include <net/tcp.h>

#include "compat.h"
#include "rx/mss.h"
#include "tests/hosts.h"
#include "tests/packet.h"
#include "wire/frame.h"
#include "wire/meta.h"

#define OUTER	48	/* bytes of IPv4 and TCP headers, with our option */
#define SEGSZ	1452	/* of 1500 */

#define NOP	TCPOPT_NOP
#define EOL	TCPOPT_EOL
#define MSS	TCPOPT_MSS
#define TS	TCPOPT_TIMESTAMP
#define AO	29
#define OTHER	8

/**
 * struct syn - a SYN
 * @name: to name the test
 * @len: bytes of @options
 * @options: TCP's
 * @at: where the value of the MSS is to be put in them
 * @mss: the value
 * @mtu: of the overlay
 * @lowered: is it lowered?
 */
struct syn {
	const char *name;
	u8 len;
	u8 options[40];
	u8 at;
	u16 mss;
	u16 mtu;
	bool lowered;
};

static const struct syn syns[] = {
	{ "as Linux asks", 16, { MSS, 4, [4] = NOP, NOP, TS, 10 }, 2, 1460,
	  1500, true },
	{ "behind another option", 16, { NOP, NOP, TS, 10, [12] = MSS, 4 }, 14,
	  1460, 1500, true },
	{ "at an odd place", 8, { NOP, MSS, 4, [5] = NOP, NOP, NOP }, 3, 1460,
	  1500, true },
	{ "for more than the overlay has", 4, { MSS, 4 }, 2, 8960, 1500, true },
	{ "for little", 4, { MSS, 4 }, 2, 1300, 1500 },
	{ "for what fits", 4, { MSS, 4 }, 2, 1384, 1500 },
	{ "for much, of much", 4, { MSS, 4 }, 2, 8960, 9000 },
	{ "for little, of much", 4, { MSS, 4 }, 2, 1440, 9000, true },
	{ "signed", 12, { MSS, 4, [4] = AO, 8 }, 2, 1460, 1500 },
	{ "signed before", 12, { AO, 8, [8] = MSS, 4 }, 10, 1460, 1500 },
	{ "after the end", 8, { EOL, NOP, NOP, NOP, MSS, 4 }, 6, 1460, 1500 },
	{ "option too short", 8, { OTHER, 1, NOP, NOP, MSS, 4 }, 6, 1460, 1500 },
	{ "option too long", 8, { MSS, 4, [4] = OTHER, 10 }, 2, 1460, 1500 },
	{ "cut off", 4, { NOP, NOP, MSS, 4 }, 0, 0x0101, 1500 },
};

KUNIT_ARRAY_PARAM_DESC(syn, syns, name);

/* ---- SYNs ---- */

static void put_ip(struct sk_buff *skb, bool ipv6)
{
	u32 len = skb->len;

	if (ipv6) {
		struct ipv6hdr *ip6h = skb_push(skb, sizeof(*ip6h));

		*ip6h = (struct ipv6hdr){ .version = 6, .hop_limit = 64,
					  .nexthdr = IPPROTO_TCP,
					  .payload_len = htons(len) };
		ip6h->saddr.s6_addr[15] = 1;
		ip6h->daddr.s6_addr[15] = 2;
	} else {
		struct iphdr *iph = skb_push(skb, sizeof(*iph));

		*iph = (struct iphdr){ .version = 4, .ihl = 5, .ttl = 64,
				       .protocol = IPPROTO_TCP,
				       .tot_len = htons(skb->len),
				       .saddr = htonl(0x0a000001),
				       .daddr = htonl(0x0a000002) };
		ip_send_check(iph);
	}
	skb_reset_network_header(skb);
}

/* The sum that the transport header has to have, of @sum over all of it */
static __sum16 tcp_sum(const struct sk_buff *skb, bool ipv6, __wsum sum)
{
	u32 len = skb->len - skb_transport_offset(skb);

	if (ipv6)
		return csum_ipv6_magic(&ipv6_hdr(skb)->saddr,
				       &ipv6_hdr(skb)->daddr, len, IPPROTO_TCP,
				       sum);
	return tcp_v4_check(len, ip_hdr(skb)->saddr, ip_hdr(skb)->daddr, sum);
}

static void put_sum(struct sk_buff *skb, bool ipv6, bool partial)
{
	u32 at = skb_transport_offset(skb);
	struct tcphdr *th = tcp_hdr(skb);

	if (partial) {
		th->check = ~tcp_sum(skb, ipv6, 0);
		skb->ip_summed = CHECKSUM_PARTIAL;
		skb->csum_start = skb_transport_header(skb) - skb->head;
		skb->csum_offset = offsetof(struct tcphdr, check);
	} else {
		th->check = tcp_sum(skb, ipv6,
				    skb_checksum(skb, at, skb->len - at, 0));
	}
}

static struct sk_buff *make_syn(struct kunit *test, const struct syn *syn,
				bool ipv6, bool partial)
{
	struct sk_buff *skb = alloc_skb(256, GFP_KERNEL);
	struct tcphdr *th;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, 64);
	th = skb_put_zero(skb, sizeof(*th) + syn->len);
	th->source = htons(40000);
	th->dest = htons(80);
	th->syn = 1;
	th->doff = (sizeof(*th) + syn->len) / 4;
	memcpy(th + 1, syn->options, syn->len);
	put_unaligned_be16(syn->mss, (u8 *)(th + 1) + syn->at);
	skb_reset_transport_header(skb);
	put_ip(skb, ipv6);
	put_sum(skb, ipv6, partial);
	return skb;
}

/* ---- The tests ---- */

/* Data of the most that is allowed is one segment, whatever options it has. */
static void expect_one_segment(struct kunit *test, u16 mss, bool ipv6)
{
	static const u8 options[] = { 0, 12, 24, 32 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		u32 meta = vnencap_meta_tcp_len(ipv6) + options[i];
		struct vnencap_frame f;

		/* timestamps go without their padding, but not with others */
		if (options[i] == 12)
			meta -= 4;
		KUNIT_ASSERT_EQ(test, 0, vnencap_frame_plan(&f, mss - options[i],
							    meta, 0, SEGSZ));
		KUNIT_EXPECT_LE(test, vnencap_frame_wire_len(&f, mss -
							     options[i]),
				SEGSZ);
	}
}

static void lower(struct kunit *test, const struct syn *syn, bool ipv6,
		  bool partial)
{
	struct test_hosts *hosts = test->priv;
	struct sk_buff *skb = make_syn(test, syn, ipv6, partial);
	const struct vnencap_meta meta = { .ipv6 = ipv6 };
	const u8 *options = (u8 *)(tcp_hdr(skb) + 1);
	u16 mss;

	rcu_read_lock();
	vnencap_mss_lower(hosts->b.vn, skb, &meta, OUTER);
	rcu_read_unlock();
	if (!partial)
		KUNIT_EXPECT_STREQ(test, "", test_packet_fault(skb->data,
							       skb->len) ?: "");
	mss = get_unaligned_be16(options + syn->at);
	if (syn->lowered) {
		KUNIT_EXPECT_LT(test, mss, syn->mss);
		expect_one_segment(test, mss, ipv6);
		/* and no less than need be */
		KUNIT_EXPECT_EQ(test, mss, ipv6 ? 1384 : 1412);
	} else {
		KUNIT_EXPECT_EQ(test, mss, syn->mss);
	}
	kfree_skb(skb);
}

static void mss_test_syn(struct kunit *test)
{
	const struct syn *syn = test->param_value;
	struct test_hosts *hosts = test->priv;
	unsigned int i;

	rtnl_lock();
	KUNIT_ASSERT_EQ(test, 0, dev_set_mtu(hosts->b.dev, syn->mtu));
	rtnl_unlock();
	for (i = 0; i < 4; i++)
		lower(test, syn, i & 1, i & 2);
}

/* What it reckons with is what TCP's headers take. */
static void mss_test_meta(struct kunit *test)
{
	struct vnencap_meta meta = { .l4 = VNENCAP_L4_TCP, .partial = true };
	struct vnencap_block block;
	struct {
		struct ipv6hdr ip;
		struct tcphdr tcp;
	} image6 = { .ip.version = 6, .tcp.doff = 5 };
	struct {
		struct iphdr ip;
		struct tcphdr tcp;
	} image4 = { .ip.version = 4, .ip.ihl = 5, .tcp.doff = 5 };

	meta.l4_off = sizeof(image4.ip);
	meta.image_len = sizeof(image4);
	KUNIT_EXPECT_EQ(test, vnencap_meta_tcp_len(false),
			vnencap_meta_encode(&meta, &image4, VNENCAP_STREAM,
					    block.data));
	meta.ipv6 = true;
	meta.l4_off = sizeof(image6.ip);
	meta.image_len = sizeof(image6);
	KUNIT_EXPECT_EQ(test, vnencap_meta_tcp_len(true),
			vnencap_meta_encode(&meta, &image6, VNENCAP_STREAM,
					    block.data));
}

static int mss_test_init(struct kunit *test)
{
	struct test_hosts *hosts = kunit_kzalloc(test, sizeof(*hosts),
						 GFP_KERNEL);

	if (!hosts)
		return -ENOMEM;
	test->priv = hosts;
	test_hosts_make(test, hosts, AF_INET);
	test_host_set_mtu(test, &hosts->b, 1500);
	return 0;
}

static void mss_test_exit(struct kunit *test)
{
	if (test->priv)
		test_hosts_free(test->priv);
}

static struct kunit_case mss_test_cases[] = {
	KUNIT_CASE_PARAM(mss_test_syn, syn_gen_params),
	KUNIT_CASE(mss_test_meta),
	{}
};

static struct kunit_suite mss_test_suite = {
	.name = "vnencap_mss",
	.init = mss_test_init,
	.exit = mss_test_exit,
	.test_cases = mss_test_cases,
};

kunit_test_suites(&mss_test_suite);
