// SPDX-License-Identifier: GPL-2.0-only
/* Mappings against a table that is searched from end to end. */
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/prandom.h>
#include <linux/sort.h>

#include "map/map.h"
#include "tests/map/addr.h"
#include "tests/map/family.h"
#include "tests/map/mapping.h"
#include "tests/random.h"

/* ---- The table ---- */

static bool covers(const struct vnencap_mapping *m,
		   const struct vnencap_addr *addr)
{
	struct vnencap_addr prefix;

	if (m->dst.family != addr->family)
		return false;
	prefix = cut(*addr, m->len);
	return vnencap_addr_equal(&prefix, &m->dst);
}

/* By VNI, family, address, length: the order of vnencap_map_next() */
static int compare(const void *left, const void *right)
{
	const struct vnencap_mapping *a = left, *b = right;
	unsigned int n;

	if (a->vni != b->vni)
		return a->vni < b->vni ? -1 : 1;
	if (a->dst.family != b->dst.family)
		return a->dst.family == AF_INET ? -1 : 1;
	for (n = 0; n < bits_of(a->dst.family); n++)
		if (get_bit(a->dst, n) != get_bit(b->dst, n))
			return get_bit(a->dst, n) ? 1 : -1;
	return (int)a->len - (int)b->len;
}

#define TABLE_MAX	300

struct table {
	struct kunit *test;
	struct test_map *f;
	struct rnd_state rnd;
	u16 family;
	unsigned int count;
	struct vnencap_mapping m[TABLE_MAX];
};

static u32 below(struct table *t, u32 limit)
{
	return prandom_u32_state(&t->rnd) % limit;
}

static struct table *table_new(struct kunit *test, u16 family)
{
	struct table *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	random_seed(test, &t->rnd);
	t->test = test;
	t->f = test->priv;
	t->family = family;
	return t;
}

/* Close to each other, so that prefixes nest and part at all bits */
static struct vnencap_addr random_addr(struct table *t)
{
	struct vnencap_addr addr = base_addr(t->family);
	unsigned int flips = below(t, 5);

	while (flips--)
		addr = flip_bit(addr, below(t, bits_of(t->family)));
	return addr;
}

static struct vnencap_mapping random_mapping(struct table *t)
{
	unsigned int bits = bits_of(t->family);
	unsigned int len = below(t, 4) ? below(t, bits + 1) : bits;

	return mapping(VNI, random_addr(t), len, below(t, 20));
}

static struct vnencap_mapping *table_find(struct table *t,
					  const struct vnencap_mapping *m)
{
	unsigned int i;

	for (i = 0; i < t->count; i++)
		if (!compare(&t->m[i], m))
			return &t->m[i];
	return NULL;
}

static const struct vnencap_mapping *table_match(struct table *t,
						 struct vnencap_addr *addr)
{
	const struct vnencap_mapping *best = NULL;
	unsigned int i;

	for (i = 0; i < t->count; i++)
		if (covers(&t->m[i], addr) &&
		    (!best || t->m[i].len > best->len))
			best = &t->m[i];
	return best;
}

static unsigned int table_endpoints(struct table *t)
{
	unsigned int i, count = 0;
	DECLARE_BITMAP(seen, 64) = {};
	struct vnencap_addr via;

	for (i = 0; i < t->count; i++) {
		for (via = host(0); !vnencap_addr_equal(&via, &t->m[i].via);
		     via = host(++count))
			;
		__set_bit(count, seen);
		count = 0;
	}
	return bitmap_weight(seen, 64);
}

/* ---- Random changes, beside it ---- */

static void random_add(struct table *t)
{
	struct vnencap_mapping m = random_mapping(t);
	struct vnencap_mapping *there = table_find(t, &m);

	if (t->count == TABLE_MAX && !there)
		return;
	KUNIT_EXPECT_EQ(t->test, add(m), there ? -EEXIST : 0);
	if (!there)
		t->m[t->count++] = m;
}

static void random_replace(struct table *t)
{
	struct vnencap_mapping m = random_mapping(t), *there;

	if (t->count && below(t, 4)) {
		m.dst = t->m[below(t, t->count)].dst;
		m.dst = cut(m.dst, m.len);
	}
	there = table_find(t, &m);
	KUNIT_EXPECT_EQ(t->test, set(m, NLM_F_REPLACE), there ? 0 : -ENOENT);
	if (there)
		*there = m;
}

static void random_del(struct table *t)
{
	struct vnencap_mapping m = random_mapping(t), *there;

	if (t->count && below(t, 8))
		m = t->m[below(t, t->count)];
	m.via.family = AF_UNSPEC;
	there = table_find(t, &m);
	KUNIT_EXPECT_EQ(t->test, del(m), there ? 0 : -ENOENT);
	if (there)
		*there = t->m[--t->count];
}

