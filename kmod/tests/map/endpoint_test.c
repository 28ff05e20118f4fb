// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory for each CPU, which endpoints get on first contact: not where strangers
 * forge one, not without bounds, and where there was none, not again at once. And the
 * routes in it, which a VNI's endpoints forget at once.
 */
#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <net/net_namespace.h>
#include <uapi/linux/vnencap.h>

#include "map/map.h"
#include "map/share.h"
#include "map/traffic.h"

#define NET	(&init_net)
#define VNI	0xfffea0
#define MANY	4000		/* endpoints that one VNI has to do with at once */
#define TOTAL_MAX	(SZ_256M / VNENCAP_PIECE_BYTES)	/* that all have at most, with one CPU */
#define FRESH	256		/* that get memory in a window of time */
#define OWN	64		/* that a VNI may have in any case */
#define VNIS	2048		/* that are not too many for a test */

struct endpoint_test {
	struct vnencap_map *map[2];
};

static int endpoint_test_init(struct kunit *test)
{
	struct endpoint_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	for (i = 0; i < ARRAY_SIZE(t->map); i++) {
		t->map[i] = vnencap_map_get(NET, VNI + i);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, t->map[i]);
	}
	return 0;
}

static void endpoint_test_exit(struct kunit *test)
{
	struct endpoint_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(t->map); i++)
		if (!IS_ERR(t->map[i]))
			vnencap_map_put(t->map[i]);
}

static struct vnencap_addr addr(u32 i)
{
	return (struct vnencap_addr){ AF_INET, .ip4 = htonl(0x0a000001 + i) };
}

/* Each address of the overlay is at the same one of the substrate. */
static void map_some(struct kunit *test, u32 vni, u32 n, bool add)
{
	struct vnencap_mapping m = { .vni = vni, .len = 32 };
	int err = 0;
	u32 i;

	vnencap_map_lock(NET);
	for (i = 0; i < n && !err; i++) {
		m.dst = addr(i);
		m.via = m.dst;
		m.group = NULL;
		m.fec = VNENCAP_FEC_UNSET;
		err = add ? vnencap_map_set(NET, &m, NLM_F_CREATE) :
			    vnencap_map_del(NET, &m);
		cond_resched();
	}
	vnencap_map_unlock(NET);
	KUNIT_EXPECT_EQ(test, err, 0);
}

/* Count for an endpoint. Return: whether it has counters then. */
static bool count(struct vnencap_map *map, u32 i, unsigned int counter)
{
	const struct vnencap_addr via = addr(i);
	struct vnencap_endpoint *endpoint;
	bool counts = false;

	rcu_read_lock_bh();
	rcu_read_lock();
	endpoint = vnencap_map_endpoint(map, &via);
	if (endpoint) {
		vnencap_traffic_add(endpoint, counter, 1);
		counts = endpoint->traffic;
	}
	rcu_read_unlock();
	rcu_read_unlock_bh();
	return counts;
}

/* What was dropped, and so need not be from there, makes none. */
static void endpoint_test_forged(struct kunit *test)
{
	struct endpoint_test *t = test->priv;

	map_some(test, VNI, 1, true);
	KUNIT_EXPECT_FALSE(test, count(t->map[0], 0,
				       VNENCAP_A_TRAFFIC_RX_SPOOFED));
	KUNIT_EXPECT_TRUE(test, count(t->map[0], 0,
				      VNENCAP_A_TRAFFIC_TX_DROPPED));
	KUNIT_EXPECT_TRUE(test, count(t->map[0], 0,
				      VNENCAP_A_TRAFFIC_RX_SPOOFED));
	map_some(test, VNI, 1, false);
}

/* Windows of time since then, the one that is now and the first included */
static unsigned int windows(unsigned long begin)
{
	return (jiffies - begin) / (HZ / VNENCAP_WINDOWS) + 2;
}

