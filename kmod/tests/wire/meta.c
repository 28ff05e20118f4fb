// SPDX-License-Identifier: GPL-2.0-only
/*
 * A packet's headers as a metadata block. Each block that is read is in memory of
 * its very length, so that KASAN sees what is read beyond it.
 */
#include <kunit/test.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/slab.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include "tests/packet.h"
#include "tests/random.h"
#include "tests/wire/meta.h"
#include "wire/meta.h"

/* ---- Blocks ---- */

/* Put extension headers, or what looks as if, between IPv6 and what follows. */
static void draw_extension(struct test_meta *mt)
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

static void draw_meta(struct test_meta *mt, const struct test_kind *kind)
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
	m->report = random_range(&mt->rnd, 0, 15);
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

/**
 * test_meta_draw - draw a packet, and make a block of its headers
 * @test: of which mt->block is written
 * @kind: of the packet
 */
void test_meta_draw(struct kunit *test, const struct test_kind *kind)
{
	struct test_meta *mt = test->priv;
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

/**
 * test_meta_decode - read a block from memory that ends where it does
 * @test: fails where there is no memory
 * @m: written
 * @class: of the frame
 * @data: the block
 * @len: its length
 *
 * Return: 0 or a negative error, as vnencap_meta_decode().
 */
int test_meta_decode(struct kunit *test, struct vnencap_meta *m, u8 class,
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

/**
 * test_meta_expect_same - metadata is what it was
 * @test: fails where it is not
 * @got: the metadata
 * @want: what it was
 */
void test_meta_expect_same(struct kunit *test, const struct vnencap_meta *got,
			   const struct vnencap_meta *want)
{
	u8 image[VNENCAP_META_IMAGE_MAX] __aligned(4);

	KUNIT_EXPECT_EQ(test, got->payload, want->payload);
	KUNIT_EXPECT_EQ(test, got->gso_size, want->gso_size);
	KUNIT_EXPECT_EQ(test, got->ipv6, want->ipv6);
	KUNIT_EXPECT_EQ(test, got->partial, want->partial);
	KUNIT_EXPECT_EQ(test, got->accecn, want->accecn);
	KUNIT_EXPECT_EQ(test, got->report, want->report);
	KUNIT_EXPECT_EQ(test, got->l4, want->l4);
	KUNIT_EXPECT_EQ(test, got->l4_off, want->l4_off);
	KUNIT_ASSERT_EQ(test, got->image_len, want->image_len);
	memcpy(image, want->image, want->image_len);
	canonical(want, image);
	KUNIT_EXPECT_MEMEQ(test, got->image, image, want->image_len);
}

/* ---- Before a test, and after it ---- */

/**
 * test_meta_init - make two hosts, of which only the addresses matter
 * @test: test->priv is a struct test_meta
 *
 * Return: 0 or a negative error.
 */
int test_meta_init(struct kunit *test)
{
	struct test_meta *mt = kvzalloc(sizeof(*mt), GFP_KERNEL);

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

/**
 * test_meta_exit - free them
 * @test: whose
 */
void test_meta_exit(struct kunit *test)
{
	kvfree(test->priv);
}
