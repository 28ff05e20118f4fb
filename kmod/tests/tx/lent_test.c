// SPDX-License-Identifier: GPL-2.0-only
/* Pages that are lent, and that nobody has any more when they are sent */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/refcount.h>
#include <linux/skbuff.h>

#include "tests/hosts.h"
#include "tests/kinds.h"
#include "tests/lender.h"
#include "tests/packet.h"
#include "tests/path.h"
#include "tests/random.h"

#define ROUNDS	TEST_ROUNDS(200)

/* Send what is in path->packet from pages that io_uring has registered: its skb
 * has no references to them. Afterwards nobody has any.
 */
static void send_lent(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct test_lender lender;
	struct page *page[MAX_SKB_FRAGS];
	struct sk_buff *skb;
	unsigned int i, n;

	skb = test_packet_skb(test, &path->rnd, &path->packet, TEST_FRAGS);
	test_lender_init(&lender, SKBFL_DONT_ORPHAN);
	skb_zcopy_init(skb, &lender.info);
	skb_shinfo(skb)->flags |= SKBFL_MANAGED_FRAG_REFS;
	n = skb_shinfo(skb)->nr_frags;
	for (i = 0; i < n; i++)
		page[i] = skb_frag_page(&skb_shinfo(skb)->frags[i]);
	test_host_send(&path->hosts.a, skb);
	skb = skb_dequeue(&path->hosts.a.sent);
	KUNIT_EXPECT_NOT_NULL(test, skb);
	kfree_skb(skb);
	KUNIT_EXPECT_EQ(test, refcount_read(&lender.info.refcnt), 1);
	for (i = 0; i < n; i++) {
		KUNIT_EXPECT_EQ(test, page_ref_count(page[i]), 1);
		put_page(page[i]);
	}
}

static void path_test_lent(struct kunit *test)
{
	static const struct test_kind kind = UDP4;
	struct test_path *path = test->priv;
	unsigned int round;

	test_path_set_mtu(test, 1500);
	for (round = 0; round < ROUNDS; round++) {
		test_path_seed(path, round);
		test_path_draw(path, &kind);
		send_lent(test);
		if (test->status == KUNIT_FAILURE)
			return;
	}
}

TEST_PATH_SUITES(lent,
		 KUNIT_CASE(path_test_lent));
