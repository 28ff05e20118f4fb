// SPDX-License-Identifier: GPL-2.0-only
/* Small packets that did not come, by the gaps that they leave in the ids. */
#include <kunit/test.h>
#include <linux/kernel.h>

#include "map/gap.h"
#include "map/loss.h"
#include "tests/loss.h"
#include "tests/path.h"
#include "wire/report.h"

/* Small packet @n of an endpoint came. */
static void hear(struct vnencap_gap *gap, u32 n)
{
	vnencap_gap_hear(gap, vnencap_gap_id_of(n));
}

static u64 count(struct vnencap_gap *gap)
{
	vnencap_gap_count(gap);
	return gap->lost;
}

/* An endpoint whose small packets have come in order up to one before @n */
static struct vnencap_gap gap_before(u32 n)
{
	struct vnencap_gap gap = {};

	hear(&gap, n - 1);
	count(&gap);
	count(&gap);
	return gap;
}

/* Every seventh is missing, of a hundred each time; ids come round meanwhile. */
static void gap_test_missing(struct kunit *test)
{
	struct vnencap_gap gap = gap_before(-350);
	u32 i;

	for (i = 1; i <= 700; i++) {
		if (i % 7)
			hear(&gap, i - 351);
		if (i % 100 == 0)
			KUNIT_EXPECT_EQ(test, count(&gap),
					(i - 100) / 7);
	}
	/* the last one that is missing nobody knows of */
	KUNIT_EXPECT_EQ(test, count(&gap), 99);
	KUNIT_EXPECT_EQ(test, count(&gap), 99);
}

/* One that has been overtaken has time until the rest is counted the next time. */
static void gap_test_overtaken(struct kunit *test)
{
	struct vnencap_gap gap = gap_before(1000);
	u32 i;

	for (i = 0; i < 1000; i++) {
		/* each third comes fifty later */
		if (i % 3)
			hear(&gap, 1000 + i);
		if (i >= 50 && (i - 50) % 3 == 0)
			hear(&gap, 1000 + i - 50);
		if (i % 100 == 99)
			KUNIT_EXPECT_EQ(test, count(&gap), 0);
	}
	/* the last ones do not come, but for some that are too late */
	KUNIT_EXPECT_EQ(test, count(&gap), 16);
	for (i = 993; i < 1000; i += 3)
		hear(&gap, 1000 + i);
	KUNIT_EXPECT_EQ(test, count(&gap), 14);
	KUNIT_EXPECT_EQ(test, count(&gap), 14);
}

/* Most of them come much later, for they wait in another queue. */
static void gap_test_queues(struct kunit *test)
{
	struct vnencap_gap gap = gap_before(1000);
	u64 lost = 0;
	u32 i;

	for (i = 0; i < 3000; i++) {
		if (i % 10 < 4)
			hear(&gap, 1000 + i);
		else if (i >= 300)
			hear(&gap, 1000 + i - 300);
		if (i % 100 == 99)
			count(&gap);
		if (i == 999)
			lost = gap.lost;
	}
	KUNIT_EXPECT_LE(test, lost, 3 * 40);
	KUNIT_EXPECT_EQ(test, gap.lost, lost);
}

/* What comes twice hides no more than itself, and that no longer than until it counts. */
static void gap_test_twice(struct kunit *test)
{
	struct vnencap_gap gap = gap_before(1000);
	u32 i;

	for (i = 0; i < 10; i++)
		hear(&gap, 1000);
	count(&gap);
	KUNIT_EXPECT_EQ(test, count(&gap), 0);
	for (i = 0; i < 20; i += 2)
		hear(&gap, 1002 + i);
	count(&gap);
	KUNIT_EXPECT_EQ(test, count(&gap), 10);
}

/* A host that counts anew has lost nothing by that. */
static void gap_test_anew(struct kunit *test)
{
	static const u32 begins[] = { 1000000, 5, 1U << 30, 77 };
	struct vnencap_gap gap = gap_before(1000);
	unsigned int i, n;
	u64 lost = 0;

	for (i = 0; i < ARRAY_SIZE(begins); i++) {
		for (n = 0; n < 10; n++)
			hear(&gap, begins[i] + n);
		KUNIT_EXPECT_EQ(test, count(&gap), lost);
		/* one that was under way for long */
		hear(&gap, 500000 + i);
		hear(&gap, begins[i] + 10);
		KUNIT_EXPECT_EQ(test, count(&gap), lost);
		for (n = 12; n < 20; n += 2)
			hear(&gap, begins[i] + n);
		KUNIT_EXPECT_EQ(test, count(&gap), lost);
		KUNIT_EXPECT_EQ(test, count(&gap), lost += 4);
	}
}

