// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cuts in skbs of any layout, against the same cuts in an array of bytes. Each
 * page is held by the test too, so that its count tells in the end if the skb
 * took or gave up one reference too many.
 */
#include <kunit/test.h>
#include <linux/skbuff.h>
#if IS_ENABLED(CONFIG_PAGE_POOL)
#include <net/page_pool/helpers.h>
#endif

#include "compat.h"
#include "skb/strip.h"
#include "tests/random.h"

#define PAGES		8
#define ROUNDS		TEST_ROUNDS(3000)
#define BYTES_MAX	65536
#define PARTS_MAX	200
#define MEMBERS_MAX	5

/**
 * struct strip_test - what the tests of a round share
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
struct strip_test {
	struct rnd_state rnd;
	struct page *pages[PAGES];
	struct sk_buff *skb;
	u32 edges[PARTS_MAX];
	unsigned int n_edges;
	struct vnencap_cuts cuts;
	u8 bytes[BYTES_MAX];
	u8 want[BYTES_MAX];
	u32 want_len;
	u8 got[BYTES_MAX];
};

/* What skbs are made of: the most that is drawn of each */
struct layout {
	const char *name;
	unsigned int linear;
	unsigned int frags;
	unsigned int members;
	unsigned int member_linear;
	unsigned int member_frags;
	bool full;		/* as many frags as there can be */
};

