// SPDX-License-Identifier: GPL-2.0-only
/*
 * skbs of any layout, and cuts in them. Each page is held by the test too, so that
 * its count tells in the end if the skb took or gave up one reference too many.
 */
#include <kunit/test.h>
#include <linux/skbuff.h>

#include "skb/strip.h"
#include "tests/random.h"
#include "tests/skb/strip.h"

/* ---- Making skbs ---- */

/**
 * test_strip_add_frags - add frags of the test's pages
 * @st: whose pages
 * @skb: to which they are added
 * @n: how many
 */
void test_strip_add_frags(struct test_strip *st, struct sk_buff *skb,
			  unsigned int n)
{
	while (n--) {
		u32 nr = random_range(&st->rnd, 0, TEST_STRIP_PAGES - 1);
		struct page *page = st->pages[nr];
		u32 size = random_range(&st->rnd, 1, 300);
		u32 off = random_range(&st->rnd, 0, PAGE_SIZE - size);

		get_page(page);
		skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page, off, size,
				size);
	}
}

/**
 * test_strip_part - make an skb without members
 * @test: fails where there is no memory
 * @linear: bytes in its head
 * @frags: frags after that
 *
 * Return: the skb.
 */
struct sk_buff *test_strip_part(struct kunit *test, unsigned int linear,
				unsigned int frags)
{
	struct test_strip *st = test->priv;
	struct sk_buff *skb = alloc_skb(linear + 64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, 64);
	prandom_bytes_state(&st->rnd, skb_put(skb, linear), linear);
	test_strip_add_frags(st, skb, frags);
	return skb;
}

static unsigned int draw_frags(struct test_strip *st,
			       const struct test_strip_layout *l,
			       unsigned int most)
{
	return l->full ? most : random_range(&st->rnd, 0, most);
}

static void add_members(struct kunit *test, const struct test_strip_layout *l)
{
	struct test_strip *st = test->priv;
	struct sk_buff **next = &skb_shinfo(st->skb)->frag_list, *skb;
	unsigned int n = random_range(&st->rnd, 0, l->members);

	while (n--) {
		skb = test_strip_part(test,
				      random_range(&st->rnd, 0, l->member_linear),
				      draw_frags(st, l, l->member_frags));
		if (!skb->len) {
			kfree_skb(skb);
			continue;
		}
		*next = skb;
		next = &skb->next;
		st->skb->len += skb->len;
		st->skb->data_len += skb->len;
		st->skb->truesize += skb->truesize;
	}
}

/**
 * test_strip_make - make the skb that is tested
 * @test: fails where there is no memory
 * @l: the most that is drawn of each of its parts
 */
void test_strip_make(struct kunit *test, const struct test_strip_layout *l)
{
	struct test_strip *st = test->priv;

	st->skb = test_strip_part(test, random_range(&st->rnd, 0, l->linear),
				  draw_frags(st, l, l->frags));
	add_members(test, l);
	KUNIT_ASSERT_EQ(test,
			skb_copy_bits(st->skb, 0, st->bytes, st->skb->len), 0);
}

/* ---- What to cut ---- */

static u32 note_edges(struct test_strip *st, const struct sk_buff *skb, u32 at)
{
	unsigned int i;

	st->edges[st->n_edges++] = at;
	at += skb_headlen(skb);
	for (i = 0; i < skb_shinfo(skb)->nr_frags; i++) {
		st->edges[st->n_edges++] = at;
		at += skb_frag_size(&skb_shinfo(skb)->frags[i]);
	}
	return at;
}

static void find_edges(struct test_strip *st)
{
	struct sk_buff *child;
	u32 at;

	st->n_edges = 0;
	at = note_edges(st, st->skb, 0);
	skb_walk_frags(st->skb, child)
		at = note_edges(st, child, at);
	st->edges[st->n_edges++] = at;
}

/* An offset from @low on: on an edge, or beside it, or anywhere near */
static u32 draw_offset(struct test_strip *st, u32 low)
{
	u32 high = min(st->skb->len, low + random_range(&st->rnd, 1, 1500));
	u32 at;

	if (low >= high)
		return low;
	at = random_range(&st->rnd, low, high);
	if (random_chance(&st->rnd, 70)) {
		at = st->edges[random_range(&st->rnd, 0, st->n_edges - 1)];
		at += random_range(&st->rnd, 0, 2) - 1;
	}
	return at >= low && at <= high ? at : random_range(&st->rnd, low, high);
}

/**
 * test_strip_draw_cuts - draw what to take out
 * @st: of which st->cuts is written
 */
