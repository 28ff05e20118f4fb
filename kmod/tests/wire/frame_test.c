// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where shards and bytes fall: what must hold of every layout, and layouts
 * against one that is written down byte by byte.
 */
#include <kunit/test.h>
#include <linux/math.h>
#include <linux/sched.h>

#include "tests/random.h"
#include "wire/frame.h"

#define PAYLOAD_MAX	70000
#define META_MIN	12
#define META_MAX	VNENCAP_SHARD_LEN_MAX

static const u16 segment_sizes[] = {
	VNENCAP_SEGSZ_MIN, 528, 1448, 1452, 8948, VNENCAP_SEGSZ_MAX,
};

static void segsz_describe(const u16 *segsz, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "segments of %u", *segsz);
}

KUNIT_ARRAY_PARAM(segsz, segment_sizes, segsz_describe);

/* ---- What must hold ---- */

static void expect_shards_placed(struct kunit *test,
				 const struct vnencap_frame *f, u32 payload)
{
	u32 wire = vnencap_frame_wire_len(f, payload);
	unsigned int i;

	KUNIT_ASSERT_EQ(test, wire, payload + f->n * f->shard_len);
	KUNIT_ASSERT_EQ(test, vnencap_frame_shard_at(f, 0), 0);
	for (i = 0; i < f->n; i++) {
		u32 at = vnencap_frame_shard_at(f, i);

		KUNIT_ASSERT_EQ(test, at % f->segsz, 0);
		KUNIT_ASSERT_LE(test, at + f->shard_len, wire);
		KUNIT_ASSERT_LT(test, at / f->segsz, f->slots);
		if (i)
			KUNIT_ASSERT_GT(test, at,
					vnencap_frame_shard_at(f, i - 1));
	}
	/* the first at once, the last in the last slot */
	KUNIT_ASSERT_EQ(test, vnencap_frame_shard_at(f, f->n - 1),
			(f->slots - 1) * f->segsz);
}

/* The slots are those that there are, but for segments with nothing but a shard;
 * only that a short frame has no more of them than shards.
 */
static void expect_slots(struct kunit *test, const struct vnencap_frame *f,
			 u32 payload)
{
	u32 wire = vnencap_frame_wire_len(f, payload);
	u32 slots = (wire - f->shard_len - !!payload) / f->segsz + 1;

	KUNIT_ASSERT_GE(test, f->slots, 1);
	if (f->n == VNENCAP_SHARD_N_MAX) {
		KUNIT_ASSERT_LE(test, f->segsz, VNENCAP_SHARD_EACH_SEGSZ);
		KUNIT_ASSERT_EQ(test, f->slots, f->n);
		KUNIT_ASSERT_LE(test, f->slots, slots);
		return;
	}
	KUNIT_ASSERT_EQ(test, f->slots,
			min_t(u32, slots, VNENCAP_SLOTS_MAX));
	if (f->n != f->slots)
		KUNIT_ASSERT_GT(test, f->slots, vnencap_frame_short(f->segsz));
	else
		KUNIT_ASSERT_LE(test, f->slots, vnencap_frame_short(f->segsz));
}

static void expect_meta_fits(struct kunit *test, const struct vnencap_frame *f,
			     u32 meta)
{
	u8 code = vnencap_frame_shard_code(f->shard_len);

	KUNIT_ASSERT_GE(test, f->n, 1);
	KUNIT_ASSERT_LE(test, f->n, VNENCAP_SHARD_N_MAX);
	KUNIT_ASSERT_LE(test, meta, f->shard_len);
	KUNIT_ASSERT_LT(test, code, 16);
	KUNIT_ASSERT_EQ(test, vnencap_frame_shard_len(code), f->shard_len);
	/* no shorter one would do */
	if (code)
		KUNIT_ASSERT_GT(test, meta, vnencap_frame_shard_len(code - 1));
}

/* What a receiver makes of the part of the layout that travels */
static void expect_same_geometry(struct kunit *test,
				 const struct vnencap_frame *f)
{
	struct vnencap_frame seen = {
		.segsz = f->segsz,
		.slots = f->slots,
		.shard_len = f->shard_len,
	};

	vnencap_frame_geometry(&seen);
	KUNIT_ASSERT_EQ(test, seen.n, f->n);
}

