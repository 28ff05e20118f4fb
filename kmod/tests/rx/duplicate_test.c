// SPDX-License-Identifier: GPL-2.0-only
/* Segments that come twice: they are counted, and nothing is handed up twice. */
#include <kunit/test.h>

#include "tests/hosts.h"
#include "tests/stream.h"

/* Which run of a frame's five comes again, and after which of them */
struct again {
	const char *name;
	unsigned int run;
	unsigned int after;
};

static const struct again agains[] = {
	{ "the first at once", 0, 0 },
	{ "the first later", 0, 2 },
	{ "the first at the end", 0, 4 },
	{ "another at once", 2, 2 },
	{ "another later", 2, 3 },
	{ "another at the end", 2, 4 },
	{ "the last", 4, 4 },
};

KUNIT_ARRAY_PARAM_DESC(again, agains, name);

#define RUNS	5

static void receive_run(struct kunit *test, unsigned int i)
{
	struct test_stream *st = test->priv;
	u32 each = DIV_ROUND_UP(test_stream_segments(st), RUNS);

	test_stream_receive(test, i * each, (i + 1) * each);
}

static void order_test_duplicate(struct kunit *test)
{
	const struct again *a = test->param_value;
	struct test_stream *st = test->priv;
	unsigned int i, each;

	test_stream_make(test, TEST_STREAM_MAX);
	each = DIV_ROUND_UP(test_stream_segments(st), RUNS);
	for (i = 0; i < RUNS; i++) {
		receive_run(test, i);
		if (i == a->after)
			receive_run(test, a->run);
	}
	test_stream_expect(test, 0, test_stream_segments(st));
	test_stream_expect_count(test, RX_FRAMES_WHOLE, 1);
	test_stream_expect_count(test, RX_DUPLICATES,
				 min(each,
				     test_stream_segments(st) - a->run * each));
	test_stream_expect_count(test, RX_MALFORMED, 0);
}

/* A run with new segments and some that were there */
static void order_test_overlap(struct kunit *test)
{
	struct test_stream *st = test->priv;

	test_stream_make(test, TEST_STREAM_MAX);
	test_stream_receive(test, 0, 50);
	test_stream_receive(test, 30, 90);
	test_stream_receive(test, 90, test_stream_segments(st));
	test_stream_expect(test, 0, test_stream_segments(st));
	test_stream_expect_count(test, RX_FRAMES_WHOLE, 1);
	test_stream_expect_count(test, RX_DUPLICATES, 20);
}

/* A run that fills as many gaps as there can be */
static void order_test_combed(struct kunit *test)
{
	struct test_stream *st = test->priv;
	unsigned int i, n;

	test_stream_make(test, TEST_STREAM_MAX);
	n = test_stream_segments(st);
	for (i = 1; i < n; i += 2)
		test_stream_receive(test, i, i + 1);
	test_stream_receive(test, 0, n);
	test_stream_expect(test, 0, n);
	test_stream_expect_count(test, RX_FRAMES_WHOLE, 1);
	test_stream_expect_count(test, RX_DUPLICATES, n / 2);
	test_stream_expect_count(test, RX_MALFORMED, 0);
}

/* The same, but the run ends with what has come before */
static void order_test_combed_end(struct kunit *test)
{
	struct test_stream *st = test->priv;
	unsigned int i;

	test_stream_make(test, TEST_STREAM_MAX);
	for (i = 0; i < 40; i += 2)
		test_stream_receive(test, i, i + 1);
	test_stream_receive(test, 1, 39);
	test_stream_receive(test, 39, test_stream_segments(st));
	test_stream_expect(test, 0, test_stream_segments(st));
	test_stream_expect_count(test, RX_FRAMES_WHOLE, 1);
	test_stream_expect_count(test, RX_DUPLICATES, 19);
}

static struct kunit_case duplicate_test_cases[] = {
	KUNIT_CASE_PARAM(order_test_duplicate, again_gen_params),
	KUNIT_CASE(order_test_overlap),
	KUNIT_CASE(order_test_combed),
	KUNIT_CASE(order_test_combed_end),
	{}
};

static struct kunit_suite duplicate_test_suite = {
	.name = "vnencap_duplicate",
	.init = test_stream_init,
	.exit = test_stream_exit,
	.test_cases = duplicate_test_cases,
};

kunit_test_suite(duplicate_test_suite);
