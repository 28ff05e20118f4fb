// SPDX-License-Identifier: GPL-2.0-only
/* What is known of losses: what a host tells an endpoint, and what is made of what one told. */
#include <kunit/test.h>
#include <net/net_namespace.h>

#include "map/loss.h"
#include "map/traffic.h"
#include "tests/hosts.h"
#include "tests/loss.h"
#include "tests/path.h"
#include "wire/parity.h"
#include "wire/report.h"

static void told_test_levels(struct kunit *test)
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
static void told_test_measure(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *a = test_loss_endpoint(test, &path->hosts.a);
	unsigned int i;

	test_loss_count(a, 1000, 500);
	KUNIT_EXPECT_EQ(test, test_loss_report(a), 0);
	KUNIT_EXPECT_NULL(test, a->loss);
	test_loss_hear(a, VNENCAP_REPORT_ASK);
	KUNIT_ASSERT_NOT_NULL(test, a->loss);
	KUNIT_EXPECT_EQ(test, test_loss_report(a), 0);
	for (i = 0; i < 8; i++) {
		test_loss_count(a, 1000, 30);
		KUNIT_EXPECT_EQ(test, test_loss_report(a), 4);
		KUNIT_EXPECT_EQ(test, vnencap_loss_here(a->loss), 30000);
	}
	for (i = 0; i < 64 && test_loss_report(a); i++)
		test_loss_count(a, 1000, 0);
	/* not at once, and within some seconds */
	KUNIT_EXPECT_GT(test, i, 8);
	KUNIT_EXPECT_LT(test, i, 40);
	test_loss_count(a, 1000, 30);
	a->loss->asked = jiffies - 1;
	test_loss_report(a);
	KUNIT_EXPECT_EQ(test, test_loss_report(a), 0);
}

/* What was lost long ago is no news, though nobody has measured since. */
static void told_test_late(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *a = test_loss_endpoint(test, &path->hosts.a);

	test_loss_ask(a);
	test_loss_count(a, 1000, 30);
	KUNIT_EXPECT_EQ(test, test_loss_report_after(a, 0), 4);
	test_loss_count(a, 1000, 30);
	KUNIT_EXPECT_EQ(test, test_loss_report_after(a, 15 * HZ), 0);
	/* nor are many that were lost before that was measured last */
	test_loss_count(a, 1000000, 30000);
	KUNIT_EXPECT_EQ(test, test_loss_report_after(a, 0), 4);
	test_loss_count(a, 1, 0);
	KUNIT_EXPECT_EQ(test, test_loss_report_after(a, 5 * HZ), 0);
	/* but a stream that is seldom answered is not taken for one without loss */
	test_loss_count(a, 1000000, 30000);
	KUNIT_EXPECT_EQ(test, test_loss_report_after(a, 5 * HZ), 4);
	KUNIT_EXPECT_GE(test, vnencap_loss_here(a->loss), 30000);
	a->loss->asked = jiffies - 1;
	KUNIT_EXPECT_EQ(test, vnencap_loss_here(a->loss), 0);
}

/* One of few says little. */
static void told_test_few(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *a = test_loss_endpoint(test, &path->hosts.a);

	test_loss_hear(a, VNENCAP_REPORT_ASK);
	test_loss_count(a, 1, 0);
	test_loss_report(a);
	test_loss_count(a, 2, 1);
	KUNIT_EXPECT_EQ(test, test_loss_report(a), vnencap_report_level(1000000 / 200));
}

