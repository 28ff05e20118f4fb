// SPDX-License-Identifier: GPL-2.0-only
/*
 * What it costs to have a frame's metadata survive losses, beside what
 * lib/reed_solomon would cost for the same metadata and as many shards: it
 * prints times, and asserts only that both give the metadata back.
 */
#include <kunit/test.h>
#include <linux/bitops.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/rslib.h>
#include <linux/string.h>

#include "tests/random.h"
#include "wire/frame.h"
#include "wire/meta.h"

#define META		48	/* a bulk TCP frame's, see wire-format.rst */
#define FRAMES		4000	/* timed at once */
#define ROUNDS		9	/* of which the fastest counts */
#define POLYNOMIAL	0x11d
#define PARITY		(VNENCAP_SHARD_N_MAX - 1)

/**
 * struct loss_class - what a receiver may find of a frame's shards
 * @name: to be printed
 * @lost: how many of the first are lost
 */
struct loss_class {
	const char *name;
	unsigned int lost;
};

static const struct loss_class classes[] = {
	{ "nothing lost", 0 },
	{ "the first shard lost", 1 },
	{ "the first two shards lost", 2 },
};

KUNIT_ARRAY_PARAM_DESC(class, classes, name);

/**
 * struct bench - one frame's metadata, made to survive in both ways
 * @seg: header of a long frame's segments
 * @class: what is lost of it
 * @sent: the sealed block
 * @shards: as they travel
 * @got: the block, as it is found
 * @genuine: and whether it was found right
 * @rs: the library's code with as many shards
 * @data: of each byte of the metadata, a codeword's data
 * @parity: and its parity
 */
struct bench {
	struct vnencap_segment seg;
	const struct loss_class *class;
	struct vnencap_block sent;
	u8 shards[VNENCAP_SHARD_N_MAX][VNENCAP_SHARD_LEN_MAX];
	struct vnencap_block got;
	bool genuine;
	struct rs_control *rs;
	u8 data[VNENCAP_SHARD_LEN_MAX];
	u16 parity[VNENCAP_SHARD_LEN_MAX][PARITY];
};

static const siphash_key_t key;

/* ---- What is timed ---- */

static void encode(struct bench *b)
{
	unsigned int i;

	for (i = 0; i < b->seg.frame.n; i++)
		memcpy(b->shards[i], b->sent.data, b->seg.frame.shard_len);
}

static void decode(struct bench *b)
{
	memcpy(b->got.data, b->shards[b->class->lost], b->seg.frame.shard_len);
}

static void seal(struct bench *b)
{
	vnencap_meta_seal(b->sent.data, b->seg.frame.shard_len, &b->seg, &key);
}

static void open(struct bench *b)
{
	decode(b);
	b->genuine = vnencap_meta_genuine(b->got.data, b->seg.frame.shard_len,
					  &b->seg, &key);
}

static void encode_rs(struct bench *b)
{
	unsigned int at;

	for (at = 0; at < b->seg.frame.shard_len; at++) {
		memset(b->parity[at], 0, sizeof(b->parity[at]));
		encode_rs8(b->rs, &b->data[at], 1, b->parity[at], 0);
	}
}

/* What is lost has to be wrong each time: a right codeword is found to be one
 * at half the cost.
 */
static void decode_rs(struct bench *b)
{
	int lost[] = { 0, 1 };
	unsigned int at;

	for (at = 0; at < b->seg.frame.shard_len; at++) {
		if (b->class->lost)
			b->data[at] = 0;
		if (b->class->lost > 1)
			b->parity[at][0] = 0;
		decode_rs8(b->rs, &b->data[at], b->parity[at], 1, NULL,
			   b->class->lost, lost, 0, NULL);
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

static void free_bench(void *rs)
{
	free_rs(rs);
}

static struct bench *new_bench(struct kunit *test)
{
	struct bench *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);
	struct rnd_state rnd;

	KUNIT_ASSERT_NOT_NULL(test, b);
	KUNIT_ASSERT_EQ(test, 0, vnencap_frame_plan(&b->seg.frame, 64000, META, 0,
						    1452));
	KUNIT_ASSERT_EQ(test, b->seg.frame.shard_len, META);
	vnencap_option_pack(&b->seg);
	b->rs = init_rs(8, POLYNOMIAL, 0, 1, b->seg.frame.n - 1);
	KUNIT_ASSERT_NOT_NULL(test, b->rs);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, free_bench, b->rs));
	prandom_seed_state(&rnd, 1);
	prandom_bytes_state(&rnd, b->sent.data, META);
	seal(b);
	memcpy(b->data, b->sent.data, META);
	encode(b);
	encode_rs(b);
	return b;
}

/* ---- The benchmarks ---- */

static void bench_encode(struct kunit *test)
{
	struct bench *b = new_bench(test);

	kunit_info(test, "bench: encode, %u shards of %u bytes: %llu ns (encode_rs8: %llu ns)\n",
		   b->seg.frame.n, b->seg.frame.shard_len, time_of(encode, b),
		   time_of(encode_rs, b));
	kunit_info(test, "bench: the tag: %llu ns to make\n",
		   time_of(seal, b));
	KUNIT_EXPECT_MEMEQ(test, b->shards[b->seg.frame.n - 1], b->data, META);
}

static void bench_decode(struct kunit *test)
{
	struct bench *b = new_bench(test);

	b->class = test->param_value;
	memset(b->shards, 0xff, b->class->lost * sizeof(b->shards[0]));
	kunit_info(test, "bench: decode, %s: %llu ns, with the tag %llu ns (decode_rs8: %llu ns)\n",
		   b->class->name, time_of(decode, b), time_of(open, b),
		   time_of(decode_rs, b));
	KUNIT_EXPECT_TRUE(test, b->genuine);
	KUNIT_EXPECT_MEMEQ(test, b->data, b->sent.data, META);
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
