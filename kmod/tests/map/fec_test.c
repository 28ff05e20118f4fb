// SPDX-License-Identifier: GPL-2.0-only
/* Mappings with a fec of their own, of one endpoint and of several. */
#include <kunit/test.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <uapi/linux/vnencap.h>

#include "map/group.h"
#include "map/map.h"
#include "tests/map/addr.h"
#include "tests/map/family.h"
#include "tests/map/mapping.h"

static struct vnencap_mapping with_fec(struct vnencap_mapping m, u8 fec)
{
	m.fec = fec;
	return m;
}

/* What the data path goes by; VNENCAP_FEC_UNSET: what the device says */
static u8 lookup_fec(const struct vnencap_map *map, struct vnencap_addr addr)
{
	const struct vnencap_group *group = NULL;
	struct vnencap_endpoint *endpoint;
	u8 fec;

	rcu_read_lock();
	endpoint = vnencap_map_lookup(map, &addr);
	if (endpoint)
		group = vnencap_group_of(endpoint);
	fec = group ? group->fec : VNENCAP_FEC_UNSET;
	rcu_read_unlock();
	return fec;
}

/* Is host @host_nr where it leads, for each flow and for the check of sources? */
static bool leads_to(const struct vnencap_map *map, struct vnencap_addr addr,
		     unsigned int host_nr)
{
	const struct vnencap_addr to = host(host_nr), other = host(host_nr + 1);
	const struct vnencap_group *group = NULL;
	struct vnencap_endpoint *endpoint;
	bool does = false;

	rcu_read_lock();
	endpoint = vnencap_map_lookup(map, &addr);
	if (endpoint)
		group = vnencap_group_of(endpoint);
	if (group) {
		endpoint = vnencap_group_at(group, &to);
		does = endpoint && !vnencap_group_at(group, &other) &&
		       vnencap_group_pick(group, 0) == endpoint &&
		       vnencap_group_pick(group, U32_MAX) == endpoint;
	}
	rcu_read_unlock();
	return does;
}

/* As netlink would tell it: a mapping of one endpoint, whatever it leads to */
static void expect_told(struct kunit *test, struct vnencap_addr addr,
			unsigned int host_nr, u8 fec)
{
	struct vnencap_mapping m = { .vni = VNI, .dst = addr };
	const struct vnencap_addr to = host(host_nr);

	KUNIT_ASSERT_EQ(test, match(&m), 0);
	KUNIT_EXPECT_NULL(test, m.group);
	KUNIT_EXPECT_TRUE(test, vnencap_addr_equal(&m.via, &to));
	KUNIT_EXPECT_EQ(test, m.fec, fec);
}

static void map_test_fec_set(struct kunit *test)
{
	struct vnencap_addr base = base_addr(test_family(test));
	struct vnencap_mapping plain = mapping(VNI, base, 20, 1);
	struct test_map *f = test->priv;

	KUNIT_EXPECT_EQ(test, set(with_fec(plain, 10), NLM_F_REPLACE), -ENOENT);
	KUNIT_EXPECT_EQ(test, endpoints_now(f), 0);
	KUNIT_ASSERT_EQ(test, add(with_fec(plain, 10)), 0);
	KUNIT_EXPECT_EQ(test, add(with_fec(plain, 20)), -EEXIST);
	expect_told(test, base, 1, 10);
	KUNIT_EXPECT_EQ(test, lookup_fec(f->map, base), 10);
	KUNIT_EXPECT_TRUE(test, leads_to(f->map, base, 1));
	/* the same endpoint as that of others, and counted as theirs */
	KUNIT_ASSERT_EQ(test, add(mapping(VNI, base, 18, 1)), 0);
	KUNIT_EXPECT_EQ(test, endpoints_now(f), 1);
	KUNIT_EXPECT_EQ(test, mappings_now(f), 2);
	KUNIT_ASSERT_EQ(test, del(mapping(VNI, base, 18, 1)), 0);
	/* the other is left for the end to find */
}

/* None, one, another, one that is zero, none again */
static void map_test_fec_change(struct kunit *test)
{
	static const u8 fecs[] = {
		VNENCAP_FEC_UNSET, 10, 50, 0, VNENCAP_FEC_AUTO, VNENCAP_FEC_UNSET,
	};
	struct vnencap_addr base = base_addr(AF_INET);
	struct vnencap_mapping m = mapping(VNI, base, 24, 1);
	struct test_map *f = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fecs); i++) {
		m.via = host(1 + i % 2);
		m.fec = fecs[i];
		KUNIT_ASSERT_EQ(test, set(m, NLM_F_CREATE | NLM_F_REPLACE), 0);
		expect_told(test, base, 1 + i % 2, fecs[i]);
		KUNIT_EXPECT_EQ(test, lookup_fec(f->map, base), fecs[i]);
		KUNIT_EXPECT_EQ(test, endpoints_now(f), 1);
		KUNIT_EXPECT_EQ(test, mappings_now(f), 1);
	}
	EXPECT_VIA(test, f->map, base, 2);
}

