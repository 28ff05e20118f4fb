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
#include "tests/packet.h"
#include "tests/path.h"
#include "wire/meta.h"
#include "wire/parity.h"
#include "wire/report.h"

/* ---- What is known of an endpoint ---- */

static struct vnencap_endpoint *endpoint_of(struct kunit *test,
					    const struct test_host *host)
{
	struct vnencap_endpoint *endpoint;

	/* the hosts' mappings keep it */
	rcu_read_lock();
	endpoint = vnencap_endpoint_find(&init_net, TEST_HOSTS_VNI,
					 &host->addr);
	rcu_read_unlock();
	KUNIT_ASSERT_NOT_NULL(test, endpoint);
	return endpoint;
}

static void hear(struct vnencap_endpoint *endpoint, u8 report)
{
	local_bh_disable();
	rcu_read_lock();
	vnencap_loss_heard(endpoint, report);
	rcu_read_unlock();
	local_bh_enable();
}

/* Count segments of an endpoint, of which so many were lost and not found again. */
static void count(struct vnencap_endpoint *endpoint, u32 segments, u32 lost)
{
	local_bh_disable();
	rcu_read_lock();
	vnencap_traffic_received(endpoint, segments, segments);
	vnencap_traffic_add(endpoint, VNENCAP_TRAFFIC_LOSS, lost / 2);
	vnencap_traffic_add(endpoint, VNENCAP_A_TRAFFIC_RX_REPAIRED,
			    lost - lost / 2);
	rcu_read_unlock();
	local_bh_enable();
}

/* What it is told when it has been time to measure for so long, in jiffies */
static u8 report_after(struct vnencap_endpoint *endpoint, unsigned long late)
{
	u8 level;

	if (endpoint->loss) {
		endpoint->loss->regular = jiffies - late;
		endpoint->loss->due = endpoint->loss->regular;
	}
	local_bh_disable();
	rcu_read_lock();
	level = vnencap_loss_report(endpoint);
	rcu_read_unlock();
	local_bh_enable();
	return level;
}

static u8 report(struct vnencap_endpoint *endpoint)
{
	return report_after(endpoint, 0);
}

static u8 fec(struct vnencap_endpoint *endpoint)
{
	u8 percent;

	local_bh_disable();
	percent = vnencap_loss_fec(endpoint);
	local_bh_enable();
	return percent;
}

static void report_test_levels(struct kunit *test)
{
	unsigned int i;

	KUNIT_EXPECT_EQ(test, vnencap_report_level(0), 0);
	KUNIT_EXPECT_EQ(test, vnencap_report_level(1000000), 7);
	for (i = 1; i < VNENCAP_REPORT_LEVELS; i++) {
		u32 least = vnencap_report_least[i];

		KUNIT_EXPECT_EQ(test, vnencap_report_level(least), i);
		KUNIT_EXPECT_EQ(test, vnencap_report_level(least - 1), i - 1);
	}
}

/* Nothing is told to who does not ask; and then only what was lost since. */
static void report_test_measure(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *a = endpoint_of(test, &path->hosts.a);
	unsigned int i;

	count(a, 1000, 500);
	KUNIT_EXPECT_EQ(test, report(a), 0);
	KUNIT_EXPECT_NULL(test, a->loss);
	hear(a, VNENCAP_REPORT_ASK);
	KUNIT_ASSERT_NOT_NULL(test, a->loss);
	KUNIT_EXPECT_EQ(test, report(a), 0);
	for (i = 0; i < 8; i++) {
		count(a, 1000, 30);
		KUNIT_EXPECT_EQ(test, report(a), 4);
		KUNIT_EXPECT_EQ(test, vnencap_loss_here(a->loss), 30000);
	}
	for (i = 0; i < 64 && report(a); i++)
		count(a, 1000, 0);
	/* not at once, and within some seconds */
	KUNIT_EXPECT_GT(test, i, 8);
	KUNIT_EXPECT_LT(test, i, 40);
	count(a, 1000, 30);
	a->loss->asked = jiffies - 1;
	report(a);
	KUNIT_EXPECT_EQ(test, report(a), 0);
}

/* What was lost long ago is no news, though nobody has measured since. */
static void report_test_late(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *a = endpoint_of(test, &path->hosts.a);

	hear(a, VNENCAP_REPORT_ASK);
	count(a, 1000, 0);
	report_after(a, 0);
	count(a, 1000, 30);
	KUNIT_EXPECT_EQ(test, report_after(a, 0), 4);
	count(a, 1000, 30);
	KUNIT_EXPECT_EQ(test, report_after(a, 15 * HZ), 0);
}

