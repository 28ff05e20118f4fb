// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings: the trie against a table that is searched from end to end.
 *
 * They are made in the first network namespace, in VNIs that nobody else uses,
 * and none is left.
 */

#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/netlink.h>
#include <linux/prandom.h>
#include <linux/sort.h>
#include <net/net_namespace.h>

#include "map/group.h"
#include "map/map.h"

/* The first VNI of the tests, and the last */
#define VNI	0xfffff0
#define VNI_END	0xffffff

#define NET	(&init_net)

/* ---- Addresses ---- */

static struct vnencap_addr addr4(u32 addr)
{
	return (struct vnencap_addr){
		.family = AF_INET,
		.ip4 = cpu_to_be32(addr),
	};
}

static struct vnencap_addr addr6(u64 hi, u64 lo)
{
	struct vnencap_addr addr = { .family = AF_INET6 };

	addr.ip6.s6_addr32[0] = cpu_to_be32(hi >> 32);
	addr.ip6.s6_addr32[1] = cpu_to_be32(hi);
	addr.ip6.s6_addr32[2] = cpu_to_be32(lo >> 32);
	addr.ip6.s6_addr32[3] = cpu_to_be32(lo);
	return addr;
}

static struct vnencap_addr base_addr(u16 family)
{
	return family == AF_INET ? addr4(0x0a5a33cc) :
				   addr6(0x20010db85a5a33ccULL,
					 0xf00f123456789abcULL);
}

/* Some endpoint, the same for the same number; of both families */
static struct vnencap_addr host(unsigned int n)
{
	return n & 1 ? addr6(0xfd00000000000000ULL, n + 1) :
		       addr4(0xc0a80001 + n);
}

static unsigned int bits_of(u16 family)
{
	return family == AF_INET ? 32 : 128;
}

static u8 *bytes_of(struct vnencap_addr *addr)
{
	return addr->family == AF_INET ? (u8 *)&addr->ip4 : addr->ip6.s6_addr;
}

static bool get_bit(struct vnencap_addr addr, unsigned int n)
{
	return bytes_of(&addr)[n / 8] >> (7 - n % 8) & 1;
}

static struct vnencap_addr flip_bit(struct vnencap_addr addr, unsigned int n)
{
	bytes_of(&addr)[n / 8] ^= 1 << (7 - n % 8);
	return addr;
}

static struct vnencap_addr cut(struct vnencap_addr addr, unsigned int len)
{
	unsigned int n;

	for (n = len; n < bits_of(addr.family); n++)
		if (get_bit(addr, n))
			addr = flip_bit(addr, n);
	return addr;
}

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

/* ---- What is tested, as the tests call it ---- */

static struct vnencap_mapping mapping(u32 vni, struct vnencap_addr addr,
				      unsigned int len, unsigned int host_nr)
{
	return (struct vnencap_mapping){
		.vni = vni,
		.dst = cut(addr, len),
		.len = len,
		.via = host(host_nr),
	};
}

static int set(struct vnencap_mapping m, unsigned int flags)
{
	int err;

	vnencap_map_lock(NET);
	err = vnencap_map_set(NET, &m, flags);
	vnencap_map_unlock(NET);
	return err;
}

static int add(struct vnencap_mapping m)
{
	return set(m, NLM_F_CREATE | NLM_F_EXCL);
}

static int del(struct vnencap_mapping m)
{
	int err;

	vnencap_map_lock(NET);
	err = vnencap_map_del(NET, &m);
	vnencap_map_unlock(NET);
	return err;
}

static int next(struct vnencap_mapping *m, u32 last_vni)
{
	int err;

	vnencap_map_lock(NET);
	err = vnencap_map_next(NET, m, last_vni);
	vnencap_map_unlock(NET);
	return err;
}

static int match(struct vnencap_mapping *m)
{
	int err;

	vnencap_map_lock(NET);
	err = vnencap_map_match(NET, m);
	vnencap_map_unlock(NET);
	return err;
}

static struct vnencap_map_sizes sizes(void)
{
	struct vnencap_map_sizes sizes;

	vnencap_map_lock(NET);
	vnencap_map_sizes(NET, &sizes);
	vnencap_map_unlock(NET);
	return sizes;
}

static u32 generation(void)
{
	u32 generation;

	vnencap_map_lock(NET);
	generation = vnencap_map_generation(NET);
	vnencap_map_unlock(NET);
	return generation;
}

/* Where the data path would send it; of AF_UNSPEC: nowhere */
static struct vnencap_addr lookup(const struct vnencap_map *map,
				  struct vnencap_addr addr)
{
	struct vnencap_addr via = { .family = AF_UNSPEC };
	struct vnencap_endpoint *endpoint;

