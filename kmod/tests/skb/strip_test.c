// SPDX-License-Identifier: GPL-2.0-only
/* Cuts in skbs of any layout, against the same cuts in an array of bytes. */
#include <kunit/test.h>
#include <linux/skbuff.h>

#include "skb/strip.h"
#include "tests/random.h"
#include "tests/skb/strip.h"

#define ROUNDS	TEST_ROUNDS(3000)
#define MEMBERS_MAX	5

static const struct test_strip_layout layouts[] = {
	{ "linear", .linear = 2000 },
	{ "frags", .frags = MAX_SKB_FRAGS },
	{ "linear and frags", .linear = 300, .frags = MAX_SKB_FRAGS },
	{ "all the frags", .linear = 10, .frags = MAX_SKB_FRAGS, .full = true },
	{ "list of linear", .frags = MAX_SKB_FRAGS, .members = MEMBERS_MAX,
	  .member_linear = 1500 },
	{ "list of frags", .frags = MAX_SKB_FRAGS, .members = MEMBERS_MAX,
	  .member_frags = 3 },
	{ "list of any", .linear = 100, .frags = MAX_SKB_FRAGS,
	  .members = MEMBERS_MAX, .member_linear = 100,
	  .member_frags = MAX_SKB_FRAGS },
	{ "list with all the frags", .frags = MAX_SKB_FRAGS,
	  .members = MEMBERS_MAX, .member_frags = MAX_SKB_FRAGS,
	  .full = true },
};

KUNIT_ARRAY_PARAM_DESC(layout, layouts, name);

static void strip_test_random(struct kunit *test)
{
	struct test_strip *st = test->priv;
	unsigned int round;

	for (round = 0; round < ROUNDS; round++) {
		test_strip_make(test, test->param_value);
		test_strip_draw_cuts(st);
		test_strip_cut_bytes(st);
		KUNIT_ASSERT_EQ(test, vnencap_strip_own(st->skb), 0);
		KUNIT_ASSERT_EQ(test, vnencap_strip(st->skb, &st->cuts), 0);
		test_strip_expect_sane(test, st->skb);
		test_strip_expect_bytes(test, st->skb, st->want, st->want_len);
		kfree_skb(st->skb);
		test_strip_expect_free(test);
	}
}

/* The same bytes by another skb: they stay. */
static void strip_test_clone(struct kunit *test)
{
	struct test_strip *st = test->priv;
	unsigned int round;

	for (round = 0; round < ROUNDS; round++) {
		struct sk_buff *clone;

		test_strip_make(test, test->param_value);
		test_strip_draw_cuts(st);
		test_strip_cut_bytes(st);
		clone = skb_clone(st->skb, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, clone);
		KUNIT_ASSERT_EQ(test, vnencap_strip_own(clone), 0);
		KUNIT_ASSERT_EQ(test, vnencap_strip(clone, &st->cuts), 0);
		test_strip_expect_sane(test, clone);
		test_strip_expect_bytes(test, clone, st->want, st->want_len);
		test_strip_expect_sane(test, st->skb);
		test_strip_expect_bytes(test, st->skb, st->bytes, st->skb->len);
		if (round & 1)
			swap(clone, st->skb);
		kfree_skb(clone);
		test_strip_expect_sane(test, st->skb);
		kfree_skb(st->skb);
		test_strip_expect_free(test);
	}
}

/* Headers before the data are left alone. */
static void strip_test_headers(struct kunit *test)
{
	struct test_strip *st = test->priv;
	unsigned int round;
	u8 headers[48];

	for (round = 0; round < ROUNDS; round++) {
		test_strip_make(test, test->param_value);
		test_strip_draw_cuts(st);
		test_strip_cut_bytes(st);
		prandom_bytes_state(&st->rnd, headers, sizeof(headers));
		memcpy(st->skb->data - sizeof(headers), headers,
		       sizeof(headers));
		KUNIT_ASSERT_EQ(test, vnencap_strip(st->skb, &st->cuts), 0);
		if (skb_headroom(st->skb) == 64)
			KUNIT_ASSERT_MEMEQ(test,
					   st->skb->data - sizeof(headers),
					   headers, sizeof(headers));
		kfree_skb(st->skb);
	}
}

/* A shard that a sender put into the middle of a frag leaves one frag. */
static void strip_test_heal(struct kunit *test)
{
	struct test_strip *st = test->priv;
	unsigned int i;

	st->skb = test_strip_part(test, 10, 0);
	for (i = 0; i < 3; i++) {
		get_page(st->pages[i == 1]);
		skb_add_rx_frag(st->skb, i, st->pages[i == 1], i * 500, 1000,
				1000);
	}
	KUNIT_ASSERT_EQ(test, skb_copy_bits(st->skb, 0, st->bytes, 3010), 0);
	st->cuts.n = 1;
	st->cuts.cut[0].at = 1010;
	st->cuts.cut[0].len = 1000;
	test_strip_cut_bytes(st);
	KUNIT_EXPECT_EQ(test, vnencap_strip(st->skb, &st->cuts), 0);
	test_strip_expect_sane(test, st->skb);
	test_strip_expect_bytes(test, st->skb, st->want, st->want_len);
	KUNIT_EXPECT_EQ(test, skb_shinfo(st->skb)->nr_frags, 1);
	kfree_skb(st->skb);
	test_strip_expect_free(test);
}

static struct kunit_case strip_test_cases[] = {
	KUNIT_CASE_PARAM(strip_test_random, layout_gen_params),
	KUNIT_CASE_PARAM(strip_test_clone, layout_gen_params),
	KUNIT_CASE_PARAM(strip_test_headers, layout_gen_params),
	KUNIT_CASE(strip_test_heal),
	{}
};

static struct kunit_suite strip_test_suite = {
	.name = "vnencap_strip",
	.init = test_strip_init,
	.exit = test_strip_exit,
	.test_cases = strip_test_cases,
};

kunit_test_suite(strip_test_suite);
