// SPDX-License-Identifier: GPL-2.0-only
/*
 * The keys of a VNI: what may be done with them, and that readers meet those
 * from before a change or those from after it. They are given to VNIs of the
 * first network namespace that nobody else uses, and none is left.
 */
#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/netlink.h>
#include <net/net_namespace.h>

#include "map/key.h"
#include "map/map.h"
#include "tests/hosts.h"
#include "tests/random.h"

#define NET	(&init_net)
#define VNI	0xfffe20

/* ---- Reading ---- */

static void key_test_read(struct kunit *test)
{
	/* not aligned, as attributes need not be */
	static const u8 bytes[1 + VNENCAP_KEY_LEN] = {
		0xff, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
		0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f
	};
	struct vnencap_key key;

	KUNIT_EXPECT_TRUE(test, vnencap_key_read(&key, bytes + 1));
	/* as SipHash's authors have it */
	KUNIT_EXPECT_EQ(test, key.secret.key[0], 0x0706050403020100ULL);
	KUNIT_EXPECT_EQ(test, key.secret.key[1], 0x0f0e0d0c0b0a0908ULL);
}

static void key_test_zero(struct kunit *test)
{
	u8 bytes[VNENCAP_KEY_LEN] = {};
	struct vnencap_key key;
	unsigned int bit;

	KUNIT_EXPECT_FALSE(test, vnencap_key_read(&key, bytes));
	for (bit = 0; bit < 8 * VNENCAP_KEY_LEN; bit++) {
		bytes[bit / 8] = 1 << bit % 8;
		KUNIT_EXPECT_TRUE(test, vnencap_key_read(&key, bytes));
		bytes[bit / 8] = 0;
	}
}

/* ---- Changes ---- */

/* One of those from the one before, or of none; and what is to come of it: the
 * ids, of which the second is 0 as well where there is only one.
 */
struct step {
	const char *name;
	vnencap_keys_fn change;
	u32 id;
	int err;
	unsigned int n;
	u32 want[VNENCAP_KEYS_MAX];
};

static const struct step steps[] = {
	{ "add 0, which is there", vnencap_keys_add, 0, -EEXIST, 1, { 0 } },
	{ "delete 0, the only one", vnencap_keys_del, 0, -EBUSY, 1, { 0 } },
	{ "use what is not there", vnencap_keys_use, 1, -ENOENT, 1, { 0 } },
	{ "delete what is not there", vnencap_keys_del, 1, -ENOENT, 1, { 0 } },
	{ "use what is used", vnencap_keys_use, 0, 0, 1, { 0 } },
	{ "the first", vnencap_keys_add, 1, 0, 2, { 0, 1 } },
	{ "twice", vnencap_keys_add, 1, -EEXIST, 2, { 0, 1 } },
	{ "a third", vnencap_keys_add, 2, -ENOSPC, 2, { 0, 1 } },
	{ "use it", vnencap_keys_use, 1, 0, 2, { 1, 0 } },
	{ "use it again", vnencap_keys_use, 1, 0, 2, { 1, 0 } },
	{ "delete it, used", vnencap_keys_del, 1, -EBUSY, 2, { 1, 0 } },
	{ "delete the old one", vnencap_keys_del, 0, 0, 1, { 1 } },
	{ "delete it again", vnencap_keys_del, 0, -ENOENT, 1, { 1 } },
	{ "the next", vnencap_keys_add, U32_MAX, 0, 2, { 1, U32_MAX } },
	{ "give it up", vnencap_keys_del, U32_MAX, 0, 1, { 1 } },
	{ "once more", vnencap_keys_add, 7, 0, 2, { 1, 7 } },
	{ "use that", vnencap_keys_use, 7, 0, 2, { 7, 1 } },
	{ "back", vnencap_keys_use, 1, 0, 2, { 1, 7 } },
	{ "one for both", vnencap_keys_set, 9, 0, 1, { 9 } },
	{ "another", vnencap_keys_set, 7, 0, 1, { 7 } },
	{ "the open one", vnencap_keys_add, 0, 0, 2, { 7, 0 } },
	{ "use that one", vnencap_keys_use, 0, 0, 2, { 0, 7 } },
	{ "delete the last", vnencap_keys_del, 7, 0, 1, { 0 } },
	{ "set it", vnencap_keys_set, 3, 0, 1, { 3 } },
	{ "set none", vnencap_keys_set, 0, 0, 1, { 0 } },
};

