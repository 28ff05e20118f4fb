// SPDX-License-Identifier: GPL-2.0-only
/*
 * The whole path: an inner packet is sent by one vnencap device, cut by the
 * kernel's own segmentation, and its segments, some of them lost, in another
 * order, twice, joined to runs of any layout, are received by another device.
 * What comes out must be what went in, less exactly what was lost. All of it
 * over a substrate of IPv4, and again over one of IPv6.
 */
#include <kunit/test.h>
#include <linux/skbuff.h>

#include "compat.h"
#include "tests/arrival.h"
#include "tests/expect.h"
#include "tests/hosts.h"
#include "tests/kinds.h"
#include "tests/packet.h"
#include "tests/path.h"
#include "tests/random.h"

#define ROUNDS	TEST_ROUNDS(200)
#define ROUNDS_MOST	(4 * ROUNDS)

static const struct test_scenario scenarios[] = {
	{ "TCP, nothing happens", TCP4, 1500, .join = 100 },
	{ "TCP, GRO joins all", TCP4, 1500, .gro = true },
	{ "TCP, GRO joins runs", TCP4, 1500, .join = 90, .gro = true },
	{ "TCP, nothing joins", TCP4, 1500 },
	{ "TCP, loss", TCP4, 1500, .loss = 5, .join = 90 },
	{ "TCP, loss, GRO", TCP4, 1500, .loss = 5, .join = 80, .gro = true },
	{ "TCP, much loss", TCP4, 1500, .loss = 60, .join = 50 },
	{ "TCP, reordering", TCP4, 1500, .reorder = 20, .join = 80 },
	{ "TCP, reordering, GRO", TCP4, 1500, .reorder = 20, .join = 80,
	  .gro = true },
	{ "TCP, duplicates", TCP4, 1500, .twice = 20, .join = 80 },
	{ "TCP, all of it", TCP4, 1500, 10, 20, 20, 80 },
	{ "TCP, all of it, jumbo", TCP4, 9000, 10, 20, 20, 80 },
	{ "TCP, all of it, small MTU", TCP4, 600, 10, 20, 20, 80 },
	{ "TCP, all of it, odd MTU", TCP4, 1433, 10, 20, 20, 80 },
	{ "TCP in IPv6, nothing happens", TCP6, 1500, .join = 100 },
	{ "TCP in IPv6, all of it", TCP6, 1500, 10, 20, 20, 80 },
	{ "BIG TCP, nothing happens", BIG4, 1500, .join = 100 },
	{ "BIG TCP, GRO joins runs", BIG4, 1500, .join = 97, .gro = true },
	{ "BIG TCP, duplicates", BIG4, 1500, .twice = 3, .join = 97 },
	{ "BIG TCP, loss, GRO", BIG4, 1500, .loss = 2, .join = 97, .gro = true },
	{ "BIG TCP, all of it", BIG4, 1500, 2, 2, 2, 97 },
	{ "BIG TCP, all of it, jumbo", BIG4, 9000, 10, 20, 20, 80 },
	{ "BIG TCP in IPv6, nothing happens", BIG6, 1500, .join = 100 },
	{ "BIG TCP in IPv6, all of it", BIG6, 1500, 2, 2, 2, 97 },
	{ "TCP with AccECN, nothing happens", ACCECN4, 1500, .join = 100 },
	{ "TCP with AccECN, all of it", ACCECN4, 1500, 10, 20, 20, 80 },
	{ "TCP not GSO, nothing happens", TCP4_LONG, 1500, .join = 100 },
	{ "TCP not GSO, all of it", TCP4_LONG, 1500, 10, 20, 20, 80 },
	{ "TCP summed, nothing happens", TCP4_DONE, 1500, .join = 100 },
	{ "TCP summed, all of it", TCP4_DONE, 1500, 10, 20, 20, 80 },
	{ "TCP summed, in IPv6", TCP6_DONE, 1500, 10, 20, 20, 80 },
	{ "train, nothing happens", TRAIN4, 1500, .join = 100 },
	{ "train, GRO joins all", TRAIN4, 1500, .gro = true },
	{ "train, nothing joins", TRAIN4, 1500 },
	{ "train, loss", TRAIN4, 1500, .loss = 5, .join = 90 },
	{ "train, loss, GRO", TRAIN4, 1500, .loss = 5, .join = 80, .gro = true },
	{ "train, much loss", TRAIN4, 1500, .loss = 60, .join = 50 },
	{ "train, all of it", TRAIN4, 1500, 10, 20, 20, 80 },
	{ "train, all of it, jumbo", TRAIN4, 9000, 10, 20, 20, 80 },
	{ "train, all of it, small MTU", TRAIN4, 600, 10, 20, 20, 80 },
	{ "train in IPv6, GRO joins runs", TRAIN6, 1500, .join = 90,
	  .gro = true },
	{ "train in IPv6, all of it", TRAIN6, 1500, 10, 20, 20, 80 },
	{ "UDP, nothing happens", UDP4, 1500, .join = 100 },
	{ "UDP, all of it", UDP4, 1500, 10, 20, 20, 80 },
	{ "UDP, all of it, GRO", UDP4, 1500, .loss = 10, .reorder = 20,
	  .join = 80, .gro = true },
	{ "UDP summed, all of it", UDP4_DONE, 1500, 10, 20, 20, 80 },
	{ "UDP in IPv6, all of it", UDP6, 1500, 10, 20, 20, 80 },
	{ "UDP in IPv6, GRO joins all", UDP6, 1500, .gro = true },
	{ "UDP summed, in IPv6", UDP6_DONE, 1500, 10, 20, 20, 80 },
	{ "ICMP, nothing happens", ICMP4, 1500, .join = 100 },
	{ "ICMP, all of it", ICMP4, 1500, 10, 20, 20, 80 },
	{ "ICMPv6, all of it", ICMP6, 1500, 10, 20, 20, 80 },
	{ "SCTP, all of it", SCTP4, 1500, 10, 20, 20, 80 },
	{ "fragments, all of it", FRAGMENT, 1500, 10, 20, 20, 80 },
};

