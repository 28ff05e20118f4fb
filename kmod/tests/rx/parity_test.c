// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parity: a frame of which any n of its n + r segments arrive comes out whole, and in
 * order. Of any other comes out what came.
 */
#include <kunit/test.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>

#include "map/map.h"
#include "rx/limits.h"
#include "rx/recent.h"
#include "tests/arrival.h"
#include "tests/expect.h"
#include "tests/hosts.h"
#include "tests/kinds.h"
#include "tests/outer.h"
#include "tests/packet.h"
#include "tests/path.h"
#include "tests/random.h"
#include "vnencap.h"
#include "wire/parity.h"

/* See TEST_ROUNDS(): there, every so many of the patterns */
#define PATTERN_STEP	(IS_ENABLED(CONFIG_KASAN) ? 61 : 1)

/* ---- What is to come out ---- */

static struct vnencap_parity_hdr header_of(const struct test_path *path,
					   unsigned int i)
{
	struct vnencap_parity_hdr hdr;

	skb_copy_bits(path->segment[i], path->run[i].hdr_len, &hdr, sizeof(hdr));
	return hdr;
}

/* Of the group that a parity segment is of: how many segments have arrived, its own and
 * of parity
 */
static unsigned int group_arrived(const struct test_path *path,
				  const struct vnencap_parity_hdr *hdr)
{
	unsigned int first = ntohs(hdr->first), i, there = 0;
	struct vnencap_parity_hdr other;

	for (i = first; i < first + hdr->n; i++)
		there += path->arrived[i];
	for (i = path->n; i < path->n + path->parity; i++) {
		other = header_of(path, i);
		there += path->arrived[i] && other.first == hdr->first;
	}
	return there;
}

/* What parity brings back has arrived, too. */
static unsigned int note_repaired(struct test_path *path)
{
	unsigned int i, k, n = 0;

	for (i = path->n; i < path->n + path->parity; i++) {
		struct vnencap_parity_hdr hdr = header_of(path, i);
		unsigned int first = ntohs(hdr.first);

		if (group_arrived(path, &hdr) < hdr.n)
			continue;
		for (k = first; k < first + hdr.n; k++) {
			n += !path->arrived[k];
			path->arrived[k] = true;
		}
	}
	return n;
}

/* Where in the payload does a packet of a stream begin? */
static u32 stream_offset(const struct test_path *path, const struct sk_buff *skb)
{
	const struct test_packet *p = &path->packet;
	const struct tcphdr *orig = (const void *)(p->bytes + p->ip_len);
	struct tcphdr th;

	skb_copy_bits(skb, p->ip_len, &th, sizeof(th));
	return ntohl(th.seq) - ntohl(orig->seq);
}

static void expect_in_order(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct sk_buff *skb;
	u32 at = 0, now;

	if (path->run[0].seg.class != VNENCAP_STREAM || test_path_too_slow(path))
		return;
	skb_queue_walk(&path->hosts.b.received, skb) {
		now = stream_offset(path, skb);
		KUNIT_EXPECT_GE(test, now, at);
		at = now;
	}
}

/* ---- Each pattern of loss ---- */

static const u8 pattern_segments[] = { 1, 2, 3, 5, 8 };

static const struct test_kind pattern_kinds[] = {
	{ "TCP", .proto = IPPROTO_TCP, .gso = true, .partial = true,
	  .payload = 12000 },
	{ "TCP in IPv6", .proto = IPPROTO_TCP, .gso = true, .partial = true,
	  .payload = 12000, .ipv6 = true },
	{ "train", .proto = IPPROTO_UDP, .gso = true, .partial = true,
	  .payload = 12000 },
	{ "UDP", .proto = IPPROTO_UDP, .partial = true, .payload = 12000 },
};

KUNIT_ARRAY_PARAM_DESC(pattern, pattern_kinds, name);

/* How long the receiver holds runs back: for as long as a slow test may take, or not at
 * all
 */
static void set_wait(struct test_path *path, bool hold)
{
	vnencap_limits_set_fec_wait(path->hosts.b.vn->net, hold ? HZ / 2 : 0);
}

