// SPDX-License-Identifier: GPL-2.0-only
/*
 * Long packets that are sent as short frames, where so many segments are lost that this
 * costs less: what the stack makes of the short ones is what it makes of the long one.
 */
#include <kunit/test.h>
#include <linux/skbuff.h>
#include <net/net_namespace.h>

#include "dev/device.h"
#include "map/loss.h"
#include "tests/hosts.h"
#include "tests/kinds.h"
#include "tests/packet.h"
#include "tests/path.h"
#include "tx/shorten.h"
#include "wire/frame.h"

#define MOST	VNENCAP_SHARD_N_MAX
#define SEGMENT	1300	/* bytes, of the inner packet; with a shard, they fit in one */

static const struct test_kind long_kinds[] = { TCP4, TCP6, BIG4, BIG6, ACCECN4 };

/* Draw a packet of so many segments that it can be cut. */
static void draw_long(struct test_path *path, const struct test_kind *kind)
{
	struct test_packet *p = &path->packet;

	do
		test_path_draw(path, kind);
	while (!p->gso_size || p->payload <= MOST * max_t(u32, p->gso_size, SEGMENT));
}

static struct sk_buff *make_long(struct kunit *test, enum test_layout layout)
{
	struct test_path *path = test->priv;

	return test_packet_skb(test, &path->rnd, &path->packet, layout);
}

static void expect_alike(struct kunit *test, struct sk_buff_head *a,
			 struct sk_buff_head *b)
{
	struct sk_buff *skb, *other;

	KUNIT_EXPECT_EQ(test, skb_queue_len(a), skb_queue_len(b));
	while ((skb = __skb_dequeue(a))) {
		other = __skb_dequeue(b);
		KUNIT_ASSERT_NOT_NULL(test, other);
		KUNIT_ASSERT_EQ(test, skb->len, other->len);
		KUNIT_EXPECT_MEMEQ(test, skb->data, other->data, skb->len);
		kfree_skb(skb);
		kfree_skb(other);
	}
}

/* Cut a packet, as TCP sends it: a clone, of which the other half stays as it is. */
static void expect_shortened(struct kunit *test, enum test_layout layout)
{
	struct test_path *path = test->priv;
	struct sk_buff *kept = make_long(test, layout), *skb, *next;
	u16 size = path->packet.gso_size;
	struct sk_buff_head plain, got;

	__skb_queue_head_init(&plain);
	__skb_queue_head_init(&got);
	skb = skb_clone(kept, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	local_bh_disable();
	skb = vnencap_shorten(path->hosts.a.vn, skb, MOST);
	local_bh_enable();
	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_list_walk_safe(skb, skb, next) {
		skb_mark_not_on_list(skb);
		KUNIT_EXPECT_LE(test, skb->len,
				path->packet.hdr_len + MOST * size);
		KUNIT_EXPECT_LE(test, skb_shinfo(skb)->gso_segs, MOST);
		KUNIT_EXPECT_TRUE(test, skb_is_gso(skb) || !next);
		test_skb_cut(test, skb, 0, &got);
	}
	KUNIT_EXPECT_EQ(test, skb_shinfo(kept)->gso_size, size);
	test_skb_cut(test, kept, 0, &plain);
	expect_alike(test, &got, &plain);
}

static void path_test_shorten(struct kunit *test)
{
	struct test_path *path = test->priv;
	unsigned int i;

	test_path_seed(path, 1);
	for (i = 0; i < 10 * ARRAY_SIZE(long_kinds); i++) {
		draw_long(path, &long_kinds[i % ARRAY_SIZE(long_kinds)]);
		expect_shortened(test, i & 1 ? TEST_LINEAR : TEST_FRAGS);
	}
}

/* Only what can be cut is, and only into frames whose segments are the packet's. */
static void path_test_shorten_most(struct kunit *test)
{
	struct vnencap_frame f = {
		.segsz = 1452, .slots = 40, .n = 3, .shard_len = 52,
	};
	struct test_path *path = test->priv;
	struct sk_buff *skb;

	test_path_seed(path, 1);
	draw_long(path, &long_kinds[0]);
	path->packet.gso_size = 1400;
	skb = make_long(test, TEST_FRAGS);
	if (!skb_has_frag_list(skb))
		KUNIT_EXPECT_EQ(test, vnencap_shorten_most(skb, &f), MOST);
	f.shard_len = 56;
	KUNIT_EXPECT_EQ(test, vnencap_shorten_most(skb, &f), 0);
	f.shard_len = 52;
	f.slots = f.n;
	KUNIT_EXPECT_EQ(test, vnencap_shorten_most(skb, &f), 0);
	f.slots = 40;
	skb_shinfo(skb)->gso_size = 0;
	KUNIT_EXPECT_EQ(test, vnencap_shorten_most(skb, &f), 0);
	kfree_skb(skb);
	path->packet.gso_size = 1400;
	skb = make_long(test, TEST_LIST);
	KUNIT_EXPECT_EQ(test, vnencap_shorten_most(skb, &f), 0);
	kfree_skb(skb);
}

static void hear(struct kunit *test, u8 level)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *endpoint;

	local_bh_disable();
	rcu_read_lock();
	endpoint = vnencap_endpoint_find(&init_net, TEST_HOSTS_VNI,
					 &path->hosts.b.addr);
	if (endpoint)
		vnencap_loss_heard(endpoint, level, 0, false);
	rcu_read_unlock();
	local_bh_enable();
	KUNIT_ASSERT_NOT_NULL(test, endpoint);
}