static void check_lookup(struct table *t)
{
	struct vnencap_addr addr = random_addr(t), via;
	const struct vnencap_mapping *want;
	struct vnencap_mapping got;
	int err;

	if (t->count && below(t, 2)) {
		addr = t->m[below(t, t->count)].dst;
		if (below(t, 2))
			addr = flip_bit(addr, below(t, bits_of(t->family)));
	}
	want = table_match(t, &addr);
	via = lookup(t->f->map, addr);
	got = (struct vnencap_mapping){ .vni = VNI, .dst = addr };
	err = match(&got);
	if (!want) {
		KUNIT_EXPECT_EQ(t->test, via.family, AF_UNSPEC);
		KUNIT_EXPECT_EQ(t->test, err, -ENOENT);
		return;
	}
	KUNIT_EXPECT_TRUE(t->test, vnencap_addr_equal(&via, &want->via));
	KUNIT_EXPECT_EQ(t->test, err, 0);
	KUNIT_EXPECT_EQ(t->test, compare(&got, want), 0);
}

static void check_walk(struct table *t)
{
	struct vnencap_mapping m = { .vni = VNI };
	unsigned int i;

	sort(t->m, t->count, sizeof(t->m[0]), compare, NULL);
	for (i = 0; i < t->count; i++) {
		KUNIT_ASSERT_EQ(t->test, next(&m, VNI), 0);
		KUNIT_ASSERT_EQ(t->test, compare(&m, &t->m[i]), 0);
		KUNIT_EXPECT_TRUE(t->test,
				  vnencap_addr_equal(&m.via, &t->m[i].via));
	}
	KUNIT_EXPECT_EQ(t->test, next(&m, VNI), -ENOENT);
}

/* From a place where there need not be a mapping */
static void check_resume(struct table *t)
{
	struct vnencap_mapping m = random_mapping(t), from = m;
	unsigned int i;
	int err;

	sort(t->m, t->count, sizeof(t->m[0]), compare, NULL);
	for (i = 0; i < t->count; i++)
		if (compare(&t->m[i], &from) > 0)
			break;
	err = next(&m, VNI);
	KUNIT_EXPECT_EQ(t->test, err, i < t->count ? 0 : -ENOENT);
	if (!err && i < t->count)
		KUNIT_EXPECT_EQ(t->test, compare(&m, &t->m[i]), 0);
}

static void check_sizes(struct table *t)
{
	KUNIT_EXPECT_EQ(t->test, mappings_now(t->f), t->count);
	KUNIT_EXPECT_EQ(t->test, endpoints_now(t->f), table_endpoints(t));
	if (t->count)
		KUNIT_EXPECT_LT(t->test, nodes_now(t->f), 2 * t->count);
	else
		KUNIT_EXPECT_EQ(t->test, nodes_now(t->f), 0);
}

/* Mostly additions, then mostly deletions, and again */
static void random_change(struct table *t, unsigned int step)
{
	bool grow = step / 400 % 2 == 0;
	u32 dice = below(t, 10);

	if (dice < 3)
		random_replace(t);
	else if ((dice < 9) == grow)
		random_add(t);
	else
		random_del(t);
}

/* ---- The tests ---- */

static void map_test_random(struct kunit *test)
{
	struct table *t = table_new(test, test_family(test));
	unsigned int step;

	for (step = 0; step < 4000; step++) {
		random_change(t, step);
		check_lookup(t);
		check_lookup(t);
		if (step % 50)
			continue;
		check_sizes(t);
		check_walk(t);
		check_resume(t);
		check_resume(t);
	}
	test_map_flush(VNI);
	t->count = 0;
	check_sizes(t);
	check_lookup(t);
}

/* Both families and many VNIs, in order */
static void map_test_walk(struct kunit *test)
{
	struct table *t = table_new(test, AF_INET);
	struct vnencap_mapping m = { .vni = VNI };
	unsigned int i;

	while (t->count < TABLE_MAX) {
		t->family = families[below(t, 2)];
		m = random_mapping(t);
		m.vni += below(t, 8);
		if (table_find(t, &m))
			continue;
		KUNIT_ASSERT_EQ(test, add(m), 0);
		t->m[t->count++] = m;
	}
	sort(t->m, t->count, sizeof(t->m[0]), compare, NULL);

	m = (struct vnencap_mapping){ .vni = VNI };
	for (i = 0; i < t->count; i++) {
		KUNIT_ASSERT_EQ(test, next(&m, VNI_END), 0);
		KUNIT_ASSERT_EQ(test, compare(&m, &t->m[i]), 0);
	}
	KUNIT_EXPECT_EQ(test, next(&m, VNI_END), -ENOENT);

	/* To the end of one VNI, and to flush it leaves the others alone */
	test_map_flush(VNI);
	m = (struct vnencap_mapping){ .vni = VNI };
	KUNIT_EXPECT_EQ(test, next(&m, VNI), -ENOENT);
	for (i = 0; i < t->count && t->m[i].vni == VNI; i++)
		;
	KUNIT_ASSERT_LT(test, i, t->count);
	m = (struct vnencap_mapping){ .vni = VNI };
	KUNIT_EXPECT_EQ(test, next(&m, VNI_END), 0);
	KUNIT_EXPECT_EQ(test, compare(&m, &t->m[i]), 0);
}

static struct kunit_case reference_test_cases[] = {
	KUNIT_CASE_PARAM(map_test_random, family_gen_params),
	KUNIT_CASE(map_test_walk),
	{}
};

static struct kunit_suite reference_test_suite = {
	.name = "vnencap_reference",
	.init = test_map_init,
	.exit = test_map_exit,
	.test_cases = reference_test_cases,
};

kunit_test_suite(reference_test_suite);
