// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames of streams that come in runs, one after the other or not, and what a
 * stranger may send in their midst.
 */
#include <kunit/test.h>
#include <linux/skbuff.h>

#include "tests/hosts.h"
#include "tests/stream.h"
#include "wire/meta.h"

#define SEGSZ	TEST_STREAM_SEGSZ

/* Each is handed up when it comes. */
static void order_test_in_order(struct kunit *test)
{
	struct test_stream *st = test->priv;
	u32 step, at;

	for (step = 1; step <= 60; step += 7) {
		test_stream_make(test, TEST_STREAM_MAX);
		for (at = 0; at < test_stream_segments(st); at += step) {
			test_stream_receive(test, at, at + step);
			test_stream_expect(test, 0, at + step);
			if (test->status == KUNIT_FAILURE)
				return;
		}
		test_stream_expect_count(test, RX_FRAMES_WHOLE, step / 7 + 1);
	}
	test_stream_expect_count(test, RX_DUPLICATES, 0);
	test_stream_expect_count(test, RX_MALFORMED, 0);
}

/* What comes too early is handed up too, and what is late then is no duplicate. */
static void order_test_gap(struct kunit *test)
{
	struct test_stream *st = test->priv;
	u32 end;

	test_stream_make(test, TEST_STREAM_MAX);
	end = test_stream_segments(st);
	test_stream_receive(test, 0, 40);
	test_stream_receive(test, 80, 120);
	test_stream_receive(test, 40, 60);
	test_stream_receive(test, 120, end);
	test_stream_expect_count(test, RX_FRAMES_WHOLE, 0);
	test_stream_receive(test, 60, 80);
	test_stream_expect(test, 0, end);
	test_stream_expect_count(test, RX_FRAMES_WHOLE, 1);
	test_stream_expect_count(test, RX_DUPLICATES, 0);
	test_stream_expect_count(test, RX_MALFORMED, 0);
}

/* Frames of as many flows as there are, at a time: some find their place taken. */
static void order_test_many(struct kunit *test)
{
	enum { FRAMES = 1000, PAYLOAD = 3 * 8 * SEGSZ };
	unsigned int run, i;
	static u32 id[FRAMES];

	for (i = 0; i < FRAMES; i++)
		id[i] = test_stream_next_id();
	for (run = 0; run < 3; run++) {
		for (i = 0; i < FRAMES; i++) {
			test_stream_make_id(test, id[i], PAYLOAD);
			test_stream_receive(test, run * 9, (run + 1) * 9);
			test_stream_expect(test, run * 9, (run + 1) * 9);
			if (test->status == KUNIT_FAILURE)
				return;
		}
	}
	test_stream_expect_count(test, RX_FRAMES_WHOLE, FRAMES);
	test_stream_expect_count(test, RX_OVER_LIMIT, 0);
}

/* ---- What a stranger may send ---- */

/* In the midst of a frame, by its name: what cannot be, is not handed up, and
 * keeps nothing of the frame from that.
 */
struct stranger {
	const char *name;
	u32 at;
	u32 len;
	bool last;
};

static const struct stranger strangers[] = {
	{ "the end too early", 30 * SEGSZ, 10 * SEGSZ, true },
	{ "the end too early, and odd", 30 * SEGSZ, 10 * SEGSZ + 7, true },
	{ "more than there is", 30 * SEGSZ, 250 * SEGSZ },
	{ "more than there is, and the end", 30 * SEGSZ, 250 * SEGSZ, true },
	{ "behind the end", 250 * SEGSZ, SEGSZ },
	{ "behind the end, and the end", 250 * SEGSZ, SEGSZ, true },
	{ "not at a segment", 30 * SEGSZ + 4, SEGSZ },
	{ "not to a segment", 30 * SEGSZ, SEGSZ + 4 },
	{ "far away", 0xffffff00, SEGSZ },
	{ "all of it, as it says", 0, 10 * SEGSZ, true },
};

KUNIT_ARRAY_PARAM_DESC(stranger, strangers, name);

static void order_test_stranger(struct kunit *test)
{
	const struct stranger *s = test->param_value;
	struct test_stream *st = test->priv;

	test_stream_make(test, TEST_STREAM_MAX);
	test_stream_receive(test, 0, 30);
	test_stream_receive_as(test, s->at, s->len, s->last);
	test_stream_expect(test, 0, 30);
	test_stream_expect_count(test, RX_MALFORMED, 1);
	test_stream_receive(test, 30, 90);
	test_stream_receive(test, 90, test_stream_segments(st));
	test_stream_expect(test, 0, test_stream_segments(st));
	test_stream_expect_count(test, RX_FRAMES_WHOLE, 1);
	test_stream_expect_count(test, RX_DUPLICATES, 0);
}

/* A segment size of its own */
static void order_test_other_window(struct kunit *test)
{
	struct test_stream *st = test->priv;
	__be16 win;

	test_stream_make(test, TEST_STREAM_MAX);
	test_stream_receive(test, 0, 30);
	win = st->seg.win;
	st->seg.win ^= htons(1 << 4);
	/* 33 times a segment size of 4 bytes more or less */
	test_stream_receive_as(test, 0, 1, false);
	test_stream_receive_as(test, 251 * 4 * 32, 251 * 4, false);
	test_stream_receive_as(test, 249 * 4 * 32, 249 * 4, false);
	st->seg.win = win;
	test_stream_receive(test, 30, test_stream_segments(st));
	test_stream_expect(test, 0, test_stream_segments(st));
	test_stream_expect_count(test, RX_FRAMES_WHOLE, 1);
}

/* A frame of more segments than there is a place for in the table of those that
 * are not in order: no sender makes one, but who has the key can.
 */
static void order_test_endless(struct kunit *test)
{
	struct test_stream *st = test->priv;
	struct vnencap_frame *f = &st->seg.frame;
	struct vnencap_block block = {};
	u32 len, i;

	test_stream_describe(st, test_stream_next_id(), TEST_STREAM_MAX);
	st->meta.payload = VNENCAP_META_PAYLOAD;
	len = vnencap_meta_encode(&st->meta, st->meta.image, st->seg.class,
				  block.data);
	f->segsz = VNENCAP_SEGSZ_MIN;
	f->slots = VNENCAP_SLOTS_MAX;
	f->shard_code = vnencap_frame_shard_code(len);
	f->shard_len = vnencap_frame_shard_len(f->shard_code);
	vnencap_frame_geometry(f);
	test_stream_seal(st, block.data);
	memcpy(st->bytes + TEST_STREAM_OUTER, block.data, f->shard_len);
	st->wire = vnencap_frame_wire_len(f, st->meta.payload);
	test_stream_receive(test, 0, 250);
	test_stream_expect_count(test, RX_MALFORMED, 1);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&st->hosts.b.received), 0);
	for (i = 1; i < 5; i++)
		test_stream_receive(test, i * 250, (i + 1) * 250);
	test_stream_receive(test, 0, 250);
}

static struct kunit_case order_test_cases[] = {
	KUNIT_CASE(order_test_in_order),
	KUNIT_CASE(order_test_gap),
	KUNIT_CASE(order_test_many),
	KUNIT_CASE_PARAM(order_test_stranger, stranger_gen_params),
	KUNIT_CASE(order_test_other_window),
	KUNIT_CASE(order_test_endless),
	{}
};

static struct kunit_suite order_test_suite = {
	.name = "vnencap_order",
	.init = test_stream_init,
	.exit = test_stream_exit,
	.test_cases = order_test_cases,
};

kunit_test_suite(order_test_suite);
