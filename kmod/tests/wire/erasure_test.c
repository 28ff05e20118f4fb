// SPDX-License-Identifier: GPL-2.0-only
/* The erasure code: whichever columns are missing, the others give them back. */
#include <kunit/test.h>
#include <linux/bitops.h>
#include <linux/slab.h>

#include "tests/random.h"
#include "wire/erasure.h"
#include "wire/xor.h"

#define LEN_MAX		9000
#define XOR_ROOM	800

struct code {
	struct rnd_state rnd;
	u32 len;
	unsigned int n, r;
	u8 column[VNENCAP_ERASURE_COLUMNS][LEN_MAX];
	u8 found[LEN_MAX];
	u8 memory[(VNENCAP_ERASURE_ROWS + 1) * 2 * (LEN_MAX + 1024)];
};

static const u16 lengths[] = { 480, 576, 1408, 1428, 1440, 8904, 9000 };

static void length_describe(const u16 *len, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "columns of %u", *len);
}

KUNIT_ARRAY_PARAM(length, lengths, length_describe);

/* Add a column in stretches of any length. */
static void add_column(struct code *c, struct vnencap_erasure *e,
		       unsigned int i)
{
	u32 at = 0, n;

	for (; at < c->len; at += n) {
		n = min(random_range(&c->rnd, 1, c->len), c->len - at);
		vnencap_erasure_add(e, i, at, c->column[i] + at, n);
	}
}

/* The columns that are not @missing, by vectors or by words */
static void solve(struct code *c, struct vnencap_erasure *e, u64 missing,
		  bool vectors)
{
	u8 list[VNENCAP_ERASURE_ROWS];
	unsigned int i, n = 0;

	for (i = 0; i < c->n + c->r; i++)
		if (missing & BIT_ULL(i))
			list[n++] = i;
	/* whatever was there before */
	memset(c->memory, 0xa5, vnencap_erasure_plan(e, c->len, n));
	vnencap_erasure_init(e, c->memory, vectors);
	for (i = 0; i < c->n + c->r; i++)
		if (!(missing & BIT_ULL(i)))
			add_column(c, e, i);
	vnencap_erasure_solve(e, list);
	vnencap_erasure_end(e);
}

static void read_found(struct vnencap_erasure *e, unsigned int k, u8 *to,
		       bool vectors)
{
	local_bh_disable();
	e->vectors = vectors && vnencap_xor_begin(&e->kept);
	vnencap_erasure_read(e, k, to);
	vnencap_erasure_end(e);
	local_bh_enable();
}

static void draw(struct code *c, unsigned int n, unsigned int r)
{
	struct vnencap_erasure e;
	unsigned int i;

	c->n = n;
	c->r = r;
	for (i = 0; i < n; i++)
		prandom_bytes_state(&c->rnd, c->column[i], c->len);
	local_bh_disable();
	solve(c, &e, GENMASK_ULL(n + r - 1, n), random_chance(&c->rnd, 50));
	local_bh_enable();
	for (i = 0; i < r; i++)
		read_found(&e, i, c->column[n + i],
			   random_chance(&c->rnd, 50));
}

static void expect_found(struct kunit *test, struct code *c, u64 missing,
			 bool vectors)
{
	struct vnencap_erasure e;
	unsigned int i, k = 0;

	local_bh_disable();
	solve(c, &e, missing, vectors);
	local_bh_enable();
	for (i = 0; i < c->n + c->r; i++) {
		if (!(missing & BIT_ULL(i)))
			continue;
		read_found(&e, k++, c->found, vectors);
		KUNIT_EXPECT_MEMEQ(test, c->found, c->column[i], c->len);
	}
}

/* Each pattern of up to r columns of n + r, where that is no more than 12 */
static void erasure_test_every_pattern(struct kunit *test)
{
	struct code *c = test->priv;
	unsigned int n, r;
	u64 missing;

	c->len = 480;
	for (r = 1; r <= 6; r++) {
		n = 12 - r;
		draw(c, n, r);
		for (missing = 1; missing < BIT_ULL(12); missing++) {
			if (hweight64(missing) > r)
				continue;
			expect_found(test, c, missing, missing & 1);
			if (test->status == KUNIT_FAILURE)
				return;
		}
	}
}

