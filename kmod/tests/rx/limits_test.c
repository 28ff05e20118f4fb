// SPDX-License-Identifier: GPL-2.0-only
/* Limits of what waits: whoever fills them harms nobody else. */
#include <kunit/test.h>
#include <linux/interrupt.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netlink.h>

#include "map/map.h"
#include "rx/limits.h"
#include "tests/arrival.h"
#include "tests/expect.h"
#include "tests/hosts.h"
#include "tests/kinds.h"
#include "tests/outer.h"
#include "tests/packet.h"
#include "tests/path.h"
#include "vnencap.h"

#define FLOODERS	8

/* The @i'th address beside the receiver's own */
static struct vnencap_addr addr_beside(const struct test_path *path,
				       unsigned int i)
{
	struct vnencap_addr addr = path->hosts.b.addr;

	if (addr.family == AF_INET6)
		addr.ip6.s6_addr[14] += i;
	else
		addr.ip4 = htonl(ntohl(addr.ip4) + (i << 8));
	return addr;
}

/* Do two hosts have nothing in common? One in some hundreds shares by its hash. */
static bool are_apart(const struct vnencap_party *a,
		      const struct vnencap_party *b)
{
	return a->quota != b->quota && a->host != b->host;
}

/* Another host. One that happens to share with the sender would take of what is that
 * one's; it is passed over.
 */
static struct vnencap_addr flooder_addr(const struct test_path *path,
					unsigned int i)
{
	const struct net *net = path->hosts.b.vn->net;
	const struct vnencap_party sender =
		vnencap_limits_party(net, &path->hosts.a.addr, TEST_HOSTS_VNI);
	struct vnencap_party party;
	struct vnencap_addr addr;
	unsigned int n = 1;

	for (;;) {
		addr = addr_beside(path, n++);
		party = vnencap_limits_party(net, &addr, TEST_HOSTS_VNI);
		if (are_apart(&party, &sender) && !i--)
			return addr;
	}
}

/* Map something to each of them, so that they may send, or take that away. */
static void map_flooders(struct kunit *test, bool there)
{
	struct test_path *path = test->priv;
	struct net *net = path->hosts.b.vn->net;
	struct vnencap_mapping m = {
		.vni = TEST_HOSTS_VNI,
		.len = 32,
		.fec = VNENCAP_FEC_UNSET,
	};
	unsigned int i;
	int err;

	vnencap_map_lock(net);
	for (i = 0; i < FLOODERS; i++) {
		m.dst = (struct vnencap_addr){
			AF_INET, .ip4 = htonl(0x0afa0000 + i),
		};
		m.via = flooder_addr(path, i);
		err = there ? vnencap_map_set(net, &m, NLM_F_CREATE) :
			      vnencap_map_del(net, &m);
		KUNIT_EXPECT_EQ(test, err, 0);
	}
	vnencap_map_unlock(net);
}

static void change_source(struct sk_buff *skb, const struct vnencap_addr *addr)
{
	if (vnencap_outer_is_ipv6(skb))
		((struct ipv6hdr *)skb->data)->saddr = addr->ip6;
	else
		((struct iphdr *)skb->data)->saddr = addr->ip4;
	test_outer_finish(skb);
}

/* Segments without a shard, of frames that are never going to be whole, from another
 * host.
 */
static void receive_flood(struct kunit *test, unsigned int flooder,
			  unsigned int frames)
{
	static const u16 order[] = { 2, 3, 4, 5, 6, 7, 8, 9 };
	struct test_path *path = test->priv;
	struct vnencap_addr addr = flooder_addr(path, flooder);
	struct sk_buff *skb;
	unsigned int i;

	for (i = 0; i < frames; i++) {
		skb = test_arrival_run(test, order, ARRAY_SIZE(order));
		change_source(skb, &addr);
		test_outer_header(skb)->tcp.ack_seq = htonl(i);
		local_bh_disable();
		test_host_receive(&path->hosts.b, skb);
		local_bh_enable();
	}
}

/* What has arrived of a frame waits, while others flood the receiver. */
static void flooded_by(struct kunit *test, unsigned int flooders)
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
	for (i = 0; i < flooders; i++)
		receive_flood(test, i, 600);
	KUNIT_EXPECT_GT(test, test_host_count(b, RX_OVER_LIMIT), 0);
	test_arrival_draw_late(path, &late);
	test_arrival_receive(test, 100);
	test_expect_plain(test);
	vnencap_limits_set_timeout(b->vn->net, timeout);
}

/* Other tests want room, too: by each packet some of what its host has is given up. */
static void let_go(struct kunit *test)
{
	const struct test_path *path = test->priv;
	struct vnencap_limits *limits =
		vnencap_limits_of(path->hosts.b.vn->net);
	unsigned long peer = limits->peer_thresh;
	unsigned int i;

	WRITE_ONCE(limits->peer_thresh, 0);
	for (i = 0; i < FLOODERS; i++)
		receive_flood(test, i, 100);
	WRITE_ONCE(limits->peer_thresh, peer);
	KUNIT_EXPECT_LT(test, frag_mem_limit(limits->fqdir),
			limits->fqdir->high_thresh / 16);
}

/* One host's frames that wait for ever take no room from another's. */
static void path_test_flood(struct kunit *test)
{
	map_flooders(test, true);
	flooded_by(test, 1);
	map_flooders(test, false);
}

/* Nor do many hosts' together. And all of a VNI's leave as much for others. */
static void path_test_floods(struct kunit *test)
{
	const struct test_path *path = test->priv;
	const struct fqdir *fqdir =
		vnencap_limits_of(path->hosts.b.vn->net)->fqdir;

	map_flooders(test, true);
	flooded_by(test, FLOODERS);
	KUNIT_EXPECT_LT(test, frag_mem_limit(fqdir),
			fqdir->high_thresh / 2 + (64 << 10));
	let_go(test);
	map_flooders(test, false);
}

TEST_PATH_SUITES(limits,
		 KUNIT_CASE(path_test_flood),
		 KUNIT_CASE(path_test_floods));