	rcu_read_lock();
	endpoint = vnencap_map_lookup(map, &addr);
	if (endpoint)
		via = endpoint->addr;
	rcu_read_unlock();
	return via;
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

#define EXPECT_VIA(test, map, addr, host_nr) do {			\
	struct vnencap_addr __via = lookup(map, addr);			\
	struct vnencap_addr __host = host(host_nr);			\
									\
	KUNIT_EXPECT_TRUE(test, vnencap_addr_equal(&__via, &__host));	\
} while (0)

#define EXPECT_NO_VIA(test, map, addr)					\
	KUNIT_EXPECT_EQ(test, lookup(map, addr).family, AF_UNSPEC)

/* ---- Each test starts and ends with nothing ---- */

struct fixture {
	struct vnencap_map *map;
	struct vnencap_map_sizes sizes;
};

static void flush(u32 last_vni)
{
	struct vnencap_mapping m = { .vni = VNI };

	while (!next(&m, last_vni))
		del(m);
}

static int map_test_init(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	flush(VNI_END);
	f->sizes = sizes();
	f->map = vnencap_map_get(NET, VNI);
	if (IS_ERR(f->map))
		return PTR_ERR(f->map);
	test->priv = f;
	return 0;
}

static void map_test_exit(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct vnencap_map_sizes now;

	if (!f)
		return;
	vnencap_map_put(f->map);
	flush(VNI_END);
	now = sizes();
	KUNIT_EXPECT_EQ(test, now.maps, f->sizes.maps);
	KUNIT_EXPECT_EQ(test, now.mappings, f->sizes.mappings);
	KUNIT_EXPECT_EQ(test, now.nodes, f->sizes.nodes);
	KUNIT_EXPECT_EQ(test, now.endpoints, f->sizes.endpoints);
}

static unsigned int mappings_now(const struct fixture *f)
{
	return sizes().mappings - f->sizes.mappings;
}

static unsigned int nodes_now(const struct fixture *f)
{
	return sizes().nodes - f->sizes.nodes;
}

static unsigned int endpoints_now(const struct fixture *f)
{
	return sizes().endpoints - f->sizes.endpoints;
}

/* ---- Cases ---- */

static const u16 families[] = { AF_INET, AF_INET6 };