static void expect_keys(struct kunit *test, const struct vnencap_keys *keys,
			const struct step *step)
{
	unsigned int i;

	KUNIT_ASSERT_EQ_MSG(test, keys->n, step->n, "%s", step->name);
	for (i = 0; i < keys->n; i++) {
		struct vnencap_key want = test_key(step->want[i]);

		KUNIT_EXPECT_EQ_MSG(test, keys->key[i].id, want.id, "%s",
				    step->name);
		KUNIT_EXPECT_MEMEQ(test, &keys->key[i].secret, &want.secret,
				   sizeof(want.secret));
	}
	for (; i < VNENCAP_KEYS_MAX; i++)
		KUNIT_EXPECT_NULL(test, memchr_inv(&keys->key[i], 0,
						   sizeof(keys->key[i])));
	KUNIT_EXPECT_EQ_MSG(test, vnencap_keys_are_open(keys),
			    step->n == 1 && !step->want[0], "%s", step->name);
}

/* As a request does it: those of the VNI, changed, are given to it. */
static int change(vnencap_keys_fn change_fn, u32 vni, u32 id)
{
	struct vnencap_key key = test_key(id);
	struct vnencap_keys keys;
	int err;

	vnencap_map_lock(NET);
	keys = *vnencap_keyring_get(NET, vni);
	err = change_fn(&keys, &key) ?: vnencap_keyring_set(NET, vni, &keys);
	vnencap_map_unlock(NET);
	return err;
}

static void key_test_steps(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		const struct step *step = &steps[i];

		KUNIT_EXPECT_EQ_MSG(test, change(step->change, VNI, step->id),
				    step->err, "%s", step->name);
		vnencap_map_lock(NET);
		expect_keys(test, vnencap_keyring_get(NET, VNI), step);
		vnencap_map_unlock(NET);
	}
}

/* ---- Tables ---- */

static unsigned int tables(void)
{
	struct vnencap_map_sizes sizes;

	vnencap_map_lock(NET);
	vnencap_map_sizes(NET, &sizes);
	vnencap_map_unlock(NET);
	return sizes.maps;
}

/* A table stays for its keys, and for nothing else does it stay after them. */
static void key_test_table(struct kunit *test)
{
	unsigned int before = tables();
	struct vnencap_map *map;

	KUNIT_EXPECT_EQ(test, change(vnencap_keys_set, VNI, 0), 0);
	KUNIT_EXPECT_EQ(test, tables(), before);
	KUNIT_EXPECT_EQ(test, change(vnencap_keys_set, VNI, 1), 0);
	KUNIT_EXPECT_EQ(test, change(vnencap_keys_set, VNI, 2), 0);
	KUNIT_EXPECT_EQ(test, tables(), before + 1);
	map = vnencap_map_get(NET, VNI);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, map);
	rcu_read_lock();
	KUNIT_EXPECT_EQ(test, vnencap_map_keys(map)->key[0].id, 2);
	rcu_read_unlock();
	vnencap_map_put(map);
	KUNIT_EXPECT_EQ(test, tables(), before + 1);
	map = vnencap_map_get(NET, VNI);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, map);
	KUNIT_EXPECT_EQ(test, change(vnencap_keys_set, VNI, 0), 0);
	rcu_read_lock();
	KUNIT_EXPECT_PTR_EQ(test, vnencap_map_keys(map), &vnencap_keys_open);
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, tables(), before + 1);
	vnencap_map_put(map);
	KUNIT_EXPECT_EQ(test, tables(), before);
}

