// SPDX-License-Identifier: GPL-2.0-only
/* What a stranger may send: any bytes, and none of them do harm. */
#include <kunit/test.h>
#include <linux/interrupt.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/rtnetlink.h>
#include <linux/tcp.h>
#include <net/ip.h>

#include "rx/cells.h"
#include "rx/run.h"
#include "tests/arrival.h"
#include "tests/expect.h"
#include "tests/hosts.h"
#include "tests/outer.h"
#include "tests/packet.h"
#include "tests/path.h"
#include "tests/random.h"
#include "wire/outer.h"

#define ROUNDS	TEST_ROUNDS(200)

static u32 outer_len(const struct test_path *path)
{
	return path->hosts.a.addr.family == AF_INET ? sizeof(struct iphdr) :
						       sizeof(struct ipv6hdr);
}

/* Nothing came, or what was sent. */
static void expect_harmless(struct kunit *test)
{
	struct test_path *path = test->priv;
	const struct sk_buff *want = skb_peek(&path->plain);
	struct sk_buff *skb;

	KUNIT_EXPECT_LE(test, skb_queue_len(&path->hosts.b.received), 1);
	while ((skb = skb_dequeue(&path->hosts.b.received))) {
		KUNIT_ASSERT_EQ(test, skb_linearize(skb), 0);
		KUNIT_EXPECT_EQ(test, skb->len, want->len);
		if (skb->len == want->len)
			KUNIT_EXPECT_MEMEQ(test, skb->data, want->data,
					   want->len);
		kfree_skb(skb);
	}
}

static void path_test_bit_flips(struct kunit *test)
{
	struct test_path *path = test->priv;
	u32 bits, bit;

	test_path_seed(path, 1);
	test_path_send_small(test);
	/* up to the shard's end; what follows is any payload */
	bits = (path->run[0].hdr_len + path->run[0].seg.frame.shard_len) * 8;
	for (bit = 0; bit < bits; bit++) {
		struct sk_buff *skb = skb_copy(path->segment[0], GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, skb);
		/* version and header length; TOS, which is to get through; the
		 * flow label, which is the network's
		 */
		if (bit < (vnencap_outer_is_ipv6(skb) ? 32 : 16)) {
			kfree_skb(skb);
			continue;
		}
		skb->data[bit / 8] ^= 1 << bit % 8;
		test_outer_repair(skb);
		test_arrival_receive_copy(test, skb);
		kfree_skb(skb);
		expect_harmless(test);
	}
}

static void path_test_truncated(struct kunit *test)
{
	struct test_path *path = test->priv;
	u32 len;

	test_path_seed(path, 1);
	test_path_send_small(test);
	for (len = outer_len(path); len < path->segment[0]->len; len++) {
		struct sk_buff *skb = skb_copy(path->segment[0], GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, skb);
		skb_trim(skb, len);
		if (len & 1)
			test_outer_repair(skb);
		test_arrival_receive_copy(test, skb);
		kfree_skb(skb);
		test_expect_nothing(test);
	}
}

/* A right IP header and port, and random bytes */
static void path_test_garbage(struct kunit *test)
{
	struct test_path *path = test->priv;
	unsigned int round;

	for (round = 0; round < 20 * ROUNDS; round++) {
		u32 headers = outer_len(path) + sizeof(struct tcphdr), keep;
		struct sk_buff *skb;

		if (round % ROUNDS == 0) {
			test_path_seed(path, round);
			test_path_send_small(test);
		}
		skb = skb_copy(path->segment[0], GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, skb);
		/* as much of the header as there is of luck */
		keep = random_range(&path->rnd, outer_len(path) + 4,
				    headers + 8);
		prandom_bytes_state(&path->rnd, skb->data + keep,
				    skb->len - keep);
		test_outer_repair(skb);
		test_arrival_receive_copy(test, skb);
		kfree_skb(skb);
		test_expect_nothing(test);
	}
}

/* Whoever rules the device's namespace can have packets arrive by the device
 * that say to be runs, and are not even as long as headers are. They are nobody's.
 */
static void path_test_forged(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct test_host *b = &path->hosts.b;
	u32 len;

	rtnl_lock();
	netdev_rx_handler_unregister(b->dev);
	rtnl_unlock();
	test_path_seed(path, 1);
	test_path_send_small(test);
	for (len = path->segment[0]->len; len; len /= 2) {
		struct sk_buff *skb = test_skb_make(test,
						    path->segment[0]->data, len,
						    len, TEST_LINEAR, len);

		skb_reset_mac_header(skb);
		skb->protocol = htons(VNENCAP_ETH_P_RUN);
		skb->pkt_type = PACKET_HOST;
		skb->dev = b->dev;
		local_bh_disable();
		netif_receive_skb(skb);
		local_bh_enable();
	}
	KUNIT_EXPECT_EQ(test, test_host_count(b, RX_FRAMES_WHOLE), 0);
	KUNIT_EXPECT_EQ(test, test_host_count(b, RX_MALFORMED), 0);
}

/* What the header says of its length is read twice where it lies in a page, and
 * the page may be its sender's.
 */
static void path_test_changed_since(struct kunit *test)
{
	struct test_path *path = test->priv;
	const struct sk_buff *segment;
	struct vnencap_peek peek;
	struct sk_buff *skb;
	struct iphdr *iph;

	if (path->hosts.a.addr.family == AF_INET6) {
		kunit_skip(test, "IPv6 has headers of one length");
		return;
	}
	test_path_seed(path, 1);
	test_path_send_small(test);
	segment = path->segment[0];
	skb = test_skb_make(test, segment->data, segment->len, 0, TEST_FRAGS,
			    segment->len);
	skb->protocol = htons(ETH_P_IP);
	KUNIT_EXPECT_TRUE(test, vnencap_outer_peek(skb, &peek,
						   VNENCAP_PEEK_ALL));
	iph = skb_frag_address(&skb_shinfo(skb)->frags[0]);
	iph->ihl++;
	ip_send_check(iph);
	KUNIT_EXPECT_FALSE(test, vnencap_outer_trim(skb, &peek));
	kfree_skb(skb);
}

TEST_PATH_SUITES(hostile,
		 KUNIT_CASE(path_test_bit_flips),
		 KUNIT_CASE(path_test_truncated),
		 KUNIT_CASE(path_test_garbage),
		 KUNIT_CASE(path_test_forged),
		 KUNIT_CASE(path_test_changed_since));
