// SPDX-License-Identifier: GPL-2.0-only
/* Test vectors of parity, which are made by other hands: as it is sent and received. */
#include <kunit/test.h>
#include <linux/slab.h>

#include "tests/wire/parity_vectors.h"
#include "wire/erasure.h"
#include "wire/option.h"
#include "wire/parity.h"
#include "wire/xor.h"

#define LEN_MAX		1440

struct vectors_test {
	u8 segment[LEN_MAX];
	u8 found[LEN_MAX];
	u8 memory[(VNENCAP_ERASURE_ROWS + 1) * 2 * (LEN_MAX + 128)];
};

KUNIT_ARRAY_PARAM_DESC(parity_vector, parity_vectors, name);

/* As the vectors' program makes them */
static u32 make_segment(struct vectors_test *vt, const struct parity_vector *v,
			unsigned int c)
{
	u32 len = c == v->n - 1U ? v->last : v->segsz, i;

	memset(vt->segment, 0, sizeof(vt->segment));
	for (i = 0; i < len; i++)
		vt->segment[i] = c * 31 + i * 7 + (i >> 8) * 13 + 1;
	return len;
}

/* What the headers of the group's segments say */
static struct vnencap_segment segments_of(const struct parity_vector *v)
{
	struct vnencap_segment seg = {
		.frame.segsz = v->segsz,
		.frame.slots = v->slots,
		.frame.shard_code = v->code,
		.class = v->class,
		.parity = true,
		.vni = v->vni,
		.id = v->id,
	};

	vnencap_option_pack(&seg);
	return seg;
}

static struct vnencap_parity group_of(const struct parity_vector *v)
{
	return (struct vnencap_parity){
		.first = v->first, .n = v->n, .r = v->r, .len = v->len,
	};
}

static void parity_test_headers(struct kunit *test)
{
	const struct parity_vector *v = test->param_value;
	struct vnencap_segment seg, of = segments_of(v), got_of;
	struct vnencap_parity p = group_of(v), got;
	struct vnencap_parity_hdr hdr;
	struct vnencap_segment_hdr tcp;
	siphash_key_t key;

	memcpy(&key, v->key, sizeof(key));
	if (v->n > 1)
		KUNIT_EXPECT_EQ(test, vnencap_parity_len(v->segsz), v->len);
	vnencap_parity_build(&hdr, &seg, &p, &of, &key);
	vnencap_option_build(&tcp, &seg, htons(0xc123), htons(7471));
	KUNIT_EXPECT_MEMEQ(test, (u8 *)&hdr, v->header, sizeof(v->header));
	KUNIT_EXPECT_MEMEQ(test, (u8 *)&tcp, v->segment, sizeof(v->segment));

	KUNIT_ASSERT_EQ(test, vnencap_option_parse((const void *)v->segment,
						   &seg), 0);
	KUNIT_ASSERT_EQ(test, vnencap_parity_parse((const void *)v->header,
						   &seg, &got, &got_of), 0);
	KUNIT_EXPECT_MEMEQ(test, (u8 *)&got, (u8 *)&p, sizeof(p));
	KUNIT_EXPECT_EQ(test, got_of.win, of.win);
	KUNIT_EXPECT_EQ(test, got_of.word, of.word);
	KUNIT_EXPECT_EQ(test, got_of.id, of.id);
}

/* Find the missing columns of the vector's code word. Of parity, @missing has bits from
 * the n'th on.
 */
static void solve(struct vectors_test *vt, const struct parity_vector *v,
		  struct vnencap_erasure *e, const u8 *missing, unsigned int n)
{
	unsigned int i, k;
	u32 len;