/* What it is told when some hundredths of a second have gone by */
static u8 report_soon(struct kunit *test, struct vnencap_endpoint *endpoint)
{
	unsigned long begin = jiffies;

	local_bh_disable();
	rcu_read_lock();
	vnencap_loss_note(endpoint);
	rcu_read_unlock();
	local_bh_enable();
	KUNIT_EXPECT_LE(test, endpoint->loss->due - begin,
			HZ / 40 + 1 + jiffies - begin);
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
static void told_test_soon(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *a = test_loss_endpoint(test, &path->hosts.a);

	test_loss_hear(a, VNENCAP_REPORT_ASK);
	test_loss_count(a, 100000, 0);
	KUNIT_EXPECT_EQ(test, test_loss_report(a), 0);
	test_loss_count(a, 80, 20);
	KUNIT_EXPECT_EQ(test, report_soon(test, a), 0);
	test_loss_count(a, 420, 10);
	KUNIT_EXPECT_EQ(test, report_soon(test, a), vnencap_report_level(40000));
	KUNIT_EXPECT_EQ(test, test_loss_report(a), vnencap_report_level(40000));
	test_loss_count(a, 10000, 0);
	KUNIT_EXPECT_LE(test, test_loss_report(a), 1);
	test_loss_count(a, 500, 2);
	KUNIT_EXPECT_LE(test, report_soon(test, a), 1);
}

/* Count segments of an endpoint that had been counted as lost, and came. */
static void count_come(struct vnencap_endpoint *endpoint, u32 n)
{
	local_bh_disable();
	rcu_read_lock();
	vnencap_traffic_add(endpoint, VNENCAP_TRAFFIC_LOSS, -(u64)n);
	rcu_read_unlock();
	local_bh_enable();
}

/* Once many came late, after they had been measured as lost. That makes up for what is
 * lost then, but for seconds only.
 */
static void told_test_late_once(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *a = test_loss_endpoint(test, &path->hosts.a);
	unsigned int i;

	test_loss_ask(a);
	test_loss_count(a, 10000, 6000);
	KUNIT_EXPECT_EQ(test, test_loss_report(a), 7);
	count_come(a, 3000);
	for (i = 0; i < 80; i++) {
		test_loss_count(a, 1000, 0);
		test_loss_report(a);
	}
	KUNIT_EXPECT_EQ(test, test_loss_report(a), 0);
	for (i = 0; i < 8; i++) {
		test_loss_count(a, 1000, 30);
		KUNIT_EXPECT_GE(test, test_loss_report(a), 3);
	}
}

/* Times until what was told is forgotten: @kept, then @step for each level */
static void expect_forgotten(struct kunit *test, struct vnencap_endpoint *b,
			     unsigned long kept, unsigned long step)
{
	u8 level, before = test_loss_fec(b);

	KUNIT_EXPECT_LE(test, b->loss->until - jiffies, kept);
	KUNIT_EXPECT_GE(test, b->loss->until - jiffies, kept / 2);
	for (level = 0; test_loss_fec(b); level++) {
		KUNIT_ASSERT_LT(test, level, 6);
		b->loss->until = jiffies - step * level;
		KUNIT_EXPECT_LE(test, test_loss_fec(b), before);
		before = test_loss_fec(b);
	}
	KUNIT_EXPECT_EQ(test, level, 4);
	KUNIT_EXPECT_EQ(test, b->loss->told, 0);
}

/* Half a second after it was told it is a level less, until it is told again. */
static void expect_fresh(struct kunit *test, struct vnencap_endpoint *b, u8 level)
{
	KUNIT_EXPECT_EQ(test, vnencap_loss_told(b), level);
	b->loss->until = jiffies + b->loss->kept - HZ / 2 - 1;
	KUNIT_EXPECT_EQ(test, vnencap_loss_told(b), level - 1);
	test_loss_hear(b, level - 1);
	KUNIT_EXPECT_EQ(test, vnencap_loss_told(b), level - 1);
	test_loss_hear(b, level);
	KUNIT_EXPECT_EQ(test, vnencap_loss_told(b), level);
	/* it is to be remembered for a little less than four seconds */
	b->loss->since = jiffies - HZ * 39 / 80;
	test_loss_hear(b, level);
	KUNIT_EXPECT_EQ(test, vnencap_loss_told(b), level);
	b->loss->since = jiffies;
	test_loss_hear(b, level);
}

/* What is told to be more counts at once, what is less only later: the later the longer
 * it was told.
 */
static void told_test_told(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *b = test_loss_endpoint(test, &path->hosts.b);
	u8 most;

	KUNIT_EXPECT_EQ(test, test_loss_fec(b), 0);
	test_loss_hear(b, 3);
	most = test_loss_fec(b);
	KUNIT_EXPECT_GT(test, most, 0);
	test_loss_hear(b, 5);
	KUNIT_EXPECT_GT(test, test_loss_fec(b), most);
	most = test_loss_fec(b);
	test_loss_hear(b, 2);
	KUNIT_EXPECT_EQ(test, test_loss_fec(b), most);
	KUNIT_EXPECT_EQ(test, vnencap_loss_there(b->loss),
			vnencap_report_least[5]);
	expect_fresh(test, b, 5);
	expect_forgotten(test, b, 3 * HZ, HZ * 9 / 10);
	test_loss_hear(b, 5);
	b->loss->since = jiffies - 20 * HZ;
	test_loss_hear(b, 5);
	expect_forgotten(test, b, 10 * HZ, 3 * HZ);
}

/* Where there is to be less parity than the loss asks for, it is no more than is needed. */
static void told_test_no_more(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *b = test_loss_endpoint(test, &path->hosts.b);
	unsigned int needs = vnencap_loss_needs(4, 45);

	KUNIT_ASSERT_LT(test, needs, DIV_ROUND_UP(45 * 17, 100));
	test_loss_hear(b, 4);
	KUNIT_ASSERT_GT(test, test_loss_fec(b), 17);
	KUNIT_EXPECT_EQ(test, vnencap_loss_count(b, 45, 17, VNENCAP_PARITY_MAX),
			needs);
}

/* Of what is more than owed there is as much as the level now allows, and not the one that
 * was told.
 */
static void told_test_fading(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *b = test_loss_endpoint(test, &path->hosts.b);
	struct vnencap_loss *loss;
	unsigned int i, n;
	u32 at;

	test_loss_hear(b, 7);
	loss = b->loss;
	/* once more if a stretch of time ended meanwhile */
	do {
		at = jiffies / (HZ / 8);
		loss->until = jiffies - 4 * loss->kept * 3 / 10;
		loss->owed = 0;
		for (i = n = 0; i < 800; i++)
			n += vnencap_loss_count(b, 1, test_loss_fec(b), 1);
	} while (loss->extra_at != at);
	KUNIT_EXPECT_EQ(test, vnencap_loss_told(b), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&loss->extra), 100);
	KUNIT_EXPECT_LE(test, n, 100 + 800 * test_loss_fec(b) / 100 + 1);
}

