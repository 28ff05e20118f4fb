// SPDX-License-Identifier: GPL-2.0-only
/* Limits of what waits: whoever fills them harms nobody else. */
#include <kunit/test.h>
#include <linux/interrupt.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include "rx/limits.h"
#include "tests/arrival.h"
#include "tests/expect.h"
#include "tests/hosts.h"
#include "tests/kinds.h"
#include "tests/outer.h"
#include "tests/packet.h"
#include "tests/path.h"
#include "vnencap.h"

static void change_to_own_source(struct test_path *path, struct sk_buff *skb)
{
	const struct vnencap_addr *own = &path->hosts.b.addr;

	if (vnencap_outer_is_ipv6(skb))
		((struct ipv6hdr *)skb->data)->saddr = own->ip6;
	else
		((struct iphdr *)skb->data)->saddr = own->ip4;
	test_outer_finish(skb);
}

/* Segments without a shard, of frames that are never going to be whole, from
 * another host: by the address of the receiver, which is mapped too.
 */
static void receive_flood(struct kunit *test, unsigned int frames)
{
	static const u16 order[] = { 2, 3, 4, 5, 6, 7, 8, 9 };
	struct test_path *path = test->priv;
	struct sk_buff *skb;
	unsigned int i;

	for (i = 0; i < frames; i++) {
		skb = test_arrival_run(test, order, ARRAY_SIZE(order));
		change_to_own_source(path, skb);
		test_outer_header(skb)->tcp.ack_seq = htonl(i);
		local_bh_disable();
		test_host_receive(&path->hosts.b, skb);
		local_bh_enable();
	}
}

/* One host's frames that wait for ever take no room from another's. */
static void path_test_flood(struct kunit *test)
{
	static const struct test_kind kind = UDP4_DONE;
	static const struct test_scenario late = { .join = 100 };
	struct test_path *path = test->priv;
	struct test_host *b = &path->hosts.b;
	unsigned int i;
	int timeout;

	/* however slow the machine is, no frame is given up for its age */
	timeout = vnencap_limits_set_timeout(b->vn->net, 60 * HZ);
	test_path_seed(path, 1);
	do
		test_path_draw_and_send(test, &kind);
	while (path->n < 30);
	for (path->n_order = 0, i = 0; i < path->n / 2; i++) {
		path->order[path->n_order++] = i;
		path->arrived[i] = true;
	}
	test_arrival_receive(test, 100);
	receive_flood(test, 600);
	KUNIT_EXPECT_GT(test, test_host_count(b, RX_OVER_LIMIT), 0);
	test_arrival_draw_late(path, &late);
	test_arrival_receive(test, 100);
	test_expect_plain(test);
	vnencap_limits_set_timeout(b->vn->net, timeout);
}

TEST_PATH_SUITES(limits,
		 KUNIT_CASE(path_test_flood));
