// SPDX-License-Identifier: GPL-2.0-only
/* Runs that wait for the metadata of their frame, and then are handed up. */
#include <kunit/test.h>
#include <linux/interrupt.h>
#include <linux/ip.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>

#include "tests/hosts.h"
#include "tests/stream.h"
#include "wire/frame.h"
#include "wire/option.h"

/* The segment that has the second shard */
static u32 middle(const struct test_stream *st)
{
	const struct vnencap_frame *f = &st->seg.frame;

	return vnencap_frame_shard_at(f, 1) / f->segsz;
}

/* What came out did so in the order of its bytes. */
static void expect_order(struct kunit *test, unsigned int packets)
{
	struct test_stream *st = test->priv;
	const struct tcphdr *th;
	struct sk_buff *skb;
	u32 last = 0, at;

	KUNIT_EXPECT_EQ(test, skb_queue_len(&st->to->received), packets);
	skb_queue_walk(&st->to->received, skb) {
		KUNIT_ASSERT_EQ(test, skb_linearize(skb), 0);
		th = (const void *)(skb->data + sizeof(struct iphdr));
		at = ntohl(th->seq);
		KUNIT_EXPECT_GE(test, at, last);
		last = at;
	}
}

/* ---- In what order they are handed up ---- */

struct arrival {
	const char *name;
	bool gro;
	bool first;		/* the first segment has the metadata, or another */
};

static const struct arrival arrivals[] = {
	{ "by the rx_handler, the first tells", .first = true },
	{ "by the rx_handler, another tells" },
	{ "by the cell, the first tells", .gro = true, .first = true },
	{ "by the cell, another tells", .gro = true },
};

static void arrival_describe(const struct arrival *a, char *desc)
{
	strscpy(desc, a->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(arrival, arrivals, arrival_describe);

/* Some before the one that tells, and some after it, none next to another */
static void waiting_test_order(struct kunit *test)
{
	const struct arrival *a = test->param_value;
	struct test_stream *st = test->priv;
	struct sk_buff_head runs;
	struct sk_buff *skb;
	u32 tells, at;

	test_host_set_gro(st->to, a->gro);
	test_stream_make(test, TEST_STREAM_MAX);
	tells = a->first ? 0 : middle(st);
	__skb_queue_head_init(&runs);
	for (at = tells > 6 ? tells - 6 : 2; at < tells + 8; at += 2)
		if (at != tells)
			__skb_queue_tail(&runs,
					 test_stream_run(test, at, at + 1));
	__skb_queue_tail(&runs, test_stream_run(test, tells, tells + 1));
	local_bh_disable();
	while ((skb = __skb_dequeue(&runs)))
		test_host_receive(st->to, skb);
	local_bh_enable();
	test_host_settle(st->to);
	expect_order(test, a->first ? 4 : 7);
	test_stream_expect_count(test, RX_MALFORMED, 0);
}

/* From the last to the first: each has its place before all that are there. */
static void waiting_test_descending(struct kunit *test)
{
	struct test_stream *st = test->priv;
	u32 end, at;

	test_stream_make(test, TEST_STREAM_MAX);
	end = middle(st);
	for (at = end; at-- > 1; )
		test_stream_receive(test, at, at + 1);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&st->to->received), 0);
	test_stream_receive(test, 0, 1);
	expect_order(test, end);
	test_stream_expect(test, 0, end);
}

/* ---- What is no part of the frame ---- */

/* Of a run the first segments have the metadata, some that came before follow,
 * and then what is beyond the frame's end.
 */
static void waiting_test_beyond(struct kunit *test)
{
	struct test_stream *st = test->priv;
	u32 end;

	test_stream_make(test, 30 * TEST_STREAM_SEGSZ);
	end = test_stream_segments(st);
	test_stream_receive(test, 10, 12);
	test_stream_receive_as(test, 0, (end + 5) * TEST_STREAM_SEGSZ, false);
	test_stream_expect(test, 0, 12);
	test_stream_expect_count(test, RX_MALFORMED, 1);
	test_stream_expect_count(test, RX_DUPLICATES, 2);

	/* and the rest is taken as ever */
	test_stream_receive(test, 12, end);
	test_stream_expect(test, 0, end);
	test_stream_expect_count(test, RX_FRAMES_WHOLE, 1);
}

/* What only says to be of the frame, by another port, does not meet it. */
static void waiting_test_other_port(struct kunit *test)
{
	struct test_stream *st = test->priv;
	struct vnencap_segment_hdr *hdr;
	struct sk_buff *skb;

	test_stream_make(test, TEST_STREAM_MAX);
	test_stream_receive(test, 3, 5);
	skb = test_stream_run(test, 3, 5);
	hdr = (void *)(skb->data + sizeof(struct iphdr));
	hdr->tcp.source ^= htons(1);
	test_host_receive_one(st->to, skb);
	test_stream_expect_count(test, RX_DUPLICATES, 0);
	test_stream_receive(test, 0, 3);
	test_stream_expect(test, 0, 5);
}

static struct kunit_case waiting_test_cases[] = {
	KUNIT_CASE_PARAM(waiting_test_order, arrival_gen_params),
	KUNIT_CASE(waiting_test_descending),
	KUNIT_CASE(waiting_test_beyond),
	KUNIT_CASE(waiting_test_other_port),
	{}
};

static struct kunit_suite waiting_test_suite = {
	.name = "vnencap_waiting",
	.init = test_stream_init,
	.exit = test_stream_exit,
	.test_cases = waiting_test_cases,
};

kunit_test_suite(waiting_test_suite);