/* Payload and shards on either side of each segment's first byte */
static void expect_counts(struct kunit *test, const struct vnencap_frame *f,
			  u32 payload)
{
	u32 wire = vnencap_frame_wire_len(f, payload), at, before = 0;

	for (at = 0; at < wire; at += f->segsz) {
		u32 now = vnencap_frame_payload_at(f, at);

		KUNIT_ASSERT_GE(test, now, before);
		KUNIT_ASSERT_LE(test, now - before, f->segsz);
		before = now;
	}
	KUNIT_ASSERT_EQ(test, vnencap_frame_payload_at(f, wire), payload);
	KUNIT_ASSERT_EQ(test, vnencap_frame_shards_before(f, wire), f->n);
	KUNIT_ASSERT_EQ(test, vnencap_frame_shards_before(f, 0), 0);
}

static void expect_layout(struct kunit *test, u32 payload, u32 meta, u16 segsz)
{
	struct vnencap_frame f;
	int err = vnencap_frame_plan(&f, payload, meta, 0, segsz);

	KUNIT_ASSERT_EQ_MSG(test, err, 0, "payload %u, metadata %u, segsz %u",
			    payload, meta, segsz);
	KUNIT_ASSERT_EQ(test, f.segsz, segsz);
	expect_shards_placed(test, &f, payload);
	expect_slots(test, &f, payload);
	expect_meta_fits(test, &f, meta);
	expect_same_geometry(test, &f);
	expect_counts(test, &f, payload);
}

/* ---- A layout byte by byte ---- */

/* One for each byte of wire payload: is it a shard's? */
static void write_down(u8 *is_shard, const struct vnencap_frame *f, u32 wire)
{
	unsigned int i;

	memset(is_shard, 0, wire);
	for (i = 0; i < f->n; i++)
		memset(is_shard + vnencap_frame_shard_at(f, i), 1,
		       f->shard_len);
}

static void expect_as_written(struct kunit *test, const u8 *is_shard,
			      const struct vnencap_frame *f, u32 wire)
{
	u32 at, payload = 0, shards = 0;

	for (at = 0; at <= wire; at++) {
		if (at % f->segsz == 0 || at == wire) {
			KUNIT_ASSERT_EQ(test, vnencap_frame_payload_at(f, at),
					payload);
			KUNIT_ASSERT_EQ(test,
					vnencap_frame_shards_before(f, at),
					shards);
		}
		if (at == wire)
			break;
		if (!is_shard[at])
			payload++;
		else if (!(at % f->segsz))
			shards++;
	}
}

/* ---- The tests ---- */

static void frame_test_every_payload(struct kunit *test)
{
	const u16 *segsz = test->param_value;
	struct rnd_state rnd;
	u32 payload;

	prandom_seed_state(&rnd, *segsz);
	for (payload = 0; payload <= TEST_ROUNDS(PAYLOAD_MAX); payload++) {
		expect_layout(test, payload,
			      random_range(&rnd, META_MIN, META_MAX), *segsz);
		cond_resched();
	}
}

/* Around each number of segments, every length of metadata */
static void frame_test_every_meta(struct kunit *test)
{
	const u16 *segsz = test->param_value;
	u32 segments, payload, meta;

	for (meta = META_MIN; meta <= META_MAX; meta++)
		for (segments = 0; segments < 8; segments++)
			for (payload = max_t(int, segments * *segsz - 2, 0);
			     payload <= segments * *segsz + 2; payload++)
				expect_layout(test, payload, meta, *segsz);
}

static void frame_test_random(struct kunit *test)
{
	struct rnd_state rnd;
	unsigned int round;

	prandom_seed_state(&rnd, 1);
	for (round = 0; round < TEST_ROUNDS(50000); round++)
		expect_layout(test, random_range(&rnd, 0, PAYLOAD_MAX),
			      random_range(&rnd, META_MIN, META_MAX),
			      random_range(&rnd, VNENCAP_SEGSZ_MIN / 4,
					   VNENCAP_SEGSZ_MAX / 4) * 4);
}

static void frame_test_byte_by_byte(struct kunit *test)
{
	u32 most = PAYLOAD_MAX + VNENCAP_SHARD_N_MAX * VNENCAP_SHARD_LEN_MAX;
	u8 *is_shard = kunit_kmalloc(test, most, GFP_KERNEL);
	const u16 *segsz = test->param_value;
	struct vnencap_frame f;
	struct rnd_state rnd;
	unsigned int round;

	KUNIT_ASSERT_NOT_NULL(test, is_shard);
	prandom_seed_state(&rnd, *segsz);
	for (round = 0; round < TEST_ROUNDS(100); round++) {
		u32 payload = random_range(&rnd, 0, PAYLOAD_MAX);
		u32 meta = random_range(&rnd, META_MIN, META_MAX);
		u32 wire;

		KUNIT_ASSERT_EQ(test,
				vnencap_frame_plan(&f, payload, meta, 0,
						   *segsz), 0);
		wire = vnencap_frame_wire_len(&f, payload);
		write_down(is_shard, &f, wire);
		expect_as_written(test, is_shard, &f, wire);
		cond_resched();
	}
}

