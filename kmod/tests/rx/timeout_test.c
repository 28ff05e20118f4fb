// SPDX-License-Identifier: GPL-2.0-only
/* Frames whose rest does not come: they are given up, and when. */
#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/sched.h>

#include "tests/hosts.h"
#include "tests/stream.h"

/* Until so many frames are given up, or far too long */
static void wait_given_up(struct kunit *test, u64 frames)
{
	unsigned long end = jiffies + 10 * HZ;
	struct test_stream *st = test->priv;

	while (test_host_count(&st->hosts.b, RX_FRAMES_PARTIAL) < frames &&
	       time_before(jiffies, end))
		schedule_timeout_uninterruptible(1);
	test_stream_expect_count(test, RX_FRAMES_PARTIAL, frames);
}

/* Those of a frame that stays as it is are lost, whatever its place is. */
static void order_test_given_up(struct kunit *test)
{
	struct test_stream *st = test->priv;
	u32 lost;

	test_stream_set_timeout(st, HZ / 50);
	test_stream_make(test, TEST_STREAM_MAX);
	test_stream_receive(test, 0, 30);
	test_stream_receive(test, 30, 70);
	test_stream_expect(test, 0, 70);
	lost = test_stream_segments(st) - 70;
	wait_given_up(test, 1);
	test_stream_expect_count(test, RX_SEGMENTS_LOST, lost);
	test_stream_expect_count(test, RX_FRAMES_WHOLE, 0);

	/* once, and the next of its place as any other */
	test_stream_make(test, TEST_STREAM_MAX);
	test_stream_receive(test, 0, 1);
	wait_given_up(test, 2);
	lost += test_stream_segments(st) - 1;
	test_stream_expect_count(test, RX_SEGMENTS_LOST, lost);
}

/* One that waits long does not have others wait as long. */
static void order_test_patience(struct kunit *test)
{
	struct test_stream *st = test->priv;

	test_stream_make(test, TEST_STREAM_MAX);
	test_stream_receive(test, 0, 30);
	test_stream_set_timeout(st, HZ / 50);
	test_stream_make(test, TEST_STREAM_MAX);
	test_stream_receive(test, 0, 30);
	wait_given_up(test, 1);
}

static struct kunit_case timeout_test_cases[] = {
	KUNIT_CASE(order_test_given_up),
	KUNIT_CASE(order_test_patience),
	{}
};

static struct kunit_suite timeout_test_suite = {
	.name = "vnencap_timeout",
	.init = test_stream_init,
	.exit = test_stream_exit,
	.test_cases = timeout_test_cases,
};

kunit_test_suite(timeout_test_suite);
