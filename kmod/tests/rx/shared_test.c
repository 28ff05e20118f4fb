// SPDX-License-Identifier: GPL-2.0-only
/* What one device receives, or one namespace allows, is no other's loss. */
#include <kunit/test.h>
#include <net/inet_frag.h>

#include "rx/limits.h"
#include "rx/recent.h"
#include "tests/hosts.h"
#include "tests/stream.h"
#include "vnencap.h"

static struct vnencap_limits *limits_of(const struct test_stream *st)
{
	return vnencap_limits_of(st->to->vn->net);
}

/* The other way round from now on */
static void turn(struct test_stream *st)
{
	swap(st->from, st->to);
}

/* One device has more frames under way than there are places: another's frame
 * has a place still, and does not have to wait in the table.
 */
static void shared_test_places(struct kunit *test)
{
	struct test_stream *st = test->priv;
	unsigned int i;
	long before;

	for (i = 0; i < 1500; i++) {
		test_stream_make(test, 3 * TEST_STREAM_SEGSZ);
		test_stream_receive(test, 0, 1);
	}
	test_stream_take(test);
	turn(st);
	test_host_set_gro(st->to, false);
	test_stream_make(test, TEST_STREAM_MAX);
	before = frag_mem_limit(limits_of(st)->fqdir);
	test_stream_receive(test, 0, 30);
	KUNIT_EXPECT_EQ(test, frag_mem_limit(limits_of(st)->fqdir), before);
	test_stream_receive(test, 30, test_stream_segments(st));
	test_stream_expect(test, 0, test_stream_segments(st));
}

/* A frame that one device has had is new to another. */
static void shared_test_names(struct kunit *test)
{
	struct test_stream *st = test->priv;
	const struct vnencap_dev *vn = st->to->vn, *other = st->from->vn;
	u64 name;

	/* each CPU remembers its own */
	local_bh_disable();
	for (name = 1; name < 1000; name++) {
		vnencap_recent_add(vn, name << 20, name % 2);
		KUNIT_EXPECT_TRUE(test, vnencap_recent_seen(vn, name << 20));
		KUNIT_EXPECT_EQ(test, vnencap_recent_whole(vn, name << 20),
				name % 2);
		KUNIT_EXPECT_FALSE(test,
				   vnencap_recent_seen(vn, name << 20 | 1));
		KUNIT_EXPECT_FALSE(test,
				   vnencap_recent_seen(other, name << 20));
	}
	local_bh_enable();
}

/* How many of the sender's frames wait */
static unsigned int waiting(const struct test_stream *st)
{
	struct vnencap_quota *quota = vnencap_limits_quota(st->to->vn->net,
							   &st->from->addr);
	const struct list_head *frame;
	unsigned int n = 0;

	spin_lock_bh(&quota->lock);
	list_for_each(frame, &quota->frames)
		n++;
	spin_unlock_bh(&quota->lock);
	return n;
}

/* A packet gives up some of the frames that a limit has no room for any more,
 * not all of them, however much it was lowered.
 */
static void shared_test_evictions(struct kunit *test)
{
	struct test_stream *st = test->priv;
	struct vnencap_limits *limits = limits_of(st);
	unsigned long thresh = limits->peer_thresh;
	unsigned int i, before;

	for (i = 0; i < 200; i++) {
		test_stream_make(test, TEST_STREAM_MAX);
		test_stream_receive(test, 1, 2);
	}
	before = waiting(st);
	KUNIT_EXPECT_GE(test, before, 200);
	limits->peer_thresh = 1;
	test_stream_make(test, TEST_STREAM_MAX);
	test_stream_receive(test, 1, 2);
	limits->peer_thresh = thresh;
	KUNIT_EXPECT_LT(test, waiting(st), before);
	KUNIT_EXPECT_GE(test, waiting(st), before - 10);
}

static struct kunit_case shared_test_cases[] = {
	KUNIT_CASE(shared_test_places),
	KUNIT_CASE(shared_test_names),
	KUNIT_CASE(shared_test_evictions),
	{}
};

static struct kunit_suite shared_test_suite = {
	.name = "vnencap_shared",
	.init = test_stream_init,
	.exit = test_stream_exit,
	.test_cases = shared_test_cases,
};

kunit_test_suite(shared_test_suite);