/* Receive what test_arrival_* have drawn, and expect what parity makes of it. Where
 * parity overtakes segments, more are repaired than were lost.
 */
static void receive_and_expect(struct kunit *test, u32 join, bool reordered)
{
	struct test_path *path = test->priv;
	u64 before = test_host_count(&path->hosts.b, RX_REPAIRED);
	u64 repaired, expected;

	test_arrival_receive(test, join);
	repaired = test_host_count(&path->hosts.b, RX_REPAIRED) - before;
	expected = note_repaired(path);
	if (vnencap_limits_fec_wait(path->hosts.b.vn->net))
		expect_in_order(test);
	if (!test_path_too_slow(path)) {
		KUNIT_EXPECT_GE(test, repaired, expected);
		KUNIT_EXPECT_TRUE(test, reordered || repaired == expected);
	}
	test_expect_received(test);
}

/* The receiver's table holds fewer of such frames. */
static void pace(void)
{
	static unsigned int frames;

	if (++frames % 100 == 0)
		schedule_timeout_uninterruptible(HZ / 4);
}

/* Which segments arrive, in order: with enough of them all comes out, in order. */
static void expect_pattern(struct kunit *test, const struct test_kind *kind,
			   u32 value, unsigned long pattern)
{
	struct test_path *path = test->priv;
	bool enough = hweight_long(pattern) >= path->n;

	pace();
	set_wait(path, enough);
	test_path_seed(path, value);
	test_path_draw_and_send(test, kind);
	test_arrival_set(path, pattern);
	receive_and_expect(test, 50, false);
	KUNIT_EXPECT_TRUE(test, !enough || test_arrival_is_whole(path));
}

static void parity_test_every_pattern(struct kunit *test)
{
	const struct test_kind *kind = test->param_value;
	struct test_path *path = test->priv;
	unsigned long pattern;
	unsigned int i, n;
	u32 value;

	test_path_set_mtu(test, 1500);
	test_path_set_fec(test, 50);
	for (i = 0; i < ARRAY_SIZE(pattern_segments); i++) {
		value = test_path_seed_for(test, kind, pattern_segments[i]);
		n = path->n + path->parity;
		KUNIT_ASSERT_EQ(test, path->parity, DIV_ROUND_UP(path->n, 2));
		for (pattern = 1; pattern < BIT(n); pattern += PATTERN_STEP) {
			expect_pattern(test, kind, value, pattern);
			if (test->status == KUNIT_FAILURE) {
				kunit_err(test, "pattern %lx of %u + %u",
					  pattern, path->n, path->parity);
				return;
			}
		}
	}
	KUNIT_EXPECT_EQ(test, test_host_faults(&path->hosts.b), 0);
}

/* ---- Any loss, any order ---- */

static const struct test_scenario scenarios[] = {
	{ "long, 2 % lost", TCP4, 1500, .loss = 2, .join = 95 },
	{ "long, 10 % lost", TCP4, 1500, .loss = 10, .join = 90 },
	{ "longest, 3 % lost", BIG4, 1500, .loss = 3, .join = 95 },
	{ "longest in IPv6", BIG6, 1500, .loss = 3, .join = 95, .gro = true },
	{ "out of order", TCP4, 1500, .loss = 5, .reorder = 10, .join = 50 },
	{ "some twice", TCP4, 1500, .loss = 5, .twice = 10, .join = 50 },
	{ "short segments", TCP6, 700, .loss = 5, .join = 80 },
	{ "jumbo segments", BIG4, 9000, .loss = 8, .join = 60 },
	{ "GRO", TCP4, 1500, .loss = 5, .join = 50, .gro = true },
	{ "a train", TRAIN4, 1500, .loss = 5, .reorder = 5, .join = 80 },
	{ "a train in IPv6", TRAIN6, 1500, .loss = 5, .twice = 5, .join = 80 },
	{ "atomic", UDP4, 1500, .loss = 5, .reorder = 5, .join = 80 },
	{ "fragments' fragments", FRAGMENT, 1500, .loss = 10, .join = 50 },
};

