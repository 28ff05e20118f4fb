// SPDX-License-Identifier: GPL-2.0-only
/* Frames of which nothing came, by the gaps that they leave in the ids. */
#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>

#include "map/gap.h"
#include "map/loss.h"
#include "tests/loss.h"
#include "tests/path.h"
#include "wire/report.h"

static s64 count(struct vnencap_gap *gap, u64 frames)
{
	return vnencap_gap_count(gap, vnencap_gap_id(gap), frames);
}

/* Twice: only what is missing still is lost. */
static s64 count_lost(struct vnencap_gap *gap, u64 frames)
{
	count(gap, frames);
	return count(gap, frames);
}

/* An endpoint whose small packets have come in order up to one before @id */
static struct vnencap_gap gap_before(u32 id)
{
	struct vnencap_gap gap = {};

	vnencap_gap_hear(&gap, id - 1, true);
	count(&gap, 1);
	return gap;
}

/* Every seventh is missing, which is sure with the second one after it; ids come round
 * meanwhile.
 */
static void gap_test_missing(struct kunit *test)
{
	struct vnencap_gap gap = gap_before(-49);
	u64 frames = 1;
	u32 i;

	for (i = 2; i <= 141; i++) {
		if (i % 7 == 0)
			continue;
		vnencap_gap_hear(&gap, i - 51, true);
		KUNIT_EXPECT_EQ(test, count(&gap, ++frames), (i + 5) / 7 - 1);
	}
}

/* One that has been overtaken is not missing where it is there the next time. */
static void gap_test_overtaken(struct kunit *test)
{
	struct vnencap_gap gap = gap_before(1000);

	vnencap_gap_hear(&gap, 1001, true);
	KUNIT_EXPECT_EQ(test, count(&gap, 2), 0);
	vnencap_gap_hear(&gap, 1000, true);
	KUNIT_EXPECT_EQ(test, count(&gap, 3), 0);
}

/* What comes late is not missing, nor does what comes twice hide more than itself. */
static void gap_test_order(struct kunit *test)
{
	static const u8 order[] = { 2, 0, 1, 5, 4, 3, 7, 9, 8, 6 };
	struct vnencap_gap gap = gap_before(1000);
	u64 frames = 1;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(order); i++) {
		vnencap_gap_hear(&gap, 1000 + order[i], true);
		KUNIT_EXPECT_GE(test, count(&gap, ++frames), 0);
	}
	KUNIT_EXPECT_EQ(test, count_lost(&gap, frames), 0);
	vnencap_gap_hear(&gap, 1009, true);
	vnencap_gap_hear(&gap, 1015, true);
	KUNIT_EXPECT_EQ(test, count_lost(&gap, frames + 2), 4);
}

/* A host that counts anew has lost nothing by that. */
static void gap_test_anew(struct kunit *test)
{
	struct vnencap_gap gap = gap_before(1000);

	vnencap_gap_hear(&gap, 1000000, true);
	KUNIT_EXPECT_EQ(test, count_lost(&gap, 2), 0);
	vnencap_gap_hear(&gap, 1000003, true);
	KUNIT_EXPECT_EQ(test, count_lost(&gap, 3), 2);
	vnencap_gap_hear(&gap, 5, true);
	vnencap_gap_hear(&gap, 7, true);
	KUNIT_EXPECT_EQ(test, count_lost(&gap, 5), 2);
	vnencap_gap_hear(&gap, 9, true);
	KUNIT_EXPECT_EQ(test, count_lost(&gap, 6), 3);
	/* one that was under way for long */
	vnencap_gap_hear(&gap, 1000004, true);
	vnencap_gap_hear(&gap, 10, true);
	KUNIT_EXPECT_EQ(test, count_lost(&gap, 8), 3);
}

/* Ids count only while small packets ask, also where long ones go on to. */
static void gap_test_long_ones(struct kunit *test)
{
	struct vnencap_gap gap = {};

	vnencap_gap_hear(&gap, 100, false);
	vnencap_gap_hear(&gap, 110, false);
	KUNIT_EXPECT_EQ(test, count_lost(&gap, 2), 0);
	vnencap_gap_hear(&gap, 111, true);
	count(&gap, 3);
	vnencap_gap_hear(&gap, 114, false);
	KUNIT_EXPECT_EQ(test, count_lost(&gap, 4), 2);
	gap.until = jiffies - 1;
	vnencap_gap_hear(&gap, 120, false);
	vnencap_gap_hear(&gap, 130, false);
	KUNIT_EXPECT_EQ(test, count_lost(&gap, 6), 2);
	/* and what they did meanwhile is forgotten */
	vnencap_gap_hear(&gap, 140, true);
	KUNIT_EXPECT_EQ(test, count_lost(&gap, 7), 2);
	gap.until = jiffies + LONG_MAX;
	vnencap_gap_hear(&gap, 150, false);
	KUNIT_EXPECT_EQ(test, count_lost(&gap, 8), 2);
}

/* A small packet came that asks, with an id */
static void hear_lone(struct vnencap_endpoint *endpoint, u32 id)
{
	test_loss_count(endpoint, 1, 0);
	local_bh_disable();
	rcu_read_lock();
	vnencap_loss_heard(endpoint, VNENCAP_REPORT_ASK, id, true);
	rcu_read_unlock();
	local_bh_enable();
}

/* An endpoint that sends nothing but small packets is told of those that are lost. */
static void gap_test_told(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *a = test_loss_endpoint(test, &path->hosts.a);
	u8 level = 0;
	u32 id;

	hear_lone(a, 0);
	test_loss_report(a);
	for (id = 1; id <= 1000; id++)
		hear_lone(a, id);
	KUNIT_EXPECT_EQ(test, test_loss_report(a), 0);
	for (; id <= 9000; id++) {
		if (id % 20 != 1)
			hear_lone(a, id);
		if (id % 1000)
			continue;
		level = test_loss_report(a);
		KUNIT_EXPECT_GE(test, level, id > 2000 ? 3 : 0);
	}
	KUNIT_EXPECT_EQ(test, level, vnencap_report_level(50000));
}

TEST_PATH_SUITES(gap,
		 KUNIT_CASE(gap_test_missing),
		 KUNIT_CASE(gap_test_overtaken),
		 KUNIT_CASE(gap_test_order),
		 KUNIT_CASE(gap_test_anew),
		 KUNIT_CASE(gap_test_long_ones),
		 KUNIT_CASE(gap_test_told));