static void endpoint_test_scan(struct kunit *test)
{
	struct endpoint_test *t = test->priv;
	unsigned int i, have = 0;
	unsigned long begin;

	map_some(test, VNI, MANY, true);
	map_some(test, VNI + 1, 1, true);
	begin = jiffies;
	for (i = 0; i < MANY; i++) {
		have += count(t->map[0], i, VNENCAP_A_TRAFFIC_TX_DROPPED);
		/* the kernel has little memory for CPUs at hand, but makes more */
		if (i % 32 == 0)
			schedule_timeout_uninterruptible(1);
	}
	KUNIT_EXPECT_GE(test, have, FRESH);
	KUNIT_EXPECT_LE(test, have, windows(begin) * FRESH);
	KUNIT_EXPECT_TRUE(test, count(t->map[1], 0,
				      VNENCAP_A_TRAFFIC_TX_DROPPED));
	map_some(test, VNI, MANY, false);
	map_some(test, VNI + 1, 1, false);
}

static bool is_old(struct vnencap_map *map, u32 i)
{
	const struct vnencap_addr via = addr(i);
	bool old;

	rcu_read_lock();
	old = vnencap_endpoint_route_old(vnencap_map_endpoint(map, &via));
	rcu_read_unlock();
	return old;
}

static void forget_route(struct vnencap_map *map, u32 i)
{
	const struct vnencap_addr via = addr(i);

	rcu_read_lock_bh();
	rcu_read_lock();
	vnencap_endpoint_forget_route(vnencap_map_endpoint(map, &via));
	rcu_read_unlock();
	rcu_read_unlock_bh();
}

/* All endpoints of a VNI have to look for their routes anew, each once, and others'
 * need not.
 */
static void endpoint_test_routes(struct kunit *test)
{
	struct endpoint_test *t = test->priv;

	map_some(test, VNI, 2, true);
	map_some(test, VNI + 1, 1, true);
	KUNIT_EXPECT_FALSE(test, is_old(t->map[0], 0));
	vnencap_map_forget_routes(t->map[0]);
	KUNIT_EXPECT_TRUE(test, is_old(t->map[0], 0));
	KUNIT_EXPECT_TRUE(test, is_old(t->map[0], 1));
	KUNIT_EXPECT_FALSE(test, is_old(t->map[1], 0));
	forget_route(t->map[0], 0);
	KUNIT_EXPECT_FALSE(test, is_old(t->map[0], 0));
	KUNIT_EXPECT_TRUE(test, is_old(t->map[0], 1));
	map_some(test, VNI, 3, true);
	KUNIT_EXPECT_FALSE(test, is_old(t->map[0], 2));
	map_some(test, VNI, 3, false);
	map_some(test, VNI + 1, 1, false);
}

static bool take(struct vnencap_endpoint *endpoint)
{
	bool may;

	local_bh_disable();
	may = vnencap_endpoint_take_piece(endpoint);
	local_bh_enable();
	return may;
}

static struct vnencap_endpoint *nth(struct vnencap_map *map, u32 i)
{
	const struct vnencap_addr via = addr(i);
	struct vnencap_endpoint *endpoint;

	rcu_read_lock();
	endpoint = vnencap_map_endpoint(map, &via);
	rcu_read_unlock();
	return endpoint;
}

/* In the end a VNI has what is its share, and gets no more; another does. */
static void endpoint_test_bound(struct kunit *test)
{
	struct endpoint_test *t = test->priv;
	struct vnencap_endpoint *one, *other;
	unsigned long last = jiffies;
	unsigned int n = 0;

	map_some(test, VNI, 1, true);
	map_some(test, VNI + 1, 1, true);
	one = nth(t->map[0], 0);
	other = nth(t->map[1], 0);
	KUNIT_ASSERT_NOT_NULL(test, one);
	KUNIT_ASSERT_NOT_NULL(test, other);
	while (n < TOTAL_MAX && time_before(jiffies, last + HZ / 2)) {
		if (take(one)) {
			n++;
			last = jiffies;
		} else {
			schedule_timeout_uninterruptible(1);
		}
	}
	KUNIT_EXPECT_LT(test, n, TOTAL_MAX);
	KUNIT_EXPECT_TRUE(test, take(other));
	vnencap_endpoint_give_piece(other, false);
	while (n--)
		vnencap_endpoint_give_piece(one, false);
	map_some(test, VNI, 1, false);
	map_some(test, VNI + 1, 1, false);
}

