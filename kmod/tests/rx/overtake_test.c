// SPDX-License-Identifier: GPL-2.0-only
/* The order of packets within a flow: none overtakes the one before. */
#include <kunit/test.h>
#include <linux/interrupt.h>

#include "tests/arrival.h"
#include "tests/expect.h"
#include "tests/hosts.h"
#include "tests/kinds.h"
#include "tests/packet.h"
#include "tests/path.h"
#include "tests/random.h"

#define ROUNDS	TEST_ROUNDS(200)

/* A run of some segments of the frame that was sent last: bit i, segment i */
static struct sk_buff *run_of(struct kunit *test, unsigned long pattern)
{
	struct test_path *path = test->priv;

	test_arrival_set(path, pattern);
	return test_arrival_run(test, path->order, path->n_order);
}

/* Receive runs within one poll: packets with marks from 1 to @n come, in this
 * order, and no others.
 */
static void expect_order(struct kunit *test, struct sk_buff **runs,
			 unsigned int n_runs, unsigned int n)
{
	struct test_path *path = test->priv;
	struct sk_buff *skb;
	unsigned int i;

	local_bh_disable();
	for (i = 0; i < n_runs; i++)
		test_host_receive(&path->hosts.b, runs[i]);
	local_bh_enable();
	test_host_settle(&path->hosts.b);
	for (i = 1; i <= n; i++) {
		skb = skb_dequeue(&path->hosts.b.received);
		KUNIT_ASSERT_NOT_NULL(test, skb);
		KUNIT_EXPECT_EQ(test, skb->mark, i);
		kfree_skb(skb);
	}
	test_expect_nothing(test);
}

/* A whole frame, which is handed up at once, does not overtake a part of the one
 * before, which waits for the rest of it.
 */
static void path_test_order(struct kunit *test)
{
	const struct test_kind kind = TCP4;
	struct test_path *path = test->priv;
	struct sk_buff *run[2];
	unsigned int round;
	u32 value;

	test_path_set_mtu(test, 1500);
	test_host_set_gro(&path->hosts.b, true);
	value = test_path_seed_for(test, &kind, 3);
	for (round = 0; round < ROUNDS; round++) {
		test_path_seed(path, value);
		test_path_draw_and_send(test, &kind);
		run[0] = run_of(test, 3);
		run[0]->mark = 1;
		/* the same flow */
		test_path_seed(path, value);
		test_path_draw_and_send(test, &kind);
		run[1] = run_of(test, 7);
		run[1]->mark = 2;
		expect_order(test, run, ARRAY_SIZE(run), 2);
	}
}

/* Without GRO on the device, where an atomic packet is put together, nothing of
 * its flow overtakes it.
 */
static void path_test_order_atomic(struct kunit *test)
{
	const struct test_kind kind = UDP4;
	struct test_path *path = test->priv;
	struct sk_buff *run[3];
	unsigned int round;
	u32 value;

	test_path_set_mtu(test, 1500);
	test_host_set_gro(&path->hosts.b, false);
	value = test_path_seed_for(test, &kind, 3);
	for (round = 0; round < ROUNDS; round++) {
		test_path_seed(path, value);
		test_path_draw_and_send(test, &kind);
		run[0] = run_of(test, 1);
		run[1] = run_of(test, 6);
		run[0]->mark = 1;
		run[1]->mark = 1;
		test_path_seed(path, value);
		test_path_draw_and_send(test, &kind);
		run[2] = run_of(test, 7);
		run[2]->mark = 2;
		expect_order(test, run, ARRAY_SIZE(run), 2);
	}
}

TEST_PATH_SUITES(overtake,
		 KUNIT_CASE(path_test_order),
		 KUNIT_CASE(path_test_order_atomic));
