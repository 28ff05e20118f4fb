// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the erasure code costs a frame, beside what lib/reed_solomon would cost
 * for the same metadata: it prints times, and asserts only that both give the
 * metadata back.
 */
#include <kunit/test.h>
#include <linux/bitops.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/rslib.h>
#include <linux/string.h>

#include "../frame.h"
#include "../shard.h"
#include "random.h"

#define META		48	/* a bulk TCP frame's, see wire-format.rst */
#define FRAMES		4000	/* timed at once */
#define ROUNDS		9	/* of which the fastest counts */
#define POLYNOMIAL	0x11d
#define PARITY		(VNENCAP_SHARD_N_MAX - VNENCAP_SHARD_K_MAX)

/**
 * struct loss_class - what a receiver may find of a frame's data shards
 * @name: to be printed
 * @lost: bit i is set where shard i is lost
 */
struct loss_class {
	const char *name;
	u32 lost;
};

static const struct loss_class classes[] = {
	{ "nothing lost", 0 },
	{ "the first data shard lost", BIT(0) },
	{ "the second data shard lost", BIT(1) },
	{ "both data shards lost", BIT(0) | BIT(1) },
};

static void class_describe(const struct loss_class *class, char *desc)
{
	strscpy(desc, class->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(class, classes, class_describe);

/**
 * struct bench - one frame's metadata, coded both ways
 * @frame: a long frame's geometry
 * @class: what is lost of it
 * @shards: as the module has them
 * @sent: the same before anything was lost
 * @rs: the library's code with as many shards
 * @data: of each byte of a shard, a codeword's data
 * @parity: and its parity
 */
struct bench {
	struct vnencap_frame frame;
	const struct loss_class *class;
	struct vnencap_shards shards;
	struct vnencap_shards sent;
	struct rs_control *rs;
	u8 data[VNENCAP_SHARD_LEN_MAX][VNENCAP_SHARD_K_MAX];
	u16 parity[VNENCAP_SHARD_LEN_MAX][PARITY];
};

/* ---- What is timed ---- */

static void encode(struct bench *b)
{
	vnencap_shard_encode(&b->shards, b->frame.k, b->frame.n,
			     b->frame.shard_len);
}

static void decode(struct bench *b)
{
	b->shards.have &= ~b->class->lost;
	vnencap_shard_decode(&b->shards, b->frame.k, b->frame.n,
			     b->frame.shard_len);
}

static void encode_rs(struct bench *b)
{
	unsigned int at;

	for (at = 0; at < b->frame.shard_len; at++) {
		memset(b->parity[at], 0, sizeof(b->parity[at]));
		encode_rs8(b->rs, b->data[at], b->frame.k, b->parity[at], 0);
	}
}

/* What is lost has to be wrong each time: a right codeword is found to be one
 * at half the cost.
 */
static void decode_rs(struct bench *b)
{
	unsigned int at, i, n;

	for (at = 0; at < b->frame.shard_len; at++) {
		int lost[VNENCAP_SHARD_K_MAX];

		for (i = 0, n = 0; i < b->frame.k; i++) {
			if (!(b->class->lost & BIT(i)))
				continue;
			lost[n++] = i;
			b->data[at][i] = 0;
		}
		decode_rs8(b->rs, b->data[at], b->parity[at], b->frame.k, NULL,
			   n, lost, 0, NULL);
	}
}

/* Nanoseconds a frame */
static u64 time_of(void (*what)(struct bench *b), struct bench *b)
{
	unsigned int round, i;
	u64 best = U64_MAX;

	for (round = 0; round < ROUNDS; round++) {
		u64 start = ktime_get_ns();

		for (i = 0; i < FRAMES; i++)
			what(b);
		best = min(best, ktime_get_ns() - start);
	}
	return div_u64(best, FRAMES);
}

/* ---- What it is done with ---- */

static void fill(struct bench *b)
{
	struct rnd_state rnd;
	unsigned int i, at;

	prandom_seed_state(&rnd, 1);
	for (i = 0; i < b->frame.k; i++) {
		prandom_bytes_state(&rnd, b->shards.data[i],
				    b->frame.shard_len);
		for (at = 0; at < b->frame.shard_len; at++)
			b->data[at][i] = b->shards.data[i][at];
	}
}

static void free_bench(void *rs)
{
	free_rs(rs);
}

static struct bench *new_bench(struct kunit *test)
{
	struct bench *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);
	u8 code;

	KUNIT_ASSERT_NOT_NULL(test, b);
	b->frame.slots = VNENCAP_SLOTS_MAX;
	vnencap_frame_geometry(&b->frame);
	code = vnencap_frame_shard_code(DIV_ROUND_UP(META, b->frame.k));
	b->frame.shard_len = vnencap_frame_shard_len(code);
	b->rs = init_rs(8, POLYNOMIAL, 0, 1, b->frame.n - b->frame.k);
	KUNIT_ASSERT_NOT_NULL(test, b->rs);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, free_bench, b->rs));
	fill(b);
	encode(b);
	encode_rs(b);
	b->sent = b->shards;
	return b;
}

static void expect_metadata(struct kunit *test, const struct bench *b)
{
	unsigned int i, at;

	for (i = 0; i < b->frame.k; i++) {
		for (at = 0; at < b->frame.shard_len; at++) {
			KUNIT_ASSERT_EQ(test, b->shards.data[i][at],
					b->sent.data[i][at]);
			KUNIT_ASSERT_EQ(test, b->data[at][i],
					b->sent.data[i][at]);
		}
	}
}

/* Lost is what is not there any more. */
static void lose(struct bench *b)
{
	unsigned int i;

	for (i = 0; i < b->frame.k; i++)
		if (b->class->lost & BIT(i))
			memset(b->shards.data[i], 0xff, b->frame.shard_len);
}

/* ---- The benchmarks ---- */

static void bench_encode(struct kunit *test)
{
	struct bench *b = new_bench(test);

	kunit_info(test, "bench: encode %u of %u shards, %u bytes each: %llu ns (encode_rs8: %llu ns)\n",
		   b->frame.k, b->frame.n, b->frame.shard_len,
		   time_of(encode, b), time_of(encode_rs, b));
	expect_metadata(test, b);
}

static void bench_decode(struct kunit *test)
{
	struct bench *b = new_bench(test);

	b->class = test->param_value;
	lose(b);
	kunit_info(test, "bench: decode, %s: %llu ns (decode_rs8: %llu ns)\n",
		   b->class->name, time_of(decode, b), time_of(decode_rs, b));
	expect_metadata(test, b);
}

static struct kunit_case shard_bench_cases[] = {
	KUNIT_CASE(bench_encode),
	KUNIT_CASE_PARAM(bench_decode, class_gen_params),
	{}
};

static struct kunit_suite shard_bench_suite = {
	.name = "vnencap_shard_bench",
	.test_cases = shard_bench_cases,
};

kunit_test_suites(&shard_bench_suite);