/* Pieces that all VNIs may have together: four times their most, which is a thousandth
 * of all memory, within bounds
 */
static unsigned int all_vnis_most(void)
{
	unsigned long bytes = totalram_pages() << (PAGE_SHIFT - 10);

	return 4 * (clamp(bytes, 4UL << 20, 256UL << 20) /
		    (VNENCAP_PIECE_BYTES * num_possible_cpus()));
}

/* What each VNI may have in any case is not without an end. */
static void endpoint_test_vnis(struct kunit *test)
{
	unsigned int most = all_vnis_most(), vnis = most / OWN + 2, i, n;
	unsigned int sum = 0;
	struct vnencap_endpoint **one;
	struct vnencap_map *map;

	if (vnis > VNIS)
		kunit_skip(test, "this machine has memory for too many VNIs");
	one = kunit_kcalloc(test, vnis, sizeof(*one), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, one);
	for (i = 0; i < vnis; i++) {
		map_some(test, VNI + 2 + i, 1, true);
		map = vnencap_map_get(NET, VNI + 2 + i);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, map);
		one[i] = nth(map, 0);
		/* the mapping keeps it */
		vnencap_map_put(map);
		for (n = 0; n < OWN && take(one[i]); n++)
			sum++;
	}
	/* the last of others may not be free yet */
	KUNIT_EXPECT_GE(test, sum, most - OWN);
	KUNIT_EXPECT_LE(test, sum, most + 1);
	for (i = 0; i < vnis; i++) {
		for (n = 0; n < OWN && sum; n++, sum--)
			vnencap_endpoint_give_piece(one[i], false);
		map_some(test, VNI + 2 + i, 1, false);
	}
}

/* Where there was no memory for one endpoint, it is not asked for a while; but for
 * others, though it be of the same VNI.
 */
static void endpoint_test_failed(struct kunit *test)
{
	struct endpoint_test *t = test->priv;
	struct vnencap_endpoint *one, *other;
	unsigned long begin;

	map_some(test, VNI, 2, true);
	one = nth(t->map[0], 0);
	other = nth(t->map[0], 1);
	KUNIT_ASSERT_NOT_NULL(test, one);
	KUNIT_ASSERT_NOT_NULL(test, other);
	KUNIT_EXPECT_TRUE(test, take(one));
	begin = jiffies;
	vnencap_endpoint_give_piece(one, true);
	KUNIT_EXPECT_TRUE(test, take(other));
	vnencap_endpoint_give_piece(other, false);
	while (!take(one) && time_before(jiffies, begin + 10 * HZ))
		schedule_timeout_uninterruptible(1);
	vnencap_endpoint_give_piece(one, false);
	KUNIT_EXPECT_GE(test, jiffies - begin, HZ);
	KUNIT_EXPECT_LT(test, jiffies - begin, 10 * HZ);
	map_some(test, VNI, 2, false);
}

static struct kunit_case endpoint_cases[] = {
	KUNIT_CASE(endpoint_test_forged),
	KUNIT_CASE(endpoint_test_scan),
	KUNIT_CASE(endpoint_test_routes),
	KUNIT_CASE_SLOW(endpoint_test_bound),
	KUNIT_CASE_SLOW(endpoint_test_vnis),
	KUNIT_CASE(endpoint_test_failed),
	{}
};

static struct kunit_suite endpoint_suite = {
	.name = "vnencap_endpoint",
	.init = endpoint_test_init,
	.exit = endpoint_test_exit,
	.test_cases = endpoint_cases,
};

kunit_test_suite(endpoint_suite);
