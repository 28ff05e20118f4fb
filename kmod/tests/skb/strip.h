/* SPDX-License-Identifier: GPL-2.0-only */
/* skbs of any layout, in which each page is counted, and cuts in them. */
#ifndef _VNENCAP_TESTS_SKB_STRIP_H
#define _VNENCAP_TESTS_SKB_STRIP_H

#include <linux/prandom.h>
#include <linux/skbuff.h>

#include "skb/strip.h"

struct kunit;

#define TEST_STRIP_PAGES	8
#define TEST_STRIP_BYTES	65536
#define TEST_STRIP_PARTS	200

/**
 * struct test_strip - what the tests of a round share
 * @rnd: where all choices come from
 * @pages: what frags point to
 * @skb: the one that is tested
 * @edges: offsets in it at which a linear part or frag begins
 * @n_edges: how many
 * @cuts: what to take out
 * @bytes: what @skb holds
 * @want: what is to be left
 * @want_len: how many bytes that is
 * @got: what is left
 */
struct test_strip {
	struct rnd_state rnd;
	struct page *pages[TEST_STRIP_PAGES];
	struct sk_buff *skb;
	u32 edges[TEST_STRIP_PARTS];
	unsigned int n_edges;
	struct vnencap_cuts cuts;
	u8 bytes[TEST_STRIP_BYTES];
	u8 want[TEST_STRIP_BYTES];
	u32 want_len;
	u8 got[TEST_STRIP_BYTES];
};

/* What skbs are made of: the most that is drawn of each */
struct test_strip_layout {
	const char *name;
	unsigned int linear;
	unsigned int frags;
	unsigned int members;
	unsigned int member_linear;
	unsigned int member_frags;
	bool full;		/* as many frags as there can be */
};

int test_strip_init(struct kunit *test);
void test_strip_exit(struct kunit *test);

void test_strip_add_frags(struct test_strip *st, struct sk_buff *skb,
			  unsigned int n);
struct sk_buff *test_strip_part(struct kunit *test, unsigned int linear,
				unsigned int frags);
void test_strip_make(struct kunit *test, const struct test_strip_layout *l);
void test_strip_draw_cuts(struct test_strip *st);
void test_strip_cut_bytes(struct test_strip *st);

void test_strip_expect_sane(struct kunit *test, struct sk_buff *skb);
void test_strip_expect_bytes(struct kunit *test, struct sk_buff *skb,
			     const u8 *want, u32 len);
void test_strip_expect_free(struct kunit *test);

#endif /* _VNENCAP_TESTS_SKB_STRIP_H */
