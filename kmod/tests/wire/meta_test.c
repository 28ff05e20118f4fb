// SPDX-License-Identifier: GPL-2.0-only
/*
 * The metadata block: there and back for headers of all kinds, and blocks that are
 * not what they should be.
 */
#include <kunit/test.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include "tests/packet.h"
#include "tests/random.h"
#include "tests/wire/meta.h"
#include "wire/meta.h"

#define ROUNDS	TEST_ROUNDS(1000)

static const struct test_kind kinds[] = {
	{ "TCP", .proto = IPPROTO_TCP, .gso = true, .partial = true,
	  .payload = 60000 },
	{ "TCP not GSO", .proto = IPPROTO_TCP, .partial = true,
	  .payload = 9000 },
	{ "TCP summed", .proto = IPPROTO_TCP, .payload = 9000 },
	{ "UDP", .proto = IPPROTO_UDP, .partial = true, .payload = 60000 },
	{ "UDP summed", .proto = IPPROTO_UDP, .payload = 60000 },
	{ "ICMP", .proto = IPPROTO_ICMP, .payload = 60000 },
	{ "SCTP", .proto = IPPROTO_SCTP, .payload = 1400 },
	{ "fragment", .proto = IPPROTO_UDP, .payload = 1480,
	  .fragment = true },
	{ "TCP in IPv6", .proto = IPPROTO_TCP, .gso = true, .partial = true,
	  .payload = 60000, .ipv6 = true },
	{ "TCP in IPv6, not GSO", .proto = IPPROTO_TCP, .partial = true,
	  .payload = 9000, .ipv6 = true },
	{ "TCP in IPv6, summed", .proto = IPPROTO_TCP, .payload = 9000,
	  .ipv6 = true },
	{ "UDP in IPv6", .proto = IPPROTO_UDP, .partial = true,
	  .payload = 60000, .ipv6 = true },
	{ "UDP in IPv6, summed", .proto = IPPROTO_UDP, .payload = 60000,
	  .ipv6 = true },
	{ "ICMPv6", .proto = IPPROTO_ICMPV6, .payload = 60000, .ipv6 = true },
};

KUNIT_ARRAY_PARAM_DESC(kind, kinds, name);

/* ---- What must hold ---- */

static u32 l4_len(const struct vnencap_meta *m)
{
	if (m->l4 == VNENCAP_L4_TCP)
		return ((struct tcphdr *)(m->image + m->l4_off))->doff * 4;
	return m->l4 == VNENCAP_L4_UDP ? sizeof(struct udphdr) : 0;
}

/* Whatever was read, headers can be made of it. */
static void expect_usable(struct kunit *test, const struct vnencap_meta *m,
			  u8 class)
{
	const struct iphdr *iph = (const struct iphdr *)m->image;

	KUNIT_ASSERT_LE(test, m->payload, 0x7fffff);
	KUNIT_ASSERT_LE(test, m->l4, VNENCAP_L4_UDP);
	KUNIT_ASSERT_LE(test, m->image_len, VNENCAP_META_IMAGE_MAX);
	KUNIT_ASSERT_EQ(test, m->image_len, m->l4_off + l4_len(m));
	KUNIT_ASSERT_EQ(test, m->image[0] >> 4, m->ipv6 ? 6 : 4);
	if (m->ipv6)
		KUNIT_ASSERT_GE(test, m->l4_off, sizeof(struct ipv6hdr));
	else
		KUNIT_ASSERT_EQ(test, m->l4_off, iph->ihl * 4);
	if (m->l4 == VNENCAP_L4_TCP)
		KUNIT_ASSERT_GE(test, l4_len(m), sizeof(struct tcphdr));
	if (m->l4 == VNENCAP_L4_NONE)
		KUNIT_ASSERT_FALSE(test, m->partial);
	if (class == VNENCAP_STREAM)
		KUNIT_ASSERT_TRUE(test, m->l4 == VNENCAP_L4_TCP && m->partial &&
				  vnencap_meta_stream_ok(m->gso_size));
	else
		KUNIT_ASSERT_EQ(test, m->gso_size, 0);
}

/* ---- The tests ---- */

