/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mappings, as the tests call what is tested. They are made in the first network
 * namespace, in VNIs that nobody else uses, and none is left.
 */
#ifndef _VNENCAP_TESTS_MAP_MAPPING_H
#define _VNENCAP_TESTS_MAP_MAPPING_H

#include <linux/err.h>
#include <linux/netlink.h>
#include <net/net_namespace.h>

#include "map/map.h"
#include "tests/map/addr.h"

struct kunit;

/* The first VNI of the tests, and the last */
#define VNI	0xfffff0
#define VNI_END	0xffffff

#define NET	(&init_net)

/**
 * struct test_map - what a test has at hand
 * @map: the table of the first VNI
 * @sizes: how much there was before the test
 */
struct test_map {
	struct vnencap_map *map;
	struct vnencap_map_sizes sizes;
};

int test_map_init(struct kunit *test);
void test_map_exit(struct kunit *test);
void test_map_flush(u32 last_vni);

static inline struct vnencap_mapping mapping(u32 vni, struct vnencap_addr addr,
					     unsigned int len,
					     unsigned int host_nr)
{
	return (struct vnencap_mapping){
		.vni = vni,
		.dst = cut(addr, len),
		.len = len,
		.via = host(host_nr),
		.fec = VNENCAP_FEC_UNSET,
	};
}

static inline int set(struct vnencap_mapping m, unsigned int flags)
{
	int err;

	vnencap_map_lock(NET);
	err = vnencap_map_set(NET, &m, flags);
	vnencap_map_unlock(NET);
	return err;
}

static inline int add(struct vnencap_mapping m)
{
	return set(m, NLM_F_CREATE | NLM_F_EXCL);
}

static inline int del(struct vnencap_mapping m)
{
	int err;

	vnencap_map_lock(NET);
	err = vnencap_map_del(NET, &m);
	vnencap_map_unlock(NET);
	return err;
}

static inline int next(struct vnencap_mapping *m, u32 last_vni)
{
	int err;

	vnencap_map_lock(NET);
	err = vnencap_map_next(NET, m, last_vni);
	vnencap_map_unlock(NET);
	return err;
}

static inline int match(struct vnencap_mapping *m)
{
	int err;

	vnencap_map_lock(NET);
	err = vnencap_map_match(NET, m);
	vnencap_map_unlock(NET);
	return err;
}

static inline struct vnencap_map_sizes sizes(void)
{
	struct vnencap_map_sizes sizes;

	vnencap_map_lock(NET);
	vnencap_map_sizes(NET, &sizes);
	vnencap_map_unlock(NET);
	return sizes;
}

static inline unsigned int mappings_now(const struct test_map *f)
{
	return sizes().mappings - f->sizes.mappings;
}

static inline unsigned int nodes_now(const struct test_map *f)
{
	return sizes().nodes - f->sizes.nodes;
}

static inline unsigned int endpoints_now(const struct test_map *f)
{
	return sizes().endpoints - f->sizes.endpoints;
}

/* Where the data path would send it; of AF_UNSPEC: nowhere */
static inline struct vnencap_addr lookup(const struct vnencap_map *map,
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

#define EXPECT_VIA(test, map, addr, host_nr) do {			\
	struct vnencap_addr __via = lookup(map, addr);			\
	struct vnencap_addr __host = host(host_nr);			\
									\
	KUNIT_EXPECT_TRUE(test, vnencap_addr_equal(&__via, &__host));	\
} while (0)

#define EXPECT_NO_VIA(test, map, addr)					\
	KUNIT_EXPECT_EQ(test, lookup(map, addr).family, AF_UNSPEC)

#endif /* _VNENCAP_TESTS_MAP_MAPPING_H */
