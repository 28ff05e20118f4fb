/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers that look random and are the same each time, for the tests. */
#ifndef _VNENCAP_TESTS_RANDOM_H
#define _VNENCAP_TESTS_RANDOM_H

#include <kunit/test.h>
#include <linux/kconfig.h>
#include <linux/prandom.h>
#include <linux/random.h>

/* Rounds of a test; where KASAN watches, and mostly in an emulated machine, one
 * costs a hundred times as much.
 */
#define TEST_ROUNDS(n)	((n) / (IS_ENABLED(CONFIG_KASAN) ? 50 : 1))

/* From @low to @high, both included */
static inline u32 random_range(struct rnd_state *rnd, u32 low, u32 high)
{
	return low + prandom_u32_state(rnd) % (high - low + 1);
}

/* True in @percent of 100 cases */
static inline bool random_chance(struct rnd_state *rnd, u32 percent)
{
	return prandom_u32_state(rnd) % 100 < percent;
}

/* Others each time, where that is wanted: the log tells which. */
static inline void random_seed(struct kunit *test, struct rnd_state *rnd)
{
	u64 seed;

	get_random_bytes(&seed, sizeof(seed));
	kunit_info(test, "seed 0x%llx\n", seed);
	prandom_seed_state(rnd, seed);
}

#endif /* _VNENCAP_TESTS_RANDOM_H */