KUNIT_ARRAY_PARAM_DESC(scenario, scenarios, name);

static void parity_test_random(struct kunit *test)
{
	const struct test_scenario *sc = test->param_value;
	struct test_path *path = test->priv;
	unsigned int round;

	test_path_set_mtu(test, sc->mtu);
	test_host_set_gro(&path->hosts.b, sc->gro);
	for (round = 0; round < TEST_ROUNDS(300) + 3; round++) {
		pace();
		set_wait(path, false);
		test_path_seed(path, round);
		test_path_set_fec(test, random_range(&path->rnd, 1, 50));
		test_path_draw_and_send(test, &sc->kind);
		test_arrival_draw(path, sc);
		receive_and_expect(test, sc->join, sc->reorder || sc->twice);
		if (test->status == KUNIT_FAILURE)
			return;
		cond_resched();
	}
	KUNIT_EXPECT_EQ(test, test_host_faults(&path->hosts.b), 0);
}

/* ---- Held back, for a while ---- */

/* Send a frame of many segments. */
static void send_long(struct kunit *test)
{
	static const struct test_kind kind = TCP4;
	struct test_path *path = test->priv;

	test_path_set_mtu(test, 1500);
	test_path_set_fec(test, 10);
	test_path_seed(path, 1);
	test_path_draw_and_send(test, &kind);
	KUNIT_ASSERT_GT(test, path->n, 12);
}

/* Of such a frame, receive the first ten segments, and all behind the eleventh. */
static void receive_but_one(struct kunit *test)
{
	struct test_path *path = test->priv;
	unsigned int i;

	send_long(test);
	for (i = 0, path->n_order = 0; i < path->n; i++)
		if (i != 10)
			path->order[path->n_order++] = i;
	test_arrival_receive(test, 100);
}

/* A run after a hole is held back until parity fills that, or too long. */
static void parity_test_held(struct kunit *test)
{
	struct test_path *path = test->priv;

	set_wait(path, true);
	receive_but_one(test);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&path->hosts.b.received), 1);
	/* any of parity will do */
	path->order[0] = path->n + path->parity - 1;
	path->n_order = 1;
	test_arrival_receive(test, 100);
	expect_in_order(test);
	memset(path->arrived, true, path->n);
	test_expect_received(test);
	KUNIT_EXPECT_EQ(test, test_host_count(&path->hosts.b, RX_REPAIRED), 1);
}

static bool all_received(struct test_path *path, unsigned int runs)
{
	unsigned int i;

	for (i = 0; i < 100; i++) {
		test_host_settle(&path->hosts.b);
		if (skb_queue_len(&path->hosts.b.received) == runs)
			return true;
		schedule_timeout_uninterruptible(HZ / 50 ?: 1);
	}
	return false;
}

static void parity_test_released(struct kunit *test)
{
	struct test_path *path = test->priv;

	vnencap_limits_set_fec_wait(path->hosts.b.vn->net, 1);
	receive_but_one(test);
	memset(path->arrived, true, path->n);
	path->arrived[10] = false;
	KUNIT_EXPECT_TRUE(test, all_received(path, 2));
	test_expect_received(test);
}

/* Have frames be remembered for longer than this test takes, and runs held for less. */
static int set_times(struct test_path *path, int hold)
{
	struct net *net = path->hosts.b.vn->net;

	vnencap_limits_set_fec_wait(net, hold);
	return vnencap_limits_set_timeout(net, 10 * HZ);
}

static void receive_some(struct kunit *test, unsigned int first, unsigned int end)
{
	struct test_path *path = test->priv;

	for (path->n_order = 0; first < end; first++)
		path->order[path->n_order++] = first;
	test_arrival_receive(test, 0);
}

