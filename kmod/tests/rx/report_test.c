// SPDX-License-Identifier: GPL-2.0-only
/*
 * A host that sends parity by the loss that there is (fec auto) asks for it, is told,
 * and sends as much parity as that takes. What parity brought back carries the mark of
 * congestion, where it is to.
 */
#include <kunit/test.h>
#include <net/inet_ecn.h>
#include <net/net_namespace.h>

#include "dev/device.h"
#include "map/loss.h"
#include "map/traffic.h"
#include "rx/limits.h"
#include "tests/arrival.h"
#include "tests/expect.h"
#include "tests/hosts.h"
#include "tests/kinds.h"
#include "tests/loss.h"
#include "tests/packet.h"
#include "tests/path.h"
#include "wire/meta.h"
#include "wire/parity.h"
#include "wire/report.h"

/* ---- What is sent ---- */

static void send_some(struct kunit *test, u8 ecn)
{
	static const struct test_kind kind = TCP4;
	struct test_path *path = test->priv;

	test_path_set_mtu(test, 1500);
	test_path_seed(path, 1);
	test_path_draw(path, &kind);
	test_packet_set_ecn(&path->packet, ecn);
	test_path_send(test);
	KUNIT_ASSERT_GT(test, path->n, 12);
}

/* What the sent frame's metadata tells */
static u8 sent_report(struct kunit *test)
{
	struct test_path *path = test->priv;
	const struct vnencap_run *run = &path->run[0];
	struct vnencap_block block;
	struct vnencap_meta meta;

	KUNIT_ASSERT_EQ(test, skb_copy_bits(path->segment[0], run->hdr_len,
					    block.data,
					    run->seg.frame.shard_len), 0);
	KUNIT_ASSERT_EQ(test, vnencap_meta_decode(&meta, run->seg.class,
						  block.data,
						  run->seg.frame.shard_len), 0);
	return meta.report;
}

/* Each of several frames has as much as brings back what such a loss takes; or, where
 * that is more than there may be, so many percent of its segments, rounded up.
 */
static void expect_share(struct kunit *test, struct vnencap_endpoint *b,
			 u8 level, u8 percent)
{
	struct test_path *path = test->priv;
	unsigned int i, r;

	for (i = 0; i < 10; i++) {
		/* what was told half a second ago is a level less */
		test_loss_hear(b, level);
		send_some(test, INET_ECN_NOT_ECT);
		r = percent ? vnencap_parity_count(path->n, percent) :
			      vnencap_loss_needs(level, path->n);
		KUNIT_EXPECT_EQ(test, path->parity,
				min(r, vnencap_parity_most(path->n)));
	}
}

static void report_test_auto(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct test_host *a = &path->hosts.a;
	struct vnencap_endpoint *b = test_loss_endpoint(test, &path->hosts.b);
	u32 segsz;

	test_host_set_fec(test, a, 10, 50, VNENCAP_FEC_ECN_AUTO);
	send_some(test, INET_ECN_NOT_ECT);
	KUNIT_EXPECT_EQ(test, sent_report(test), 0);

	/* without parity long packets ask: they may have to be short */
	test_host_set_fec(test, a, 0, 50, VNENCAP_FEC_ECN_AUTO);
	send_some(test, INET_ECN_NOT_ECT);
	KUNIT_EXPECT_EQ(test, sent_report(test), VNENCAP_REPORT_ASK);
	segsz = path->run[0].seg.frame.segsz;

	/* a clean path: the segments are as without */
	test_host_set_fec(test, a, VNENCAP_FEC_AUTO, 50, VNENCAP_FEC_ECN_AUTO);
	send_some(test, INET_ECN_NOT_ECT);
	KUNIT_EXPECT_EQ(test, sent_report(test), VNENCAP_REPORT_ASK);
	KUNIT_EXPECT_EQ(test, path->parity, 0);
	KUNIT_EXPECT_EQ(test, path->run[0].seg.frame.segsz, segsz);
	KUNIT_EXPECT_FALSE(test, path->run[0].seg.parity);

	expect_share(test, b, 5, 0);
	test_host_set_fec(test, a, VNENCAP_FEC_AUTO, 5, VNENCAP_FEC_ECN_AUTO);
	expect_share(test, b, 5, 5);
}

/* The id of a small packet, which asks or does not */
static u32 small_id(struct kunit *test, u8 report)
{
	struct test_path *path = test->priv;

	test_path_send_small(test);
	KUNIT_EXPECT_EQ(test, sent_report(test), report);
	return path->run[0].seg.id;
}