/* What is said has to be right, and need not be all. */
static void map_test_fec_del(struct kunit *test)
{
	struct vnencap_addr base = base_addr(test_family(test));
	struct vnencap_mapping m = mapping(VNI, base, 20, 1), any = m;
	struct vnencap_mapping other = mapping(VNI, base, 20, 2);
	struct test_map *f = test->priv;

	any.via.family = AF_UNSPEC;
	KUNIT_ASSERT_EQ(test, add(with_fec(m, 10)), 0);
	KUNIT_EXPECT_EQ(test, del(other), -EADDRNOTAVAIL);
	KUNIT_EXPECT_EQ(test, del(with_fec(other, 10)), -EADDRNOTAVAIL);
	KUNIT_EXPECT_EQ(test, del(with_fec(m, 0)), -ERANGE);
	KUNIT_EXPECT_EQ(test, del(with_fec(any, 20)), -ERANGE);
	KUNIT_EXPECT_EQ(test, mappings_now(f), 1);
	KUNIT_EXPECT_EQ(test, del(m), 0);
	KUNIT_ASSERT_EQ(test, add(with_fec(m, 10)), 0);
	KUNIT_EXPECT_EQ(test, del(with_fec(any, 10)), 0);
	KUNIT_ASSERT_EQ(test, add(with_fec(m, 10)), 0);
	KUNIT_EXPECT_EQ(test, del(any), 0);
	KUNIT_EXPECT_EQ(test, endpoints_now(f), 0);

	KUNIT_ASSERT_EQ(test, add(m), 0);
	KUNIT_EXPECT_EQ(test, del(with_fec(m, 0)), -ERANGE);
	KUNIT_EXPECT_EQ(test, del(with_fec(any, 10)), -ERANGE);
	KUNIT_EXPECT_EQ(test, del(m), 0);
}

/* At hosts 1 and 2; the caller's until it is set */
static struct vnencap_mapping several(struct kunit *test, u8 fec)
{
	struct vnencap_mapping m = mapping(VNI, base_addr(AF_INET), 24, 0);
	struct vnencap_group *group = vnencap_group_new(2);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, group);
	for (i = 0; i < group->n; i++) {
		group->branch[i].via = host(1 + i);
		group->branch[i].weight = 1;
	}
	m.via.family = AF_UNSPEC;
	m.group = group;
	m.fec = fec;
	return m;
}

static void map_test_fec_group(struct kunit *test)
{
	struct vnencap_mapping m = several(test, 10), is = m;
	struct vnencap_mapping asked = several(test, VNENCAP_FEC_UNSET);
	struct test_map *f = test->priv;

	KUNIT_ASSERT_EQ(test, add(m), 0);
	KUNIT_ASSERT_EQ(test, match(&is), 0);
	KUNIT_EXPECT_PTR_EQ(test, is.group, m.group);
	KUNIT_EXPECT_EQ(test, is.fec, 10);
	KUNIT_EXPECT_EQ(test, lookup_fec(f->map, m.dst), 10);
	KUNIT_EXPECT_EQ(test, endpoints_now(f), 2);
	KUNIT_EXPECT_EQ(test, del(mapping(VNI, m.dst, 24, 1)), -EADDRNOTAVAIL);
	KUNIT_EXPECT_EQ(test, del(with_fec(asked, 0)), -ERANGE);
	KUNIT_EXPECT_EQ(test, set(with_fec(mapping(VNI, m.dst, 24, 1), 10),
				  NLM_F_REPLACE), 0);
	KUNIT_EXPECT_EQ(test, del(asked), -EADDRNOTAVAIL);
	KUNIT_EXPECT_EQ(test, endpoints_now(f), 1);

	KUNIT_ASSERT_EQ(test, set(asked, NLM_F_REPLACE), 0);
	KUNIT_EXPECT_EQ(test, lookup_fec(f->map, m.dst), VNENCAP_FEC_UNSET);
	asked = several(test, VNENCAP_FEC_UNSET);
	KUNIT_EXPECT_EQ(test, del(with_fec(asked, 10)), -ERANGE);
	KUNIT_EXPECT_EQ(test, del(asked), 0);
	KUNIT_EXPECT_EQ(test, endpoints_now(f), 0);
	kfree(asked.group);
}

static struct kunit_case fec_test_cases[] = {
	KUNIT_CASE_PARAM(map_test_fec_set, family_gen_params),
	KUNIT_CASE(map_test_fec_change),
	KUNIT_CASE_PARAM(map_test_fec_del, family_gen_params),
	KUNIT_CASE(map_test_fec_group),
	{}
};

static struct kunit_suite fec_test_suite = {
	.name = "vnencap_map_fec",
	.init = test_map_init,
	.exit = test_map_exit,
	.test_cases = fec_test_cases,
};

kunit_test_suite(fec_test_suite);