/* From VNI to VNI: those with keys, in their order */
static void key_test_walk(struct kunit *test)
{
	static const u32 with[] = { VNI, VNI + 1, VNI + 7, VNI + 8 };
	const struct vnencap_keys *keys;
	struct vnencap_map *without;
	unsigned long vni = VNI;
	unsigned int i;

	without = vnencap_map_get(NET, VNI + 3);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, without);
	for (i = 0; i < ARRAY_SIZE(with); i++)
		KUNIT_EXPECT_EQ(test,
				change(vnencap_keys_set, with[i], 1 + i), 0);
	KUNIT_EXPECT_EQ(test, change(vnencap_keys_set, VNI + 8, 0), 0);
	vnencap_map_lock(NET);
	for (i = 0; i < ARRAY_SIZE(with) - 1; i++, vni++) {
		keys = vnencap_keyring_next(NET, &vni);
		KUNIT_EXPECT_NOT_NULL(test, keys);
		KUNIT_EXPECT_EQ(test, vni, with[i]);
		if (keys)
			KUNIT_EXPECT_EQ(test, keys->key[0].id, 1 + i);
	}
	keys = vnencap_keyring_next(NET, &vni);
	KUNIT_EXPECT_NULL(test, keys);
	vnencap_map_unlock(NET);
	for (i = 0; i < ARRAY_SIZE(with); i++)
		change(vnencap_keys_set, with[i], 0);
	vnencap_map_put(without);
}

/* ---- Readers ---- */

struct reader {
	const struct vnencap_map *map;
	unsigned long looks;
	unsigned long torn;
	unsigned long lost;
};

/* One of the keys is always that of id 1. */
static void look(struct reader *r)
{
	const struct vnencap_keys *keys;
	struct vnencap_key want;
	bool found = false;
	unsigned int i;

	rcu_read_lock();
	keys = vnencap_map_keys(r->map);
	for (i = 0; i < keys->n; i++) {
		want = test_key(keys->key[i].id);
		found |= want.id == 1;
		if (memcmp(&want.secret, &keys->key[i].secret,
			   sizeof(want.secret)))
			r->torn++;
	}
	rcu_read_unlock();
	if (!found)
		r->lost++;
	WRITE_ONCE(r->looks, r->looks + 1);
}

static int reader_thread(void *data)
{
	struct reader *r = data;

	while (!kthread_should_stop()) {
		look(r);
		if (r->looks % 256 == 0)
			cond_resched();
	}
	return 0;
}

/* Others come, are used, and go. */
static void churn(struct kunit *test)
{
	unsigned int round;
	int err = 0;

	for (round = 0; round < TEST_ROUNDS(12500); round++) {
		u32 id = 2 + round % 3;

		err |= change(vnencap_keys_add, VNI, id) ?:
		       change(vnencap_keys_use, VNI, id) ?:
		       change(vnencap_keys_use, VNI, 1) ?:
		       change(vnencap_keys_del, VNI, id);
		cond_resched();
	}
	KUNIT_EXPECT_EQ(test, err, 0);
}

static void key_test_readers(struct kunit *test)
{
	struct task_struct *task;
	struct vnencap_map *map;
	struct reader r = {};

	KUNIT_ASSERT_EQ(test, change(vnencap_keys_set, VNI, 1), 0);
	map = vnencap_map_get(NET, VNI);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, map);
	r.map = map;
	task = kthread_run(reader_thread, &r, "vnencap_key_test");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	while (!READ_ONCE(r.looks))
		schedule_timeout_uninterruptible(1);
	churn(test);
	kthread_stop(task);
	kunit_info(test, "%lu looks\n", r.looks);
	KUNIT_EXPECT_EQ(test, r.lost, 0);
	KUNIT_EXPECT_EQ(test, r.torn, 0);
	vnencap_map_put(map);
}

static void key_test_exit(struct kunit *test)
{
	change(vnencap_keys_set, VNI, 0);
}

static struct kunit_case key_test_cases[] = {
	KUNIT_CASE(key_test_read),
	KUNIT_CASE(key_test_zero),
	KUNIT_CASE(key_test_steps),
	KUNIT_CASE(key_test_table),
	KUNIT_CASE(key_test_walk),
	KUNIT_CASE(key_test_readers),
	{}
};

static struct kunit_suite key_test_suite = {
	.name = "vnencap_key",
	.exit = key_test_exit,
	.test_cases = key_test_cases,
};

kunit_test_suites(&key_test_suite);
