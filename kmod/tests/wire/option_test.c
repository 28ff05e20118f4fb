// SPDX-License-Identifier: GPL-2.0-only
/* The fake TCP header: there and back, and nothing else passes for one. */
#include <kunit/test.h>

#include "tests/random.h"
#include "wire/option.h"

static const u32 vnis[] = { 0, 1, 0x800000, 0xabcdef, 0xffffff };
static const u32 ids[] = { 0, 1, 0x80000000, 0xffffffff };
static const u16 segment_sizes[] = {
	VNENCAP_SEGSZ_MIN, VNENCAP_SEGSZ_MIN + 4, 1448, VNENCAP_SEGSZ_MAX,
};

static void fill(struct vnencap_segment *seg, u32 vni, u32 id, u16 segsz,
		 u8 slots)
{
	memset(seg, 0, sizeof(*seg));
	seg->vni = vni;
	seg->id = id;
	seg->last = true;
	seg->class = id % (VNENCAP_TRAIN + 1);
	seg->frame.segsz = segsz;
	seg->frame.slots = slots;
	seg->frame.shard_code = slots % 16;
	seg->frame.shard_len = vnencap_frame_shard_len(slots % 16);
	vnencap_frame_geometry(&seg->frame);
	vnencap_option_pack(seg);
}

static void expect_same(struct kunit *test, const struct vnencap_segment *got,
			const struct vnencap_segment *want)
{
	KUNIT_EXPECT_EQ(test, got->vni, want->vni);
	KUNIT_EXPECT_EQ(test, got->id, want->id);
	KUNIT_EXPECT_EQ(test, got->class, want->class);
	KUNIT_EXPECT_EQ(test, got->last, want->last);
	KUNIT_EXPECT_EQ(test, got->parity, want->parity);
	KUNIT_EXPECT_EQ(test, got->offset, want->offset);
	KUNIT_EXPECT_EQ(test, got->word, want->word);
	KUNIT_EXPECT_EQ(test, got->win, want->win);
	KUNIT_EXPECT_EQ(test, got->frame.segsz, want->frame.segsz);
	KUNIT_EXPECT_EQ(test, got->frame.slots, want->frame.slots);
	KUNIT_EXPECT_EQ(test, got->frame.shard_len, want->frame.shard_len);
	KUNIT_EXPECT_EQ(test, got->frame.n, want->frame.n);
}

static bool same(const struct vnencap_segment *a,
		 const struct vnencap_segment *b)
{
	return a->vni == b->vni && a->id == b->id && a->class == b->class &&
	       a->last == b->last && a->offset == b->offset &&
	       a->parity == b->parity &&
	       a->frame.segsz == b->frame.segsz &&
	       a->frame.slots == b->frame.slots &&
	       a->frame.shard_len == b->frame.shard_len;
}

/* As segmentation makes a frame's headers from the first */
static void to_segment(struct vnencap_segment_hdr *hdr,
		       struct vnencap_segment *seg, u32 number, bool last)
{
	seg->offset = number * seg->frame.segsz;
	seg->last = last;
	hdr->tcp.seq = cpu_to_be32(seg->offset);
	hdr->tcp.psh = last;
}

static void round_trip(struct kunit *test, u32 vni, u32 id, u16 segsz,
		       u8 slots)
{
	struct vnencap_segment seg, got;
	struct vnencap_segment_hdr hdr;
	unsigned int number;

	fill(&seg, vni, id, segsz, slots);
	vnencap_option_build(&hdr, &seg, htons(0xc123), htons(7471));
	KUNIT_EXPECT_EQ(test, hdr.tcp.source, htons(0xc123));
	KUNIT_EXPECT_EQ(test, hdr.tcp.dest, htons(7471));
	KUNIT_EXPECT_TRUE(test, hdr.tcp.psh);
	for (number = 0; number < 3; number++) {
		to_segment(&hdr, &seg, number * 100, number & 1);
		KUNIT_ASSERT_EQ(test, vnencap_option_parse(&hdr, &got), 0);
		expect_same(test, &got, &seg);
		/* a piece of the frame that begins there */
		vnencap_option_build(&hdr, &seg, htons(0xc123), htons(7471));
		KUNIT_ASSERT_EQ(test, vnencap_option_parse(&hdr, &got), 0);
		expect_same(test, &got, &seg);
	}
}

static void option_test_round_trip(struct kunit *test)
{
	unsigned int v, i, s, slots;

	for (v = 0; v < ARRAY_SIZE(vnis); v++)
		for (i = 0; i < ARRAY_SIZE(ids); i++)
			for (s = 0; s < ARRAY_SIZE(segment_sizes); s++)
				for (slots = 1; slots <= VNENCAP_SLOTS_MAX;
				     slots++)
					round_trip(test, vnis[v], ids[i],
						   segment_sizes[s], slots);
}

/* Neither ports nor the checksum are the option's to judge. */
static bool judged(unsigned int byte)
{
	return byte >= offsetof(struct tcphdr, seq) &&
	       byte != offsetof(struct tcphdr, check) &&
	       byte != offsetof(struct tcphdr, check) + 1;
}