/* Times that nobody has looked at for long are past, though jiffies come round. */
static void told_test_round(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *a = test_loss_endpoint(test, &path->hosts.a);

	test_loss_hear(a, VNENCAP_REPORT_ASK | 3);
	test_loss_count(a, 1000, 0);
	test_loss_report(a);
	test_loss_count(a, 1000, 30);
	KUNIT_EXPECT_EQ(test, test_loss_report_after(a, LONG_MAX), 0);
	a->loss->until = jiffies + LONG_MAX;
	KUNIT_EXPECT_EQ(test, test_loss_fec(a), 0);
	a->loss->asked = jiffies + LONG_MAX;
	test_loss_report(a);
	KUNIT_EXPECT_FALSE(test, a->loss->asks);
}

TEST_PATH_SUITES(told,
		 KUNIT_CASE(told_test_levels),
		 KUNIT_CASE(told_test_measure),
		 KUNIT_CASE(told_test_late),
		 KUNIT_CASE(told_test_few),
		 KUNIT_CASE(told_test_soon),
		 KUNIT_CASE(told_test_late_once),
		 KUNIT_CASE(told_test_told),
		 KUNIT_CASE(told_test_no_more),
		 KUNIT_CASE(told_test_fading),
		 KUNIT_CASE(told_test_round));