/* Few that are sent again do not make for more than there are of them. */
static void gap_test_few(struct kunit *test)
{
	struct vnencap_gap gap = gap_before(1000);

	hear(&gap, 5000);
	count(&gap);
	KUNIT_EXPECT_EQ(test, count(&gap), 1);
}

/* Two CPUs heard of one each, and the one with the lower id told it last. */
static void gap_test_back(struct kunit *test)
{
	struct vnencap_gap gap = gap_before(1000);
	u32 i;

	for (i = 0; i < 10; i++)
		hear(&gap, 1000 + i);
	count(&gap);
	gap.id -= VNENCAP_GAP_STEP;
	count(&gap);
	for (; i < 20; i++)
		hear(&gap, 1000 + i);
	count(&gap);
	KUNIT_EXPECT_EQ(test, count(&gap), 0);
	KUNIT_EXPECT_EQ(test, count(&gap), 0);
}

/* A small packet came that asks, with an id */
static void hear_lone(struct vnencap_endpoint *endpoint, u32 id)
{
	test_loss_count(endpoint, 1, 0);
	test_loss_hear_from(endpoint, VNENCAP_REPORT_ASK, vnencap_gap_id_of(id),
			    true);
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
		KUNIT_EXPECT_GE(test, level, id > 3000 ? 3 : 0);
	}
	KUNIT_EXPECT_EQ(test, level, vnencap_report_level(50000));
}

/* Packets of which each @nth is missing. Return: the id after them. */
static u32 hear_some(struct vnencap_endpoint *endpoint, u32 id, u32 n, u32 nth)
{
	u32 end = id + n;

	for (; id < end; id++)
		if (id % nth != 1)
			hear_lone(endpoint, id);
	return end;
}

/* What is missing of many, which came before, is no large part of the few that come now. */
static void gap_test_of_many(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *a = test_loss_endpoint(test, &path->hosts.a);
	u32 id = hear_some(a, 0, 1000, 10000);
	u8 level;

	test_loss_report(a);
	id = hear_some(a, id, 10000, 100);
	test_loss_report(a);
	id = hear_some(a, id, 100, 10000);
	level = test_loss_report(a);
	KUNIT_EXPECT_GE(test, level, 2);
	KUNIT_EXPECT_LE(test, level, vnencap_report_level(10000));
	/* of those that came in a long time nobody knows when */
	id = hear_some(a, id, 20000, 500);
	KUNIT_EXPECT_EQ(test, test_loss_report_after(a, 60 * HZ), 0);
	id = hear_some(a, id, 200, 20000);
	KUNIT_EXPECT_EQ(test, test_loss_report(a), 0);
	hear_some(a, id, 200, 20000);
	KUNIT_EXPECT_EQ(test, test_loss_report(a), 0);
}

/* One that was refused is not lost. */
static void gap_test_refused(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_endpoint *a = test_loss_endpoint(test, &path->hosts.a);
	u32 id;

	for (id = 0; id < 1000; id++) {
		if (id % 2 == 0)
			hear_lone(a, id);
		else
			vnencap_loss_refused(a, VNENCAP_REPORT_ASK,
					     vnencap_gap_id_of(id), true);
		if (id % 100 == 0)
			KUNIT_EXPECT_EQ(test, test_loss_report(a), 0);
	}
}

TEST_PATH_SUITES(gap,
		 KUNIT_CASE(gap_test_missing),
		 KUNIT_CASE(gap_test_overtaken),
		 KUNIT_CASE(gap_test_queues),
		 KUNIT_CASE(gap_test_twice),
		 KUNIT_CASE(gap_test_anew),
		 KUNIT_CASE(gap_test_few),
		 KUNIT_CASE(gap_test_back),
		 KUNIT_CASE(gap_test_told),
		 KUNIT_CASE(gap_test_of_many),
		 KUNIT_CASE(gap_test_refused));
