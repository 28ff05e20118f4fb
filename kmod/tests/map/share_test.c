// SPDX-License-Identifier: GPL-2.0-only
/* Shares of what there is only so much of: nobody has all, and some is left. */
#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/sched.h>

#include "map/share.h"

#define TOTAL	10000UL
#define MANY	64

/* All want as much as they can get, one unit at a time and in turn; those with
 * a lower number begin @head start rounds earlier.
 */
static void fill(unsigned long *has, unsigned int n, unsigned int head_start)
{
	unsigned long round = 0, all = 0;
	bool more = true;
	unsigned int i;

	while (more) {
		more = false;
		for (i = 0; i < n; i++) {
			if (round < i * head_start) {
				more = true;
				continue;
			}
			if (has[i] >= vnencap_share(TOTAL, all))
				continue;
			has[i]++;
			all++;
			more = true;
		}
		round++;
	}
}

static void share_test_alone(struct kunit *test)
{
	unsigned long has = 0;

	fill(&has, 1, 0);
	KUNIT_EXPECT_EQ(test, has, TOTAL / 4);
	KUNIT_EXPECT_EQ(test, vnencap_share(TOTAL, TOTAL), 0);
	KUNIT_EXPECT_EQ(test, vnencap_share(TOTAL, TOTAL + 1), 0);
}

/* Together they have the same, however many there are. */
static void share_test_together(struct kunit *test)
{
	unsigned long has[MANY], all;
	unsigned int n, i;

	for (n = 1; n <= MANY; n *= 2) {
		memset(has, 0, sizeof(has));
		fill(has, n, 0);
		for (i = 0, all = 0; i < n; i++) {
			KUNIT_EXPECT_LE(test, has[i], TOTAL / (3 + n) + 1);
			KUNIT_EXPECT_GE(test, has[i], TOTAL / (3 + n) - 1);
			all += has[i];
		}
		KUNIT_EXPECT_GT(test, vnencap_share(TOTAL, all),
				TOTAL / (3 + n) / 2);
	}
}

/* Who comes late has less, but never nothing. */
static void share_test_late(struct kunit *test)
{
	unsigned long has[16] = {};
	unsigned int i;

	fill(has, ARRAY_SIZE(has), TOTAL);
	for (i = 1; i < ARRAY_SIZE(has); i++) {
		KUNIT_EXPECT_LE(test, has[i], has[i - 1]);
		KUNIT_EXPECT_GE(test, has[i], has[i - 1] * 3 / 4 - 1);
	}
	KUNIT_EXPECT_GT(test, has[i - 1], 0);
}

/* What was done in a window of time counts in that one alone. */
static void share_test_window(struct kunit *test)
{
	struct vnencap_window w = {};
	u32 now, i;

	KUNIT_EXPECT_EQ(test, vnencap_window_count(&w), 0);
	/* a window may end while it is looked at, but the next one is whole */
	for (i = 0; i < 3; i++) {
		now = vnencap_window_now();
		while (now == vnencap_window_now())
			schedule_timeout_uninterruptible(1);
		KUNIT_EXPECT_EQ(test, vnencap_window_count(&w), 0);
		now = vnencap_window_now();
		vnencap_window_add(&w);
		vnencap_window_add(&w);
		if (now == vnencap_window_now())
			KUNIT_EXPECT_EQ(test, vnencap_window_count(&w), 2);
	}
}

static struct kunit_case share_cases[] = {
	KUNIT_CASE(share_test_alone),
	KUNIT_CASE(share_test_together),
	KUNIT_CASE(share_test_late),
	KUNIT_CASE(share_test_window),
	{}
};

static struct kunit_suite share_suite = {
	.name = "vnencap_share",
	.test_cases = share_cases,
};

kunit_test_suite(share_suite);
