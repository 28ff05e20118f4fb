// SPDX-License-Identifier: GPL-2.0-only
/* Mappings with several endpoints, of which each has a weight, or with none. */
#include <kunit/test.h>
#include <linux/netlink.h>
#include <linux/slab.h>

#include "map/group.h"
#include "map/map.h"
#include "tests/map/addr.h"
#include "tests/map/family.h"
#include "tests/map/mapping.h"

struct share {
	const char *name;
	unsigned int n;
	u8 weight[4];
};

static const struct share shares[] = {
	{ "one to one", 2, { 1, 1 } },
	{ "three to one", 2, { 3, 1 } },
	{ "255 to one", 2, { 255, 1 } },
	{ "thirds", 3, { 1, 1, 1 } },
	{ "all different", 4, { 1, 2, 3, 250 } },
	{ "the second alone", 2, { 0, 1 } },
	{ "the first alone", 2, { 1, 0 } },
	{ "those between", 4, { 0, 3, 1, 0 } },
	{ "none between", 3, { 7, 0, 1 } },
};

KUNIT_ARRAY_PARAM_DESC(share, shares, name);

/* To the hosts with numbers from @first on */
static struct vnencap_group *group(const struct share *share,
				   unsigned int first)
{
	struct vnencap_group *group = vnencap_group_new(share->n);
	unsigned int i;

	for (i = 0; group && i < share->n; i++) {
		group->branch[i].via = host(first + i);
		group->branch[i].weight = share->weight[i];
	}
	return group;
}

/* The first from number @i on, by @step, that has a weight */
static unsigned int outermost(const struct share *share, int i, int step)
{
	while (!share->weight[i])
		i += step;
	return i;
}

/* Over all hash values, each has as many as its weight says. */
static void map_test_shares(struct kunit *test)
{
	const struct share *share = test->param_value;
	unsigned int i, total = 0, got[ARRAY_SIZE(share->weight)] = {};
	struct vnencap_group *g = group(share, 0);
	struct vnencap_endpoint ends[ARRAY_SIZE(share->weight)] = {};
	struct vnencap_endpoint *end;
	u32 hash = 0;

	KUNIT_ASSERT_NOT_NULL(test, g);
	vnencap_group_share(g);
	for (i = 0; i < share->n; i++) {
		total += share->weight[i];
		g->branch[i].endpoint = &ends[i];
	}
	KUNIT_EXPECT_PTR_EQ(test, vnencap_group_pick(g, 0),
			    &ends[outermost(share, 0, 1)]);
	KUNIT_EXPECT_PTR_EQ(test, vnencap_group_pick(g, U32_MAX),
			    &ends[outermost(share, share->n - 1, -1)]);
	for (i = 0; i < total * 64; i++, hash += U32_MAX / (total * 64)) {
		end = vnencap_group_pick(g, hash);
		KUNIT_ASSERT_NOT_NULL(test, end);
		got[end - ends]++;
	}
	for (i = 0; i < share->n; i++) {
		KUNIT_EXPECT_GE(test, got[i] + 1, share->weight[i] * 64);
		KUNIT_EXPECT_LE(test, got[i], share->weight[i] * 64 + 1);
		KUNIT_EXPECT_TRUE(test, share->weight[i] || !got[i]);
	}
	kfree(g);
}

/* Where a flow with this hash goes that meets a group */
static struct vnencap_addr lookup_branch(const struct vnencap_map *map,
					 struct vnencap_addr addr, u32 hash)
{
	struct vnencap_addr via = { .family = AF_UNSPEC };
	struct vnencap_endpoint *endpoint;

	rcu_read_lock();
	endpoint = vnencap_map_lookup(map, &addr);
	if (endpoint && vnencap_group_of(endpoint))
		endpoint = vnencap_group_pick(vnencap_group_of(endpoint), hash);
	if (endpoint)
		via = endpoint->addr;
	rcu_read_unlock();
	return via;
}

static bool find_group(const struct vnencap_map *map, struct vnencap_addr addr)
{
	struct vnencap_endpoint *endpoint;
	bool is_group;

	rcu_read_lock();
	endpoint = vnencap_map_lookup(map, &addr);
	is_group = endpoint && vnencap_group_of(endpoint);
	rcu_read_unlock();
	return is_group;
}

/* It is no macro: on 32 bit the stack of a test is small. */
static noinline void expect_branch(struct kunit *test, const struct vnencap_map *map,
				   struct vnencap_addr addr, u32 hash,
				   unsigned int host_nr)
{
	struct vnencap_addr via = lookup_branch(map, addr, hash);
	struct vnencap_addr wanted = host(host_nr);

	KUNIT_EXPECT_TRUE(test, vnencap_addr_equal(&via, &wanted));
}

static struct vnencap_mapping group_mapping(struct vnencap_addr addr,
					    unsigned int len,
					    struct vnencap_group *g)
{
	struct vnencap_mapping m = mapping(VNI, addr, len, 0);

