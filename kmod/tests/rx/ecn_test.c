// SPDX-License-Identifier: GPL-2.0-only
/* ECN marks that the substrate makes, and what becomes of them inside. */
#include <kunit/test.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/inet_ecn.h>
#include <net/ip.h>

#include "tests/arrival.h"
#include "tests/expect.h"
#include "tests/hosts.h"
#include "tests/kinds.h"
#include "tests/packet.h"
#include "tests/path.h"
#include "tests/random.h"
#include "wire/outer.h"

#define ROUNDS	TEST_ROUNDS(200)

struct mark {
	const char *name;
	u8 inner;	/* as it was sent */
	u8 outer;	/* what the substrate makes of one segment's */
	u8 want;	/* of what was in that segment, 0xff: dropped */
};

static const struct mark marks[] = {
	{ "CE on ECT(0)", INET_ECN_ECT_0, INET_ECN_CE, INET_ECN_CE },
	{ "CE on ECT(1)", INET_ECN_ECT_1, INET_ECN_CE, INET_ECN_CE },
	{ "CE on CE", INET_ECN_CE, INET_ECN_CE, INET_ECN_CE },
	{ "CE on Not-ECT", INET_ECN_NOT_ECT, INET_ECN_CE, 0xff },
	{ "nothing on ECT(0)", INET_ECN_ECT_0, INET_ECN_ECT_0,
	  INET_ECN_ECT_0 },
	{ "nothing on Not-ECT", INET_ECN_NOT_ECT, INET_ECN_NOT_ECT,
	  INET_ECN_NOT_ECT },
};

KUNIT_ARRAY_PARAM_DESC(mark, marks, name);

static void set_outer_ecn(struct sk_buff *skb, u8 ecn)
{
	struct ipv6hdr *ip6h = (struct ipv6hdr *)skb->data;
	struct iphdr *iph = (struct iphdr *)skb->data;

	if (vnencap_outer_is_ipv6(skb)) {
		ipv6_change_dsfield(ip6h, ~INET_ECN_MASK, ecn);
	} else {
		iph->tos = (iph->tos & ~INET_ECN_MASK) | ecn;
		ip_send_check(iph);
	}
}

/* Send one, all of it, with a mark on its marked'th segment. */
static void send_marked(struct kunit *test, const struct test_kind *kind,
			const struct mark *m, unsigned int *marked)
{
	struct test_path *path = test->priv;
	const struct test_scenario calm = {};

	test_path_draw(path, kind);
	test_packet_set_ecn(&path->packet, m->inner);
	test_path_send(test);
	*marked = random_range(&path->rnd, 0, path->n - 1);
	set_outer_ecn(path->segment[*marked], m->outer);
	test_arrival_draw(path, &calm);
	test_arrival_receive(test, 0);
}

/* Each segment of a stream by itself: in order, with payload in all but, maybe,
 * the last
 */
static void path_test_mark_stream(struct kunit *test)
{
	const struct test_kind kind = TCP4;
	const struct mark *m = test->param_value;
	struct test_path *path = test->priv;
	unsigned int round, marked, i;
	struct sk_buff *skb;

	for (round = 0; round < ROUNDS; round++) {
		test_path_seed(path, round);
		send_marked(test, &kind, m, &marked);
		if (test_path_too_slow(path))
			continue;
		for (i = 0; i < path->n; i++) {
			if (i == marked && m->want == 0xff)
				continue;
			skb = skb_dequeue(&path->hosts.b.received);
			if (!skb && i == path->n - 1)
				break;
			KUNIT_ASSERT_NOT_NULL(test, skb);
			/* the first ones wait for each other */
			KUNIT_EXPECT_EQ(test, test_packet_ecn(skb),
					i == marked ? m->want : m->inner);
			kfree_skb(skb);
		}
		test_expect_nothing(test);
		if (test->status == KUNIT_FAILURE)
			return;
	}
}

static void path_test_mark_atomic(struct kunit *test)
{
	const struct test_kind kind = UDP6;
	const struct mark *m = test->param_value;
	struct test_path *path = test->priv;
	unsigned int round, marked;
	struct sk_buff *skb;

	for (round = 0; round < ROUNDS; round++) {
		test_path_seed(path, round);
		send_marked(test, &kind, m, &marked);
		if (test_path_too_slow(path))
			continue;
		skb = skb_dequeue(&path->hosts.b.received);
		if (m->want == 0xff) {
			KUNIT_EXPECT_NULL(test, skb);
			kfree_skb(skb);
			continue;
		}
		KUNIT_ASSERT_NOT_NULL(test, skb);
		KUNIT_EXPECT_EQ(test, test_packet_ecn(skb), m->want);
		kfree_skb(skb);
		test_expect_nothing(test);
		if (test->status == KUNIT_FAILURE)
			return;
	}
}

TEST_PATH_SUITES(ecn,
		 KUNIT_CASE_PARAM(path_test_mark_stream, mark_gen_params),
		 KUNIT_CASE_PARAM(path_test_mark_atomic, mark_gen_params));
