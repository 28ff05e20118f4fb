// SPDX-License-Identifier: GPL-2.0-only
/* Cuts in skbs whose pages are a pool's, which counts them itself. */
#include <kunit/test.h>
#include <linux/skbuff.h>
#if IS_ENABLED(CONFIG_PAGE_POOL)
#include <net/page_pool/helpers.h>
#endif

#include "compat.h"
#include "skb/strip.h"
#include "tests/random.h"
#include "tests/skb/strip.h"

#define ROUNDS	TEST_ROUNDS(3000)

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
	struct test_strip *st = test->priv;
	unsigned int i;

	st->skb = test_strip_part(test, 10, 0);
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
	struct test_strip *st = test->priv;
	struct page *pages[MAX_SKB_FRAGS];
	unsigned int round, i;

	for (round = 0; round < ROUNDS / 10; round++) {
		make_pool_skb(test, pool, pages);
		test_strip_draw_cuts(st);
		test_strip_cut_bytes(st);
		KUNIT_EXPECT_EQ(test, vnencap_strip_own(st->skb), 0);
		KUNIT_EXPECT_EQ(test, vnencap_strip(st->skb, &st->cuts), 0);
		test_strip_expect_sane(test, st->skb);
		test_strip_expect_bytes(test, st->skb, st->want, st->want_len);
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

static struct kunit_case pool_test_cases[] = {
	KUNIT_CASE(strip_test_pool),
	{}
};

static struct kunit_suite pool_test_suite = {
	.name = "vnencap_pool",
	.init = test_strip_init,
	.exit = test_strip_exit,
	.test_cases = pool_test_cases,
};

kunit_test_suite(pool_test_suite);