static void meta_test_round_trip(struct kunit *test)
{
	struct test_meta *mt = test->priv;
	struct vnencap_meta got;
	unsigned int round;

	for (round = 0; round < ROUNDS; round++) {
		test_meta_draw(test, test->param_value);
		KUNIT_ASSERT_EQ(test,
				test_meta_decode(test, &got, mt->class,
						 mt->block.data, mt->padded), 0);
		test_meta_expect_same(test, &got, &mt->meta);
		if (test->status == KUNIT_FAILURE)
			return;
	}
}

/* A block of a stream with segments of that size. Return: what reading it does. */
static int read_stream(struct kunit *test, u16 gso_size)
{
	struct test_meta *mt = test->priv;
	struct vnencap_meta got;

	test_meta_draw(test, &kinds[0]);
	mt->meta.gso_size = gso_size;
	vnencap_meta_encode(&mt->meta, mt->meta.image, VNENCAP_STREAM,
			    mt->block.data);
	return test_meta_decode(test, &got, VNENCAP_STREAM, mt->block.data,
				mt->padded);
}

/* One frame must not become thousands of packets where it is sent on. */
static void meta_test_short_segments(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, read_stream(test, 0), 0);
	KUNIT_EXPECT_EQ(test, read_stream(test, 1), -EPROTO);
	KUNIT_EXPECT_EQ(test, read_stream(test, 7), -EPROTO);
	KUNIT_EXPECT_EQ(test, read_stream(test, 8), 0);
}

/* A block that ends too early, and one with something in its padding */
static void meta_test_length(struct kunit *test)
{
	struct test_meta *mt = test->priv;
	struct vnencap_meta got;
	unsigned int round;
	u32 len;

	for (round = 0; round < ROUNDS / 10; round++) {
		test_meta_draw(test, test->param_value);
		for (len = 1; len <= mt->padded; len++)
			KUNIT_ASSERT_EQ(test,
					test_meta_decode(test, &got, mt->class,
							 mt->block.data, len),
					len < mt->len ? -EPROTO : 0);
		for (len = mt->len; len < mt->padded; len++) {
			mt->block.data[len] = 1;
			KUNIT_ASSERT_EQ(test,
					test_meta_decode(test, &got, mt->class,
							 mt->block.data,
							 mt->padded), -EPROTO);
			mt->block.data[len] = 0;
		}
	}
}

static void meta_test_bit_flips(struct kunit *test)
{
	struct test_meta *mt = test->priv;
	struct vnencap_meta got;
	unsigned int round;
	u32 bit;

	for (round = 0; round < ROUNDS / 50; round++) {
		test_meta_draw(test, test->param_value);
		for (bit = 0; bit < mt->padded * 8; bit++) {
			mt->block.data[bit / 8] ^= 1 << bit % 8;
			if (!test_meta_decode(test, &got, mt->class,
					      mt->block.data, mt->padded))
				expect_usable(test, &got, mt->class);
			/* as if it were of the other class */
			if (!test_meta_decode(test, &got, !mt->class,
					      mt->block.data, mt->padded))
				expect_usable(test, &got, !mt->class);
			mt->block.data[bit / 8] ^= 1 << bit % 8;
		}
	}
}

static void meta_test_garbage(struct kunit *test)
{
	struct test_meta *mt = test->priv;
	unsigned int round, usable = 0;
	struct vnencap_meta got;
	u8 data[VNENCAP_META_BLOCK_MAX];

	for (round = 0; round < 100 * ROUNDS; round++) {
		u32 len = random_range(&mt->rnd, 1, sizeof(data)), end;

		prandom_bytes_state(&mt->rnd, data, len);
		/* of wholly random blocks few would be more than padding */
		end = random_range(&mt->rnd, 0, len);
		memset(data + end, 0, len - end);
		if (test_meta_decode(test, &got, round & 1, data, len))
			continue;
		expect_usable(test, &got, round & 1);
		usable++;
	}
	KUNIT_EXPECT_GT(test, usable, 0);
}

static bool genuine(const struct test_meta *mt, const struct vnencap_block *b,
		    const struct vnencap_segment *seg, const siphash_key_t *key)
{
	return vnencap_meta_genuine(b->data, mt->padded, seg, key);
}

