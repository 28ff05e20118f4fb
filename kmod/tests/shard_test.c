// SPDX-License-Identifier: GPL-2.0-only
/*
 * The erasure code: every loss pattern of every geometry and shard length in
 * use, and the parity against multiplication by tables of logarithms.
 */
#include <kunit/test.h>
#include <linux/bitops.h>
#include <linux/string.h>

#include "../frame.h"
#include "../shard.h"
#include "random.h"

#define SHARD_CODES	16

struct geometry {
	unsigned int k, n;
};

/* The geometries that frames have, found in KUnit's way: one after another */
static const void *geometry_next(const void *prev, char *desc)
{
	static struct geometry now;
	struct vnencap_frame f = { .slots = 0 };

	while (f.slots++ < VNENCAP_SLOTS_MAX) {
		vnencap_frame_geometry(&f);
		if (prev && f.n <= now.n)
			continue;
		now = (struct geometry){ f.k, f.n };
		snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u of %u", f.k, f.n);
		return &now;
	}
	return NULL;
}

/* ---- The reference ---- */

struct field {
	u8 log[256];
	u8 exp[255];
};

static void field_init(struct field *gf)
{
	unsigned int i, v = 1;

	for (i = 0; i < 255; i++) {
		gf->exp[i] = v;
		gf->log[v] = i;
		v <<= 1;
		if (v > 255)
			v ^= 0x11d;
	}
}

static u8 field_mul(const struct field *gf, u8 a, u8 b)
{
	if (!a || !b)
		return 0;
	return gf->exp[(gf->log[a] + gf->log[b]) % 255];
}

/* Byte @at of shard @i: the data's polynomial at 2^(i - k) */
static u8 expected(const struct field *gf, const struct vnencap_shards *s,
		   const struct geometry *g, unsigned int i, unsigned int at)
{
	unsigned int j;
	u8 sum = 0;

	if (i < g->k)
		return s->data[i][at];
	for (j = 0; j < g->k; j++)
		sum ^= field_mul(gf, s->data[j][at],
				 gf->exp[(i - g->k) * j % 255]);
	return sum;
}

/* ---- Shards to test with ---- */

static void fill_data(struct vnencap_shards *s, unsigned int k,
		      unsigned int len, struct rnd_state *rnd)
{
	unsigned int i;

	memset(s, 0, sizeof(*s));
	for (i = 0; i < k; i++)
		prandom_bytes_state(rnd, s->data[i], len);
}

/* What arrives of @sent: the others' memory holds anything. */
static void arrive(struct vnencap_shards *to, const struct vnencap_shards *sent,
		   u32 have, unsigned int len, struct rnd_state *rnd)
{
	unsigned int i;

	prandom_bytes_state(rnd, to, sizeof(*to));
	to->have = have;
	for (i = 0; i < VNENCAP_SHARD_N_MAX; i++) {
		if (!(have & BIT(i)))
			continue;
		memset(to->data[i], 0, round_up(len, 8));
		memcpy(to->data[i], sent->data[i], len);
	}
}

static void expect_pattern(struct kunit *test, const struct geometry *g,
			   const struct vnencap_shards *sent, u32 have,
			   unsigned int len, struct rnd_state *rnd)
{
	u32 data = GENMASK(g->k - 1, 0);
	struct vnencap_shards s;
	int want = 1, got;
	unsigned int i;

	if (hweight32(have) < g->k)
		want = -ENODATA;
	else if ((have & data) == data)
		want = 0;
	arrive(&s, sent, have, len, rnd);
	got = vnencap_shard_decode(&s, g->k, g->n, len);
	KUNIT_ASSERT_EQ_MSG(test, got, want, "length %u, shards %#x", len,
			    have);
	if (got < 0)
		return;
	KUNIT_EXPECT_EQ(test, s.have & have, have);
	KUNIT_EXPECT_EQ(test, s.have & data, data);
	for (i = 0; i < g->k; i++)
		KUNIT_ASSERT_MEMEQ_MSG(test, s.data[i], sent->data[i], len,
				       "length %u, shards %#x", len, have);
}

