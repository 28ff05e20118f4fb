// SPDX-License-Identifier: GPL-2.0-only
/* Mappings: how they are added and removed, what they name, whose they are. */
#include <kunit/test.h>
#include <linux/netlink.h>
#include <linux/refcount.h>

#include "map/map.h"
#include "tests/map/addr.h"
#include "tests/map/family.h"
#include "tests/map/mapping.h"

static u32 generation(void)
{
	u32 generation;

	vnencap_map_lock(NET);
	generation = vnencap_map_generation(NET);
	vnencap_map_unlock(NET);
	return generation;
}

/* How many mappings name the endpoint of an address; 0: it has none */
static unsigned int lookup_refs(const struct vnencap_map *map,
				struct vnencap_addr addr)
{
	struct vnencap_endpoint *endpoint;
	unsigned int refs = 0;

	rcu_read_lock();
	endpoint = vnencap_map_lookup(map, &addr);
	if (endpoint)
		refs = refcount_read(&endpoint->refs);
	rcu_read_unlock();
	return refs;
}

static void map_test_flags(struct kunit *test)
{
	struct vnencap_addr base = base_addr(test_family(test));
	struct vnencap_mapping m = mapping(VNI, base, 20, 1), any = m;
	struct vnencap_mapping other = mapping(VNI, base, 20, 2);
	struct test_map *f = test->priv;
	u32 before = generation();

	any.via.family = AF_UNSPEC;
	KUNIT_EXPECT_EQ(test, set(m, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, set(m, NLM_F_REPLACE), -ENOENT);
	KUNIT_EXPECT_EQ(test, del(m), -ENOENT);
	KUNIT_EXPECT_EQ(test, generation(), before);
	KUNIT_EXPECT_EQ(test, set(m, NLM_F_CREATE | NLM_F_EXCL), 0);
	KUNIT_EXPECT_NE(test, generation(), before);
	before = generation();
	KUNIT_EXPECT_EQ(test, set(other, NLM_F_CREATE | NLM_F_EXCL), -EEXIST);
	KUNIT_EXPECT_EQ(test, generation(), before);
	EXPECT_VIA(test, f->map, base, 1);
	KUNIT_EXPECT_EQ(test, endpoints_now(f), 1);
	KUNIT_EXPECT_EQ(test, set(other, NLM_F_REPLACE), 0);
	EXPECT_VIA(test, f->map, base, 2);
	KUNIT_EXPECT_EQ(test, set(m, NLM_F_CREATE | NLM_F_REPLACE), 0);
	EXPECT_VIA(test, f->map, base, 1);
	KUNIT_EXPECT_EQ(test, mappings_now(f), 1);
	KUNIT_EXPECT_EQ(test, endpoints_now(f), 1);
	KUNIT_EXPECT_EQ(test, del(other), -EADDRNOTAVAIL);
	EXPECT_VIA(test, f->map, base, 1);
	KUNIT_EXPECT_EQ(test, del(any), 0);
	KUNIT_EXPECT_EQ(test, del(any), -ENOENT);
	KUNIT_EXPECT_EQ(test, mappings_now(f), 0);
}

/* One endpoint for all mappings of a VNI that name it, and only of that VNI */
static void map_test_endpoints(struct kunit *test)
{
	struct vnencap_addr base = base_addr(AF_INET);
	struct vnencap_addr base6 = base_addr(AF_INET6);
	struct test_map *f = test->priv;

	KUNIT_ASSERT_EQ(test, add(mapping(VNI, base, 32, 1)), 0);
	KUNIT_ASSERT_EQ(test, add(mapping(VNI, base, 24, 1)), 0);
	KUNIT_ASSERT_EQ(test, add(mapping(VNI, base6, 64, 1)), 0);
	KUNIT_ASSERT_EQ(test, add(mapping(VNI + 1, base, 32, 1)), 0);
	KUNIT_EXPECT_EQ(test, endpoints_now(f), 2);
	KUNIT_EXPECT_EQ(test, lookup_refs(f->map, base), 3);

	/* The same once more is no second reference */
	KUNIT_ASSERT_EQ(test, set(mapping(VNI, base, 32, 1), 0), 0);
	KUNIT_EXPECT_EQ(test, lookup_refs(f->map, base), 3);

	KUNIT_ASSERT_EQ(test, set(mapping(VNI, base, 32, 2), 0), 0);
	KUNIT_EXPECT_EQ(test, endpoints_now(f), 3);
	KUNIT_EXPECT_EQ(test, lookup_refs(f->map, base), 1);
	KUNIT_EXPECT_EQ(test, lookup_refs(f->map, base6), 2);
	KUNIT_ASSERT_EQ(test, del(mapping(VNI, base, 32, 2)), 0);
	KUNIT_EXPECT_EQ(test, endpoints_now(f), 2);
	KUNIT_ASSERT_EQ(test, del(mapping(VNI, base, 24, 1)), 0);
	KUNIT_ASSERT_EQ(test, del(mapping(VNI, base6, 64, 1)), 0);
	KUNIT_EXPECT_EQ(test, endpoints_now(f), 1);
}

/* A device may come before mappings, after them, and leave before them. */
static void map_test_devices(struct kunit *test)
{
	struct vnencap_addr base = base_addr(AF_INET);
	struct vnencap_map *map, *again;

	KUNIT_ASSERT_EQ(test, add(mapping(VNI + 1, base, 32, 1)), 0);
	map = vnencap_map_get(NET, VNI + 1);
	KUNIT_ASSERT_FALSE(test, IS_ERR(map));
	EXPECT_VIA(test, map, base, 1);
	again = vnencap_map_get(NET, VNI + 1);
	KUNIT_EXPECT_PTR_EQ(test, again, map);
	vnencap_map_put(again);
	vnencap_map_put(map);

	map = vnencap_map_get(NET, VNI + 1);
	KUNIT_ASSERT_FALSE(test, IS_ERR(map));
	EXPECT_VIA(test, map, base, 1);
	KUNIT_ASSERT_EQ(test, del(mapping(VNI + 1, base, 32, 1)), 0);
	EXPECT_NO_VIA(test, map, base);
	KUNIT_ASSERT_EQ(test, add(mapping(VNI + 1, base, 24, 2)), 0);
	EXPECT_VIA(test, map, base, 2);
	vnencap_map_put(map);
	vnencap_map_put(NULL);
}

/* A walk that deletes what it meets takes a wider prefix before what is in it:
 * no address has another mapping meanwhile than it had, or none.
 */
static void map_test_flush_order(struct kunit *test)
{
	struct vnencap_addr base = base_addr(AF_INET);
	struct vnencap_mapping m = { .vni = VNI };
	struct test_map *f = test->priv;
	unsigned int len;

	for (len = 0; len <= 32; len++)
		KUNIT_ASSERT_EQ(test, add(mapping(VNI, base, len, len)), 0);
	for (len = 0; len <= 32; len++) {
		EXPECT_VIA(test, f->map, base, 32);
		KUNIT_ASSERT_EQ(test, next(&m, VNI), 0);
		KUNIT_EXPECT_EQ(test, m.len, len);
		KUNIT_ASSERT_EQ(test, del(m), 0);
	}
	EXPECT_NO_VIA(test, f->map, base);
}

static struct kunit_case mapping_test_cases[] = {
	KUNIT_CASE_PARAM(map_test_flags, family_gen_params),
	KUNIT_CASE(map_test_endpoints),
	KUNIT_CASE(map_test_devices),
	KUNIT_CASE(map_test_flush_order),
	{}
};

static struct kunit_suite mapping_test_suite = {
	.name = "vnencap_mapping",
	.init = test_map_init,
	.exit = test_map_exit,
	.test_cases = mapping_test_cases,
};

kunit_test_suite(mapping_test_suite);