/* Routes are to say which address a host's frames come from, unless it is @local's. */
static void set_source(struct kunit *test, struct test_host *host, u32 vni,
		       bool local, u8 tos)
{
	struct vnencap_config config = test_host_config(host);

	config.vni = vni;
	config.tos = tos;
	if (!local) {
		config.local4 = 0;
		config.local6 = (struct in6_addr){};
	}
	test_host_set_config(test, host, &config);
}

/* Ids of small packets count what is sent there, so that the other host sees which are
 * missing. It has to know this host by one address.
 */
static void report_test_small(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct test_host *a = &path->hosts.a;
	u32 id;

	test_path_seed(path, 1);
	small_id(test, 0);
	test_host_set_fec(test, a, VNENCAP_FEC_AUTO, 50, VNENCAP_FEC_ECN_AUTO);
	/* while another device has the VNI, that may send from elsewhere */
	id = small_id(test, VNENCAP_REPORT_ASK);
	KUNIT_EXPECT_FALSE(test, vnencap_gap_counts(id));
	set_source(test, &path->hosts.b, TEST_HOSTS_VNI + 1, true, 0);
	id = small_id(test, VNENCAP_REPORT_ASK);
	KUNIT_EXPECT_TRUE(test, vnencap_gap_counts(id));
	send_some(test, INET_ECN_NOT_ECT);
	KUNIT_EXPECT_FALSE(test, vnencap_gap_counts(path->run[0].seg.id));
	KUNIT_EXPECT_EQ(test, small_id(test, VNENCAP_REPORT_ASK),
			id + VNENCAP_GAP_STEP);
	set_source(test, a, TEST_HOSTS_VNI, false, 0);
	KUNIT_EXPECT_EQ(test, small_id(test, VNENCAP_REPORT_ASK),
			id + 2 * VNENCAP_GAP_STEP);
	set_source(test, a, TEST_HOSTS_VNI, false, VNENCAP_TOS_INHERIT);
	id = small_id(test, VNENCAP_REPORT_ASK);
	KUNIT_EXPECT_FALSE(test, vnencap_gap_counts(id));
}

/* A stretch of time begins, in which there have been so many parity segments more than
 * were owed. Return: its number, by which it is known to go on.
 */
static u32 begin_stretch(struct vnencap_loss *loss, u16 extra)
{
	loss->extra_at = jiffies / (HZ / 8);
	atomic_set(&loss->extra, extra);
	loss->many = false;
	loss->owed = 0;
	return loss->extra_at;
}

/* Send a lone segment, when short frames have had so many more than they were owed */
static void send_lone(struct kunit *test, struct vnencap_loss *loss, u16 extra)
{
	u32 at;

	/* once more if a stretch of time ended meanwhile */
	do {
		at = begin_stretch(loss, extra);
		test_path_send_small(test);
	} while (loss->extra_at != at);
}

/* In the stretch of time after one in which far more than there may be was wished for */
static void expect_many(struct kunit *test, struct vnencap_endpoint *b)
{
	struct vnencap_loss *loss = b->loss;
	unsigned int i, n, at;

	/* once more if a stretch of time ended meanwhile */
	do {
		at = jiffies / (HZ / 8);
		loss->extra_at = at - 1;
		atomic_set(&loss->wished, 501);
		loss->owed = 0;
		for (i = n = 0; i < 400; i++)
			n += vnencap_loss_count(b, 1, test_loss_fec(b), 1);
	} while (loss->extra_at != at);
	KUNIT_EXPECT_TRUE(test, loss->many);
	/* what is more than owed settles what is owed */
	KUNIT_EXPECT_GE(test, n, (400 - 250 / 4) * test_loss_fec(b) / 100 + 250 / 4 - 1);
	KUNIT_EXPECT_LE(test, n, 400 * test_loss_fec(b) / 100 + 250 / 4 + 1);
}