	memset(vt->memory, 0xa5, vnencap_erasure_plan(e, v->len, n));
	vnencap_erasure_init(e, vt->memory, false);
	for (i = 0; i < v->n + v->r; i++) {
		for (k = 0; k < n && missing[k] != i; k++)
			;
		if (k < n)
			continue;
		if (i >= v->n) {
			vnencap_erasure_add(e, i, 0,
					    v->parity + (i - v->n) * v->len,
					    v->len);
			continue;
		}
		len = make_segment(vt, v, i);
		vnencap_erasure_add(e, i, 0, vt->segment, len);
	}
	vnencap_erasure_solve(e, missing);
	vnencap_erasure_end(e);
}

/* The sender's way: parity of the segments */
static void parity_test_made(struct kunit *test)
{
	const struct parity_vector *v = test->param_value;
	struct vectors_test *vt = test->priv;
	u8 missing[VNENCAP_ERASURE_ROWS];
	struct vnencap_erasure e;
	unsigned int k;

	if (v->n == 1) {
		make_segment(vt, v, 0);
		KUNIT_EXPECT_MEMEQ(test, v->parity, vt->segment, v->len);
		return;
	}
	for (k = 0; k < v->r; k++)
		missing[k] = v->n + k;
	solve(vt, v, &e, missing, v->r);
	for (k = 0; k < v->r; k++) {
		vnencap_erasure_read(&e, k, vt->found);
		KUNIT_EXPECT_MEMEQ(test, vt->found, v->parity + k * v->len,
				   v->len);
	}
}

/* The receiver's: segments of that parity, the last ones */
static void parity_test_found(struct kunit *test)
{
	const struct parity_vector *v = test->param_value;
	struct vectors_test *vt = test->priv;
	u8 missing[VNENCAP_ERASURE_ROWS];
	struct vnencap_erasure e;
	unsigned int k;

	if (v->n == 1)
		return;
	for (k = 0; k < v->r; k++)
		missing[k] = v->n - v->r + k;
	solve(vt, v, &e, missing, v->r);
	for (k = 0; k < v->r; k++) {
		vnencap_erasure_read(&e, k, vt->found);
		make_segment(vt, v, missing[k]);
		KUNIT_EXPECT_MEMEQ(test, vt->found, vt->segment, v->len);
	}
}

/* A piece is not shorter for nothing: less of it is parity than of the longest. */
static void parity_test_piece(struct kunit *test)
{
	unsigned int most, percent, n;

	KUNIT_EXPECT_EQ(test, vnencap_parity_piece(45, 10), 40U);
	KUNIT_EXPECT_EQ(test, vnencap_parity_piece(45, 20), 45U);
	KUNIT_EXPECT_EQ(test, vnencap_parity_piece(45, 4), 45U);
	KUNIT_EXPECT_EQ(test, vnencap_parity_piece(1000, 0),
			VNENCAP_PARITY_GROUP);
	for (most = 1; most <= VNENCAP_PARITY_GROUP; most++)
		for (percent = 1; percent <= 100; percent++) {
			n = vnencap_parity_piece(most, percent);
			KUNIT_EXPECT_LE(test, n, most);
			KUNIT_EXPECT_GT(test, 4 * n, 3 * most);
			KUNIT_EXPECT_LE(test,
					vnencap_parity_count(n, percent) * most,
					vnencap_parity_count(most, percent) * n);
		}
}

static int vectors_test_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct vectors_test),
				   GFP_KERNEL);
	return test->priv ? 0 : -ENOMEM;
}

static struct kunit_case parity_vector_cases[] = {
	KUNIT_CASE_PARAM(parity_test_headers, parity_vector_gen_params),
	KUNIT_CASE_PARAM(parity_test_made, parity_vector_gen_params),
	KUNIT_CASE_PARAM(parity_test_found, parity_vector_gen_params),
	KUNIT_CASE(parity_test_piece),
	{}
};

static struct kunit_suite parity_vector_suite = {
	.name = "vnencap_parity_vector",
	.init = vectors_test_init,
	.test_cases = parity_vector_cases,
};

kunit_test_suite(parity_vector_suite);