/* Send a long packet. Return: how many frames it went as; all are taken. */
static unsigned int send_long(struct kunit *test, bool as_short)
{
	struct test_path *path = test->priv;
	struct vnencap_run run;
	unsigned int n = 0;
	struct sk_buff *skb;

	test_host_send(&path->hosts.a, make_long(test, TEST_LINEAR));
	while ((skb = skb_dequeue(&path->hosts.a.sent))) {
		skb_pull(skb, ETH_HLEN);
		KUNIT_ASSERT_EQ(test, vnencap_run_read(skb, &run), 0);
		n += !run.seg.offset && run.seg.class != VNENCAP_PARITY;
		if (as_short) {
			KUNIT_EXPECT_EQ(test, run.seg.frame.segsz,
					SEGMENT + run.seg.frame.shard_len);
			KUNIT_EXPECT_EQ(test, run.seg.frame.n,
					run.seg.frame.slots);
		}
		kfree_skb(skb);
	}
	return n;
}

/* A frame goes whole until the endpoint tells of enough loss, and with parity anyway. */
static void path_test_short_frames(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct test_host *a = &path->hosts.a;
	unsigned int frames;

	test_path_set_mtu(test, 1500);
	test_path_seed(path, 1);
	draw_long(path, &long_kinds[0]);
	path->packet.gso_size = SEGMENT;
	frames = DIV_ROUND_UP(path->packet.payload, MOST * SEGMENT);
	KUNIT_EXPECT_EQ(test, send_long(test, false), 1);
	hear(test, VNENCAP_SHORTEN_FROM - 1);
	KUNIT_EXPECT_EQ(test, send_long(test, false), 1);
	hear(test, VNENCAP_SHORTEN_FROM);
	KUNIT_EXPECT_EQ(test, send_long(test, true), frames);
	test_host_set_fec(test, a, 10, 50, VNENCAP_FEC_ECN_AUTO);
	KUNIT_EXPECT_EQ(test, send_long(test, false), 1);
}

TEST_PATH_SUITES(shorten,
		 KUNIT_CASE(path_test_shorten),
		 KUNIT_CASE(path_test_shorten_most),
		 KUNIT_CASE(path_test_short_frames));