	m.via.family = AF_UNSPEC;
	m.group = g;
	return m;
}

/* One endpoint becomes several, and others. */
static void map_test_group(struct kunit *test)
{
	struct vnencap_addr base = base_addr(test_family(test));
	struct vnencap_mapping single = mapping(VNI, base, 20, 1), m;
	struct vnencap_group *first = group(&shares[1], 1);
	struct vnencap_group *other = group(&shares[3], 2);
	struct vnencap_group *same = group(&shares[3], 2);
	struct vnencap_group *heavier = group(&shares[1], 2);
	struct test_map *f = test->priv;

	KUNIT_ASSERT_TRUE(test, first && other && same && heavier);
	KUNIT_ASSERT_EQ(test, add(single), 0);
	KUNIT_EXPECT_EQ(test, add(group_mapping(base, 20, first)), -EEXIST);
	KUNIT_EXPECT_EQ(test, endpoints_now(f), 1);
	KUNIT_ASSERT_EQ(test, set(group_mapping(base, 20, first),
				  NLM_F_REPLACE), 0);
	KUNIT_EXPECT_EQ(test, endpoints_now(f), 2);
	KUNIT_EXPECT_EQ(test, mappings_now(f), 1);
	expect_branch(test, f->map, base, 0, 1);
	expect_branch(test, f->map, base, U32_MAX / 4 * 3 - 4, 1);
	expect_branch(test, f->map, base, U32_MAX / 4 * 3 + 4, 2);
	KUNIT_EXPECT_EQ(test, del(single), -EADDRNOTAVAIL);

	KUNIT_ASSERT_EQ(test, set(group_mapping(base, 20, other),
				  NLM_F_REPLACE), 0);
	KUNIT_EXPECT_EQ(test, endpoints_now(f), 3);
	expect_branch(test, f->map, base, U32_MAX / 2, 3);
	m = (struct vnencap_mapping){ .vni = VNI, .dst = base };
	KUNIT_EXPECT_EQ(test, match(&m), 0);
	KUNIT_EXPECT_PTR_EQ(test, m.group, other);
	KUNIT_EXPECT_EQ(test, del(group_mapping(base, 20, heavier)),
			-EADDRNOTAVAIL);
	KUNIT_EXPECT_EQ(test, del(group_mapping(base, 20, same)), 0);
	KUNIT_EXPECT_EQ(test, endpoints_now(f), 0);
	EXPECT_NO_VIA(test, f->map, base);
	kfree(same);
	kfree(heavier);
}

/* Several become one. */
static void map_test_group_to_one(struct kunit *test)
{
	struct vnencap_addr base = base_addr(test_family(test));
	struct vnencap_mapping single = mapping(VNI, base, 20, 1);
	struct vnencap_group *several = group(&shares[3], 2);
	struct vnencap_group *left = group(&shares[1], 2);
	struct test_map *f = test->priv;

	KUNIT_ASSERT_TRUE(test, several && left);
	KUNIT_ASSERT_EQ(test, add(group_mapping(base, 20, several)), 0);
	KUNIT_ASSERT_EQ(test, set(single, NLM_F_REPLACE), 0);
	KUNIT_EXPECT_EQ(test, endpoints_now(f), 1);
	EXPECT_VIA(test, f->map, base, 1);
	/* and one is left for the end to find */
	KUNIT_ASSERT_EQ(test, add(group_mapping(base, 18, left)), 0);
}

static void map_test_blackhole(struct kunit *test)
{
	static const struct share none;
	struct vnencap_group *nowhere = group(&none, 0);
	struct vnencap_addr base = base_addr(AF_INET);
	struct test_map *f = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, nowhere);
	KUNIT_ASSERT_EQ(test, add(mapping(VNI, base, 16, 1)), 0);
	KUNIT_ASSERT_EQ(test, add(group_mapping(base, 24, nowhere)), 0);
	KUNIT_EXPECT_EQ(test, endpoints_now(f), 1);
	KUNIT_EXPECT_TRUE(test, find_group(f->map, base));
	KUNIT_EXPECT_EQ(test, lookup_branch(f->map, base, 0).family, AF_UNSPEC);
	EXPECT_VIA(test, f->map, flip_bit(base, 20), 1);
	KUNIT_EXPECT_EQ(test, del(mapping(VNI, base, 24, 1)), -EADDRNOTAVAIL);
}

static struct kunit_case group_test_cases[] = {
	KUNIT_CASE_PARAM(map_test_shares, share_gen_params),
	KUNIT_CASE_PARAM(map_test_group, family_gen_params),
	KUNIT_CASE_PARAM(map_test_group_to_one, family_gen_params),
	KUNIT_CASE(map_test_blackhole),
	{}
};

static struct kunit_suite group_test_suite = {
	.name = "vnencap_group",
	.init = test_map_init,
	.exit = test_map_exit,
	.test_cases = group_test_cases,
};

kunit_test_suite(group_test_suite);