/* One of few says little. */
static void report_test_few(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *a = endpoint_of(test, &path->hosts.a);

	hear(a, VNENCAP_REPORT_ASK);
	count(a, 1, 0);
	report(a);
	count(a, 2, 1);
	KUNIT_EXPECT_EQ(test, report(a), vnencap_report_level(1000000 / 200));
}

/* What it is told when some hundredths of a second have gone by */
static u8 report_soon(struct kunit *test, struct vnencap_endpoint *endpoint)
{
	local_bh_disable();
	rcu_read_lock();
	vnencap_loss_note(endpoint);
	rcu_read_unlock();
	local_bh_enable();
	KUNIT_EXPECT_LE(test, endpoint->loss->due - jiffies, HZ / 40 + 1);
	endpoint->loss->due = jiffies;
	endpoint->loss->regular = jiffies + HZ / 8;
	local_bh_disable();
	rcu_read_lock();
	vnencap_loss_report(endpoint);
	rcu_read_unlock();
	local_bh_enable();
	return vnencap_report_level(vnencap_loss_here(endpoint->loss));
}

/* A loss that begins is told soon, and by as much as is not by chance. */
static void report_test_soon(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *a = endpoint_of(test, &path->hosts.a);

	hear(a, VNENCAP_REPORT_ASK);
	count(a, 100000, 0);
	KUNIT_EXPECT_EQ(test, report(a), 0);
	count(a, 80, 20);
	KUNIT_EXPECT_EQ(test, report_soon(test, a), 0);
	count(a, 420, 10);
	KUNIT_EXPECT_EQ(test, report_soon(test, a), vnencap_report_level(40000));
	KUNIT_EXPECT_EQ(test, report(a), vnencap_report_level(40000));
	count(a, 10000, 0);
	KUNIT_EXPECT_LE(test, report(a), 1);
	count(a, 500, 2);
	KUNIT_EXPECT_LE(test, report_soon(test, a), 1);
}

/* Times until what was told is forgotten: @kept, then @step for each level */
static void expect_forgotten(struct kunit *test, struct vnencap_endpoint *b,
			     unsigned long kept, unsigned long step)
{
	u8 level, before = fec(b);

	KUNIT_EXPECT_LE(test, b->loss->until - jiffies, kept);
	KUNIT_EXPECT_GE(test, b->loss->until - jiffies, kept / 2);
	for (level = 0; fec(b); level++) {
		KUNIT_ASSERT_LT(test, level, 6);
		b->loss->until = jiffies - step * level;
		KUNIT_EXPECT_LE(test, fec(b), before);
		before = fec(b);
	}
	KUNIT_EXPECT_EQ(test, level, 5);
	KUNIT_EXPECT_EQ(test, b->loss->told, 0);
}

/* What is told to be more counts at once, what is less only later: the later the longer
 * it was told.
 */
