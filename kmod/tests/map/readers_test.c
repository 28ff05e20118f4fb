// SPDX-License-Identifier: GPL-2.0-only
/* Readers of mappings beside a writer. */
#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/netlink.h>
#include <linux/prandom.h>

#include "map/map.h"
#include "tests/map/addr.h"
#include "tests/map/family.h"
#include "tests/map/mapping.h"
#include "tests/random.h"

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
static void churn(struct rnd_state *rnd, struct vnencap_addr fixed)
{
	unsigned int bits = bits_of(fixed.family), len, step;

	for (step = 0; step < TEST_ROUNDS(50000); step++) {
		set(mapping(VNI, fixed, bits, step & 2), 0);
		len = random_range(rnd, 0, bits - 1);
		if (set(mapping(VNI, fixed, len, 1), NLM_F_CREATE | NLM_F_EXCL))
			del(mapping(VNI, fixed, len, 1));
		len = random_range(rnd, 0, bits - 1);
		if (add(mapping(VNI, flip_bit(fixed, len), bits, 3)))
			del(mapping(VNI, flip_bit(fixed, len), bits, 3));
		if (step % 64 == 0)
			cond_resched();
	}
}

static void map_test_readers(struct kunit *test)
{
	struct vnencap_addr fixed = base_addr(test_family(test));
	struct test_map *f = test->priv;
	struct reader readers[2] = {};
	struct task_struct *tasks[2];
	struct rnd_state rnd;
	unsigned int i;

	random_seed(test, &rnd);
	KUNIT_ASSERT_EQ(test,
			add(mapping(VNI, fixed, bits_of(fixed.family), 0)), 0);
	for (i = 0; i < ARRAY_SIZE(readers); i++) {
		readers[i].map = f->map;
		readers[i].fixed = fixed;
		tasks[i] = kthread_run(reader_thread, &readers[i],
				       "vnencap_map_test");
	}
	churn(&rnd, fixed);
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

static struct kunit_case readers_test_cases[] = {
	KUNIT_CASE_PARAM(map_test_readers, family_gen_params),
	{}
};

static struct kunit_suite readers_test_suite = {
	.name = "vnencap_readers",
	.init = test_map_init,
	.exit = test_map_exit,
	.test_cases = readers_test_cases,
};

kunit_test_suite(readers_test_suite);