/* A frame that parity made whole is known for as long as others. */
static void parity_test_remembered(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct test_host *b = &path->hosts.b;
	int timeout = set_times(path, HZ / 5);
	unsigned int runs;

	receive_but_one(test);
	receive_some(test, path->n, path->n + 1);
	runs = skb_queue_len(&b->received);
	schedule_timeout_uninterruptible(HZ / 4);
	/* what was lost was only late */
	receive_some(test, 10, 11);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&b->received), runs);
	KUNIT_EXPECT_EQ(test, test_host_count(b, RX_DUPLICATES), 1);
	KUNIT_EXPECT_EQ(test, test_host_count(b, RX_REPAIRED), 1);
	vnencap_limits_set_timeout(b->vn->net, timeout);
	skb_queue_purge(&b->received);
}

/* A frame goes on though a hole in it was there for a moment. */
static void parity_test_slow(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct test_host *b = &path->hosts.b;
	int timeout = set_times(path, 1);

	send_long(test);
	receive_some(test, 0, 10);
	receive_some(test, 11, 12);
	receive_some(test, 10, 11);
	schedule_timeout_uninterruptible(HZ / 10);
	receive_some(test, 12, path->n);
	memset(path->arrived, true, path->n);
	test_expect_received(test);
	KUNIT_EXPECT_EQ(test, test_host_count(b, RX_FRAMES_WHOLE), 1);
	KUNIT_EXPECT_EQ(test, test_host_count(b, RX_BEYOND_REPAIR), 0);
	vnencap_limits_set_timeout(b->vn->net, timeout);
}

/* What is held when the frame's own time is up is handed up. */
static void parity_test_time_up(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct net *net = path->hosts.b.vn->net;
	int timeout = vnencap_limits_set_timeout(net, HZ / 10);

	vnencap_limits_set_fec_wait(net, HZ);
	receive_but_one(test);
	memset(path->arrived, true, path->n);
	path->arrived[10] = false;
	KUNIT_EXPECT_TRUE(test, all_received(path, 2));
	test_expect_received(test);
	vnencap_limits_set_timeout(net, timeout);
}

/* Have a frame that is remembered be forgotten for another, as happens by chance. */
static void take_place_of(struct test_path *path)
{
	const struct vnencap_dev *vn = path->hosts.b.vn;
	u64 hash, name, other, *at;

	name = vnencap_recent_name(path->segment[0], path->run[0].seg.id);
	local_bh_disable();
	at = vnencap_recent_at(vn, name, &hash);
	for (other = name + 1; vnencap_recent_at(vn, other, &hash) != at; )
		other++;
	vnencap_recent_add(vn, other, true);
	local_bh_enable();
}

/* The copy of a segment is not handed up, though others' frames come before it. */
static void parity_test_copy(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct test_host *b = &path->hosts.b;

	test_path_set_mtu(test, 1500);
	test_path_set_fec(test, 10);
	test_path_seed(path, 1);
	test_path_send_small(test);
	KUNIT_ASSERT_EQ(test, path->n, 1);
	KUNIT_ASSERT_EQ(test, path->parity, 1);
	receive_some(test, 0, 1);
	take_place_of(path);
	receive_some(test, 1, 2);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&b->received), 1);
	KUNIT_EXPECT_EQ(test, test_host_count(b, RX_REPAIRED), 0);
	skb_queue_purge(&b->received);
}

/* ---- Parity that is none ---- */

/* Receive the first parity segment with something else in its header. */
static void receive_forged(struct kunit *test, unsigned int at, u8 xor)
{
	struct test_path *path = test->priv;
	u16 i = path->n;
	struct sk_buff *skb = test_arrival_run(test, &i, 1);

	KUNIT_ASSERT_EQ(test, skb_linearize(skb), 0);
	skb->data[path->run[i].hdr_len + at] ^= xor;
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	test_host_receive_one(&path->hosts.b, skb);
}

static void parity_test_forged(struct kunit *test)
{
	struct test_path *path = test->priv;
	unsigned int at;

	set_wait(path, false);
	send_long(test);
	for (at = 0; at < sizeof(struct vnencap_parity_hdr); at++)
		receive_forged(test, at, 1 << (at % 8));
	KUNIT_EXPECT_EQ(test, test_host_count(&path->hosts.b, RX_BAD_TAG), at);
	KUNIT_EXPECT_EQ(test, test_host_count(&path->hosts.b, RX_REPAIRED), 0);
	test_expect_nothing(test);
}