static const struct layout layouts[] = {
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

static void layout_describe(const struct layout *l, char *desc)
{
	strscpy(desc, l->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(layout, layouts, layout_describe);

/* ---- Making skbs ---- */

static void add_frags(struct strip_test *st, struct sk_buff *skb,
		      unsigned int n)
{
	while (n--) {
		struct page *page = st->pages[random_range(&st->rnd, 0,
							   PAGES - 1)];
		u32 size = random_range(&st->rnd, 1, 300);
		u32 off = random_range(&st->rnd, 0, PAGE_SIZE - size);

		get_page(page);
		skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page, off, size,
				size);
	}
}

static struct sk_buff *make_part(struct kunit *test, unsigned int linear,
				 unsigned int frags)
{
	struct strip_test *st = test->priv;
	struct sk_buff *skb = alloc_skb(linear + 64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, 64);
	prandom_bytes_state(&st->rnd, skb_put(skb, linear), linear);
	add_frags(st, skb, frags);
	return skb;
}

static unsigned int draw_frags(struct strip_test *st, const struct layout *l,
			       unsigned int most)
{
	return l->full ? most : random_range(&st->rnd, 0, most);
}

static void add_members(struct kunit *test, const struct layout *l)
{
	struct strip_test *st = test->priv;
	struct sk_buff **next = &skb_shinfo(st->skb)->frag_list, *skb;
	unsigned int n = random_range(&st->rnd, 0, l->members);

	while (n--) {
		skb = make_part(test,
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

static void make_skb(struct kunit *test, const struct layout *l)
{
	struct strip_test *st = test->priv;

	st->skb = make_part(test, random_range(&st->rnd, 0, l->linear),
			    draw_frags(st, l, l->frags));
	add_members(test, l);
	KUNIT_ASSERT_EQ(test,
			skb_copy_bits(st->skb, 0, st->bytes, st->skb->len), 0);
}

/* ---- What to cut ---- */

static u32 note_edges(struct strip_test *st, const struct sk_buff *skb, u32 at)
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

static void find_edges(struct strip_test *st)
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
static u32 draw_offset(struct strip_test *st, u32 low)
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

static void draw_cuts(struct strip_test *st)
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

static void cut_bytes(struct strip_test *st)
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

static void expect_sane(struct kunit *test, struct sk_buff *skb)
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

static void expect_bytes(struct kunit *test, struct sk_buff *skb,
			 const u8 *want, u32 len)
{
	struct strip_test *st = test->priv;

	KUNIT_ASSERT_EQ(test, skb->len, len);
	KUNIT_ASSERT_EQ(test, skb_copy_bits(skb, 0, st->got, len), 0);
	KUNIT_ASSERT_MEMEQ(test, st->got, want, len);
}

static void expect_pages_free(struct kunit *test)
{
	struct strip_test *st = test->priv;
	unsigned int i;

	for (i = 0; i < PAGES; i++)
		KUNIT_ASSERT_EQ(test, page_count(st->pages[i]), 1);
}

/* ---- The tests ---- */

static void strip_test_random(struct kunit *test)
{
	struct strip_test *st = test->priv;
	unsigned int round;

	for (round = 0; round < ROUNDS; round++) {
		make_skb(test, test->param_value);
		draw_cuts(st);
		cut_bytes(st);
		KUNIT_ASSERT_EQ(test, vnencap_strip_own(st->skb), 0);
		KUNIT_ASSERT_EQ(test, vnencap_strip(st->skb, &st->cuts), 0);
		expect_sane(test, st->skb);
		expect_bytes(test, st->skb, st->want, st->want_len);
		kfree_skb(st->skb);
		expect_pages_free(test);
	}
}

/* The same bytes by another skb: they stay. */
static void strip_test_clone(struct kunit *test)
{
	struct strip_test *st = test->priv;
	unsigned int round;

	for (round = 0; round < ROUNDS; round++) {
		struct sk_buff *clone;

		make_skb(test, test->param_value);
		draw_cuts(st);
		cut_bytes(st);
		clone = skb_clone(st->skb, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, clone);
		KUNIT_ASSERT_EQ(test, vnencap_strip_own(clone), 0);
		KUNIT_ASSERT_EQ(test, vnencap_strip(clone, &st->cuts), 0);
		expect_sane(test, clone);
		expect_bytes(test, clone, st->want, st->want_len);
		expect_sane(test, st->skb);
		expect_bytes(test, st->skb, st->bytes, st->skb->len);
		if (round & 1)
			swap(clone, st->skb);
		kfree_skb(clone);
		expect_sane(test, st->skb);
		kfree_skb(st->skb);
		expect_pages_free(test);
	}
}

/* Headers before the data are left alone. */
static void strip_test_headers(struct kunit *test)
{
	struct strip_test *st = test->priv;
	unsigned int round;
	u8 headers[48];

	for (round = 0; round < ROUNDS; round++) {
		make_skb(test, test->param_value);
		draw_cuts(st);
		cut_bytes(st);
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
	struct strip_test *st = test->priv;
	unsigned int i;

	st->skb = make_part(test, 10, 0);
	for (i = 0; i < 3; i++) {
		get_page(st->pages[i == 1]);
		skb_add_rx_frag(st->skb, i, st->pages[i == 1], i * 500, 1000,
				1000);
	}
	KUNIT_ASSERT_EQ(test, skb_copy_bits(st->skb, 0, st->bytes, 3010), 0);
	st->cuts.n = 1;
	st->cuts.cut[0].at = 1010;
	st->cuts.cut[0].len = 1000;
	cut_bytes(st);
	KUNIT_EXPECT_EQ(test, vnencap_strip(st->skb, &st->cuts), 0);
	expect_sane(test, st->skb);
	expect_bytes(test, st->skb, st->want, st->want_len);
	KUNIT_EXPECT_EQ(test, skb_shinfo(st->skb)->nr_frags, 1);
	kfree_skb(st->skb);
	expect_pages_free(test);
}

/* A member as GRO makes it of packets whose heads are in pages */
static void add_gro_member(struct kunit *test, unsigned int frags)
{
	struct strip_test *st = test->priv;
	struct sk_buff **next = &skb_shinfo(st->skb)->frag_list, *skb;
	unsigned int room = SKB_DATA_ALIGN(200) +
			    SKB_DATA_ALIGN(sizeof(struct skb_shared_info));
	void *head = netdev_alloc_frag(room);

	KUNIT_ASSERT_NOT_NULL(test, head);
	skb = build_skb(head, room);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	prandom_bytes_state(&st->rnd, skb_put(skb, 100), 100);
	add_frags(st, skb, frags);
	while (*next)
		next = &(*next)->next;
	*next = skb;
	st->skb->len += skb->len;
	st->skb->data_len += skb->len;
	st->skb->truesize += skb->truesize;
}

static unsigned int count_members(const struct sk_buff *skb)
{
	const struct sk_buff *child;
	unsigned int n = 0;

	skb_walk_frags(skb, child)
		n++;
	return n;
}

/* The members' heads become frags; where one has as many as there can be, the last
 * goes to the next member, or, where that has no room, to a fresh one.
 */
static void strip_test_members(struct kunit *test)
{
	static const unsigned int frags[][2] = {
		{ 3, 3 }, { MAX_SKB_FRAGS, 3 },
		{ MAX_SKB_FRAGS, MAX_SKB_FRAGS - 2 },
		{ MAX_SKB_FRAGS, MAX_SKB_FRAGS - 1 },
		{ MAX_SKB_FRAGS, MAX_SKB_FRAGS },
	};
	static const unsigned int members[] = { 2, 2, 2, 3, 4 };
	struct strip_test *st = test->priv;
	struct sk_buff *child;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(frags); i++) {
		st->skb = make_part(test, 10, MAX_SKB_FRAGS);
		add_gro_member(test, frags[i][0]);
		add_gro_member(test, frags[i][1]);
		st->want_len = st->skb->len;
		KUNIT_ASSERT_EQ(test, skb_copy_bits(st->skb, 0, st->want,
						    st->want_len), 0);
		KUNIT_EXPECT_EQ(test, vnencap_strip_members(st->skb), 0);
		expect_sane(test, st->skb);
		expect_bytes(test, st->skb, st->want, st->want_len);
		KUNIT_EXPECT_EQ(test, count_members(st->skb), members[i]);
		skb_walk_frags(st->skb, child)
			KUNIT_EXPECT_EQ(test, skb_headlen(child), 0);
		kfree_skb(st->skb);
		expect_pages_free(test);
	}
}

#if IS_ENABLED(CONFIG_PAGE_POOL)
static struct page_pool *make_pool(struct kunit *test)
{
	const struct page_pool_params params = {
		.pool_size = 64,
		.nid = NUMA_NO_NODE,
	};
	struct page_pool *pool = page_pool_create(&params);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pool);
	return pool;
}

/* Frags of a pool's pages, which are counted by the pool */
static void make_pool_skb(struct kunit *test, struct page_pool *pool,
			  struct page **pages)
{
	struct strip_test *st = test->priv;
	unsigned int i;

	st->skb = make_part(test, 10, 0);
	skb_mark_for_recycle(st->skb);
	for (i = 0; i < MAX_SKB_FRAGS; i++) {
		pages[i] = page_pool_alloc_pages(pool, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, pages[i]);
		prandom_bytes_state(&st->rnd, page_address(pages[i]),
				    PAGE_SIZE);
		/* held by the test, a page leaves the pool when it is free */
		get_page(pages[i]);
		skb_add_rx_frag(st->skb, i, pages[i],
				random_range(&st->rnd, 0, 1000),
				random_range(&st->rnd, 1, 1500), PAGE_SIZE);
	}
	KUNIT_ASSERT_EQ(test,
			skb_copy_bits(st->skb, 0, st->bytes, st->skb->len), 0);
}

static void strip_test_pool(struct kunit *test)
{
	struct page_pool *pool = make_pool(test);
	struct strip_test *st = test->priv;
	struct page *pages[MAX_SKB_FRAGS];
	unsigned int round, i;

	for (round = 0; round < ROUNDS / 10; round++) {
		make_pool_skb(test, pool, pages);
		draw_cuts(st);
		cut_bytes(st);
		KUNIT_EXPECT_EQ(test, vnencap_strip_own(st->skb), 0);
		KUNIT_EXPECT_EQ(test, vnencap_strip(st->skb, &st->cuts), 0);
		expect_sane(test, st->skb);
		expect_bytes(test, st->skb, st->want, st->want_len);
		kfree_skb(st->skb);
		for (i = 0; i < MAX_SKB_FRAGS; i++) {
			KUNIT_EXPECT_EQ(test, page_count(pages[i]), 1);
			put_page(pages[i]);
		}
	}
	/* it takes pages from the system by the dozen */
	KUNIT_EXPECT_EQ(test, pool->pages_state_hold_cnt - pool->alloc.count,
			atomic_read(&pool->pages_state_release_cnt));
	page_pool_destroy(pool);
}
#else
static void strip_test_pool(struct kunit *test)
{
	kunit_skip(test, "no page pools in this kernel");
}
#endif

static int strip_test_init(struct kunit *test)
{
	struct strip_test *st = kunit_kzalloc(test, sizeof(*st), GFP_KERNEL);
	unsigned int i;

	if (!st)
		return -ENOMEM;
	test->priv = st;
	prandom_seed_state(&st->rnd, 1);
	for (i = 0; i < PAGES; i++) {
		st->pages[i] = alloc_page(GFP_KERNEL);
		if (!st->pages[i])
			return -ENOMEM;
		prandom_bytes_state(&st->rnd, page_address(st->pages[i]),
				    PAGE_SIZE);
	}
	return 0;
}

static void strip_test_exit(struct kunit *test)
{
	struct strip_test *st = test->priv;
	unsigned int i;

	for (i = 0; st && i < PAGES; i++)
		if (st->pages[i])
			put_page(st->pages[i]);
}

static struct kunit_case strip_test_cases[] = {
	KUNIT_CASE_PARAM(strip_test_random, layout_gen_params),
	KUNIT_CASE_PARAM(strip_test_clone, layout_gen_params),
	KUNIT_CASE_PARAM(strip_test_headers, layout_gen_params),
	KUNIT_CASE(strip_test_heal),
	KUNIT_CASE(strip_test_members),
	KUNIT_CASE(strip_test_pool),
	{}
};

static struct kunit_suite strip_test_suite = {
	.name = "vnencap_strip",
	.init = strip_test_init,
	.exit = strip_test_exit,
	.test_cases = strip_test_cases,
};

kunit_test_suites(&strip_test_suite);
