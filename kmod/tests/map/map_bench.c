// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a look-up costs in the mappings that there are, beside one for the same
 * address in the kernel's own routes. Whoever measures (selftests/bench/map)
 * loads both and writes 4 or 6, for the family, to the module's parameter
 * map_bench; to be read from it are then
 *
 *	look-ups, of which found in mappings and in routes,
 *	tenths of nanoseconds for one in mappings and for one in routes
 *
 * The addresses are those of all mappings in the namespace, in random order.
 * None may be removed meanwhile.
 */

#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/nsproxy.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <net/ip6_fib.h>
#include <net/ip_fib.h>
#include <net/net_namespace.h>
#include <uapi/linux/vnencap.h>

#include "compat.h"
#include "map/map.h"

#define ROUNDS	3	/* of which the fastest counts */
#define SLICE	4096	/* look-ups between two chances for others to run */

/**
 * struct target - what is looked up
 * @map: the table
 * @addr: the address
 */
struct target {
	struct vnencap_map *map;
	struct vnencap_addr addr;
};

/**
 * struct bench - all that is looked up, and what came of it
 * @net: the namespace
 * @family: of the addresses
 * @target: where and what
 * @n: how many there are
 * @found: how many of them the last round found
 */
struct bench {
	struct net *net;
	u16 family;
	struct target *target;
	unsigned int n;
	unsigned int found;
};

static char result[80];

/* ---- One look-up ---- */

static bool in_mappings(const struct bench *b, const struct target *t)
{
	if (b->family == AF_INET)
		return vnencap_map_lookup4(t->map, t->addr.ip4);
	return vnencap_map_lookup6(t->map, &t->addr.ip6);
}

static bool in_routes4(const struct bench *b, const struct target *t)
{
	struct fib_table *table = rcu_dereference(b->net->ipv4.fib_main);
	struct flowi4 fl4 = { .daddr = t->addr.ip4 };
	struct fib_result res;

	return table &&
	       !fib_table_lookup(table, &fl4, &res, FIB_LOOKUP_NOREF);
}

static bool in_routes6(const struct bench *b, const struct target *t)
{
	struct flowi6 fl6 = { .daddr = t->addr.ip6 };
	struct fib6_result res;

	return !compat_fib6_lookup(b->net, &fl6, &res);
}

/* ---- All of them ---- */

static void look_up(struct bench *b, unsigned int from, unsigned int to,
		    bool (*one)(const struct bench *b, const struct target *t))
{
	unsigned int i;

	rcu_read_lock();
	for (i = from; i < to; i++)
		b->found += one(b, &b->target[i]);
	rcu_read_unlock();
}

/* Tenths of nanoseconds for one */
static u64 time_of(struct bench *b,
		   bool (*one)(const struct bench *b, const struct target *t))
{
	unsigned int round, i;
	u64 start, best = U64_MAX;

	for (round = 0; round < ROUNDS; round++) {
		b->found = 0;
		start = ktime_get_ns();
		for (i = 0; i < b->n; i += SLICE) {
			look_up(b, i, min(i + SLICE, b->n), one);
			cond_resched();
		}
		best = min(best, ktime_get_ns() - start);
	}
	return div_u64(10 * best, max(b->n, 1U));
}

static void shuffle(struct bench *b)
{
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, 1);
	for (i = b->n; i > 1; i--)
		swap(b->target[i - 1],
		     b->target[prandom_u32_state(&rnd) % i]);
}

/* A table stays while it has mappings. */
static struct vnencap_map *borrow_map(struct net *net, u32 vni)
{
	struct vnencap_map *map = vnencap_map_get(net, vni);

	if (IS_ERR(map))
		return map;
	vnencap_map_put(map);
	return map;
}

static bool next_mapping(struct net *net, struct vnencap_mapping *m)
{
	int err;

	vnencap_map_lock(net);
	err = vnencap_map_next(net, m, VNENCAP_VNI_MAX);
	vnencap_map_unlock(net);
	return !err;
}

static int collect(struct bench *b, unsigned int room)
{
	struct vnencap_mapping m = { .dst.family = AF_UNSPEC };
	struct vnencap_map *map = NULL;
	u32 vni = U32_MAX;

	while (b->n < room && next_mapping(b->net, &m)) {
		if (m.vni != vni)
			map = borrow_map(b->net, m.vni);
		if (IS_ERR(map))
			return PTR_ERR(map);
		vni = m.vni;
		if (m.dst.family == b->family)
			b->target[b->n++] = (struct target){ map, m.dst };
		cond_resched();
	}
	return 0;
}

static void run(struct bench *b)
{
	unsigned int found;
	u64 map, fib;

	shuffle(b);
	map = time_of(b, in_mappings);
	found = b->found;
	fib = time_of(b, b->family == AF_INET ? in_routes4 : in_routes6);
	scnprintf(result, sizeof(result), "%u %u %u %llu %llu\n", b->n, found,
		  b->found, map, fib);
}

static int bench_set(const char *word, const struct kernel_param *param)
{
	struct bench b = { .net = current->nsproxy->net_ns };
	struct vnencap_map_sizes sizes;
	int err;
	u8 ip;

	err = kstrtou8(word, 10, &ip);
	if (err)
		return err;
	if (ip != 4 && ip != 6)
		return -EINVAL;
	b.family = ip == 4 ? AF_INET : AF_INET6;
	vnencap_map_lock(b.net);
	vnencap_map_sizes(b.net, &sizes);
	vnencap_map_unlock(b.net);
	b.target = kvmalloc_array(sizes.mappings + 1, sizeof(*b.target),
				  GFP_KERNEL);
	if (!b.target)
		return -ENOMEM;
	err = collect(&b, sizes.mappings);
	if (!err)
		run(&b);
	kvfree(b.target);
	return err;
}

static int bench_get(char *buffer, const struct kernel_param *param)
{
	return scnprintf(buffer, PAGE_SIZE, "%s", result);
}

static const struct kernel_param_ops bench_ops = {
	.set = bench_set,
	.get = bench_get,
};

module_param_cb(map_bench, &bench_ops, NULL, 0600);