/* Of short frames only some have parity. Those that have none do not promise any. */
static void report_test_short(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *b = test_loss_endpoint(test, &path->hosts.b);
	unsigned long begin = jiffies, stretches;
	unsigned int i, r, n = 0;

	test_host_set_fec(test, &path->hosts.a, VNENCAP_FEC_AUTO, 50,
			  VNENCAP_FEC_ECN_AUTO);
	for (i = 0; i < 64 * 32; i++) {
		/* what was told half a second ago is a level less */
		if (i % 64 == 0)
			test_loss_hear(b, 3);
		r = vnencap_loss_count(b, 3, test_loss_fec(b), 2);
		if (i < 64)
			KUNIT_EXPECT_EQ(test, r, 2);
		n += r;
	}
	test_loss_hear(b, 3);
	/* so many a second more than are owed; far fewer if they are never enough */
	stretches = (jiffies - begin) / (HZ / 8) + 2;
	KUNIT_EXPECT_GE(test, n, i * 3 * test_loss_fec(b) / 100 - 1);
	KUNIT_EXPECT_LE(test, n, i * 3 * test_loss_fec(b) / 100 + 1 + 250 * stretches);
	expect_many(test, b);
	test_path_set_mtu(test, 1500);
	test_path_seed(path, 1);
	send_lone(test, b->loss, 0);
	KUNIT_ASSERT_EQ(test, path->n, 1);
	KUNIT_EXPECT_EQ(test, path->parity, 1);
	KUNIT_EXPECT_TRUE(test, path->run[0].seg.parity);
	send_lone(test, b->loss, 250);
	KUNIT_ASSERT_EQ(test, path->n, 1);
	KUNIT_EXPECT_EQ(test, path->parity, 0);
	KUNIT_EXPECT_FALSE(test, path->run[0].seg.parity);
}

/* A frame that goes in pieces has parity in each, and takes no more than that. */
static void report_test_pieces(struct kunit *test)
{
	static const struct test_kind kind = TCP4;
	struct test_path *path = test->priv;
	struct test_host *a = &path->hosts.a;
	struct vnencap_endpoint *b = test_loss_endpoint(test, &path->hosts.b);
	u32 seed, at;

	test_path_set_mtu(test, 1500);
	seed = test_path_seed_for(test, &kind, 6);
	test_host_set_fec(test, a, VNENCAP_FEC_AUTO, 50, VNENCAP_FEC_ECN_AUTO);
	WRITE_ONCE(a->lower->gso_max_segs, 3);
	/* once more if a stretch of time ended meanwhile */
	do {
		test_loss_hear(b, 3);
		at = begin_stretch(b->loss, 0);
		test_path_seed(path, seed);
		test_path_draw_and_send(test, &kind);
	} while (b->loss->extra_at != at);
	KUNIT_EXPECT_EQ(test, path->parity, 2 * vnencap_loss_needs(3, 3));
	KUNIT_EXPECT_GT(test, atomic_read(&b->loss->extra), 0);
	KUNIT_EXPECT_LE(test, atomic_read(&b->loss->extra), path->parity);
}

/* Who is asked hears of it by the frame, and tells. */
static void report_test_asked(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *a = test_loss_endpoint(test, &path->hosts.a);
	const struct test_scenario calm = { };

	test_host_set_fec(test, &path->hosts.a, VNENCAP_FEC_AUTO, 50,
			  VNENCAP_FEC_ECN_AUTO);
	send_some(test, INET_ECN_NOT_ECT);
	test_arrival_draw(path, &calm);
	test_arrival_receive(test, 100);
	KUNIT_ASSERT_NOT_NULL(test, a->loss);
	KUNIT_EXPECT_TRUE(test, a->loss->asks);
	KUNIT_EXPECT_GE(test, vnencap_traffic_sum(a, VNENCAP_A_TRAFFIC_RX_SEGMENTS),
			path->n);
	test_expect_received(test);
}

/* Who sends one segment of a frame again does not feign the loss of the others. */
static void report_test_again(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *a = test_loss_endpoint(test, &path->hosts.a);
	struct test_host *b = &path->hosts.b;
	unsigned long begin = jiffies;
	int timeout;

	timeout = vnencap_limits_set_timeout(b->vn->net, HZ / 50);
	test_loss_ask(a);
	send_some(test, INET_ECN_NOT_ECT);
	path->order[0] = 0;
	path->n_order = 1;
	test_arrival_receive(test, 0);
	while (!test_host_count(b, RX_SEGMENTS_LOST) &&
	       time_before(jiffies, begin + 10 * HZ))
		schedule_timeout_uninterruptible(1);
	vnencap_limits_set_timeout(b->vn->net, timeout);
	KUNIT_EXPECT_EQ(test, test_host_count(b, RX_SEGMENTS_LOST),
			path->n - 1);
	KUNIT_EXPECT_EQ(test, vnencap_traffic_sum(a, VNENCAP_TRAFFIC_LOSS), 1);
	skb_queue_purge(&b->received);
}

