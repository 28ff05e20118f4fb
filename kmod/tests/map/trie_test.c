// SPDX-License-Identifier: GPL-2.0-only
/* The trie: prefixes that nest, that part at any bit, or are not there. */
#include <kunit/test.h>

#include "map/map.h"
#include "tests/map/addr.h"
#include "tests/map/family.h"
#include "tests/map/mapping.h"

static void map_test_default(struct kunit *test)
{
	struct vnencap_addr base = base_addr(test_family(test));
	struct test_map *f = test->priv;

	EXPECT_NO_VIA(test, f->map, base);
	KUNIT_EXPECT_EQ(test, add(mapping(VNI, base, 0, 1)), 0);
	EXPECT_VIA(test, f->map, base, 1);
	EXPECT_VIA(test, f->map, cut(base, 0), 1);
	EXPECT_VIA(test, f->map, flip_bit(base, 0), 1);
	KUNIT_EXPECT_EQ(test, nodes_now(f), 1);
	KUNIT_EXPECT_EQ(test, del(mapping(VNI, base, 0, 1)), 0);
	EXPECT_NO_VIA(test, f->map, base);
}

static void map_test_host(struct kunit *test)
{
	struct vnencap_addr base = base_addr(test_family(test));
	unsigned int bits = bits_of(base.family), n;
	struct test_map *f = test->priv;

	KUNIT_EXPECT_EQ(test, add(mapping(VNI, base, bits, 1)), 0);
	EXPECT_VIA(test, f->map, base, 1);
	for (n = 0; n < bits; n++)
		EXPECT_NO_VIA(test, f->map, flip_bit(base, n));
}

/* The order in which to take what is in a chain: 0 up, 1 down, 2 mixed */
static unsigned int order(unsigned int how, unsigned int n, unsigned int count)
{
	switch (how) {
	case 0:
		return n;
	case 1:
		return count - 1 - n;
	default:
		/* 37 divides neither 33 nor 129 */
		return n * 37 % count;
	}
}

/* A prefix of each length, one within the other. An address that differs in
 * one bit meets the longest that ends before it.
 */
static void map_test_nested(struct kunit *test)
{
	struct vnencap_addr base = base_addr(test_family(test));
	unsigned int bits = bits_of(base.family), n, len, how;
	struct test_map *f = test->priv;

	for (how = 0; how < 9; how++) {
		for (n = 0; n <= bits; n++) {
			len = order(how % 3, n, bits + 1);
			KUNIT_ASSERT_EQ(test,
					add(mapping(VNI, base, len, len)), 0);
		}
		KUNIT_EXPECT_EQ(test, nodes_now(f), bits + 1);
		EXPECT_VIA(test, f->map, base, bits);
		for (n = 0; n < bits; n++)
			EXPECT_VIA(test, f->map, flip_bit(base, n), n);

		for (n = 0; n <= bits; n++) {
			len = order(how / 3, n, bits + 1);
			KUNIT_ASSERT_EQ(test,
					del(mapping(VNI, base, len, len)), 0);
			KUNIT_EXPECT_EQ(test, nodes_now(f), bits - n);
		}
		EXPECT_NO_VIA(test, f->map, base);
	}
}

/* Two hosts that part at a bit, and all that hangs on the fork */
static void map_test_siblings(struct kunit *test)
{
	struct vnencap_addr base = base_addr(test_family(test)), other;
	unsigned int bits = bits_of(base.family), n;
	struct test_map *f = test->priv;

	for (n = 0; n < bits; n++) {
		other = flip_bit(base, n);
		KUNIT_ASSERT_EQ(test, add(mapping(VNI, base, bits, 1)), 0);
		KUNIT_ASSERT_EQ(test, add(mapping(VNI, other, bits, 2)), 0);
		KUNIT_EXPECT_EQ(test, nodes_now(f), 3);
		EXPECT_VIA(test, f->map, base, 1);
		EXPECT_VIA(test, f->map, other, 2);
		EXPECT_NO_VIA(test, f->map, flip_bit(base, (n + 1) % bits));

		/* The fork itself becomes a mapping, and a fork again */
		KUNIT_ASSERT_EQ(test, add(mapping(VNI, base, n, 3)), 0);
		KUNIT_EXPECT_EQ(test, nodes_now(f), 3);
		EXPECT_VIA(test, f->map, base, 1);
		if (n + 1 < bits)
			EXPECT_VIA(test, f->map, flip_bit(base, n + 1), 3);
		KUNIT_ASSERT_EQ(test, del(mapping(VNI, base, n, 3)), 0);
		KUNIT_EXPECT_EQ(test, nodes_now(f), 3);

		KUNIT_ASSERT_EQ(test, del(mapping(VNI, base, bits, 1)), 0);
		KUNIT_EXPECT_EQ(test, nodes_now(f), 1);
		EXPECT_NO_VIA(test, f->map, base);
		EXPECT_VIA(test, f->map, other, 2);
		KUNIT_ASSERT_EQ(test, del(mapping(VNI, other, bits, 2)), 0);
		KUNIT_EXPECT_EQ(test, nodes_now(f), 0);
	}
}

/* Neither a fork nor a shorter or longer prefix is the mapping asked for. */
static void map_test_not_there(struct kunit *test)
{
	struct vnencap_addr base = base_addr(test_family(test));
	struct vnencap_mapping m = { .vni = VNI, .dst = base };
	unsigned int bits = bits_of(base.family);
	struct test_map *f = test->priv;

	KUNIT_ASSERT_EQ(test, add(mapping(VNI, base, bits, 1)), 0);
	KUNIT_ASSERT_EQ(test, add(mapping(VNI, flip_bit(base, 9), bits, 1)), 0);
	KUNIT_EXPECT_EQ(test, del(mapping(VNI, base, 9, 1)), -ENOENT);
	KUNIT_EXPECT_EQ(test, del(mapping(VNI, base, 8, 1)), -ENOENT);
	KUNIT_EXPECT_EQ(test, del(mapping(VNI, base, bits - 1, 1)), -ENOENT);
	KUNIT_EXPECT_EQ(test, del(mapping(VNI + 1, base, bits, 1)), -ENOENT);
	KUNIT_EXPECT_EQ(test, set(mapping(VNI, base, 9, 1), 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, nodes_now(f), 3);

	KUNIT_EXPECT_EQ(test, match(&m), 0);
	KUNIT_EXPECT_EQ(test, m.len, bits);
	m.dst = flip_bit(base, 10);
	KUNIT_EXPECT_EQ(test, match(&m), -ENOENT);
	m.vni = VNI + 1;
	KUNIT_EXPECT_EQ(test, match(&m), -ENOENT);
}

static struct kunit_case trie_test_cases[] = {
	KUNIT_CASE_PARAM(map_test_default, family_gen_params),
	KUNIT_CASE_PARAM(map_test_host, family_gen_params),
	KUNIT_CASE_PARAM(map_test_nested, family_gen_params),
	KUNIT_CASE_PARAM(map_test_siblings, family_gen_params),
	KUNIT_CASE_PARAM(map_test_not_there, family_gen_params),
	{}
};

static struct kunit_suite trie_test_suite = {
	.name = "vnencap_trie",
	.init = test_map_init,
	.exit = test_map_exit,
	.test_cases = trie_test_cases,
};

kunit_test_suite(trie_test_suite);