KUNIT_ARRAY_PARAM_DESC(scenario, scenarios, name);

/* ---- The tests ---- */

static void play(struct kunit *test, const struct test_scenario *sc)
{
	struct test_path *path = test->priv;

	test_path_draw_and_send(test, &sc->kind);
	test_arrival_draw(path, sc);
	test_arrival_receive(test, sc->join);
	test_expect_received(test);
	test_expect_late(test, sc, sc->join);
	path->hasty += test_path_too_slow(path);
}

/* Where many were too slow to say anything, some more are played. */
static bool has_enough(const struct test_path *path, unsigned int rounds)
{
	return rounds >= ROUNDS_MOST ||
	       (rounds >= ROUNDS && rounds - path->hasty >= ROUNDS / 2);
}

static void path_test_random(struct kunit *test)
{
	const struct test_scenario *sc = test->param_value;
	struct test_path *path = test->priv;
	struct test_host *b = &path->hosts.b;
	u64 delivered = test_host_count(b, RX_DELIVERED_BYTES);
	unsigned int round, bytes = 0;

	test_path_set_mtu(test, sc->mtu);
	test_host_set_gro(b, sc->gro);
	for (round = 0; !has_enough(path, round); round++) {
		test_path_seed(path, (sc - scenarios) * 1000 + round);
		play(test, sc);
		bytes += path->packet.payload;
		if (test->status == KUNIT_FAILURE)
			return;
		KUNIT_ASSERT_EQ(test, test_host_faults(b), 0);
	}
	KUNIT_EXPECT_GE(test, round - path->hasty, ROUNDS / 2);
	if (!path->hasty)
		KUNIT_EXPECT_EQ(test, test_host_count(b, RX_DELIVERED_BYTES) -
				delivered, bytes);
}

