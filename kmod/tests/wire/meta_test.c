// SPDX-License-Identifier: GPL-2.0-only
/*
 * The metadata block: there and back for headers of all kinds, test vectors
 * made by other hands, and blocks that are not what they should be. Each block
 * that is read is in memory of its very length, so that KASAN sees what is read
 * beyond it.
 */
#include <kunit/test.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/slab.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include "tests/hosts.h"
#include "tests/packet.h"
#include "tests/random.h"
#include "tests/wire/vectors.h"
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

static void kind_describe(const struct test_kind *kind, char *desc)
{
	strscpy(desc, kind->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(kind, kinds, kind_describe);

static void vector_describe(const struct vector *v, char *desc)
{
	strscpy(desc, v->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(vector, vectors, vector_describe);

/**
 * struct meta_test - what a test has at hand
 * @rnd: where all choices come from
 * @from: sender of the packets
 * @to: their receiver
 * @packet: whose headers are carried
 * @class: enum vnencap_class
 * @meta: what @packet is; its image is the headers
 * @len: length of @block, padding excluded
 * @padded: length of @block
 * @seg: header of the frame's segments
 * @block: the block
 * @key: what it is sealed with
 */
struct meta_test {
	struct rnd_state rnd;
	struct test_host from, to;
	struct test_packet packet;
	u8 class;
	struct vnencap_meta meta;
	u32 len, padded;
	struct vnencap_segment seg;
	struct vnencap_block block;
	siphash_key_t key;
};

/* ---- Blocks ---- */

/* Put extension headers, or what looks as if, between IPv6 and what follows. */
static void draw_extension(struct meta_test *mt)
{
	u32 len = random_range(&mt->rnd, 1, VNENCAP_META_IPOPT_MAX / 8) * 8;
	struct vnencap_meta *m = &mt->meta;
	u8 *at = m->image + m->l4_off;

	memmove(at + len, at, m->image_len - m->l4_off);
	prandom_bytes_state(&mt->rnd, at, len);
	((struct ipv6hdr *)m->image)->nexthdr = IPPROTO_HOPOPTS;
	m->l4_off += len;
	m->image_len += len;
}

static u8 l4_of(const struct test_kind *kind)
{
	if (kind->fragment)
		return VNENCAP_L4_NONE;
	if (kind->proto == IPPROTO_TCP)
		return VNENCAP_L4_TCP;
	return kind->proto == IPPROTO_UDP ? VNENCAP_L4_UDP : VNENCAP_L4_NONE;
}

static void draw_meta(struct meta_test *mt, const struct test_kind *kind)
{
	const struct test_packet *p = &mt->packet;
	struct vnencap_meta *m = &mt->meta;

	test_packet_draw(&mt->rnd, kind, &mt->from, &mt->to, &mt->packet);
	memset(m, 0, sizeof(*m));
	m->payload = p->payload;
	m->ipv6 = kind->ipv6;
	m->partial = kind->partial;
	m->l4 = l4_of(kind);
	m->accecn = m->l4 == VNENCAP_L4_TCP && random_chance(&mt->rnd, 20);
	m->l4_off = p->ip_len;
	m->image_len = p->hdr_len;
	memcpy(m->image, p->bytes, p->hdr_len);
	if (kind->ipv6 && m->l4 && random_chance(&mt->rnd, 30))
		draw_extension(mt);
	mt->class = VNENCAP_ATOMIC;
	if (m->l4 == VNENCAP_L4_TCP && m->partial &&
	    (kind->gso || random_chance(&mt->rnd, 50))) {
		mt->class = VNENCAP_STREAM;
		m->gso_size = p->gso_size;
	}
}

static void draw_block(struct kunit *test, const struct test_kind *kind)
{
	struct meta_test *mt = test->priv;
	struct vnencap_frame *f = &mt->seg.frame;
	u8 *data = mt->block.data;

	draw_meta(mt, kind);
	memset(&mt->block, 0xff, sizeof(mt->block));
	mt->len = vnencap_meta_encode(&mt->meta, mt->meta.image, mt->class,
				      data);
	KUNIT_ASSERT_LE(test, mt->len, VNENCAP_META_BLOCK_MAX);
	/* nothing is written beyond, nor the tag */
	KUNIT_EXPECT_EQ(test, data[0], 0xff);
	KUNIT_EXPECT_EQ(test, data[5], 0xff);
	if (mt->len < VNENCAP_META_BLOCK_MAX)
		KUNIT_EXPECT_EQ(test, data[mt->len], 0xff);

	KUNIT_ASSERT_EQ(test, vnencap_frame_plan(f, 100000, mt->len, 0, 1448),
			0);
	mt->padded = f->shard_len;
	memset(data + mt->len, 0, mt->padded - mt->len);
	mt->seg.class = mt->class;
	mt->seg.vni = prandom_u32_state(&mt->rnd) >> 8;
	mt->seg.id = prandom_u32_state(&mt->rnd);
	/* half of them without a key */
	memset(&mt->key, 0, sizeof(mt->key));
	if (mt->seg.id % 2)
		prandom_bytes_state(&mt->rnd, &mt->key, sizeof(mt->key));
	vnencap_option_pack(&mt->seg);
	vnencap_meta_seal(mt->block.data, mt->padded, &mt->seg, &mt->key);
}

/* Read a block from memory that ends where it does. */
static int decode_exactly(struct kunit *test, struct vnencap_meta *m, u8 class,
			  const u8 *data, u32 len)
{
	u8 *exact = kmalloc(len, GFP_KERNEL);
	int err;

	KUNIT_ASSERT_NOT_NULL(test, exact);
	memcpy(exact, data, len);
	memset(m, 0xff, sizeof(*m));
	err = vnencap_meta_decode(m, class, exact, len);
	kfree(exact);
	return err;
}

/* ---- What must hold ---- */

/* What is not carried is zero in what comes out, or follows from the rest. */
static void canonical(const struct vnencap_meta *m, u8 *image)
{
	struct ipv6hdr *ip6h = (struct ipv6hdr *)image;
	struct iphdr *iph = (struct iphdr *)image;
	u8 *l4 = image + m->l4_off;

	if (m->ipv6) {
		ip6h->payload_len = 0;
	} else {
		iph->tot_len = 0;
		iph->check = 0;
	}
	if (m->l4 == VNENCAP_L4_UDP)
		((struct udphdr *)l4)->len = htons(8 + m->payload);
	if (m->l4 == VNENCAP_L4_UDP && m->partial)
		((struct udphdr *)l4)->check = 0;
	if (m->l4 == VNENCAP_L4_TCP && m->partial)
		((struct tcphdr *)l4)->check = 0;
}

static void expect_same(struct kunit *test, const struct vnencap_meta *got,
			const struct vnencap_meta *want)
{
	u8 image[VNENCAP_META_IMAGE_MAX] __aligned(4);

	KUNIT_EXPECT_EQ(test, got->payload, want->payload);
	KUNIT_EXPECT_EQ(test, got->gso_size, want->gso_size);
	KUNIT_EXPECT_EQ(test, got->ipv6, want->ipv6);
	KUNIT_EXPECT_EQ(test, got->partial, want->partial);
	KUNIT_EXPECT_EQ(test, got->accecn, want->accecn);
	KUNIT_EXPECT_EQ(test, got->l4, want->l4);
	KUNIT_EXPECT_EQ(test, got->l4_off, want->l4_off);
	KUNIT_ASSERT_EQ(test, got->image_len, want->image_len);
	memcpy(image, want->image, want->image_len);
	canonical(want, image);
	KUNIT_EXPECT_MEMEQ(test, got->image, image, want->image_len);
}

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
		KUNIT_ASSERT_TRUE(test, m->l4 == VNENCAP_L4_TCP && m->partial);
	else
		KUNIT_ASSERT_EQ(test, m->gso_size, 0);
}

/* ---- The tests ---- */

static void meta_test_round_trip(struct kunit *test)
{
	struct meta_test *mt = test->priv;
	struct vnencap_meta got;
	unsigned int round;

	for (round = 0; round < ROUNDS; round++) {
		draw_block(test, test->param_value);
		KUNIT_ASSERT_EQ(test,
				decode_exactly(test, &got, mt->class,
					       mt->block.data, mt->padded), 0);
		expect_same(test, &got, &mt->meta);
		if (test->status == KUNIT_FAILURE)
			return;
	}
}

/* A block that ends too early, and one with something in its padding */
static void meta_test_length(struct kunit *test)
{
	struct meta_test *mt = test->priv;
	struct vnencap_meta got;
	unsigned int round;
	u32 len;

	for (round = 0; round < ROUNDS / 10; round++) {
		draw_block(test, test->param_value);
		for (len = 1; len <= mt->padded; len++)
			KUNIT_ASSERT_EQ(test,
					decode_exactly(test, &got, mt->class,
						       mt->block.data, len),
					len < mt->len ? -EPROTO : 0);
		for (len = mt->len; len < mt->padded; len++) {
			mt->block.data[len] = 1;
			KUNIT_ASSERT_EQ(test,
					decode_exactly(test, &got, mt->class,
						       mt->block.data,
						       mt->padded), -EPROTO);
			mt->block.data[len] = 0;
		}
	}
}

static void meta_test_bit_flips(struct kunit *test)
{
	struct meta_test *mt = test->priv;
	struct vnencap_meta got;
	unsigned int round;
	u32 bit;

	for (round = 0; round < ROUNDS / 50; round++) {
		draw_block(test, test->param_value);
		for (bit = 0; bit < mt->padded * 8; bit++) {
			mt->block.data[bit / 8] ^= 1 << bit % 8;
			if (!decode_exactly(test, &got, mt->class,
					    mt->block.data, mt->padded))
				expect_usable(test, &got, mt->class);
			/* as if it were of the other class */
			if (!decode_exactly(test, &got, !mt->class,
					    mt->block.data, mt->padded))
				expect_usable(test, &got, !mt->class);
			mt->block.data[bit / 8] ^= 1 << bit % 8;
		}
	}
}

static void meta_test_garbage(struct kunit *test)
{
	struct meta_test *mt = test->priv;
	unsigned int round, usable = 0;
	struct vnencap_meta got;
	u8 data[VNENCAP_META_BLOCK_MAX];

	for (round = 0; round < 100 * ROUNDS; round++) {
		u32 len = random_range(&mt->rnd, 1, sizeof(data)), end;

		prandom_bytes_state(&mt->rnd, data, len);
		/* of wholly random blocks few would be more than padding */
		end = random_range(&mt->rnd, 0, len);
		memset(data + end, 0, len - end);
		if (decode_exactly(test, &got, round & 1, data, len))
			continue;
		expect_usable(test, &got, round & 1);
		usable++;
	}
	KUNIT_EXPECT_GT(test, usable, 0);
}

static bool genuine(const struct meta_test *mt, const struct vnencap_block *b,
		    const struct vnencap_segment *seg, const siphash_key_t *key)
{
	return vnencap_meta_genuine(b->data, mt->padded, seg, key);
}

static void expect_seal_guards(struct kunit *test)
{
	const struct meta_test *mt = test->priv;
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
		draw_block(test, test->param_value);
		expect_seal_guards(test);
	}
}

/* Where a key is wrong, another can be tried. */
static void meta_test_two_keys(struct kunit *test)
{
	struct meta_test *mt = test->priv;
	struct vnencap_block block;
	siphash_key_t wrong;

	draw_block(test, test->param_value);
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
	struct meta_test *mt = test->priv;
	struct vnencap_block again;

	draw_block(test, &kinds[0]);
	again = mt->block;
	memset(again.data, 0, 6);
	vnencap_meta_seal(again.data, mt->padded, &mt->seg, &mt->key);
	KUNIT_EXPECT_MEMEQ(test, again.data, mt->block.data, mt->padded);
}

/* ---- Test vectors ---- */

static void take_vector(struct kunit *test, const struct vector *v)
{
	struct meta_test *mt = test->priv;
	struct vnencap_meta *m = &mt->meta;

	m->payload = v->payload;
	m->gso_size = v->gso_size;
	m->ipv6 = v->ipv6;
	m->partial = v->partial;
	m->accecn = v->accecn;
	m->l4 = v->l4;
	m->l4_off = v->l4_off;
	m->image_len = v->headers_len;
	memcpy(m->image, v->headers, v->headers_len);
	mt->class = v->class;
	mt->seg.class = v->class;
	mt->seg.vni = v->vni;
	mt->seg.id = v->id;
	memcpy(&mt->key, v->key, sizeof(mt->key));
}

/* The sender's way: the module's stages, one after another */
static void meta_test_vector_sent(struct kunit *test)
{
	const struct vector *v = test->param_value;
	struct meta_test *mt = test->priv;
	struct vnencap_frame *f = &mt->seg.frame;
	struct vnencap_segment_hdr hdr;

	take_vector(test, v);
	mt->len = vnencap_meta_encode(&mt->meta, v->headers, v->class,
				      mt->block.data);
	KUNIT_ASSERT_EQ(test, vnencap_frame_plan(f, v->payload, mt->len,
						 v->gso_size, v->segsz), 0);
	KUNIT_ASSERT_EQ(test, f->n, v->n);
	KUNIT_ASSERT_EQ(test, f->shard_len, v->block_len);
	memset(mt->block.data + mt->len, 0, v->block_len - mt->len);
	mt->seg.offset = 0;
	mt->seg.last = true;
	vnencap_option_pack(&mt->seg);
	vnencap_option_build(&hdr, &mt->seg, htons(v->source), htons(v->port));
	KUNIT_EXPECT_MEMEQ(test, (u8 *)&hdr, v->segment, sizeof(v->segment));
	vnencap_meta_seal(mt->block.data, v->block_len, &mt->seg, &mt->key);
	KUNIT_EXPECT_MEMEQ(test, mt->block.data, v->block, v->block_len);
}

/* The receiver's way: from what is on the wire alone */
static void meta_test_vector_received(struct kunit *test)
{
	const struct vector *v = test->param_value;
	struct meta_test *mt = test->priv;
	const struct vnencap_frame *f = &mt->seg.frame;
	struct vnencap_meta got;

	take_vector(test, v);
	memset(&mt->seg, 0, sizeof(mt->seg));
	KUNIT_ASSERT_EQ(test, vnencap_option_parse((const void *)v->segment,
						   &mt->seg), 0);
	KUNIT_EXPECT_EQ(test, mt->seg.vni, v->vni);
	KUNIT_EXPECT_EQ(test, mt->seg.id, v->id);
	KUNIT_EXPECT_EQ(test, mt->seg.class, v->class);
	KUNIT_ASSERT_LE(test, f->segsz, v->segsz);
	KUNIT_ASSERT_EQ(test, f->n, v->n);
	KUNIT_ASSERT_EQ(test, f->shard_len, v->block_len);
	memcpy(mt->block.data, v->block, v->block_len);
	mt->padded = v->block_len;
	KUNIT_EXPECT_TRUE(test, genuine(mt, &mt->block, &mt->seg, &mt->key));
	KUNIT_ASSERT_EQ(test, decode_exactly(test, &got, v->class,
					     mt->block.data, mt->padded), 0);
	expect_same(test, &got, &mt->meta);
}

static int meta_test_init(struct kunit *test)
{
	struct meta_test *mt = kvzalloc(sizeof(*mt), GFP_KERNEL);

	if (!mt)
		return -ENOMEM;
	prandom_seed_state(&mt->rnd, 1);
	mt->from.inner4 = htonl(0xc0a80401);
	mt->to.inner4 = htonl(0xc0a80402);
	prandom_bytes_state(&mt->rnd, &mt->from.inner6, sizeof(struct in6_addr));
	prandom_bytes_state(&mt->rnd, &mt->to.inner6, sizeof(struct in6_addr));
	test->priv = mt;
	return 0;
}

static void meta_test_exit(struct kunit *test)
{
	kvfree(test->priv);
}

static struct kunit_case meta_test_cases[] = {
	KUNIT_CASE_PARAM(meta_test_round_trip, kind_gen_params),
	KUNIT_CASE_PARAM(meta_test_length, kind_gen_params),
	KUNIT_CASE_PARAM(meta_test_bit_flips, kind_gen_params),
	KUNIT_CASE(meta_test_garbage),
	KUNIT_CASE_PARAM(meta_test_seal, kind_gen_params),
	KUNIT_CASE_PARAM(meta_test_two_keys, kind_gen_params),
	KUNIT_CASE(meta_test_seal_again),
	KUNIT_CASE_PARAM(meta_test_vector_sent, vector_gen_params),
	KUNIT_CASE_PARAM(meta_test_vector_received, vector_gen_params),
	{}
};

static struct kunit_suite meta_test_suite = {
	.name = "vnencap_meta",
	.init = meta_test_init,
	.exit = meta_test_exit,
	.test_cases = meta_test_cases,
};

kunit_test_suites(&meta_test_suite);
