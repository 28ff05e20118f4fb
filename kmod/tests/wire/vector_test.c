// SPDX-License-Identifier: GPL-2.0-only
/* Test vectors, which are made by other hands: as they are sent and received. */
#include <kunit/test.h>

#include "tests/wire/meta.h"
#include "tests/wire/vectors.h"
#include "wire/meta.h"

KUNIT_ARRAY_PARAM_DESC(vector, vectors, name);

static void take_vector(struct kunit *test, const struct vector *v)
{
	struct test_meta *mt = test->priv;
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
	struct test_meta *mt = test->priv;
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
	struct test_meta *mt = test->priv;
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
	KUNIT_EXPECT_TRUE(test, vnencap_meta_genuine(mt->block.data, mt->padded,
						     &mt->seg, &mt->key));
	KUNIT_ASSERT_EQ(test, test_meta_decode(test, &got, v->class,
					       mt->block.data, mt->padded), 0);
	test_meta_expect_same(test, &got, &mt->meta);
}

static struct kunit_case vector_test_cases[] = {
	KUNIT_CASE_PARAM(meta_test_vector_sent, vector_gen_params),
	KUNIT_CASE_PARAM(meta_test_vector_received, vector_gen_params),
	{}
};

static struct kunit_suite vector_test_suite = {
	.name = "vnencap_vector",
	.init = test_meta_init,
	.exit = test_meta_exit,
	.test_cases = vector_test_cases,
};

kunit_test_suite(vector_test_suite);