static void report_test_told(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *b = endpoint_of(test, &path->hosts.b);
	u8 most;

	KUNIT_EXPECT_EQ(test, fec(b), 0);
	hear(b, 3);
	most = fec(b);
	KUNIT_EXPECT_GT(test, most, 0);
	hear(b, 5);
	KUNIT_EXPECT_GT(test, fec(b), most);
	most = fec(b);
	hear(b, 2);
	KUNIT_EXPECT_EQ(test, fec(b), most);
	KUNIT_EXPECT_EQ(test, vnencap_loss_there(b->loss),
			vnencap_report_least[5]);
	expect_forgotten(test, b, 3 * HZ, HZ * 9 / 10);
	hear(b, 5);
	b->loss->since = jiffies - 20 * HZ;
	hear(b, 5);
	expect_forgotten(test, b, 10 * HZ, 3 * HZ);
}

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
static void expect_share(struct kunit *test, u8 level, u8 percent)
{
	struct test_path *path = test->priv;
	unsigned int i, r;

	for (i = 0; i < 10; i++) {
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
	struct vnencap_endpoint *b = endpoint_of(test, &path->hosts.b);
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

	hear(b, 5);
	expect_share(test, 5, 0);
	test_host_set_fec(test, a, VNENCAP_FEC_AUTO, 5, VNENCAP_FEC_ECN_AUTO);
	expect_share(test, 5, 5);
}

/* Send a lone segment, when short frames have had so many more than they were owed */
static void send_lone(struct kunit *test, struct vnencap_loss *loss, u16 extra)
{
	u32 at;

	/* once more if a stretch of time ended meanwhile */
	do {
		at = jiffies / (HZ / 8);
		loss->extra_at = at;
		loss->extra = extra;
		loss->many = false;
		loss->owed = 0;
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
		loss->wished = 501;
		loss->owed = 0;
		for (i = n = 0; i < 400; i++)
			n += vnencap_loss_count(b, 1, fec(b), 1);
	} while (loss->extra_at != at);
	KUNIT_EXPECT_TRUE(test, loss->many);
	/* what is more than owed settles what is owed */
	KUNIT_EXPECT_GE(test, n, (400 - 250 / 4) * fec(b) / 100 + 250 / 4 - 1);
	KUNIT_EXPECT_LE(test, n, 400 * fec(b) / 100 + 250 / 4 + 1);
}

/* Of short frames only some have parity. Those that have none do not promise any. */
static void report_test_short(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *b = endpoint_of(test, &path->hosts.b);
	unsigned long begin = jiffies, stretches;
	unsigned int i, n = 0;

	test_host_set_fec(test, &path->hosts.a, VNENCAP_FEC_AUTO, 50,
			  VNENCAP_FEC_ECN_AUTO);
	hear(b, 3);
	for (i = 0; i < 64; i++)
		KUNIT_EXPECT_EQ(test, vnencap_loss_count(b, 3, fec(b), 2), 2);
	for (i = 0; i < 2000; i++)
		n += vnencap_loss_count(b, 3, fec(b), 2);
	n += 64 * 2;
	/* so many a second more than are owed; far fewer if they are never enough */
	stretches = (jiffies - begin) / (HZ / 8) + 2;
	KUNIT_EXPECT_GE(test, n, 2064 * 3 * fec(b) / 100 - 1);
	KUNIT_EXPECT_LE(test, n, 2064 * 3 * fec(b) / 100 + 1 + 250 * stretches);
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

/* Who is asked hears of it by the frame, and tells. */
static void report_test_asked(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *a = endpoint_of(test, &path->hosts.a);
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
	struct vnencap_endpoint *a = endpoint_of(test, &path->hosts.a);
	struct test_host *b = &path->hosts.b;
	unsigned long begin = jiffies;
	int timeout;

	timeout = vnencap_limits_set_timeout(b->vn->net, HZ / 50);
	hear(a, VNENCAP_REPORT_ASK);
	count(a, 1000, 0);
	report(a);
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
	struct vnencap_endpoint *a = endpoint_of(test, &path->hosts.a);
	unsigned int i;

	hear(a, VNENCAP_REPORT_ASK);
	count(a, 1000, 0);
	report(a);
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

/* Times that nobody has looked at for long are past, though jiffies come round. */
static void report_test_round(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *a = endpoint_of(test, &path->hosts.a);

	hear(a, VNENCAP_REPORT_ASK | 3);
	count(a, 1000, 0);
	report(a);
	count(a, 1000, 30);
	KUNIT_EXPECT_EQ(test, report_after(a, LONG_MAX), 0);
	a->loss->until = jiffies + LONG_MAX;
	KUNIT_EXPECT_EQ(test, fec(a), 0);
	a->loss->asked = jiffies + LONG_MAX;
	report(a);
	KUNIT_EXPECT_FALSE(test, a->loss->asks);
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
	struct vnencap_endpoint *b = endpoint_of(test, &path->hosts.b);
	unsigned int i, marks = 0, others = 0;
	struct sk_buff *skb;

	vnencap_limits_set_fec_wait(path->hosts.b.vn->net, HZ / 2);
	hear(b, 3);
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
		 KUNIT_CASE(report_test_levels),
		 KUNIT_CASE(report_test_measure),
		 KUNIT_CASE(report_test_late),
		 KUNIT_CASE(report_test_few),
		 KUNIT_CASE(report_test_soon),
		 KUNIT_CASE(report_test_told),
		 KUNIT_CASE(report_test_auto),
		 KUNIT_CASE(report_test_short),
		 KUNIT_CASE(report_test_asked),
		 KUNIT_CASE(report_test_again),
		 KUNIT_CASE(report_test_missing),
		 KUNIT_CASE(report_test_round),
		 KUNIT_CASE_PARAM(report_test_mark, mark_gen_params));
