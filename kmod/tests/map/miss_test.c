// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which misses are told: the same one seldom, and whatever one VNI misses, those
 * of another all the same. The VNIs are of the first network namespace and used
 * by nobody else.
 */
#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <net/net_namespace.h>

#include "map/map.h"
#include "map/miss.h"
#include "map/share.h"

#define NET	(&init_net)
#define VNI	0xfffe30
#define VNIS	64		/* those that scan at the same time */
#define ALL		128	/* told in a window of time, of all VNIs */

struct miss_test {
	struct vnencap_map *map[VNIS + 1];
};

static int miss_test_init(struct kunit *test)
{
	struct miss_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	for (i = 0; i <= VNIS; i++) {
		t->map[i] = vnencap_map_get(NET, VNI + i);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, t->map[i]);
	}
	return 0;
}

static void miss_test_exit(struct kunit *test)
{
	struct miss_test *t = test->priv;
	unsigned int i;

	for (i = 0; i <= VNIS; i++)
		if (!IS_ERR(t->map[i]))
			vnencap_map_put(t->map[i]);
}

/* @n packets of a VNI meet no mapping for 10.0.0.0 + @addr. Return: how many are
 * to be told now.
 */
static u32 due(struct vnencap_map *map, u32 addr, u32 n)
{
	struct vnencap_miss miss = {
		.dst = { AF_INET, .ip4 = htonl(0x0a000000 + addr) },
	};
	bool is_due;

	rcu_read_lock();
	is_due = vnencap_miss_due(vnencap_map_misses(map), &miss, n);
	rcu_read_unlock();
	return is_due ? miss.count : 0;
}

/* Return: how many are told. */
static unsigned int scan(struct vnencap_map *map, u32 from, u32 n)
{
	unsigned int told = 0;

	while (n--)
		told += !!due(map, from++, 1);
	cond_resched();
	return told;
}

/* Windows of time since then, the one that is now and the first included */
static unsigned int windows(unsigned long begin)
{
	return (jiffies - begin) / (HZ / VNENCAP_WINDOWS) + 2;
}

static void miss_test_same(struct kunit *test)
{
	struct miss_test *t = test->priv;
	unsigned long end = jiffies + 5 * HZ;
	u32 count;

	KUNIT_EXPECT_EQ(test, due(t->map[0], 1, 1), 1);
	KUNIT_EXPECT_EQ(test, due(t->map[0], 1, 1), 0);
	KUNIT_EXPECT_EQ(test, due(t->map[0], 1, 2), 0);
	/* another, and the same address of another VNI */
	KUNIT_EXPECT_EQ(test, due(t->map[0], 2, 1), 1);
	KUNIT_EXPECT_EQ(test, due(t->map[1], 1, 1), 1);
	while (!(count = due(t->map[0], 1, 0)) && time_before(jiffies, end))
		schedule_timeout_uninterruptible(1);
	KUNIT_EXPECT_EQ(test, count, 3);
	KUNIT_EXPECT_EQ(test, due(t->map[0], 2, 0), 0);
}

static void miss_test_scan(struct kunit *test)
{
	struct miss_test *t = test->priv;
	unsigned long begin = jiffies;
	unsigned int told;

	told = scan(t->map[0], 0, 100000);
	KUNIT_EXPECT_GT(test, told, 0);
	/* a quarter of all, alone */
	KUNIT_EXPECT_LE(test, told, windows(begin) * ALL / 4);
	KUNIT_EXPECT_EQ(test, due(t->map[1], 7, 1), 1);
}

/* All but one scan, in turn. */
static void miss_test_scans(struct kunit *test)
{
	struct miss_test *t = test->priv;
	unsigned long begin = jiffies;
	unsigned int i, told = 0;

	for (i = 0; i < 16 * VNIS; i++)
		told += scan(t->map[i % VNIS], i * 100, 100);
	/* one of each in any case */
	KUNIT_EXPECT_LE(test, told, windows(begin) * (ALL + VNIS));
	KUNIT_EXPECT_EQ(test, due(t->map[VNIS], 7, 1), 1);
}

static struct kunit_case miss_cases[] = {
	KUNIT_CASE(miss_test_same),
	KUNIT_CASE(miss_test_scan),
	KUNIT_CASE(miss_test_scans),
	{}
};

static struct kunit_suite miss_suite = {
	.name = "vnencap_miss",
	.init = miss_test_init,
	.exit = miss_test_exit,
	.test_cases = miss_cases,
};

kunit_test_suite(miss_suite);