/* Parity that says to be of @group, of which the segments have @segsz bytes */
static void receive_parity_of(struct kunit *test,
			      const struct vnencap_parity *group, u16 segsz)
{
	struct test_path *path = test->priv;
	struct vnencap_run run = path->run[path->n];
	struct vnencap_segment seg, of = path->run[0].seg;
	const struct vnencap_keys *keys;
	u32 outer = run.hdr_len - sizeof(struct vnencap_segment_hdr), len;
	struct vnencap_segment_hdr *hdr;
	struct sk_buff *skb;

	len = run.hdr_len + sizeof(struct vnencap_parity_hdr) + group->len;
	skb = test_skb_make(test, path->joined, len, len, TEST_LINEAR, len);
	skb_copy_bits(path->segment[path->n], 0, skb->data, run.hdr_len);
	hdr = (void *)skb->data + outer;
	of.frame.segsz = segsz;
	vnencap_option_pack(&of);
	rcu_read_lock();
	keys = vnencap_map_keys(rcu_dereference(path->hosts.a.vn->map));
	vnencap_parity_build((void *)skb->data + run.hdr_len, &seg, group, &of,
			     &keys->key[0].secret);
	rcu_read_unlock();
	vnencap_option_build(hdr, &seg, hdr->tcp.source, hdr->tcp.dest);
	test_outer_finish(skb);
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	test_host_receive_one(&path->hosts.b, skb);
}

/* Parity of segments of another size than the frame's brings nothing back, whichever
 * comes first.
 */
static void parity_test_other_size(struct kunit *test)
{
	static const struct vnencap_parity group = {
		.n = 2, .r = 1, .len = 480,
	};
	struct test_path *path = test->priv;

	set_wait(path, false);
	send_long(test);
	receive_parity_of(test, &group, 480);
	path->order[0] = 0;
	path->n_order = 1;
	test_arrival_receive(test, 100);
	path->arrived[0] = true;
	test_expect_received(test);
	send_long(test);
	test_arrival_receive(test, 100);
	receive_parity_of(test, &group, 480);
	KUNIT_EXPECT_EQ(test, test_host_count(&path->hosts.b, RX_REPAIRED), 0);
	KUNIT_EXPECT_EQ(test, test_host_count(&path->hosts.b, RX_MALFORMED), 1);
}

/* Parity that brings back nonsense is not tried again. */
static void parity_test_nonsense(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct test_host *b = &path->hosts.b;
	struct vnencap_parity group = { .n = 2, .r = 1 };
	unsigned int i;
	u16 segsz;

	set_wait(path, false);
	send_long(test);
	segsz = path->run[0].seg.frame.segsz;
	group.len = vnencap_parity_len(segsz);
	/* the second has no shard */
	receive_some(test, 1, 2);
	for (i = 0; i < 10; i++)
		receive_parity_of(test, &group, segsz);
	KUNIT_EXPECT_EQ(test, test_host_count(b, RX_BAD_TAG), 1);
	KUNIT_EXPECT_EQ(test, test_host_count(b, RX_DUPLICATES), 9);
	KUNIT_EXPECT_EQ(test, test_host_count(b, RX_REPAIRED), 0);
	test_expect_nothing(test);
}

TEST_PATH_SUITES(parity,
		 KUNIT_CASE_PARAM(parity_test_every_pattern,
				  pattern_gen_params),
		 KUNIT_CASE_PARAM(parity_test_random, scenario_gen_params),
		 KUNIT_CASE(parity_test_held),
		 KUNIT_CASE(parity_test_released),
		 KUNIT_CASE(parity_test_remembered),
		 KUNIT_CASE(parity_test_slow),
		 KUNIT_CASE(parity_test_time_up),
		 KUNIT_CASE(parity_test_copy),
		 KUNIT_CASE(parity_test_forged),
		 KUNIT_CASE(parity_test_other_size),
		 KUNIT_CASE(parity_test_nonsense));
