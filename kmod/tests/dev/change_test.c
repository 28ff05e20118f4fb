// SPDX-License-Identifier: GPL-2.0-only
/* A device that is removed, or given another VNI, while it receives a frame. */
#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>

#include "dev/device.h"
#include "rx/limits.h"
#include "tests/hosts.h"
#include "tests/stream.h"
#include "vnencap.h"

/* The device: nobody remembers it, KASAN would tell. */
static void order_test_removed(struct kunit *test)
{
	struct test_stream *st = test->priv;
	struct net *net = st->hosts.b.vn->net;

	test_stream_set_timeout(st, HZ / 50);
	test_stream_make(test, TEST_STREAM_MAX);
	test_stream_receive(test, 0, 30);
	test_stream_take(test);
	test_hosts_free(&st->hosts);
	schedule_timeout_uninterruptible(HZ / 10);
	vnencap_limits_set_timeout(net, 60 * HZ);

	/* and others as before */
	test_hosts_make(test, &st->hosts, AF_INET);
	test_host_set_gro(&st->hosts.b, false);
	test_stream_make(test, TEST_STREAM_MAX);
	test_stream_receive(test, 0, 30);
	test_stream_receive(test, 30, test_stream_segments(st));
	test_stream_expect(test, 0, test_stream_segments(st));
	test_stream_expect_count(test, RX_FRAMES_PARTIAL, 0);
}

static void change_vni(struct kunit *test, u32 vni)
{
	struct test_stream *st = test->priv;
	struct vnencap_dev *vn = st->hosts.b.vn;
	struct vnencap_config config;
	int err;

	rtnl_lock();
	config = *rtnl_dereference(vn->config);
	config.vni = vni;
	err = vnencap_device_change(vn, &config, NULL);
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, err, 0);
}

/* The VNI: what is of the old one is not for the device any more. */
static void order_test_other_vni(struct kunit *test)
{
	struct test_stream *st = test->priv;

	test_stream_make(test, TEST_STREAM_MAX);
	test_stream_receive(test, 0, 30);
	test_stream_expect(test, 0, 30);
	change_vni(test, TEST_HOSTS_VNI + 1);
	test_stream_receive(test, 30, test_stream_segments(st));
	test_stream_expect(test, 0, 30);
	test_stream_expect_count(test, RX_UNKNOWN_VNI, 1);
	test_stream_expect_count(test, RX_FRAMES_WHOLE, 0);
	change_vni(test, TEST_HOSTS_VNI);
}

static struct kunit_case change_test_cases[] = {
	KUNIT_CASE(order_test_removed),
	KUNIT_CASE(order_test_other_vni),
	{}
};

static struct kunit_suite change_test_suite = {
	.name = "vnencap_change",
	.init = test_stream_init,
	.exit = test_stream_exit,
	.test_cases = change_test_cases,
};

kunit_test_suite(change_test_suite);
