// SPDX-License-Identifier: GPL-2.0-only
/* Segments that are refused, and what each is counted as. */
#include <kunit/test.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "tests/arrival.h"
#include "tests/expect.h"
#include "tests/hosts.h"
#include "tests/outer.h"
#include "tests/path.h"
#include "tests/random.h"

#define ROUNDS	TEST_ROUNDS(200)

enum change {
	OTHER_SOURCE, OTHER_TAG, OTHER_ID, OTHER_VNI, WRONG_SUM,
	MORE_FRAGMENTS, EXTENDED, URGENT, NO_OPTION, SHORT_PAYLOAD,
	LONG_PAYLOAD, SHORT_SHARD, SHORT_HEADER, NO_PAYLOAD,
};

struct refusal {
	const char *name;
	enum change change;
	unsigned int counter;
};

static const struct refusal refusals[] = {
	{ "other source", OTHER_SOURCE, VNENCAP_A_STATS_RX_SPOOFED },
	{ "other tag", OTHER_TAG, VNENCAP_A_STATS_RX_BAD_TAG },
	{ "other frame id", OTHER_ID, VNENCAP_A_STATS_RX_BAD_TAG },
	{ "other VNI", OTHER_VNI, VNENCAP_A_STATS_RX_UNKNOWN_VNI },
	{ "wrong sum", WRONG_SUM, VNENCAP_A_STATS_RX_BAD_CHECKSUM },
	{ "more fragments", MORE_FRAGMENTS, VNENCAP_A_STATS_RX_MALFORMED },
	{ "options before TCP", EXTENDED, VNENCAP_A_STATS_RX_MALFORMED },
	{ "urgent", URGENT, VNENCAP_A_STATS_RX_MALFORMED },
	{ "no option", NO_OPTION, VNENCAP_A_STATS_RX_MALFORMED },
	{ "payload too short", SHORT_PAYLOAD, VNENCAP_A_STATS_RX_MALFORMED },
	{ "payload too long", LONG_PAYLOAD, VNENCAP_A_STATS_RX_MALFORMED },
	{ "shard cut off", SHORT_SHARD, VNENCAP_A_STATS_RX_MALFORMED },
	{ "header cut off", SHORT_HEADER, VNENCAP_A_STATS_RX_MALFORMED },
	{ "no payload", NO_PAYLOAD, VNENCAP_A_STATS_RX_EMPTY },
};

KUNIT_ARRAY_PARAM_DESC(refusal, refusals, name);

static void change_source(struct sk_buff *skb)
{
	if (vnencap_outer_is_ipv6(skb))
		((struct ipv6hdr *)skb->data)->saddr.s6_addr[15] ^= 4;
	else
		((struct iphdr *)skb->data)->saddr ^= htonl(4);
}

/* An extension header of eight bytes before TCP */
static void insert_extension(struct sk_buff *skb, u8 type, const u8 bytes[8])
{
	u32 len = sizeof(struct ipv6hdr);
	struct ipv6hdr *ip6h;

	ip6h = skb_push(skb, 8);
	memmove(ip6h, skb->data + 8, len);
	memcpy(skb->data + len, bytes, 8);
	skb->data[len] = ip6h->nexthdr;
	ip6h->nexthdr = type;
	ip6h->payload_len = htons(skb->len - len);
}

/* The first part of a fragmented packet */
static void make_fragment(struct sk_buff *skb)
{
	static const u8 more[8] = { 0, 0, 0, IP6_MF };

	if (vnencap_outer_is_ipv6(skb)) {
		insert_extension(skb, NEXTHDR_FRAGMENT, more);
	} else {
		((struct iphdr *)skb->data)->frag_off = htons(IP_MF);
		ip_send_check((struct iphdr *)skb->data);
	}
}

/* What the stack would look past to find TCP; IPv4 options are none of that */
static void make_extended(struct sk_buff *skb)
{
	static const u8 padding[8] = { 0, 0, IPV6_TLV_PADN, 4 };

	if (vnencap_outer_is_ipv6(skb))
		insert_extension(skb, NEXTHDR_DEST, padding);
}