static void erasure_test_random(struct kunit *test)
{
	struct code *c = test->priv;
	unsigned int round, lost;
	u64 missing;

	c->len = *(const u16 *)test->param_value;
	for (round = 0; round < TEST_ROUNDS(200) + 2; round++) {
		draw(c, random_range(&c->rnd, 1, VNENCAP_ERASURE_COLUMNS -
				     VNENCAP_ERASURE_ROWS),
		     random_range(&c->rnd, 1, VNENCAP_ERASURE_ROWS));
		missing = 0;
		for (lost = random_range(&c->rnd, 1, c->r); lost; lost--)
			missing |= BIT_ULL(random_range(&c->rnd, 0,
							c->n + c->r - 1));
		expect_found(test, c, missing, random_chance(&c->rnd, 50));
		if (test->status == KUNIT_FAILURE)
			return;
		cond_resched();
	}
}

/* Return: was it by vectors? */
static bool xor_rows(u8 *const to[], unsigned int rows, const u8 *from, u32 len,
		     bool vectors)
{
	struct compat_vectors kept;

	local_bh_disable();
	vectors = vectors && vnencap_xor_begin(&kept);
	vnencap_xor_rows(to, rows, from, len, vectors);
	vnencap_xor_end(&kept, vectors);
	local_bh_enable();
	return vectors;
}

/* What is xored into some rows at once is what is xored into each byte by byte, and no
 * byte beside it is touched. Return: was it by vectors?
 */
static bool expect_xored(struct kunit *test, bool vectors)
{
	u8 *to[VNENCAP_ERASURE_ROWS], (*row)[LEN_MAX], (*want)[LEN_MAX], *from;
	struct code *c = test->priv;
	unsigned int rows = random_range(&c->rnd, 1, ARRAY_SIZE(to)), k;
	u32 len = random_range(&c->rnd, 0, 700), at, i;

	row = c->column;
	want = row + ARRAY_SIZE(to);
	from = want[ARRAY_SIZE(to)] + random_range(&c->rnd, 0, 30);
	prandom_bytes_state(&c->rnd, from, len);
	for (k = 0; k < rows; k++) {
		prandom_bytes_state(&c->rnd, row[k], XOR_ROOM);
		memcpy(want[k], row[k], XOR_ROOM);
		at = random_range(&c->rnd, 0, 70);
		to[k] = row[k] + at;
		for (i = 0; i < len; i++)
			want[k][at + i] ^= from[i];
	}
	vectors = xor_rows(to, rows, from, len, vectors);
	for (k = 0; k < rows; k++)
		KUNIT_EXPECT_MEMEQ(test, row[k], want[k], XOR_ROOM);
	return vectors;
}

static void erasure_test_xor_words(struct kunit *test)
{
	unsigned int round;

	for (round = 0; round < TEST_ROUNDS(2000) + 10; round++)
		expect_xored(test, false);
}

static void erasure_test_xor_vectors(struct kunit *test)
{
	unsigned int round;

	for (round = 0; round < TEST_ROUNDS(2000) + 10; round++)
		if (!expect_xored(test, true))
			kunit_skip(test, "no vector registers here");
}

static int code_init(struct kunit *test)
{
	struct code *c = kvzalloc(sizeof(*c), GFP_KERNEL);

	if (!c)
		return -ENOMEM;
	test->priv = c;
	random_seed(test, &c->rnd);
	return 0;
}

static void code_exit(struct kunit *test)
{
	kvfree(test->priv);
}

static struct kunit_case erasure_cases[] = {
	KUNIT_CASE(erasure_test_xor_words),
	KUNIT_CASE(erasure_test_xor_vectors),
	KUNIT_CASE(erasure_test_every_pattern),
	KUNIT_CASE_PARAM(erasure_test_random, length_gen_params),
	{}
};

static struct kunit_suite erasure_suite = {
	.name = "vnencap_erasure",
	.init = code_init,
	.exit = code_exit,
	.test_cases = erasure_cases,
};

kunit_test_suite(erasure_suite);