static void expect_seal_guards(struct kunit *test)
{
	const struct test_meta *mt = test->priv;
	struct vnencap_block block = mt->block;
	struct vnencap_segment seg = mt->seg;
	siphash_key_t key = mt->key;
	u32 bit;

	KUNIT_ASSERT_TRUE(test, genuine(mt, &block, &seg, &key));
	for (bit = 0; bit < mt->padded * 8; bit++) {
		block.data[bit / 8] ^= 1 << bit % 8;
		KUNIT_ASSERT_FALSE(test, genuine(mt, &block, &seg, &key));
		block.data[bit / 8] ^= 1 << bit % 8;
	}
	for (bit = 0; bit < 32; bit++) {
		seg.word ^= cpu_to_be32(BIT(bit));
		KUNIT_ASSERT_FALSE(test, genuine(mt, &block, &seg, &key));
		seg.word ^= cpu_to_be32(BIT(bit));
		seg.id ^= BIT(bit);
		KUNIT_ASSERT_FALSE(test, genuine(mt, &block, &seg, &key));
		seg.id ^= BIT(bit);
	}
	for (bit = 0; bit < 16; bit++) {
		seg.win ^= cpu_to_be16(BIT(bit));
		KUNIT_ASSERT_FALSE(test, genuine(mt, &block, &seg, &key));
		seg.win ^= cpu_to_be16(BIT(bit));
	}
	for (bit = 0; bit < 128; bit++) {
		key.key[bit / 64] ^= BIT_ULL(bit % 64);
		KUNIT_ASSERT_FALSE(test, genuine(mt, &block, &seg, &key));
		key.key[bit / 64] ^= BIT_ULL(bit % 64);
	}
	KUNIT_ASSERT_TRUE(test, genuine(mt, &block, &seg, &key));
}

static void meta_test_seal(struct kunit *test)
{
	unsigned int round;

	for (round = 0; round < ROUNDS / 20; round++) {
		test_meta_draw(test, test->param_value);
		expect_seal_guards(test);
	}
}

/* Where a key is wrong, another can be tried. */
static void meta_test_two_keys(struct kunit *test)
{
	struct test_meta *mt = test->priv;
	struct vnencap_block block;
	siphash_key_t wrong;

	test_meta_draw(test, test->param_value);
	block = mt->block;
	wrong = mt->key;
	wrong.key[1] ^= 1;
	KUNIT_EXPECT_FALSE(test, vnencap_meta_genuine(block.data, mt->padded,
						      &mt->seg, &wrong));
	KUNIT_EXPECT_MEMEQ(test, block.data, mt->block.data, mt->padded);
	KUNIT_EXPECT_TRUE(test, vnencap_meta_genuine(block.data, mt->padded,
						     &mt->seg, &mt->key));
}

/* What is left in a block's memory from before is not in its tag. */
static void meta_test_seal_again(struct kunit *test)
{
	struct test_meta *mt = test->priv;
	struct vnencap_block again;

	test_meta_draw(test, &kinds[0]);
	again = mt->block;
	memset(again.data, 0, 6);
	vnencap_meta_seal(again.data, mt->padded, &mt->seg, &mt->key);
	KUNIT_EXPECT_MEMEQ(test, again.data, mt->block.data, mt->padded);
}

static struct kunit_case meta_test_cases[] = {
	KUNIT_CASE_PARAM(meta_test_round_trip, kind_gen_params),
	KUNIT_CASE(meta_test_short_segments),
	KUNIT_CASE_PARAM(meta_test_length, kind_gen_params),
	KUNIT_CASE_PARAM(meta_test_bit_flips, kind_gen_params),
	KUNIT_CASE(meta_test_garbage),
	KUNIT_CASE_PARAM(meta_test_seal, kind_gen_params),
	KUNIT_CASE_PARAM(meta_test_two_keys, kind_gen_params),
	KUNIT_CASE(meta_test_seal_again),
	{}
};

static struct kunit_suite meta_test_suite = {
	.name = "vnencap_meta",
	.init = test_meta_init,
	.exit = test_meta_exit,
	.test_cases = meta_test_cases,
};

kunit_test_suite(meta_test_suite);