/* Short frames: an inner segment in each of ours, if it and a shard fit there. */
static void frame_test_aligned(struct kunit *test)
{
	const u16 *segsz = test->param_value;
	struct vnencap_frame f;
	u32 gso, segments;

	for (gso = VNENCAP_SEGSZ_MIN; gso <= *segsz; gso += 4) {
		for (segments = 2; segments <= vnencap_frame_short(gso + 48);
		     segments++) {
			u32 payload = segments * gso - gso / 3, i;

			KUNIT_ASSERT_EQ(test, 0,
					vnencap_frame_plan(&f, payload, 48, gso,
							   *segsz));
			if (gso + 48 > *segsz || gso + 48 <= *segsz / 2) {
				KUNIT_ASSERT_EQ(test, f.segsz, *segsz);
				continue;
			}
			KUNIT_ASSERT_EQ(test, f.n, segments);
			KUNIT_ASSERT_EQ(test, f.slots, segments);
			for (i = 0; i < segments; i++)
				KUNIT_ASSERT_EQ(test, i * gso,
						vnencap_frame_payload_at(&f, i *
								f.segsz));
		}
	}
	/* one more is a long frame */
	segments = vnencap_frame_short(*segsz) + 1;
	KUNIT_ASSERT_EQ(test, 0, vnencap_frame_plan(&f,
						    segments * (*segsz - 48), 48,
						    *segsz - 48, *segsz));
	KUNIT_EXPECT_EQ(test, f.segsz, *segsz);
	/* nothing fits in a segment that cannot be, also where nothing is to be sent */
	KUNIT_ASSERT_EQ(test, 0, vnencap_frame_plan(&f, 0, 48, 73, *segsz));
	KUNIT_EXPECT_EQ(test, f.segsz, *segsz);
}

/* Headers that say any number of slots: the offsets stay apart. */
static void frame_test_every_slots(struct kunit *test)
{
	const u16 *segsz = test->param_value;
	struct vnencap_frame f = { .segsz = *segsz };

	for (f.slots = 1; f.slots <= VNENCAP_SLOTS_MAX; f.slots++) {
		unsigned int i;

		vnencap_frame_geometry(&f);
		for (i = 1; i < f.n; i++)
			KUNIT_ASSERT_GE(test, vnencap_frame_shard_at(&f, i),
					vnencap_frame_shard_at(&f, i - 1) +
					f.segsz);
		KUNIT_ASSERT_LE(test, vnencap_frame_shard_at(&f, f.n - 1),
				(f.slots - 1) * f.segsz);
	}
}

static void frame_test_shard_codes(struct kunit *test)
{
	u32 len;

	for (len = 0; len <= VNENCAP_SHARD_LEN_MAX; len++) {
		u8 code = vnencap_frame_shard_code(len);

		KUNIT_ASSERT_LT(test, code, 16);
		KUNIT_ASSERT_GE(test, vnencap_frame_shard_len(code), len);
		if (code)
			KUNIT_ASSERT_LT(test, vnencap_frame_shard_len(code - 1),
					len);
	}
	KUNIT_EXPECT_EQ(test, vnencap_frame_shard_code(len), 16);
	KUNIT_EXPECT_EQ(test, vnencap_frame_shard_code(U32_MAX), 16);
}

static struct kunit_case frame_test_cases[] = {
	KUNIT_CASE_PARAM(frame_test_every_payload, segsz_gen_params),
	KUNIT_CASE_PARAM(frame_test_every_meta, segsz_gen_params),
	KUNIT_CASE(frame_test_random),
	KUNIT_CASE_PARAM(frame_test_byte_by_byte, segsz_gen_params),
	KUNIT_CASE_PARAM(frame_test_aligned, segsz_gen_params),
	KUNIT_CASE_PARAM(frame_test_every_slots, segsz_gen_params),
	KUNIT_CASE(frame_test_shard_codes),
	{}
};

static struct kunit_suite frame_test_suite = {
	.name = "vnencap_frame",
	.test_cases = frame_test_cases,
};

kunit_test_suites(&frame_test_suite);