/* All at once, and back to the very packets that were sent */
static void path_test_whole(struct kunit *test)
{
	const struct test_scenario *sc = test->param_value;
	struct test_path *path = test->priv;
	unsigned int round;

	test_path_set_mtu(test, sc->mtu);
	test_host_set_gro(&path->hosts.b, sc->gro);
	for (round = 0; round < ROUNDS; round++) {
		const struct test_scenario calm = { .join = 100 };

		test_path_seed(path, round);
		test_path_draw_and_send(test, &sc->kind);
		test_arrival_draw(path, &calm);
		test_arrival_receive(test, 100);
		test_expect_plain(test);
		if (test->status == KUNIT_FAILURE)
			return;
	}
	KUNIT_EXPECT_EQ(test, test_host_count(&path->hosts.b, RX_FRAMES_WHOLE),
			ROUNDS);
	KUNIT_EXPECT_EQ(test, test_host_faults(&path->hosts.b), 0);
}

/* ---- Segmentation of what was received ---- */

/* skb_segment() takes frags on a list at any length, but linear data there only
 * where it ends with a segment.
 */
static void expect_can_be_cut(struct kunit *test, const struct sk_buff *skb)
{
	const struct sk_buff *child;

	if (!skb_is_gso(skb))
		return;
	skb_walk_frags(skb, child) {
		/* as native GRO of the inner packets leaves them */
		if (child->len == skb_shinfo(skb)->gso_size ||
		    (!child->next && child->len < skb_shinfo(skb)->gso_size))
			continue;
		KUNIT_EXPECT_EQ(test, skb_headlen(child), 0);
		KUNIT_EXPECT_GT(test, skb_shinfo(child)->nr_frags, 0);
	}
}

static bool scenario_is_gso(const struct test_scenario *sc)
{
	return sc->kind.gso;
}

COMPAT_FILTER_PARAM(gso, scenario, scenario_is_gso);

/* Cut what was received as it is, for a device without TSO. */
static void forward_received(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct sk_buff_head plain;
	struct sk_buff *skb;

	__skb_queue_head_init(&plain);
	while ((skb = skb_dequeue(&path->hosts.b.received))) {
		expect_can_be_cut(test, skb);
		if (test->status == KUNIT_FAILURE)
			kfree_skb(skb);
		else
			test_skb_cut(test, skb, random_chance(&path->rnd, 50) ?
				     0 : NETIF_F_SG | NETIF_F_HW_CSUM, &plain);
	}
	while ((skb = __skb_dequeue(&plain))) {
		if (path->packet.kind->proto == IPPROTO_UDP)
			test_expect_datagram(test, skb);
		else
			test_expect_part(test, skb);
		kfree_skb(skb);
	}
}

static void path_test_forward(struct kunit *test)
{
	const struct test_scenario *sc = test->param_value;
	struct test_path *path = test->priv;
	unsigned int round;

	test_path_set_mtu(test, sc->mtu);
	test_host_set_gro(&path->hosts.b, sc->gro);
	for (round = 0; round < ROUNDS; round++) {
		test_path_seed(path, round);
		test_path_draw_and_send(test, &sc->kind);
		test_arrival_draw(path, sc);
		test_arrival_receive(test, sc->join);
		forward_received(test);
		test_arrival_draw_late(path, sc);
		test_arrival_receive(test, sc->join);
		forward_received(test);
		if (test->status == KUNIT_FAILURE)
			return;
	}
}

TEST_PATH_SUITES_KEPT(path,
		      KUNIT_CASE_PARAM(path_test_whole, scenario_gen_params),
		      KUNIT_CASE_PARAM(path_test_random, scenario_gen_params),
		      KUNIT_CASE_PARAM(path_test_forward, gso_gen_params));