/* ---- The tests ---- */

static void shard_test_reference(struct kunit *test)
{
	const struct geometry *g = test->param_value;
	struct vnencap_shards s;
	struct rnd_state rnd;
	unsigned int code, i, at;
	struct field gf;

	field_init(&gf);
	prandom_seed_state(&rnd, g->n);
	for (code = 0; code < SHARD_CODES; code++) {
		unsigned int len = vnencap_frame_shard_len(code);

		fill_data(&s, g->k, len, &rnd);
		vnencap_shard_encode(&s, g->k, g->n, len);
		KUNIT_EXPECT_EQ(test, s.have, GENMASK(g->n - 1, 0));
		for (i = 0; i < g->n; i++)
			for (at = 0; at < len; at++)
				KUNIT_ASSERT_EQ(test, s.data[i][at],
						expected(&gf, &s, g, i, at));
	}
}

static void shard_test_every_pattern(struct kunit *test)
{
	const struct geometry *g = test->param_value;
	struct vnencap_shards sent;
	unsigned int code, round;
	struct rnd_state rnd;
	u32 have;

	prandom_seed_state(&rnd, g->n);
	for (code = 0; code < SHARD_CODES; code++) {
		unsigned int len = vnencap_frame_shard_len(code);

		for (round = 0; round < TEST_ROUNDS(10); round++) {
			fill_data(&sent, g->k, len, &rnd);
			vnencap_shard_encode(&sent, g->k, g->n, len);
			for (have = 0; have < BIT(g->n); have++)
				expect_pattern(test, g, &sent, have, len, &rnd);
		}
	}
}

/* All values that two bytes in the same place of two shards can have */
static void fill_values(struct vnencap_shards *s, unsigned int first)
{
	unsigned int at;

	memset(s, 0, sizeof(*s));
	for (at = 0; at < VNENCAP_SHARD_LEN_MAX; at++) {
		s->data[0][at] = (first + at) >> 8;
		s->data[1][at] = first + at;
	}
}

static void shard_test_every_value(struct kunit *test)
{
	const struct geometry *g = test->param_value;
	struct vnencap_shards sent;
	struct rnd_state rnd;
	unsigned int first;
	u32 have;

	prandom_seed_state(&rnd, g->n);
	for (first = 0; first < 1 << 16; first += VNENCAP_SHARD_LEN_MAX) {
		fill_values(&sent, first);
		vnencap_shard_encode(&sent, g->k, g->n, VNENCAP_SHARD_LEN_MAX);
		for (have = 0; have < BIT(g->n); have++)
			if (hweight32(have) == g->k)
				expect_pattern(test, g, &sent, have,
					       VNENCAP_SHARD_LEN_MAX, &rnd);
	}
}

/* Bits for shards that the frame does not have count for nothing. */
static void shard_test_others(struct kunit *test)
{
	const struct geometry *g = test->param_value;
	struct vnencap_shards s;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, g->n);
	prandom_bytes_state(&rnd, &s, sizeof(s));
	s.have = ~GENMASK(g->n - 1, 0) | GENMASK(g->k - 1, 1);
	KUNIT_EXPECT_EQ(test, vnencap_shard_decode(&s, g->k, g->n, 24),
			-ENODATA);
}

static struct kunit_case shard_test_cases[] = {
	KUNIT_CASE_PARAM(shard_test_reference, geometry_next),
	KUNIT_CASE_PARAM(shard_test_every_pattern, geometry_next),
	KUNIT_CASE_PARAM(shard_test_every_value, geometry_next),
	KUNIT_CASE_PARAM(shard_test_others, geometry_next),
	{}
};

static struct kunit_suite shard_test_suite = {
	.name = "vnencap_shard",
	.test_cases = shard_test_cases,
};

kunit_test_suites(&shard_test_suite);
