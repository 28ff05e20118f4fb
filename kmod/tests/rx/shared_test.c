// SPDX-License-Identifier: GPL-2.0-only
/* What one device receives, or one namespace allows, is no other's loss. */
#include <kunit/test.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/inet_frag.h>

#include "lower/substrate.h"
#include "map/map.h"
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

/* How many of the sender's frames wait in a VNI */
static unsigned int waiting_in(const struct test_stream *st, u32 vni)
{
	struct vnencap_quota *quota =
		vnencap_limits_party(st->to->vn->net, &st->from->addr,
				     vni).quota;
	const struct list_head *frame;
	unsigned int n = 0;

	spin_lock_bh(&quota->lock);
	list_for_each(frame, &quota->frames)
		n++;
	spin_unlock_bh(&quota->lock);
	return n;
}

static unsigned int waiting(const struct test_stream *st)
{
	return waiting_in(st, TEST_HOSTS_VNI);
}

/* Frames of which the first segment never comes */
static void receive_seconds(struct kunit *test, unsigned int frames)
{
	unsigned int i;

	for (i = 0; i < frames; i++) {
		test_stream_make(test, TEST_STREAM_MAX);
		test_stream_receive(test, 1, 2);
	}
}

/* A packet gives up some of the frames that a limit has no room for any more,
 * not all of them, however much it was lowered.
 */
static void shared_test_evictions(struct kunit *test)
{
	struct test_stream *st = test->priv;
	struct vnencap_limits *limits = limits_of(st);
	unsigned long thresh = limits->peer_thresh;
	unsigned int before;

	receive_seconds(test, 200);
	before = waiting(st);
	KUNIT_EXPECT_GE(test, before, 200);
	limits->peer_thresh = 1;
	receive_seconds(test, 1);
	limits->peer_thresh = thresh;
	KUNIT_EXPECT_LT(test, waiting(st), before);
	KUNIT_EXPECT_GE(test, waiting(st), before - 10);
}

/* Map something to the sender in a VNI, so that it may send there. */
static void map_sender(struct kunit *test, u32 vni, bool there)
{
	const struct test_stream *st = test->priv;
	struct vnencap_mapping m = {
		.vni = vni,
		.len = 32,
		.dst = { AF_INET, .ip4 = st->from->inner4 },
		.via = st->from->addr,
		.fec = VNENCAP_FEC_UNSET,
	};
	struct net *net = st->to->vn->net;

	vnencap_map_lock(net);
	KUNIT_EXPECT_EQ(test, 0,
			there ? vnencap_map_set(net, &m, NLM_F_CREATE) :
				vnencap_map_del(net, &m));
	vnencap_map_unlock(net);
}

/* Give the receiver another VNI, as dev/device.c does. */
static void move(struct kunit *test, u32 vni)
{
	const struct test_stream *st = test->priv;
	struct vnencap_dev *vn = st->to->vn;
	struct vnencap_config *old, *new;
	struct vnencap_map *map;

	new = kzalloc(sizeof(*new), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, new);
	rtnl_lock();
	old = rtnl_dereference(vn->config);
	*new = *old;
	new->vni = vni;
	map = rtnl_dereference(vn->map);
	rcu_assign_pointer(vn->map, vnencap_map_get(vn->net, vni));
	KUNIT_EXPECT_EQ(test, vnencap_substrate_change(vn, new), 0);
	vnencap_map_put(map);
	kfree(old);
	rtnl_unlock();
}

/* Have no frame but the last wait in the VNI that the receiver has. */
static void let_go(struct kunit *test, u32 vni)
{
	const struct test_stream *st = test->priv;
	struct vnencap_limits *limits = limits_of(st);
	unsigned long thresh = limits->peer_thresh;

	limits->peer_thresh = 0;
	while (waiting_in(st, vni) > 1)
		receive_seconds(test, 1);
	limits->peer_thresh = thresh;
}

/* A host has more in one VNI than it may have: what waits of it in another stays. */
static void shared_test_vnis(struct kunit *test)
{
	const u32 other = TEST_HOSTS_VNI + 1;
	struct test_stream *st = test->priv;
	int timeout = vnencap_limits_set_timeout(st->to->vn->net, 60 * HZ);
	unsigned int before;

	let_go(test, TEST_HOSTS_VNI);
	receive_seconds(test, 20);
	before = waiting(st);
	KUNIT_EXPECT_GE(test, before, 20);
	map_sender(test, other, true);
	move(test, other);
	receive_seconds(test, 3000);
	KUNIT_EXPECT_GT(test, test_host_count(st->to, RX_OVER_LIMIT), 20);
	KUNIT_EXPECT_GT(test, waiting_in(st, other), 100);
	KUNIT_EXPECT_EQ(test, waiting(st), before);
	/* and there is room for more of it */
	move(test, TEST_HOSTS_VNI);
	receive_seconds(test, 20);
	KUNIT_EXPECT_EQ(test, waiting(st), before + 20);

	let_go(test, TEST_HOSTS_VNI);
	move(test, other);
	let_go(test, other);
	move(test, TEST_HOSTS_VNI);
	map_sender(test, other, false);
	vnencap_limits_set_timeout(st->to->vn->net, timeout);
}

/* Much of what one host sends waits, in many VNIs: it may have some in another one. */
static void shared_test_many_vnis(struct kunit *test)
{
	const u32 last = TEST_HOSTS_VNI + 16;
	struct test_stream *st = test->priv;
	int timeout = vnencap_limits_set_timeout(st->to->vn->net, 60 * HZ);
	unsigned int i;
	u32 vni;

	for (vni = TEST_HOSTS_VNI; vni <= last; vni++) {
		if (vni != TEST_HOSTS_VNI)
			map_sender(test, vni, true);
		move(test, vni);
		/* what is between two copies of the metadata */
		for (i = 0; i < (vni < last ? 40 : 1); i++) {
			test_stream_make(test, TEST_STREAM_MAX);
			test_stream_receive(test, 1, 20);
		}
	}
	KUNIT_EXPECT_GT(test, test_host_count(st->to, RX_OVER_LIMIT), 20);
	KUNIT_EXPECT_EQ(test, waiting_in(st, last), 1);

	for (vni = TEST_HOSTS_VNI; vni <= last; vni++) {
		move(test, vni);
		let_go(test, vni);
		if (vni != TEST_HOSTS_VNI)
			map_sender(test, vni, false);
	}
	move(test, TEST_HOSTS_VNI);
	vnencap_limits_set_timeout(st->to->vn->net, timeout);
}

static struct kunit_case shared_test_cases[] = {
	KUNIT_CASE(shared_test_places),
	KUNIT_CASE(shared_test_names),
	KUNIT_CASE(shared_test_evictions),
	KUNIT_CASE(shared_test_vnis),
	KUNIT_CASE(shared_test_many_vnis),
	{}
};

static struct kunit_suite shared_test_suite = {
	.name = "vnencap_shared",
	.init = test_stream_init,
	.exit = test_stream_exit,
	.test_cases = shared_test_cases,
};

kunit_test_suite(shared_test_suite);
