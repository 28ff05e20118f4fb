// SPDX-License-Identifier: GPL-2.0-only
/* Trains of datagrams that are made by hand, such as no sender makes. */
#include <kunit/test.h>
#include <linux/ip.h>
#include <linux/skbuff.h>
#include <linux/udp.h>

#include "tests/hosts.h"
#include "tests/stream.h"
#include "wire/frame.h"
#include "wire/inner.h"
#include "wire/meta.h"

/* A train's headers, where a stream's were */
static void describe(struct test_stream *st, u32 payload, u16 size)
{
	struct iphdr *iph = (struct iphdr *)st->meta.image;
	struct udphdr *uh = (struct udphdr *)(iph + 1);

	test_stream_describe(st, test_stream_next_id(), payload);
	st->seg.class = VNENCAP_TRAIN;
	st->meta.gso_size = size;
	st->meta.l4 = VNENCAP_L4_UDP;
	st->meta.image_len = sizeof(*iph) + sizeof(*uh);
	iph->protocol = IPPROTO_UDP;
	memset(uh, 0, sizeof(*uh));
	uh->source = htons(1);
	uh->dest = htons(2);
}

/* Receive a train of one wire segment. Return: how many packets come out of it. */
static unsigned int received(struct kunit *test, u32 payload, u16 size)
{
	struct test_stream *st = test->priv;
	struct vnencap_block block = {};
	unsigned int n;
	u32 len;

	describe(st, payload, size);
	len = vnencap_meta_encode(&st->meta, st->meta.image, st->seg.class,
				  block.data);
	KUNIT_ASSERT_EQ(test, vnencap_frame_plan(&st->seg.frame, payload, len,
						 size, TEST_STREAM_SEGSZ), 0);
	KUNIT_ASSERT_EQ(test, st->seg.frame.n, 1);
	test_stream_seal(st, block.data);
	st->wire = vnencap_frame_wire_len(&st->seg.frame, payload);
	memcpy(st->bytes + TEST_STREAM_OUTER, block.data,
	       st->seg.frame.shard_len);
	test_stream_receive(test, 0, 1);
	n = skb_queue_len(&st->to->received);
	skb_queue_purge(&st->to->received);
	return n;
}

/* One segment of datagrams of a byte each would be hundreds of them for the host. */
static void train_test_short(struct kunit *test)
{
	const u16 least = VNENCAP_TRAIN_SIZE_MIN;

	KUNIT_EXPECT_EQ(test, received(test, 10 * least, least), 1);
	test_stream_expect_count(test, RX_MALFORMED, 0);
	KUNIT_EXPECT_EQ(test, received(test, 10 * least, least - 1), 0);
	KUNIT_EXPECT_EQ(test, received(test, 200, 1), 0);
	KUNIT_EXPECT_EQ(test, received(test, 200, 0), 0);
	test_stream_expect_count(test, RX_MALFORMED, 3);
}

static struct kunit_case train_test_cases[] = {
	KUNIT_CASE(train_test_short),
	{}
};

static struct kunit_suite train_test_suite = {
	.name = "vnencap_train",
	.init = test_stream_init,
	.exit = test_stream_exit,
	.test_cases = train_test_cases,
};

kunit_test_suite(train_test_suite);
