// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is a run is not for a packet to say: inner packets in the cell that look
 * like one, and runs that a device must not be seen to have had in there.
 */
#include <kunit/test.h>
#include <linux/if_ether.h>
#include <linux/interrupt.h>
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

#include "compat.h"
#include "rx/cells.h"
#include "tests/hosts.h"
#include "tests/packet.h"
#include "tests/stream.h"
#include "vnencap.h"
#include "wire/option.h"

static int nested_test_init(struct kunit *test)
{
	struct test_stream *st;
	int err = test_stream_init(test);

	if (err)
		return err;
	st = test->priv;
	test_host_set_gro(st->to, true);
	return 0;
}

/* Have a packet go by the receiver's cell, as one that had to wait does. */
static void enter_cell(struct test_stream *st, struct sk_buff *skb)
{
	skb->protocol = htons(ETH_P_IP);
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	skb->dev = st->to->dev;
	vnencap_cells_add_packet(st->to->vn, skb);
}

/* The only packet that came out is as it was put in. */
static void expect_unchanged(struct kunit *test, const u8 *bytes, u32 len)
{
	struct test_stream *st = test->priv;
	struct sk_buff *skb = skb_dequeue(&st->to->received);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_ASSERT_EQ(test, skb->len, len);
	KUNIT_ASSERT_EQ(test, skb_linearize(skb), 0);
	KUNIT_EXPECT_MEMEQ(test, skb->data, bytes, len);
	KUNIT_EXPECT_PTR_EQ(test, skb->dev, st->to->dev);
	kfree_skb(skb);
}

/* ---- By a number ---- */

/* An IPv4 packet of GRE, which says that a run is in it. GRO passes what it
 * looks at by the packet's start: there, GRE's header is the run's ports.
 */
static u32 make_gre(struct kunit *test, u8 *packet)
{
	struct test_stream *st = test->priv;
	struct iphdr *iph = (struct iphdr *)packet;
	struct vnencap_segment seg;
	struct sk_buff *skb;
	u32 len;

	test_stream_make(test, 500);
	skb = test_stream_run(test, 0, 1);
	len = skb->len;
	skb_copy_bits(skb, 0, packet, len);
	kfree_skb(skb);
	seg = st->seg;
	seg.last = true;
	vnencap_option_build((void *)(iph + 1), &seg, 0,
			     htons(VNENCAP_ETH_P_RUN));
	iph->protocol = IPPROTO_GRE;
	ip_send_check(iph);
	return len;
}

static void nested_test_gre(struct kunit *test)
{
	struct test_stream *st = test->priv;
	u32 len = make_gre(test, st->seen);
	struct sk_buff *skb;

	skb = test_skb_make(test, st->seen, len, len, TEST_LINEAR, 0);
	local_bh_disable();
	enter_cell(st, skb);
	local_bh_enable();
	test_host_settle(st->to);
	expect_unchanged(test, st->seen, len);
	test_stream_expect_count(test, RX_FRAMES_WHOLE, 0);
	test_stream_expect_count(test, RX_SPOOFED, 0);
}

/* ---- By looks ---- */

/* While a run is held for the next one, that comes, but as an inner packet. */
static void nested_test_same_flow(struct kunit *test)
{
	struct test_stream *st = test->priv;
	struct sk_buff *first, *second;
	u32 len;

	test_stream_make(test, 5 * TEST_STREAM_SEGSZ);
	first = test_stream_run(test, 0, 1);
	second = test_stream_run(test, 1, 2);
	len = second->len;
	skb_copy_bits(second, 0, st->seen, len);
	local_bh_disable();
	test_host_receive(st->to, first);
	enter_cell(st, second);
	local_bh_enable();
	test_host_settle(st->to);

	KUNIT_EXPECT_EQ(test, skb_queue_len(&st->to->received), 2);
	if (skb_queue_len(&st->to->received) == 2) {
		first = skb_dequeue(&st->to->received);
		/* in which order they are handed up is GRO's affair */
		if (first->len == len)
			skb_queue_tail(&st->to->received, first);
		else
			kfree_skb(first);
		expect_unchanged(test, st->seen, len);
	}
}

/* ---- What a tenant sees ---- */

/* GRO is turned off while runs are on their way in the cell. */
static void nested_test_gro_off(struct kunit *test)
{
	struct test_stream *st = test->priv;
	netdev_features_t features = st->to->dev->features;
	struct sk_buff *first, *second;

	test_stream_make(test, 5 * TEST_STREAM_SEGSZ);
	first = test_stream_run(test, 0, 1);
	second = test_stream_run(test, 1, 2);
	local_bh_disable();
	test_host_receive(st->to, first);
	test_host_receive(st->to, second);
	st->to->dev->features &= ~NETIF_F_GRO;
	local_bh_enable();
	test_host_settle(st->to);
	st->to->dev->features = features;
	/* inner packets, and nothing else */
	test_stream_expect(test, 0, 2);
}

/* However long the device's GRO holds packets: that long runs are held. */
static void nested_test_flush_timeout(struct kunit *test)
{
	struct test_stream *st = test->priv;

	compat_set_gro_flush_timeout(st->to->dev, 2 * NSEC_PER_SEC);
	test_stream_make(test, 5 * TEST_STREAM_SEGSZ);
	test_host_receive_one(st->to, test_stream_run(test, 0, 1));
	KUNIT_EXPECT_EQ(test, skb_queue_len(&st->to->received), 0);
	KUNIT_EXPECT_FALSE(test, vnencap_cells_idle(&st->to->vn->cells));
	compat_set_gro_flush_timeout(st->to->dev, 0);
	test_host_receive_one(st->to, test_stream_run(test, 1, 2));
	test_stream_expect(test, 0, 2);
}

static struct kunit_case nested_test_cases[] = {
	KUNIT_CASE(nested_test_gre),
	KUNIT_CASE(nested_test_same_flow),
	KUNIT_CASE(nested_test_gro_off),
	KUNIT_CASE(nested_test_flush_timeout),
	{}
};

static struct kunit_suite nested_test_suite = {
	.name = "vnencap_nested",
	.init = nested_test_init,
	.exit = test_stream_exit,
	.test_cases = nested_test_cases,
};

kunit_test_suite(nested_test_suite);
