// SPDX-License-Identifier: GPL-2.0-only
/* What is known of losses between two hosts, made and asked for by tests. */
#include <kunit/test.h>
#include <net/net_namespace.h>

#include "map/loss.h"
#include "map/traffic.h"
#include "tests/hosts.h"
#include "tests/loss.h"
#include "wire/report.h"

/**
 * test_loss_endpoint - a host as an endpoint of the other
 * @test: the test; it fails where there is none
 * @host: the host
 *
 * Return: the endpoint, which the hosts' mappings keep.
 */
struct vnencap_endpoint *test_loss_endpoint(struct kunit *test,
					    const struct test_host *host)
{
	struct vnencap_endpoint *endpoint;

	rcu_read_lock();
	endpoint = vnencap_endpoint_find(&init_net, TEST_HOSTS_VNI,
					 &host->addr);
	rcu_read_unlock();
	KUNIT_ASSERT_NOT_NULL(test, endpoint);
	return endpoint;
}

/**
 * test_loss_hear_from - an endpoint asks, or tells, by a frame
 * @endpoint: the endpoint
 * @report: what the frame says, see wire/report.h
 * @id: of the frame
 * @lone: it is a small packet
 */
void test_loss_hear_from(struct vnencap_endpoint *endpoint, u8 report, u32 id,
			 bool lone)
{
	local_bh_disable();
	rcu_read_lock();
	vnencap_loss_heard(endpoint, report, id, lone);
	rcu_read_unlock();
	local_bh_enable();
}

/**
 * test_loss_hear - an endpoint asks, or tells
 * @endpoint: the endpoint
 * @report: what a long frame of it says, see wire/report.h
 */
void test_loss_hear(struct vnencap_endpoint *endpoint, u8 report)
{
	test_loss_hear_from(endpoint, report, 0, false);
}

/**
 * test_loss_count - count segments of an endpoint
 * @endpoint: the endpoint
 * @segments: that it sent
 * @lost: how many of them were lost; half of these were brought back
 */
void test_loss_count(struct vnencap_endpoint *endpoint, u32 segments, u32 lost)
{
	local_bh_disable();
	rcu_read_lock();
	vnencap_traffic_received(endpoint, segments, segments);
	vnencap_traffic_add(endpoint, VNENCAP_TRAFFIC_LOSS, lost / 2);
	vnencap_traffic_add(endpoint, VNENCAP_A_TRAFFIC_RX_REPAIRED,
			    lost - lost / 2);
	rcu_read_unlock();
	local_bh_enable();
}

/**
 * test_loss_report_after - what an endpoint is told, when it is measured late
 * @endpoint: the endpoint
 * @late: for so long it has been time to measure, in jiffies
 *
 * Return: the level.
 */
u8 test_loss_report_after(struct vnencap_endpoint *endpoint, unsigned long late)
{
	u8 level;

	if (endpoint->loss) {
		endpoint->loss->regular = jiffies - late;
		endpoint->loss->due = endpoint->loss->regular;
	}
	local_bh_disable();
	rcu_read_lock();
	level = vnencap_loss_report(endpoint);
	rcu_read_unlock();
	local_bh_enable();
	return level;
}

/**
 * test_loss_report - what an endpoint is told, when it is time to measure
 * @endpoint: the endpoint
 *
 * Return: the level.
 */
u8 test_loss_report(struct vnencap_endpoint *endpoint)
{
	return test_loss_report_after(endpoint, 0);
}

/**
 * test_loss_ask - an endpoint asks, and is measured from now on
 * @endpoint: the endpoint
 */
void test_loss_ask(struct vnencap_endpoint *endpoint)
{
	test_loss_hear(endpoint, VNENCAP_REPORT_ASK);
	test_loss_count(endpoint, 1000, 0);
	test_loss_report(endpoint);
}

/**
 * test_loss_fec - how much parity what an endpoint told asks for
 * @endpoint: the endpoint
 *
 * Return: percent.
 */
u8 test_loss_fec(struct vnencap_endpoint *endpoint)
{
	u8 percent;

	local_bh_disable();
	percent = vnencap_loss_fec(endpoint);
	local_bh_enable();
	return percent;
}
