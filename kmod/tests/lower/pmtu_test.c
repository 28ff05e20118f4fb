// SPDX-License-Identifier: GPL-2.0-only
/* What routers have told of the ways to an endpoint, and for how long it is heeded. */
#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/jiffies.h>
#include <net/net_namespace.h>

#include "lower/lower.h"
#include "lower/pmtu.h"
#include "map/endpoint.h"
#include "tests/hosts.h"
#include "vnencap.h"

#define BY_ROUTE	1500	/* the path MTU that the route has */
#define TOLD		1300	/* and the one that a router told */

/* Which of the two is heeded, where the one that was told was to be remembered until then?
 * Over IPv6 the route is not asked.
 */
static u32 heeded(struct kunit *test, u64 until)
{
	struct test_hosts *hosts = test->priv;
	const struct vnencap_dev *vn = hosts->a.vn;
	struct vnencap_endpoint *endpoint;
	u32 mtu = 0;

	local_bh_disable();
	rcu_read_lock();
	endpoint = vnencap_endpoint_find(vn->net, TEST_HOSTS_VNI,
					 &hosts->b.addr);
	if (endpoint) {
		endpoint->heard = (struct vnencap_heard){
			.mtu = TOLD,
			.domain = vnencap_lower_domain(vn->lower),
			.flushed = fnhe_genid(vn->net),
			.until = until,
		};
		mtu = vnencap_pmtu_heed(vn, endpoint, NULL, BY_ROUTE);
		endpoint->heard.mtu = 0;
	}
	rcu_read_unlock();
	local_bh_enable();
	return mtu;
}

static void pmtu_test_remembered(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, heeded(test, get_jiffies_64() + 10 * HZ), TOLD);
	KUNIT_EXPECT_EQ(test, heeded(test, get_jiffies_64() - 1), BY_ROUTE);
}

/* Nobody has looked at the endpoint for weeks, or months. */
static void pmtu_test_long_ago(struct kunit *test)
{
	u64 now = get_jiffies_64();

	KUNIT_EXPECT_EQ(test, heeded(test, now - BIT_ULL(31) - HZ), BY_ROUTE);
	KUNIT_EXPECT_EQ(test, heeded(test, now - BIT_ULL(32) + 10 * HZ),
			BY_ROUTE);
}

static int pmtu_test_init(struct kunit *test)
{
	struct test_hosts *hosts = kunit_kzalloc(test, sizeof(*hosts),
						 GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, hosts);
	test->priv = hosts;
	test_hosts_make(test, hosts, AF_INET6);
	return 0;
}

static void pmtu_test_exit(struct kunit *test)
{
	if (test->priv)
		test_hosts_free(test->priv);
}

static struct kunit_case pmtu_test_cases[] = {
	KUNIT_CASE(pmtu_test_remembered),
	KUNIT_CASE(pmtu_test_long_ago),
	{}
};

static struct kunit_suite pmtu_test_suite = {
	.name = "vnencap_pmtu",
	.init = pmtu_test_init,
	.exit = pmtu_test_exit,
	.test_cases = pmtu_test_cases,
};

kunit_test_suite(pmtu_test_suite);