static void option_test_bit_flips(struct kunit *test)
{
	struct vnencap_segment seg, got;
	struct vnencap_segment_hdr hdr;
	unsigned int bit;

	fill(&seg, 0x123456, 0x789abcde, 1448, 45);
	vnencap_option_build(&hdr, &seg, htons(0xc123), htons(7471));
	to_segment(&hdr, &seg, 3, false);
	for (bit = 0; bit < sizeof(hdr) * 8; bit++) {
		struct vnencap_segment_hdr bad = hdr;

		((u8 *)&bad)[bit / 8] ^= 1 << bit % 8;
		if (vnencap_option_parse(&bad, &got)) {
			KUNIT_EXPECT_TRUE_MSG(test, judged(bit / 8),
					      "bit %u of byte %u", bit % 8,
					      bit / 8);
			continue;
		}
		KUNIT_EXPECT_EQ_MSG(test, same(&got, &seg), !judged(bit / 8),
				    "bit %u of byte %u", bit % 8, bit / 8);
	}
}

struct malformed {
	const char *name;
	unsigned int byte;
	u8 value;
};

#define TCP_BYTE(field)	offsetof(struct tcphdr, field)
#define FLAGS_BYTE	13

static const struct malformed malformed[] = {
	{ "header of 20 bytes", 12, 0x50 },
	{ "header of 24 bytes", 12, 0x60 },
	{ "header of 32 bytes", 12, 0x80 },
	{ "reserved bit", 12, 0x71 },
	{ "no flags", FLAGS_BYTE, 0x00 },
	{ "SYN", FLAGS_BYTE, 0x02 },
	{ "SYN ACK", FLAGS_BYTE, 0x12 },
	{ "FIN ACK", FLAGS_BYTE, 0x11 },
	{ "RST", FLAGS_BYTE, 0x04 },
	{ "URG ACK", FLAGS_BYTE, 0x30 },
	{ "CWR ACK", FLAGS_BYTE, 0x90 },
	{ "ECE ACK", FLAGS_BYTE, 0x50 },
	{ "urgent pointer", TCP_BYTE(urg_ptr) + 1, 1 },
	{ "segments of no bytes", TCP_BYTE(window), 0 },
	{ "offset within a segment", TCP_BYTE(seq) + 3, 4 },
	{ "no option", 20, 1 },
	{ "end of options", 20, 0 },
	{ "other kind", 20, 254 },
	{ "short option", 21, 4 },
	{ "long option", 21, 9 },
	{ "other ExID", 22, 0xf9 },
	{ "reserved class 3", 24, 0xc1 },
	{ "no slots", 24, 0x40 },
};

KUNIT_ARRAY_PARAM_DESC(malformed, malformed, name);

static void option_test_malformed(struct kunit *test)
{
	const struct malformed *m = test->param_value;
	struct vnencap_segment seg, got;
	struct vnencap_segment_hdr hdr;

	fill(&seg, 42, 1, VNENCAP_SEGSZ_MIN, 1);
	vnencap_option_build(&hdr, &seg, htons(0xc123), htons(7471));
	KUNIT_ASSERT_EQ(test, vnencap_option_parse(&hdr, &got), 0);
	((u8 *)&hdr)[m->byte] = m->value;
	KUNIT_EXPECT_EQ(test, vnencap_option_parse(&hdr, &got), -EPROTO);
}

/* What is taken for a header has values that the arithmetic can bear. */
static void expect_bearable(struct kunit *test,
			    const struct vnencap_segment *seg)
{
	const struct vnencap_frame *f = &seg->frame;

	KUNIT_ASSERT_LE(test, seg->class, VNENCAP_TRAIN);
	KUNIT_ASSERT_LE(test, seg->vni, 0xffffff);
	KUNIT_ASSERT_GE(test, f->segsz, VNENCAP_SEGSZ_MIN);
	KUNIT_ASSERT_LE(test, f->segsz, VNENCAP_SEGSZ_MAX);
	KUNIT_ASSERT_GE(test, f->slots, 1);
	KUNIT_ASSERT_LE(test, f->n, VNENCAP_SHARD_N_MAX);
	KUNIT_ASSERT_GE(test, f->n, 1);
	KUNIT_ASSERT_LE(test, f->shard_len, VNENCAP_SHARD_LEN_MAX);
	KUNIT_ASSERT_EQ(test, seg->offset % f->segsz, 0);
}

/* Random words where a header is otherwise right, and wholly random ones */
static void option_test_random(struct kunit *test)
{
	struct vnencap_segment_hdr hdr;
	struct vnencap_segment seg;
	unsigned int round, taken = 0;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 1);
	for (round = 0; round < TEST_ROUNDS(100000); round++) {
		fill(&seg, 42, 1, VNENCAP_SEGSZ_MIN, 1);
		vnencap_option_build(&hdr, &seg, htons(0xc123), htons(7471));
		hdr.word = (__force __be32)prandom_u32_state(&rnd);
		hdr.tcp.window = (__force __be16)prandom_u32_state(&rnd);
		if (round & 1)
			prandom_bytes_state(&rnd, &hdr, sizeof(hdr));
		if (vnencap_option_parse(&hdr, &seg))
			continue;
		expect_bearable(test, &seg);
		taken++;
	}
	KUNIT_EXPECT_GT(test, taken, TEST_ROUNDS(10000));
	KUNIT_EXPECT_LT(test, taken, TEST_ROUNDS(50000));
}

static struct kunit_case option_test_cases[] = {
	KUNIT_CASE(option_test_round_trip),
	KUNIT_CASE(option_test_bit_flips),
	KUNIT_CASE_PARAM(option_test_malformed, malformed_gen_params),
	KUNIT_CASE(option_test_random),
	{}
};

static struct kunit_suite option_test_suite = {
	.name = "vnencap_option",
	.test_cases = option_test_cases,
};

kunit_test_suites(&option_test_suite);