/* A segment is taken for lost as soon as a later one has come, until it comes itself. */
static void report_test_missing(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *a = test_loss_endpoint(test, &path->hosts.a);
	unsigned int i;

	test_loss_ask(a);
	send_some(test, INET_ECN_NOT_ECT);
	KUNIT_ASSERT_GT(test, path->n, 10);
	for (i = 0, path->n_order = 0; i < path->n - 1; i++)
		if (i != 3 && i != 4)
			path->order[path->n_order++] = i;
	test_arrival_receive(test, 0);
	KUNIT_EXPECT_EQ(test, vnencap_traffic_sum(a, VNENCAP_TRAFFIC_LOSS), 2);
	path->order[0] = 3;
	path->n_order = 1;
	test_arrival_receive(test, 0);
	KUNIT_EXPECT_EQ(test, vnencap_traffic_sum(a, VNENCAP_TRAFFIC_LOSS), 1);
	path->order[0] = 4;
	path->order[1] = path->n - 1;
	path->n_order = 2;
	test_arrival_receive(test, 0);
	KUNIT_EXPECT_EQ(test, vnencap_traffic_sum(a, VNENCAP_TRAFFIC_LOSS), 0);
	KUNIT_EXPECT_EQ(test, test_host_count(&path->hosts.b, RX_SEGMENTS_LOST), 0);
	skb_queue_purge(&path->hosts.b.received);
}

/* ---- The mark of congestion ---- */

struct mark {
	const char *name;
	u8 inner;
	u8 fec;		/* of the sender */
	u8 ecn;		/* of the receiver */
	bool marked;
};

static const struct mark repaired_marks[] = {
	{ "by default, a fixed percentage", INET_ECN_ECT_0, 10,
	  VNENCAP_FEC_ECN_AUTO, false },
	{ "by default, auto", INET_ECN_ECT_0, VNENCAP_FEC_AUTO,
	  VNENCAP_FEC_ECN_AUTO, true },
	{ "on", INET_ECN_ECT_0, 10, VNENCAP_FEC_ECN_ON, true },
	{ "on, ECT(1)", INET_ECN_ECT_1, 10, VNENCAP_FEC_ECN_ON, true },
	{ "on, but the flow cannot", INET_ECN_NOT_ECT, 10, VNENCAP_FEC_ECN_ON,
	  false },
	{ "off", INET_ECN_ECT_0, VNENCAP_FEC_AUTO, VNENCAP_FEC_ECN_OFF,
	  false },
};

KUNIT_ARRAY_PARAM_DESC(mark, repaired_marks, name);

static void report_test_mark(struct kunit *test)
{
	const struct mark *m = test->param_value;
	struct test_path *path = test->priv;
	struct vnencap_endpoint *b = test_loss_endpoint(test, &path->hosts.b);
	unsigned int i, marks = 0, others = 0;
	struct sk_buff *skb;

	vnencap_limits_set_fec_wait(path->hosts.b.vn->net, HZ / 2);
	test_loss_hear(b, 3);
	test_host_set_fec(test, &path->hosts.a, m->fec, 50, VNENCAP_FEC_ECN_AUTO);
	test_host_set_fec(test, &path->hosts.b, 0, 50, m->ecn);
	send_some(test, m->inner);
	KUNIT_ASSERT_GT(test, path->parity, 0);
	for (i = 0, path->n_order = 0; i < path->n + path->parity; i++)
		if (i != 10)
			path->order[path->n_order++] = i;
	test_arrival_receive(test, 0);
	KUNIT_ASSERT_EQ(test, test_host_count(&path->hosts.b, RX_REPAIRED), 1);
	skb_queue_walk(&path->hosts.b.received, skb) {
		marks += test_packet_ecn(skb) == INET_ECN_CE;
		others += test_packet_ecn(skb) == m->inner;
	}
	KUNIT_EXPECT_EQ(test, marks, m->marked);
	KUNIT_EXPECT_GT(test, others, 0);
	KUNIT_EXPECT_EQ(test, marks + others,
			skb_queue_len(&path->hosts.b.received));
	KUNIT_EXPECT_EQ(test, test_host_faults(&path->hosts.b), 0);
	skb_queue_purge(&path->hosts.b.received);
}

TEST_PATH_SUITES(report,
		 KUNIT_CASE(report_test_auto),
		 KUNIT_CASE(report_test_small),
		 KUNIT_CASE(report_test_short),
		 KUNIT_CASE(report_test_pieces),
		 KUNIT_CASE(report_test_asked),
		 KUNIT_CASE(report_test_again),
		 KUNIT_CASE(report_test_missing),
		 KUNIT_CASE_PARAM(report_test_mark, mark_gen_params));