static void change_headers(struct sk_buff *skb, enum change change)
{
	struct vnencap_segment_hdr *hdr = test_outer_header(skb);

	switch (change) {
	case OTHER_SOURCE:
		change_source(skb);
		break;
	case OTHER_TAG:
		((u8 *)(hdr + 1))[0] ^= 1;
		break;
	case OTHER_ID:
		hdr->tcp.ack_seq ^= htonl(1);
		break;
	case OTHER_VNI:
		hdr->word ^= htonl(1);
		break;
	case URGENT:
		hdr->tcp.urg = 1;
		break;
	case NO_OPTION:
		hdr->option ^= htonl(1 << 24);
		break;
	default:
		break;
	}
}

static void change_length(struct sk_buff *skb, enum change change)
{
	u32 headers = vnencap_outer_len(skb) +
		      sizeof(struct vnencap_segment_hdr);

	switch (change) {
	case SHORT_PAYLOAD:
		skb_trim(skb, skb->len - 1);
		break;
	case LONG_PAYLOAD:
		skb_put_u8(skb, 0);
		break;
	case SHORT_SHARD:
		skb_trim(skb, headers + 11);
		break;
	case SHORT_HEADER:
		skb_trim(skb, headers - 1);
		break;
	case NO_PAYLOAD:
		skb_trim(skb, headers);
		break;
	default:
		break;
	}
}

/* Does the stack keep it from us, to wait for the other parts? With IPv6 it asks
 * local input before it does.
 */
static bool is_kept(const struct test_host *b, enum change change)
{
	return change == MORE_FRAGMENTS && b->addr.family == AF_INET;
}

/* All that a refused segment can be counted as */
static u64 refused(const struct test_host *b)
{
	return test_host_faults(b) + test_host_count(b, RX_DUPLICATES) +
	       test_host_count(b, RX_EMPTY);
}

static void path_test_refused(struct kunit *test)
{
	const struct refusal *r = test->param_value;
	struct test_path *path = test->priv;
	struct test_host *b = &path->hosts.b;
	unsigned int round;

	if (r->change == EXTENDED && b->addr.family == AF_INET) {
		kunit_skip(test, "IPv4 has none");
		return;
	}
	for (round = 0; round < ROUNDS; round++) {
		struct sk_buff *skb;

		test_path_seed(path, round);
		test_path_send_small(test);
		/* of a payload that is too short there must be some */
		if (!path->packet.payload)
			continue;
		skb = skb_copy_expand(path->segment[0], 64, 64, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, skb);
		change_headers(skb, r->change);
		change_length(skb, r->change);
		test_outer_repair(skb);
		if (r->change == MORE_FRAGMENTS)
			make_fragment(skb);
		if (r->change == EXTENDED)
			make_extended(skb);
		if (r->change == WRONG_SUM)
			((u8 *)skb->data)[skb->len - 1] ^= 1;
		KUNIT_EXPECT_EQ(test, test_host_counter(b, r->counter),
				refused(b));
		test_arrival_receive_copy(test, skb);
		kfree_skb(skb);
		test_expect_nothing(test);
	}
	if (is_kept(b, r->change))
		KUNIT_EXPECT_EQ(test, refused(b), 0);
	else
		KUNIT_EXPECT_GT(test, test_host_counter(b, r->counter),
				ROUNDS / 2);
	KUNIT_EXPECT_EQ(test, test_host_counter(b, r->counter), refused(b));
}

/* What a tunnel below us found of its own sum, or of none, says nothing of ours. */
static void path_test_stale_sum(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct test_host *b = &path->hosts.b;
	unsigned int round, sent = 0;
	struct sk_buff *skb;

	for (round = 0; round < ROUNDS; round++) {
		test_path_seed(path, round);
		test_path_send_small(test);
		if (!path->packet.payload)
			continue;
		skb = skb_copy_expand(path->segment[0], 64, 64, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, skb);
		test_outer_repair(skb);
		((u8 *)skb->data)[skb->len - 1] ^= 1;
		skb->ip_summed = CHECKSUM_NONE;
		skb->csum_valid = 1;
		test_host_receive_one(b, skb);
		test_expect_nothing(test);
		sent++;
	}
	KUNIT_EXPECT_GT(test, sent, 0);
	KUNIT_EXPECT_EQ(test, test_host_count(b, RX_BAD_CHECKSUM), sent);
}

TEST_PATH_SUITES(refused,
		 KUNIT_CASE_PARAM(path_test_refused, refusal_gen_params),
		 KUNIT_CASE(path_test_stale_sum));
