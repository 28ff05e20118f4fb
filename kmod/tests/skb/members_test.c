// SPDX-License-Identifier: GPL-2.0-only
/* Members of a list as GRO leaves them: their heads become frags. */
#include <kunit/test.h>
#include <linux/skbuff.h>

#include "skb/strip.h"
#include "tests/skb/strip.h"

/* A member as GRO makes it of packets whose heads are in pages */
static void add_gro_member(struct kunit *test, unsigned int frags)
{
	struct test_strip *st = test->priv;
	struct sk_buff **next = &skb_shinfo(st->skb)->frag_list, *skb;
	unsigned int room = SKB_DATA_ALIGN(200) +
			    SKB_DATA_ALIGN(sizeof(struct skb_shared_info));
	void *head = netdev_alloc_frag(room);

	KUNIT_ASSERT_NOT_NULL(test, head);
	skb = build_skb(head, room);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	prandom_bytes_state(&st->rnd, skb_put(skb, 100), 100);
	test_strip_add_frags(st, skb, frags);
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
	struct test_strip *st = test->priv;
	struct sk_buff *child;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(frags); i++) {
		st->skb = test_strip_part(test, 10, MAX_SKB_FRAGS);
		add_gro_member(test, frags[i][0]);
		add_gro_member(test, frags[i][1]);
		st->want_len = st->skb->len;
		KUNIT_ASSERT_EQ(test, skb_copy_bits(st->skb, 0, st->want,
						    st->want_len), 0);
		KUNIT_EXPECT_EQ(test, vnencap_strip_members(st->skb), 0);
		test_strip_expect_sane(test, st->skb);
		test_strip_expect_bytes(test, st->skb, st->want, st->want_len);
		KUNIT_EXPECT_EQ(test, count_members(st->skb), members[i]);
		skb_walk_frags(st->skb, child)
			KUNIT_EXPECT_EQ(test, skb_headlen(child), 0);
		kfree_skb(st->skb);
		test_strip_expect_free(test);
	}
}

static struct kunit_case members_test_cases[] = {
	KUNIT_CASE(strip_test_members),
	{}
};

static struct kunit_suite members_test_suite = {
	.name = "vnencap_members",
	.init = test_strip_init,
	.exit = test_strip_exit,
	.test_cases = members_test_cases,
};

kunit_test_suite(members_test_suite);