void test_strip_draw_cuts(struct test_strip *st)
{
	unsigned int i, n = random_range(&st->rnd, 1, VNENCAP_SHARD_N_MAX);
	struct vnencap_cuts *cuts = &st->cuts;
	u32 low = 0;

	find_edges(st);
	cuts->n = 0;
	for (i = 0; i < n; i++) {
		u32 from = draw_offset(st, low);
		u32 to = draw_offset(st, from + 1);

		if (to > st->skb->len || to <= from)
			break;
		cuts->cut[cuts->n].at = from;
		cuts->cut[cuts->n++].len = to - from;
		low = to + 1;
	}
}

/**
 * test_strip_cut_bytes - take it out of an array of bytes
 * @st: of which st->want is written
 */
void test_strip_cut_bytes(struct test_strip *st)
{
	u32 from = 0, to = 0;
	unsigned int i;

	for (i = 0; i < st->cuts.n; i++) {
		u32 kept = st->cuts.cut[i].at - from;

		memcpy(st->want + to, st->bytes + from, kept);
		to += kept;
		from += kept + st->cuts.cut[i].len;
	}
	memcpy(st->want + to, st->bytes + from, st->skb->len - from);
	st->want_len = to + st->skb->len - from;
}

/* ---- What is left ---- */

static u32 expect_part(struct kunit *test, const struct sk_buff *skb)
{
	u32 len = skb_headlen(skb);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, skb_tail_pointer(skb) - skb->data, len);
	KUNIT_EXPECT_LE(test, skb_shinfo(skb)->nr_frags, MAX_SKB_FRAGS);
	for (i = 0; i < skb_shinfo(skb)->nr_frags; i++) {
		u32 size = skb_frag_size(&skb_shinfo(skb)->frags[i]);

		KUNIT_EXPECT_GT(test, size, 0);
		len += size;
	}
	return len;
}

/**
 * test_strip_expect_sane - an skb's lengths agree with its parts
 * @test: fails where they do not
 * @skb: the skb
 */
void test_strip_expect_sane(struct kunit *test, struct sk_buff *skb)
{
	u32 len = expect_part(test, skb);
	struct sk_buff *child;

	skb_walk_frags(skb, child) {
		KUNIT_ASSERT_FALSE_MSG(test, skb_has_frag_list(child),
				       "a list within a list");
		KUNIT_EXPECT_EQ(test, expect_part(test, child), child->len);
		KUNIT_EXPECT_GT(test, child->len, 0);
		len += child->len;
	}
	KUNIT_EXPECT_EQ(test, skb->len, len);
	KUNIT_EXPECT_GE(test, skb->truesize, SKB_TRUESIZE(0));
}

/**
 * test_strip_expect_bytes - an skb holds these bytes, and no others
 * @test: fails where it does not
 * @skb: the skb
 * @want: the bytes
 * @len: how many
 */
void test_strip_expect_bytes(struct kunit *test, struct sk_buff *skb,
			     const u8 *want, u32 len)
{
	struct test_strip *st = test->priv;

	KUNIT_ASSERT_EQ(test, skb->len, len);
	KUNIT_ASSERT_EQ(test, skb_copy_bits(skb, 0, st->got, len), 0);
	KUNIT_ASSERT_MEMEQ(test, st->got, want, len);
}

/**
 * test_strip_expect_free - nobody else has the test's pages
 * @test: fails where somebody does
 */
void test_strip_expect_free(struct kunit *test)
{
	struct test_strip *st = test->priv;
	unsigned int i;

	for (i = 0; i < TEST_STRIP_PAGES; i++)
		KUNIT_ASSERT_EQ(test, page_count(st->pages[i]), 1);
}

/* ---- Before a test, and after it ---- */

/**
 * test_strip_init - make pages
 * @test: test->priv is a struct test_strip
 *
 * Return: 0 or a negative error.
 */
int test_strip_init(struct kunit *test)
{
	struct test_strip *st = kunit_kzalloc(test, sizeof(*st), GFP_KERNEL);
	unsigned int i;

	if (!st)
		return -ENOMEM;
	test->priv = st;
	prandom_seed_state(&st->rnd, 1);
	for (i = 0; i < TEST_STRIP_PAGES; i++) {
		st->pages[i] = alloc_page(GFP_KERNEL);
		if (!st->pages[i])
			return -ENOMEM;
		prandom_bytes_state(&st->rnd, page_address(st->pages[i]),
				    PAGE_SIZE);
	}
	return 0;
}

/**
 * test_strip_exit - free them
 * @test: whose
 */
void test_strip_exit(struct kunit *test)
{
	struct test_strip *st = test->priv;
	unsigned int i;

	for (i = 0; st && i < TEST_STRIP_PAGES; i++)
		if (st->pages[i])
			put_page(st->pages[i]);
}