static void family_name(const u16 *family, char *name)
{
	strscpy(name, *family == AF_INET ? "IPv4" : "IPv6",
		KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(family, families, family_name);

static u16 test_family(struct kunit *test)
{
	return *(const u16 *)test->param_value;
}

static void map_test_default(struct kunit *test)
{
	struct vnencap_addr base = base_addr(test_family(test));
	struct fixture *f = test->priv;

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
	struct fixture *f = test->priv;

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
	struct fixture *f = test->priv;

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
	struct fixture *f = test->priv;

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

static void map_test_flags(struct kunit *test)
{
	struct vnencap_addr base = base_addr(test_family(test));
	struct vnencap_mapping m = mapping(VNI, base, 20, 1), any = m;
	struct vnencap_mapping other = mapping(VNI, base, 20, 2);
	struct fixture *f = test->priv;
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

/* ---- Several endpoints ---- */

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
};

static void share_name(const struct share *share, char *name)
{
	strscpy(name, share->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(share, shares, share_name);

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
	KUNIT_EXPECT_PTR_EQ(test, vnencap_group_pick(g, 0), &ends[0]);
	KUNIT_EXPECT_PTR_EQ(test, vnencap_group_pick(g, U32_MAX),
			    &ends[share->n - 1]);
	for (i = 0; i < total * 64; i++, hash += U32_MAX / (total * 64)) {
		end = vnencap_group_pick(g, hash);
		KUNIT_ASSERT_NOT_NULL(test, end);
		got[end - ends]++;
	}
	for (i = 0; i < share->n; i++) {
		KUNIT_EXPECT_GE(test, got[i] + 1, share->weight[i] * 64);
		KUNIT_EXPECT_LE(test, got[i], share->weight[i] * 64 + 1);
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

#define EXPECT_BRANCH(test, map, addr, hash, host_nr) do {		\
	struct vnencap_addr __via = lookup_branch(map, addr, hash);	\
	struct vnencap_addr __host = host(host_nr);			\
									\
	KUNIT_EXPECT_TRUE(test, vnencap_addr_equal(&__via, &__host));	\
} while (0)

static struct vnencap_mapping group_mapping(struct vnencap_addr addr,
					    unsigned int len,
					    struct vnencap_group *g)
{
	struct vnencap_mapping m = mapping(VNI, addr, len, 0);

	m.via.family = AF_UNSPEC;
	m.group = g;
	return m;
}

/* One endpoint becomes several, others, and one again. */
static void map_test_group(struct kunit *test)
{
	struct vnencap_addr base = base_addr(test_family(test));
	struct vnencap_mapping single = mapping(VNI, base, 20, 1), m;
	struct vnencap_group *first = group(&shares[1], 1);
	struct vnencap_group *other = group(&shares[3], 2);
	struct vnencap_group *same = group(&shares[3], 2);
	struct vnencap_group *heavier = group(&shares[1], 2);
	struct fixture *f = test->priv;

	KUNIT_ASSERT_TRUE(test, first && other && same && heavier);
	KUNIT_ASSERT_EQ(test, add(single), 0);
	KUNIT_EXPECT_EQ(test, add(group_mapping(base, 20, first)), -EEXIST);
	KUNIT_EXPECT_EQ(test, endpoints_now(f), 1);
	KUNIT_ASSERT_EQ(test, set(group_mapping(base, 20, first),
				  NLM_F_REPLACE), 0);
	KUNIT_EXPECT_EQ(test, endpoints_now(f), 2);
	KUNIT_EXPECT_EQ(test, mappings_now(f), 1);
	EXPECT_BRANCH(test, f->map, base, 0, 1);
	EXPECT_BRANCH(test, f->map, base, U32_MAX / 4 * 3 - 4, 1);
	EXPECT_BRANCH(test, f->map, base, U32_MAX / 4 * 3 + 4, 2);
	KUNIT_EXPECT_EQ(test, del(single), -EADDRNOTAVAIL);

	KUNIT_ASSERT_EQ(test, set(group_mapping(base, 20, other),
				  NLM_F_REPLACE), 0);
	KUNIT_EXPECT_EQ(test, endpoints_now(f), 3);
	EXPECT_BRANCH(test, f->map, base, U32_MAX / 2, 3);
	m = (struct vnencap_mapping){ .vni = VNI, .dst = base };
	KUNIT_EXPECT_EQ(test, match(&m), 0);
	KUNIT_EXPECT_PTR_EQ(test, m.group, other);
	KUNIT_EXPECT_EQ(test, del(group_mapping(base, 20, heavier)),
			-EADDRNOTAVAIL);
	KUNIT_EXPECT_EQ(test, del(group_mapping(base, 20, same)), 0);
	KUNIT_EXPECT_EQ(test, endpoints_now(f), 0);
	EXPECT_NO_VIA(test, f->map, base);

	KUNIT_ASSERT_EQ(test, add(group_mapping(base, 20, same)), 0);
	KUNIT_ASSERT_EQ(test, set(single, NLM_F_REPLACE), 0);
	KUNIT_EXPECT_EQ(test, endpoints_now(f), 1);
	EXPECT_VIA(test, f->map, base, 1);
	/* and one is left for the end to find */
	KUNIT_ASSERT_EQ(test, add(group_mapping(base, 18, heavier)), 0);
}

static void map_test_blackhole(struct kunit *test)
{
	static const struct share none;
	struct vnencap_group *nowhere = group(&none, 0);
	struct vnencap_addr base = base_addr(AF_INET);
	struct fixture *f = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, nowhere);
	KUNIT_ASSERT_EQ(test, add(mapping(VNI, base, 16, 1)), 0);
	KUNIT_ASSERT_EQ(test, add(group_mapping(base, 24, nowhere)), 0);
	KUNIT_EXPECT_EQ(test, endpoints_now(f), 1);
	KUNIT_EXPECT_TRUE(test, find_group(f->map, base));
	KUNIT_EXPECT_EQ(test, lookup_branch(f->map, base, 0).family, AF_UNSPEC);
	EXPECT_VIA(test, f->map, flip_bit(base, 20), 1);
	KUNIT_EXPECT_EQ(test, del(mapping(VNI, base, 24, 1)), -EADDRNOTAVAIL);
}

/* Neither a fork nor a shorter or longer prefix is the mapping asked for. */
static void map_test_not_there(struct kunit *test)
{
	struct vnencap_addr base = base_addr(test_family(test));
	struct vnencap_mapping m = { .vni = VNI, .dst = base };
	unsigned int bits = bits_of(base.family);
	struct fixture *f = test->priv;

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

/* One endpoint for all mappings of a VNI that name it, and only of that VNI */
static void map_test_endpoints(struct kunit *test)
{
	struct vnencap_addr base = base_addr(AF_INET);
	struct vnencap_addr base6 = base_addr(AF_INET6);
	struct fixture *f = test->priv;

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

/* ---- Random changes, beside a table ---- */

#define TABLE_MAX	300

struct table {
	struct kunit *test;
	struct fixture *f;
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
	u64 seed;

	KUNIT_ASSERT_NOT_NULL(test, t);
	get_random_bytes(&seed, sizeof(seed));
	kunit_info(test, "seed 0x%llx\n", seed);
	prandom_seed_state(&t->rnd, seed);
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
	flush(VNI);
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
	flush(VNI);
	m = (struct vnencap_mapping){ .vni = VNI };
	KUNIT_EXPECT_EQ(test, next(&m, VNI), -ENOENT);
	for (i = 0; i < t->count && t->m[i].vni == VNI; i++)
		;
	KUNIT_ASSERT_LT(test, i, t->count);
	m = (struct vnencap_mapping){ .vni = VNI };
	KUNIT_EXPECT_EQ(test, next(&m, VNI_END), 0);
	KUNIT_EXPECT_EQ(test, compare(&m, &t->m[i]), 0);
}

/* A walk that deletes what it meets takes a wider prefix before what is in it:
 * no address has another mapping meanwhile than it had, or none.
 */
static void map_test_flush_order(struct kunit *test)
{
	struct vnencap_addr base = base_addr(AF_INET);
	struct vnencap_mapping m = { .vni = VNI };
	struct fixture *f = test->priv;
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

/* ---- Readers beside a writer ---- */

struct reader {
	const struct vnencap_map *map;
	struct vnencap_addr fixed;
	unsigned long lookups;
	unsigned long lost;
	unsigned long wrong;
};

/* What is replaced all the time is never gone, and never another's. */
static int reader_thread(void *data)
{
	struct reader *r = data;
	struct vnencap_addr via, hosts[] = { host(0), host(2) };

	while (!kthread_should_stop()) {
		via = lookup(r->map, r->fixed);
		r->lookups++;
		if (via.family == AF_UNSPEC)
			r->lost++;
		else if (!vnencap_addr_equal(&via, &hosts[0]) &&
			 !vnencap_addr_equal(&via, &hosts[1]))
			r->wrong++;
		if (r->lookups % 256 == 0)
			cond_resched();
	}
	return 0;
}

/* Change all around the address that is looked up, which moves to and fro. */
static void churn(struct table *t, struct vnencap_addr fixed)
{
	unsigned int bits = bits_of(t->family), len, step;

	for (step = 0; step < 20000; step++) {
		set(mapping(VNI, fixed, bits, step & 2), 0);
		len = below(t, bits);
		if (set(mapping(VNI, fixed, len, 1), NLM_F_CREATE | NLM_F_EXCL))
			del(mapping(VNI, fixed, len, 1));
		len = below(t, bits);
		if (add(mapping(VNI, flip_bit(fixed, len), bits, 3)))
			del(mapping(VNI, flip_bit(fixed, len), bits, 3));
		if (step % 64 == 0)
			cond_resched();
	}
}

static void map_test_readers(struct kunit *test)
{
	struct table *t = table_new(test, test_family(test));
	struct vnencap_addr fixed = base_addr(t->family);
	struct reader readers[2] = {};
	struct task_struct *tasks[2];
	unsigned int i;

	KUNIT_ASSERT_EQ(test, add(mapping(VNI, fixed, bits_of(t->family), 0)),
			0);
	for (i = 0; i < ARRAY_SIZE(readers); i++) {
		readers[i].map = t->f->map;
		readers[i].fixed = fixed;
		tasks[i] = kthread_run(reader_thread, &readers[i],
				       "vnencap_map_test");
	}
	churn(t, fixed);
	for (i = 0; i < ARRAY_SIZE(readers); i++) {
		if (IS_ERR(tasks[i])) {
			KUNIT_FAIL(test, "no thread\n");
			continue;
		}
		kthread_stop(tasks[i]);
		kunit_info(test, "reader %u: %lu lookups\n", i,
			   readers[i].lookups);
		KUNIT_EXPECT_EQ(test, readers[i].lost, 0);
		KUNIT_EXPECT_EQ(test, readers[i].wrong, 0);
	}
}

static struct kunit_case map_test_cases[] = {
	KUNIT_CASE_PARAM(map_test_default, family_gen_params),
	KUNIT_CASE_PARAM(map_test_host, family_gen_params),
	KUNIT_CASE_PARAM(map_test_nested, family_gen_params),
	KUNIT_CASE_PARAM(map_test_siblings, family_gen_params),
	KUNIT_CASE_PARAM(map_test_flags, family_gen_params),
	KUNIT_CASE_PARAM(map_test_not_there, family_gen_params),
	KUNIT_CASE(map_test_endpoints),
	KUNIT_CASE_PARAM(map_test_shares, share_gen_params),
	KUNIT_CASE_PARAM(map_test_group, family_gen_params),
	KUNIT_CASE(map_test_blackhole),
	KUNIT_CASE(map_test_devices),
	KUNIT_CASE_PARAM(map_test_random, family_gen_params),
	KUNIT_CASE(map_test_walk),
	KUNIT_CASE(map_test_flush_order),
	KUNIT_CASE_PARAM(map_test_readers, family_gen_params),
	{}
};

static struct kunit_suite map_test_suite = {
	.name = "vnencap_map",
	.init = map_test_init,
	.exit = map_test_exit,
	.test_cases = map_test_cases,
};

kunit_test_suites(&map_test_suite);
