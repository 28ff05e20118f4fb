// SPDX-License-Identifier: GPL-2.0-only
/*
 * The whole path: an inner packet is sent by one vnencap device, cut by the
 * kernel's own segmentation, and its segments, some of them lost, in another
 * order, twice, joined to runs of any layout, are received by another device.
 * What comes out must be what went in, less exactly what was lost. All of it
 * over a substrate of IPv4, and again over one of IPv6.
 */
#include <kunit/test.h>
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/refcount.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/tcp.h>
#include <net/inet_ecn.h>
#include <net/ip6_checksum.h>
#include <net/tcp.h>

#include "compat.h"
#include "dev/device.h"
#include "map/map.h"
#include "rx/limits.h"
#include "rx/run.h"
#include "stats/stats.h"
#include "tests/hosts.h"
#include "tests/packet.h"
#include "tests/random.h"
#include "wire/outer.h"

#define SEGMENTS_MAX	300
#define ARRIVALS_MAX	(2 * SEGMENTS_MAX)

/**
 * struct path_test - what a test has at hand
 * @rnd: where all choices come from
 * @seed: what @rnd was seeded with
 * @hosts: sender and receiver
 * @packet: the inner packet
 * @plain: @packet as plain packets, which is what is to come out
 * @segment: what its frame was cut into, data at the outer IP header
 * @run: what their headers say
 * @n: how many
 * @order: the segments in the order in which they arrive, by number
 * @n_order: how many arrive
 * @arrived: at least once
 * @patience: frames that the receiver had given up before
 * @hasty: rounds in which it gave up one because the test was too slow
 * @seen: how often each byte of @packet's payload was received
 * @joined: a run of segments
 */
struct path_test {
	struct rnd_state rnd;
	u32 seed;
	struct test_hosts hosts;
	struct test_packet packet;
	struct sk_buff_head plain;
	struct sk_buff *segment[SEGMENTS_MAX];
	struct vnencap_run run[SEGMENTS_MAX];
	unsigned int n;
	u16 order[ARRIVALS_MAX];
	unsigned int n_order;
	bool arrived[SEGMENTS_MAX];
	u64 patience;
	unsigned int hasty;
	u8 seen[TEST_PACKET_MAX];
	u8 joined[2 * TEST_PACKET_MAX];
};

/**
 * struct scenario - what is sent, and what happens to it
 * @name: to name the test
 * @kind: of packets
 * @mtu: of the substrate
 * @loss: segments lost, in percent
 * @reorder: segments that change places, in percent
 * @twice: segments that arrive once more, in percent
 * @join: segments joined to the one before, where they follow it, in percent
 * @gro: the receiving device has GRO
 */
struct scenario {
	const char *name;
	struct test_kind kind;
	u16 mtu;
	u8 loss, reorder, twice, join;
	bool gro;
};

#define ROUNDS	TEST_ROUNDS(200)

/* Frames of so many segments lose any of them: short ones, and the shortest of
 * the long.
 */
static const u8 pattern_segments[] = { 2, 3, 5, 9 };

/* See TEST_ROUNDS(): there, every so many of the patterns */
#define PATTERN_STEP	(IS_ENABLED(CONFIG_KASAN) ? 7 : 1)

/* Frames that the receiver's table has room to remember at a time */
#define FRAMES_MAX	1000

#define TCP4	{ .proto = IPPROTO_TCP, .gso = true, .partial = true, \
		  .payload = 60000 }
#define TCP6	{ .proto = IPPROTO_TCP, .gso = true, .partial = true, \
		  .payload = 60000, .ipv6 = true }
#define BIG4	{ .proto = IPPROTO_TCP, .gso = true, .partial = true, \
		  .payload = 180000 }
#define BIG6	{ .proto = IPPROTO_TCP, .gso = true, .partial = true, \
		  .payload = 180000, .ipv6 = true }
#define ACCECN4	{ .proto = IPPROTO_TCP, .gso = true, .partial = true, \
		  .payload = 60000, .accecn = true }
#define TCP4_LONG { .proto = IPPROTO_TCP, .partial = true, .payload = 60000 }
#define TCP4_DONE { .proto = IPPROTO_TCP, .payload = 9000 }
#define TCP6_DONE { .proto = IPPROTO_TCP, .payload = 9000, .ipv6 = true }
#define TRAIN4	{ .proto = IPPROTO_UDP, .gso = true, .partial = true, \
		  .payload = 60000 }
#define TRAIN6	{ .proto = IPPROTO_UDP, .gso = true, .partial = true, \
		  .payload = 60000, .ipv6 = true }
#define UDP4	{ .proto = IPPROTO_UDP, .partial = true, .payload = 60000 }
#define UDP4_DONE { .proto = IPPROTO_UDP, .payload = 60000 }
#define UDP6	{ .proto = IPPROTO_UDP, .partial = true, .payload = 60000, \
		  .ipv6 = true }
#define UDP6_DONE { .proto = IPPROTO_UDP, .payload = 60000, .ipv6 = true }
#define ICMP4	{ .proto = IPPROTO_ICMP, .payload = 60000 }
#define ICMP6	{ .proto = IPPROTO_ICMPV6, .payload = 60000, .ipv6 = true }
#define SCTP4	{ .proto = IPPROTO_SCTP, .payload = 9000 }
#define FRAGMENT { .proto = IPPROTO_UDP, .fragment = true, .payload = 9000 }

static const struct scenario scenarios[] = {
	{ "TCP, nothing happens", TCP4, 1500, .join = 100 },
	{ "TCP, GRO joins all", TCP4, 1500, .gro = true },
	{ "TCP, GRO joins runs", TCP4, 1500, .join = 90, .gro = true },
	{ "TCP, nothing joins", TCP4, 1500 },
	{ "TCP, loss", TCP4, 1500, .loss = 5, .join = 90 },
	{ "TCP, loss, GRO", TCP4, 1500, .loss = 5, .join = 80, .gro = true },
	{ "TCP, much loss", TCP4, 1500, .loss = 60, .join = 50 },
	{ "TCP, reordering", TCP4, 1500, .reorder = 20, .join = 80 },
	{ "TCP, reordering, GRO", TCP4, 1500, .reorder = 20, .join = 80,
	  .gro = true },
	{ "TCP, duplicates", TCP4, 1500, .twice = 20, .join = 80 },
	{ "TCP, all of it", TCP4, 1500, 10, 20, 20, 80 },
	{ "TCP, all of it, jumbo", TCP4, 9000, 10, 20, 20, 80 },
	{ "TCP, all of it, small MTU", TCP4, 600, 10, 20, 20, 80 },
	{ "TCP, all of it, odd MTU", TCP4, 1433, 10, 20, 20, 80 },
	{ "TCP in IPv6, nothing happens", TCP6, 1500, .join = 100 },
	{ "TCP in IPv6, all of it", TCP6, 1500, 10, 20, 20, 80 },
	{ "BIG TCP, nothing happens", BIG4, 1500, .join = 100 },
	{ "BIG TCP, GRO joins runs", BIG4, 1500, .join = 97, .gro = true },
	{ "BIG TCP, duplicates", BIG4, 1500, .twice = 3, .join = 97 },
	{ "BIG TCP, loss, GRO", BIG4, 1500, .loss = 2, .join = 97, .gro = true },
	{ "BIG TCP, all of it", BIG4, 1500, 2, 2, 2, 97 },
	{ "BIG TCP, all of it, jumbo", BIG4, 9000, 10, 20, 20, 80 },
	{ "BIG TCP in IPv6, nothing happens", BIG6, 1500, .join = 100 },
	{ "BIG TCP in IPv6, all of it", BIG6, 1500, 2, 2, 2, 97 },
	{ "TCP with AccECN, nothing happens", ACCECN4, 1500, .join = 100 },
	{ "TCP with AccECN, all of it", ACCECN4, 1500, 10, 20, 20, 80 },
	{ "TCP not GSO, nothing happens", TCP4_LONG, 1500, .join = 100 },
	{ "TCP not GSO, all of it", TCP4_LONG, 1500, 10, 20, 20, 80 },
	{ "TCP summed, nothing happens", TCP4_DONE, 1500, .join = 100 },
	{ "TCP summed, all of it", TCP4_DONE, 1500, 10, 20, 20, 80 },
	{ "TCP summed, in IPv6", TCP6_DONE, 1500, 10, 20, 20, 80 },
	{ "train, nothing happens", TRAIN4, 1500, .join = 100 },
	{ "train, GRO joins all", TRAIN4, 1500, .gro = true },
	{ "train, nothing joins", TRAIN4, 1500 },
	{ "train, loss", TRAIN4, 1500, .loss = 5, .join = 90 },
	{ "train, loss, GRO", TRAIN4, 1500, .loss = 5, .join = 80, .gro = true },
	{ "train, much loss", TRAIN4, 1500, .loss = 60, .join = 50 },
	{ "train, all of it", TRAIN4, 1500, 10, 20, 20, 80 },
	{ "train, all of it, jumbo", TRAIN4, 9000, 10, 20, 20, 80 },
	{ "train, all of it, small MTU", TRAIN4, 600, 10, 20, 20, 80 },
	{ "train in IPv6, GRO joins runs", TRAIN6, 1500, .join = 90,
	  .gro = true },
	{ "train in IPv6, all of it", TRAIN6, 1500, 10, 20, 20, 80 },
	{ "UDP, nothing happens", UDP4, 1500, .join = 100 },
	{ "UDP, all of it", UDP4, 1500, 10, 20, 20, 80 },
	{ "UDP, all of it, GRO", UDP4, 1500, .loss = 10, .reorder = 20,
	  .join = 80, .gro = true },
	{ "UDP summed, all of it", UDP4_DONE, 1500, 10, 20, 20, 80 },
	{ "UDP in IPv6, all of it", UDP6, 1500, 10, 20, 20, 80 },
	{ "UDP in IPv6, GRO joins all", UDP6, 1500, .gro = true },
	{ "UDP summed, in IPv6", UDP6_DONE, 1500, 10, 20, 20, 80 },
	{ "ICMP, nothing happens", ICMP4, 1500, .join = 100 },
	{ "ICMP, all of it", ICMP4, 1500, 10, 20, 20, 80 },
	{ "ICMPv6, all of it", ICMP6, 1500, 10, 20, 20, 80 },
	{ "SCTP, all of it", SCTP4, 1500, 10, 20, 20, 80 },
	{ "fragments, all of it", FRAGMENT, 1500, 10, 20, 20, 80 },
};

static const struct test_kind pattern_kinds[] = {
	{ "TCP", .proto = IPPROTO_TCP, .gso = true, .partial = true,
	  .payload = 14000 },
	{ "TCP in IPv6", .proto = IPPROTO_TCP, .gso = true, .partial = true,
	  .payload = 14000, .ipv6 = true },
	{ "train", .proto = IPPROTO_UDP, .gso = true, .partial = true,
	  .payload = 14000 },
	{ "UDP", .proto = IPPROTO_UDP, .partial = true, .payload = 14000 },
};

static void kind_describe(const struct test_kind *kind, char *desc)
{
	strscpy(desc, kind->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(pattern, pattern_kinds, kind_describe);

static void scenario_describe(const struct scenario *s, char *desc)
{
	strscpy(desc, s->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(scenario, scenarios, scenario_describe);

/* ---- Outer headers ---- */

static u32 outer_len(const struct path_test *path)
{
	return path->hosts.a.addr.family == AF_INET ? sizeof(struct iphdr) :
						       sizeof(struct ipv6hdr);
}

static struct vnencap_segment_hdr *segment_header(const struct sk_buff *skb)
{
	return (void *)skb->data + vnencap_outer_len(skb);
}

/* Length, of which more than 64 KB have none, and the sum over an IPv4 header */
static void finish_outer(struct sk_buff *skb)
{
	struct ipv6hdr *ip6h = (struct ipv6hdr *)skb->data;
	struct iphdr *iph = (struct iphdr *)skb->data;

	if (vnencap_outer_is_ipv6(skb)) {
		ip6h->payload_len = test_ip_len(skb->len - sizeof(*ip6h));
	} else {
		iph->tot_len = test_ip_len(skb->len);
		ip_send_check(iph);
	}
}

static __sum16 outer_tcp_sum(const struct sk_buff *skb, __wsum sum)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)skb->data;
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	u32 len = skb->len - vnencap_outer_len(skb);

	if (vnencap_outer_is_ipv6(skb))
		return csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, len,
				       IPPROTO_TCP, sum);
	return tcp_v4_check(len, iph->saddr, iph->daddr, sum);
}

static void set_outer_ecn(struct sk_buff *skb, u8 ecn)
{
	struct ipv6hdr *ip6h = (struct ipv6hdr *)skb->data;
	struct iphdr *iph = (struct iphdr *)skb->data;

	if (vnencap_outer_is_ipv6(skb)) {
		ipv6_change_dsfield(ip6h, ~INET_ECN_MASK, ecn);
	} else {
		iph->tos = (iph->tos & ~INET_ECN_MASK) | ecn;
		ip_send_check(iph);
	}
}

/* ---- Sending ---- */

static void forget_frame(struct path_test *path)
{
	while (path->n)
		kfree_skb(path->segment[--path->n]);
	skb_queue_purge(&path->plain);
	skb_queue_purge(&path->hosts.a.sent);
	skb_queue_purge(&path->hosts.b.received);
}

static void seed(struct path_test *path, u32 value)
{
	path->seed = value;
	prandom_seed_state(&path->rnd, value);
}

/* What every wire may expect of a segment, and each receiver of a frame's */
static void expect_segment(struct kunit *test, unsigned int i)
{
	struct path_test *path = test->priv;
	const struct vnencap_run *run = &path->run[i];
	const struct sk_buff *skb = path->segment[i];

	KUNIT_EXPECT_LE(test, skb->len, path->hosts.a.lower->mtu);
	KUNIT_EXPECT_STREQ(test, test_packet_fault(skb->data, skb->len) ?: "",
			   "");
	KUNIT_EXPECT_EQ(test, run->seg.offset, i * run->seg.frame.segsz);
	KUNIT_EXPECT_EQ(test, run->seg.last, i == path->n - 1);
	KUNIT_EXPECT_EQ(test, run->seg.id, path->run[0].seg.id);
	KUNIT_EXPECT_EQ(test, run->seg.win, path->run[0].seg.win);
	KUNIT_EXPECT_EQ(test, run->seg.word, path->run[0].seg.word);
}

/* A frame of more than 64 KB comes in pieces, another in one. */
static void cut_piece(struct kunit *test, struct sk_buff *piece,
		      struct sk_buff_head *segments)
{
	struct path_test *path = test->priv;

	test_skb_cut(test, piece, random_chance(&path->rnd, 50) ? 0 :
		     NETIF_F_SG | NETIF_F_HW_CSUM, segments);
}

static void take_segments(struct kunit *test, struct sk_buff_head *segments)
{
	struct path_test *path = test->priv;
	struct sk_buff *skb;
	unsigned int i;

	while ((skb = __skb_dequeue(segments))) {
		KUNIT_ASSERT_LT(test, path->n, SEGMENTS_MAX);
		skb_pull(skb, ETH_HLEN);
		path->segment[path->n++] = skb;
	}
	for (i = 0; i < path->n; i++) {
		KUNIT_ASSERT_EQ(test, vnencap_run_read(path->segment[i],
						       &path->run[i]), 0);
		expect_segment(test, i);
	}
}

/* Send an skb, or as TCP does a clone, of which the other half must stay as it
 * is.
 */
static void send_skb(struct kunit *test, struct sk_buff *skb)
{
	struct path_test *path = test->priv;
	const struct test_packet *p = &path->packet;
	u32 len = p->hdr_len + p->payload;
	struct sk_buff *kept = NULL;

	if (random_chance(&path->rnd, 50)) {
		kept = skb;
		skb = skb_clone(kept, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, skb);
	}
	test_host_send(&path->hosts.a, skb);
	if (!kept)
		return;
	KUNIT_EXPECT_EQ(test, kept->len, len);
	KUNIT_EXPECT_EQ(test, skb_shinfo(kept)->gso_size, p->gso_size);
	/* its headers the sender writes anew, each time */
	KUNIT_EXPECT_EQ(test, skb_copy_bits(kept, p->hdr_len, path->joined,
					    p->payload), 0);
	KUNIT_EXPECT_MEMEQ(test, path->joined, p->bytes + p->hdr_len,
			   p->payload);
	kfree_skb(kept);
}

/* Send what is in path->packet. */
static void send_packet(struct kunit *test)
{
	struct path_test *path = test->priv;
	const struct test_packet *p = &path->packet;
	struct sk_buff_head segments;
	struct sk_buff *skb;

	test_skb_cut(test, test_packet_skb(test, &path->rnd, p, TEST_LINEAR), 0,
		     &path->plain);
	send_skb(test, test_packet_skb(test, &path->rnd, p,
				       random_range(&path->rnd, 0,
						    TEST_LAYOUTS - 1)));
	KUNIT_ASSERT_GE(test, skb_queue_len(&path->hosts.a.sent), 1);
	__skb_queue_head_init(&segments);
	while ((skb = skb_dequeue(&path->hosts.a.sent)))
		cut_piece(test, skb, &segments);
	take_segments(test, &segments);
}

/* Frames that were given up because the test was too slow for them */
static u64 given_up(const struct test_host *host)
{
	return test_host_count(host, RX_META_LOST) +
	       test_host_count(host, RX_FRAMES_PARTIAL) +
	       test_host_count(host, RX_TIMEOUTS);
}

static bool too_slow(const struct path_test *path)
{
	return given_up(&path->hosts.b) != path->patience;
}

/* Let the receiver forget, lest frames meet the limit of its table. */
static void pace(void)
{
	static unsigned int frames;

	if (++frames % FRAMES_MAX == 0)
		schedule_timeout_uninterruptible(HZ / 4);
}

static void draw_packet(struct path_test *path, const struct test_kind *kind)
{
	pace();
	forget_frame(path);
	memset(path->seen, 0, sizeof(path->seen));
	memset(path->arrived, 0, sizeof(path->arrived));
	path->patience = given_up(&path->hosts.b);
	test_packet_draw(&path->rnd, kind, &path->hosts.a, &path->hosts.b,
			 &path->packet);
}

static void draw_and_send(struct kunit *test, const struct test_kind *kind)
{
	draw_packet(test->priv, kind);
	send_packet(test);
}

/* ---- Arriving ---- */

static void swap_some(struct path_test *path, u32 percent)
{
	unsigned int i;

	for (i = 0; i < path->n_order; i++) {
		unsigned int j = i + random_range(&path->rnd, 1, 10);

		if (random_chance(&path->rnd, percent) && j < path->n_order)
			swap(path->order[i], path->order[j]);
	}
}

static void repeat_some(struct path_test *path, u32 percent)
{
	unsigned int i, at, n = path->n_order;

	for (i = 0; i < n; i++) {
		if (!random_chance(&path->rnd, percent))
			continue;
		at = random_range(&path->rnd, 0, path->n_order);
		memmove(&path->order[at + 1], &path->order[at],
			(path->n_order - at) * sizeof(*path->order));
		path->order[at] = path->order[i];
		path->n_order++;
	}
}

static void note_arrivals(struct path_test *path)
{
	unsigned int i;

	for (i = 0; i < path->n_order; i++)
		path->arrived[path->order[i]] = true;
}

static void draw_arrivals(struct path_test *path, const struct scenario *sc)
{
	unsigned int i;

	path->n_order = 0;
	for (i = 0; i < path->n; i++)
		if (!random_chance(&path->rnd, sc->loss))
			path->order[path->n_order++] = i;
	swap_some(path, sc->reorder);
	repeat_some(path, sc->twice);
	note_arrivals(path);
}

/* What has not arrived does so after all. */
static void draw_late(struct path_test *path, const struct scenario *sc)
{
	unsigned int i;

	path->n_order = 0;
	for (i = 0; i < path->n; i++)
		if (!path->arrived[i])
			path->order[path->n_order++] = i;
	swap_some(path, sc->reorder);
	note_arrivals(path);
}

/* The bytes of a run: the first segment's headers, and all the payload */
static u32 join_bytes(struct path_test *path, const u16 *order, unsigned int n)
{
	struct sk_buff *skb = path->segment[order[0]];
	u32 len = path->run[order[0]].hdr_len;
	unsigned int i;

	skb_copy_bits(skb, 0, path->joined, len);
	for (i = 0; i < n; i++) {
		const struct vnencap_run *run = &path->run[order[i]];

		skb_copy_bits(path->segment[order[i]], run->hdr_len,
			      path->joined + len, run->len);
		len += run->len;
	}
	return len;
}

/* As native GRO leaves a packet that it has joined */
static void complete_run(struct sk_buff *skb, const struct vnencap_run *last,
			 unsigned int n)
{
	struct tcphdr *th = &segment_header(skb)->tcp;

	finish_outer(skb);
	th->psh = last->seg.last;
	th->check = ~outer_tcp_sum(skb, 0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = (u8 *)th - skb->head;
	skb->csum_offset = offsetof(struct tcphdr, check);
	skb_shinfo(skb)->gso_size = last->seg.frame.segsz;
	skb_shinfo(skb)->gso_segs = n;
	skb_shinfo(skb)->gso_type = vnencap_outer_is_ipv6(skb) ?
				    SKB_GSO_TCPV6 : SKB_GSO_TCPV4;
}

/* One segment, as NICs leave it: summed or not, in this way or that */
static void complete_segment(struct path_test *path, struct sk_buff *skb)
{
	switch (random_range(&path->rnd, 0, 3)) {
	case 0:
		skb->ip_summed = CHECKSUM_UNNECESSARY;
		break;
	case 1:
		skb->ip_summed = CHECKSUM_COMPLETE;
		skb->csum = skb_checksum(skb, 0, skb->len, 0);
		break;
	}
}

static void receive_skb(struct test_host *host, struct sk_buff *skb)
{
	bool ipv6 = host->addr.family == AF_INET6;

	__skb_push(skb, ETH_HLEN);
	skb_reset_mac_header(skb);
	memset(skb->data, 0, ETH_HLEN);
	__skb_pull(skb, ETH_HLEN);
	skb->protocol = htons(ipv6 ? ETH_P_IPV6 : ETH_P_IP);
	skb->pkt_type = PACKET_HOST;
	skb->dev = host->lower;
	netif_receive_skb(skb);
}

static struct sk_buff *make_run(struct kunit *test, const u16 *order,
				unsigned int n)
{
	struct path_test *path = test->priv;
	const struct vnencap_run *first = &path->run[order[0]];
	u32 len = join_bytes(path, order, n), chunk;
	struct sk_buff *skb;

	chunk = random_chance(&path->rnd, 60) ? first->seg.frame.segsz :
		random_range(&path->rnd, 600, 12000);
	skb = test_skb_make(test, path->joined, len, first->hdr_len +
			    random_chance(&path->rnd, 50) * chunk,
			    random_range(&path->rnd, 0, TEST_LAYOUTS - 1),
			    chunk);
	if (n > 1)
		complete_run(skb, &path->run[order[n - 1]], n);
	else
		complete_segment(path, skb);
	return skb;
}

/* Where a run of the arrivals ends that begins with the @at'th */
static unsigned int run_end(struct path_test *path, unsigned int at, u32 join)
{
	do
		at++;
	while (at < path->n_order &&
	       path->order[at] == path->order[at - 1] + 1 &&
	       random_chance(&path->rnd, join));
	return at;
}

static void make_runs(struct kunit *test, u32 join, struct sk_buff_head *runs)
{
	struct path_test *path = test->priv;
	unsigned int at, end;

	__skb_queue_head_init(runs);
	for (at = 0; at < path->n_order; at = end) {
		end = run_end(path, at, join);
		__skb_queue_tail(runs, make_run(test, &path->order[at],
						end - at));
	}
}

static void receive_arrivals(struct kunit *test, u32 join)
{
	struct path_test *path = test->priv;
	struct sk_buff_head runs;
	struct sk_buff *skb;

	make_runs(test, join, &runs);
	local_bh_disable();
	while ((skb = __skb_dequeue(&runs))) {
		receive_skb(&path->hosts.b, skb);
		if (random_chance(&path->rnd, 10)) {
			local_bh_enable();
			local_bh_disable();
		}
	}
	local_bh_enable();
	test_host_settle(&path->hosts.b);
}

/* ---- What came out ---- */

static bool metadata_arrived(const struct path_test *path)
{
	const struct vnencap_frame *f = &path->run[0].seg.frame;
	unsigned int i;

	for (i = 0; i < f->n; i++)
		if (path->arrived[vnencap_frame_shard_at(f, i) / f->segsz])
			return true;
	return false;
}

/* Headers but for what segmentation changes */
static void mask_headers(u8 *bytes, const struct test_packet *p)
{
	struct tcphdr *th = (struct tcphdr *)(bytes + p->ip_len);

	if (p->kind->ipv6) {
		((struct ipv6hdr *)bytes)->payload_len = 0;
	} else {
		((struct iphdr *)bytes)->tot_len = 0;
		((struct iphdr *)bytes)->id = 0;
		((struct iphdr *)bytes)->check = 0;
	}
	th->seq = 0;
	th->check = 0;
	th->fin = 0;
	th->psh = 0;
	th->cwr = 0;
}

static void expect_headers(struct kunit *test, const struct sk_buff *skb)
{
	struct path_test *path = test->priv;
	const struct test_packet *p = &path->packet;
	u8 got[160], want[160];

	KUNIT_ASSERT_GE(test, skb->len, p->hdr_len);
	memcpy(got, skb->data, p->hdr_len);
	memcpy(want, p->bytes, p->hdr_len);
	mask_headers(got, p);
	mask_headers(want, p);
	KUNIT_EXPECT_MEMEQ(test, got, want, p->hdr_len);
}

/* As segmentation counts them up, from the run's first byte on */
static void expect_ipv4_id(struct kunit *test, const struct sk_buff *skb,
			   u32 at)
{
	struct path_test *path = test->priv;
	const struct test_packet *p = &path->packet;
	u16 first, id, count;

	if (p->kind->ipv6 || !p->gso_size)
		return;
	first = ntohs(((const struct iphdr *)p->bytes)->id);
	id = ntohs(((const struct iphdr *)skb->data)->id);
	count = at / p->gso_size;
	/* one less where the run began within an inner segment */
	KUNIT_EXPECT_TRUE(test, id == (u16)(first + count) ||
			  id == (u16)(first + count - 1));
}

/* Is CWR in all segments? */
static bool has_accecn(const struct test_packet *p)
{
	return SKB_GSO_TCP_ACCECN && p->gso_size && p->kind->accecn;
}

/* A plain packet with a part of a stream */
static void expect_part(struct kunit *test, const struct sk_buff *skb)
{
	struct path_test *path = test->priv;
	const struct test_packet *p = &path->packet;
	const struct tcphdr *th = (const void *)(skb->data + p->ip_len);
	const struct tcphdr *orig = (const void *)(p->bytes + p->ip_len);
	u32 at, len, i;

	KUNIT_EXPECT_STREQ(test, test_packet_fault(skb->data, skb->len) ?: "",
			   "");
	expect_headers(test, skb);
	at = ntohl(th->seq) - ntohl(orig->seq);
	len = skb->len - p->hdr_len;
	KUNIT_ASSERT_LE(test, at, p->payload);
	KUNIT_ASSERT_LE(test, len, p->payload - at);
	KUNIT_EXPECT_MEMEQ(test, skb->data + p->hdr_len,
			   p->bytes + p->hdr_len + at, len);
	expect_ipv4_id(test, skb, at);
	for (i = 0; i < len; i++)
		path->seen[at + i]++;
	if (p->payload)
		KUNIT_EXPECT_GT(test, len, 0);
	if (p->gso_size)
		KUNIT_EXPECT_LE(test, len, p->gso_size);
	KUNIT_EXPECT_EQ(test, !!th->cwr, orig->cwr && (!at || has_accecn(p)));
	KUNIT_EXPECT_EQ(test, !!th->psh, orig->psh && at + len == p->payload);
	KUNIT_EXPECT_EQ(test, !!th->fin, orig->fin && at + len == p->payload);
}

/* How often each byte of a segment's payload is to have been seen by now */
static void expect_seen(struct kunit *test, unsigned int i, unsigned int times)
{
	struct path_test *path = test->priv;
	const struct vnencap_run *run = &path->run[i];
	u32 from, to, at;

	from = vnencap_frame_payload_at(&run->seg.frame, run->seg.offset);
	to = vnencap_frame_payload_at(&run->seg.frame, vnencap_run_end(run));
	for (at = from; at < to; at++)
		if (path->seen[at] != times)
			break;
	KUNIT_EXPECT_EQ_MSG(test, at, to,
			    "byte %u, in segment %u of %u, seen %u times",
			    at, i, path->n, path->seen[at]);
}

/* Plain packets of all that was received */
static void take_received(struct kunit *test, struct sk_buff_head *plain)
{
	struct path_test *path = test->priv;
	struct sk_buff *skb, *copy;

	__skb_queue_head_init(plain);
	while ((skb = skb_dequeue(&path->hosts.b.received))) {
		copy = skb_copy(skb, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, copy);
		kfree_skb(skb);
		test_skb_cut(test, copy, 0, plain);
	}
}

static void expect_stream(struct kunit *test)
{
	struct path_test *path = test->priv;
	struct sk_buff_head plain;
	bool known = metadata_arrived(path);
	struct sk_buff *skb;
	unsigned int i;

	take_received(test, &plain);
	while ((skb = __skb_dequeue(&plain))) {
		expect_part(test, skb);
		kfree_skb(skb);
	}
	for (i = 0; i < path->n; i++)
		expect_seen(test, i, known && path->arrived[i]);
}

/* The datagram of a train that a plain packet is, or -1 */
static int datagram_number(const struct path_test *path,
			   const struct sk_buff *skb)
{
	const struct sk_buff *want;
	int i = 0;

	skb_queue_walk(&path->plain, want) {
		if (want->len == skb->len &&
		    !memcmp(want->data, skb->data, skb->len))
			return i;
		i++;
	}
	return -1;
}

/* A datagram as segmentation would have made it */
static void expect_datagram(struct kunit *test, const struct sk_buff *skb)
{
	struct path_test *path = test->priv;
	const struct test_packet *p = &path->packet;
	int i = datagram_number(path, skb);

	KUNIT_EXPECT_STREQ(test, test_packet_fault(skb->data, skb->len) ?: "",
			   "");
	KUNIT_ASSERT_GE(test, i, 0);
	path->seen[p->gso_size ? i * p->gso_size : 0]++;
}

/* Have all bytes of the datagram arrived that begins there in the payload? */
static bool datagram_arrived(const struct path_test *path, u32 at)
{
	u32 end = min(at + path->packet.gso_size, path->packet.payload);
	unsigned int i;

	for (i = 0; i < path->n; i++) {
		const struct vnencap_run *run = &path->run[i];
		const struct vnencap_frame *f = &run->seg.frame;

		if (!path->arrived[i] &&
		    vnencap_frame_payload_at(f, run->seg.offset) < end &&
		    vnencap_frame_payload_at(f, vnencap_run_end(run)) > at)
			return false;
	}
	return true;
}

static void expect_train(struct kunit *test)
{
	struct path_test *path = test->priv;
	bool known = metadata_arrived(path);
	struct sk_buff_head plain;
	struct sk_buff *skb;
	u32 at;

	take_received(test, &plain);
	while ((skb = __skb_dequeue(&plain))) {
		expect_datagram(test, skb);
		kfree_skb(skb);
	}
	for (at = 0; at < path->packet.payload; at += path->packet.gso_size)
		KUNIT_EXPECT_EQ(test, path->seen[at],
				known && datagram_arrived(path, at));
}

/* Exactly what segmentation would have made of the packet */
static void expect_plain(struct kunit *test)
{
	struct path_test *path = test->priv;
	struct sk_buff *skb, *want;
	struct sk_buff_head plain;

	take_received(test, &plain);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&plain),
			skb_queue_len(&path->plain));
	while ((skb = __skb_dequeue(&plain))) {
		want = __skb_dequeue(&path->plain);
		KUNIT_ASSERT_NOT_NULL(test, want);
		KUNIT_EXPECT_EQ(test, skb->protocol, want->protocol);
		KUNIT_ASSERT_EQ(test, skb->len, want->len);
		KUNIT_EXPECT_MEMEQ(test, skb->data, want->data, want->len);
		kfree_skb(want);
		kfree_skb(skb);
	}
}

static bool all_arrived(const struct path_test *path)
{
	unsigned int i;

	for (i = 0; i < path->n; i++)
		if (!path->arrived[i])
			return false;
	return true;
}

static void expect_nothing(struct kunit *test)
{
	struct path_test *path = test->priv;

	KUNIT_EXPECT_EQ(test, skb_queue_len(&path->hosts.b.received), 0);
}

static void expect_received(struct kunit *test)
{
	struct path_test *path = test->priv;
	u8 class = path->run[0].seg.class;

	if (too_slow(path))
		return;
	if (path->n == 1 && path->arrived[0])
		expect_plain(test);
	else if (class == VNENCAP_STREAM)
		expect_stream(test);
	else if (class == VNENCAP_TRAIN)
		expect_train(test);
	else if (all_arrived(path))
		expect_plain(test);
	else
		expect_nothing(test);
}

/* What must not be counted when nothing is wrong */
static u64 faults(const struct test_host *host)
{
	return test_host_count(host, RX_SPOOFED) +
	       test_host_count(host, RX_MALFORMED) +
	       test_host_count(host, RX_UNKNOWN_VNI) +
	       test_host_count(host, RX_BAD_CHECKSUM) +
	       test_host_count(host, RX_BAD_TAG) +
	       test_host_count(host, RX_OVER_LIMIT) +
	       test_host_count(host, RX_NOMEM);
}

/* ---- The tests ---- */

/* Over IPv6, no less than it goes by */
static void set_mtu(struct kunit *test, int mtu)
{
	struct test_host *a = &((struct path_test *)test->priv)->hosts.a;

	if (a->addr.family == AF_INET6)
		mtu = max(mtu, IPV6_MIN_MTU);
	test_host_set_mtu(test, a, mtu);
}

/* All that has not arrived does so now. */
static void receive_late(struct kunit *test, const struct scenario *sc, u32 join)
{
	struct path_test *path = test->priv;

	if (all_arrived(path))
		return;
	draw_late(path, sc);
	receive_arrivals(test, join);
	expect_received(test);
}

static void play(struct kunit *test, const struct scenario *sc)
{
	struct path_test *path = test->priv;

	draw_and_send(test, &sc->kind);
	draw_arrivals(path, sc);
	receive_arrivals(test, sc->join);
	expect_received(test);
	receive_late(test, sc, sc->join);
	path->hasty += too_slow(path);
}

static void path_test_random(struct kunit *test)
{
	const struct scenario *sc = test->param_value;
	struct path_test *path = test->priv;
	struct test_host *b = &path->hosts.b;
	u64 delivered = test_host_count(b, RX_DELIVERED_BYTES);
	unsigned int round, bytes = 0;

	set_mtu(test, sc->mtu);
	test_host_set_gro(b, sc->gro);
	for (round = 0; round < ROUNDS; round++) {
		seed(path, (sc - scenarios) * 1000 + round);
		play(test, sc);
		bytes += path->packet.payload;
		if (test->status == KUNIT_FAILURE)
			return;
		KUNIT_ASSERT_EQ(test, faults(b), 0);
	}
	KUNIT_EXPECT_LT(test, path->hasty, ROUNDS / 2);
	if (!path->hasty)
		KUNIT_EXPECT_EQ(test, test_host_count(b, RX_DELIVERED_BYTES) -
				delivered, bytes);
}

/* Find a seed that makes a frame of so many segments. */
static u32 seed_for(struct kunit *test, const struct test_kind *kind,
		    unsigned int segments)
{
	struct path_test *path = test->priv;
	u32 value;

	for (value = 0; value < 10000; value++) {
		seed(path, value);
		draw_and_send(test, kind);
		if (path->n == segments)
			break;
	}
	KUNIT_ASSERT_EQ(test, path->n, segments);
	return value;
}

/* Bit i of the pattern: segment i arrives. */
static void set_arrivals(struct path_test *path, unsigned long pattern)
{
	unsigned int i;

	path->n_order = 0;
	for_each_set_bit(i, &pattern, path->n)
		path->order[path->n_order++] = i;
	note_arrivals(path);
}

/* Whatever is lost of a frame, the rest is delivered if one shard of it is left;
 * what was lost, where it comes late; and nothing twice.
 */
static void path_test_every_pattern(struct kunit *test)
{
	const struct test_kind *kind = test->param_value;
	struct path_test *path = test->priv;
	const struct scenario calm = {};
	unsigned long pattern;
	unsigned int i;
	u32 value;

	set_mtu(test, 1500);
	for (i = 0; i < ARRAY_SIZE(pattern_segments); i++) {
		value = seed_for(test, kind, pattern_segments[i]);
		for (pattern = 1; pattern < BIT(pattern_segments[i]);
		     pattern += PATTERN_STEP) {
			seed(path, value);
			draw_and_send(test, kind);
			set_arrivals(path, pattern);
			receive_arrivals(test, 50);
			expect_received(test);
			receive_late(test, &calm, 50);
			if (test->status == KUNIT_FAILURE)
				return;
		}
	}
	KUNIT_EXPECT_EQ(test, faults(&path->hosts.b), 0);
}

/* All at once, and back to the very packets that were sent */
static void path_test_whole(struct kunit *test)
{
	const struct scenario *sc = test->param_value;
	struct path_test *path = test->priv;
	unsigned int round;

	set_mtu(test, sc->mtu);
	test_host_set_gro(&path->hosts.b, sc->gro);
	for (round = 0; round < ROUNDS; round++) {
		const struct scenario calm = { .join = 100 };

		seed(path, round);
		draw_and_send(test, &sc->kind);
		draw_arrivals(path, &calm);
		receive_arrivals(test, 100);
		expect_plain(test);
		if (test->status == KUNIT_FAILURE)
			return;
	}
	KUNIT_EXPECT_EQ(test, test_host_count(&path->hosts.b, RX_FRAMES_WHOLE),
			ROUNDS);
	KUNIT_EXPECT_EQ(test, faults(&path->hosts.b), 0);
}

/* A run of some segments of the frame that was sent last: bit i, segment i */
static struct sk_buff *run_of(struct kunit *test, unsigned long pattern)
{
	struct path_test *path = test->priv;

	set_arrivals(path, pattern);
	return make_run(test, path->order, path->n_order);
}

/* Receive runs within one poll: packets with marks from 1 to @n come, in this
 * order, and no others.
 */
static void expect_order(struct kunit *test, struct sk_buff **runs,
			 unsigned int n_runs, unsigned int n)
{
	struct path_test *path = test->priv;
	struct sk_buff *skb;
	unsigned int i;

	local_bh_disable();
	for (i = 0; i < n_runs; i++)
		receive_skb(&path->hosts.b, runs[i]);
	local_bh_enable();
	test_host_settle(&path->hosts.b);
	for (i = 1; i <= n; i++) {
		skb = skb_dequeue(&path->hosts.b.received);
		KUNIT_ASSERT_NOT_NULL(test, skb);
		KUNIT_EXPECT_EQ(test, skb->mark, i);
		kfree_skb(skb);
	}
	expect_nothing(test);
}

/* A whole frame, which is handed up at once, does not overtake a part of the one
 * before, which waits for the rest of it.
 */
static void path_test_order(struct kunit *test)
{
	const struct test_kind kind = TCP4;
	struct path_test *path = test->priv;
	struct sk_buff *run[2];
	unsigned int round;
	u32 value;

	set_mtu(test, 1500);
	test_host_set_gro(&path->hosts.b, true);
	value = seed_for(test, &kind, 3);
	for (round = 0; round < ROUNDS; round++) {
		seed(path, value);
		draw_and_send(test, &kind);
		run[0] = run_of(test, 3);
		run[0]->mark = 1;
		/* the same flow */
		seed(path, value);
		draw_and_send(test, &kind);
		run[1] = run_of(test, 7);
		run[1]->mark = 2;
		expect_order(test, run, ARRAY_SIZE(run), 2);
	}
}

/* Without GRO on the device, where an atomic packet is put together, nothing of
 * its flow overtakes it.
 */
static void path_test_order_atomic(struct kunit *test)
{
	const struct test_kind kind = UDP4;
	struct path_test *path = test->priv;
	struct sk_buff *run[3];
	unsigned int round;
	u32 value;

	set_mtu(test, 1500);
	test_host_set_gro(&path->hosts.b, false);
	value = seed_for(test, &kind, 3);
	for (round = 0; round < ROUNDS; round++) {
		seed(path, value);
		draw_and_send(test, &kind);
		run[0] = run_of(test, 1);
		run[1] = run_of(test, 6);
		run[0]->mark = 1;
		run[1]->mark = 1;
		seed(path, value);
		draw_and_send(test, &kind);
		run[2] = run_of(test, 7);
		run[2]->mark = 2;
		expect_order(test, run, ARRAY_SIZE(run), 2);
	}
}

/* ---- Segmentation of what was received ---- */

/* skb_segment() takes frags on a list at any length, but linear data there only
 * where it ends with a segment.
 */
static void expect_can_be_cut(struct kunit *test, const struct sk_buff *skb)
{
	const struct sk_buff *child;

	if (!skb_is_gso(skb))
		return;
	skb_walk_frags(skb, child) {
		/* as native GRO of the inner packets leaves them */
		if (child->len == skb_shinfo(skb)->gso_size ||
		    (!child->next && child->len < skb_shinfo(skb)->gso_size))
			continue;
		KUNIT_EXPECT_EQ(test, skb_headlen(child), 0);
		KUNIT_EXPECT_GT(test, skb_shinfo(child)->nr_frags, 0);
	}
}

static bool scenario_is_gso(const struct scenario *sc)
{
	return sc->kind.gso;
}

COMPAT_FILTER_PARAM(gso, scenario, scenario_is_gso);

/* Cut what was received as it is, for a device without TSO. */
static void forward_received(struct kunit *test)
{
	struct path_test *path = test->priv;
	struct sk_buff_head plain;
	struct sk_buff *skb;

	__skb_queue_head_init(&plain);
	while ((skb = skb_dequeue(&path->hosts.b.received))) {
		expect_can_be_cut(test, skb);
		if (test->status == KUNIT_FAILURE)
			kfree_skb(skb);
		else
			test_skb_cut(test, skb, random_chance(&path->rnd, 50) ?
				     0 : NETIF_F_SG | NETIF_F_HW_CSUM, &plain);
	}
	while ((skb = __skb_dequeue(&plain))) {
		if (path->packet.kind->proto == IPPROTO_UDP)
			expect_datagram(test, skb);
		else
			expect_part(test, skb);
		kfree_skb(skb);
	}
}

static void path_test_forward(struct kunit *test)
{
	const struct scenario *sc = test->param_value;
	struct path_test *path = test->priv;
	unsigned int round;

	set_mtu(test, sc->mtu);
	test_host_set_gro(&path->hosts.b, sc->gro);
	for (round = 0; round < ROUNDS; round++) {
		seed(path, round);
		draw_and_send(test, &sc->kind);
		draw_arrivals(path, sc);
		receive_arrivals(test, sc->join);
		forward_received(test);
		draw_late(path, sc);
		receive_arrivals(test, sc->join);
		forward_received(test);
		if (test->status == KUNIT_FAILURE)
			return;
	}
}

/* ---- Marks ---- */

struct mark {
	const char *name;
	u8 inner;	/* as it was sent */
	u8 outer;	/* what the substrate makes of one segment's */
	u8 want;	/* of what was in that segment, 0xff: dropped */
};

static const struct mark marks[] = {
	{ "CE on ECT(0)", INET_ECN_ECT_0, INET_ECN_CE, INET_ECN_CE },
	{ "CE on ECT(1)", INET_ECN_ECT_1, INET_ECN_CE, INET_ECN_CE },
	{ "CE on CE", INET_ECN_CE, INET_ECN_CE, INET_ECN_CE },
	{ "CE on Not-ECT", INET_ECN_NOT_ECT, INET_ECN_CE, 0xff },
	{ "nothing on ECT(0)", INET_ECN_ECT_0, INET_ECN_ECT_0,
	  INET_ECN_ECT_0 },
	{ "nothing on Not-ECT", INET_ECN_NOT_ECT, INET_ECN_NOT_ECT,
	  INET_ECN_NOT_ECT },
};

static void mark_describe(const struct mark *m, char *desc)
{
	strscpy(desc, m->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(mark, marks, mark_describe);

static u8 ecn_of(const struct sk_buff *skb)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;

	if (iph->version == 6)
		return ipv6_get_dsfield((const struct ipv6hdr *)iph) &
		       INET_ECN_MASK;
	return iph->tos & INET_ECN_MASK;
}

/* Send one, all of it, with a mark on its marked'th segment. */
static void send_marked(struct kunit *test, const struct test_kind *kind,
			const struct mark *m, unsigned int *marked)
{
	struct path_test *path = test->priv;
	const struct scenario calm = {};

	draw_packet(path, kind);
	test_packet_set_ecn(&path->packet, m->inner);
	send_packet(test);
	*marked = random_range(&path->rnd, 0, path->n - 1);
	set_outer_ecn(path->segment[*marked], m->outer);
	draw_arrivals(path, &calm);
	receive_arrivals(test, 0);
}

/* Each segment of a stream by itself: in order, with payload in all but, maybe,
 * the last
 */
static void path_test_mark_stream(struct kunit *test)
{
	const struct test_kind kind = TCP4;
	const struct mark *m = test->param_value;
	struct path_test *path = test->priv;
	unsigned int round, marked, i;
	struct sk_buff *skb;

	for (round = 0; round < ROUNDS; round++) {
		seed(path, round);
		send_marked(test, &kind, m, &marked);
		if (too_slow(path))
			continue;
		for (i = 0; i < path->n; i++) {
			if (i == marked && m->want == 0xff)
				continue;
			skb = skb_dequeue(&path->hosts.b.received);
			if (!skb && i == path->n - 1)
				break;
			KUNIT_ASSERT_NOT_NULL(test, skb);
			/* the first ones wait for each other */
			KUNIT_EXPECT_EQ(test, ecn_of(skb),
					i == marked ? m->want : m->inner);
			kfree_skb(skb);
		}
		expect_nothing(test);
		if (test->status == KUNIT_FAILURE)
			return;
	}
}

static void path_test_mark_atomic(struct kunit *test)
{
	const struct test_kind kind = UDP6;
	const struct mark *m = test->param_value;
	struct path_test *path = test->priv;
	unsigned int round, marked;
	struct sk_buff *skb;

	for (round = 0; round < ROUNDS; round++) {
		seed(path, round);
		send_marked(test, &kind, m, &marked);
		if (too_slow(path))
			continue;
		skb = skb_dequeue(&path->hosts.b.received);
		if (m->want == 0xff) {
			KUNIT_EXPECT_NULL(test, skb);
			kfree_skb(skb);
			continue;
		}
		KUNIT_ASSERT_NOT_NULL(test, skb);
		KUNIT_EXPECT_EQ(test, ecn_of(skb), m->want);
		kfree_skb(skb);
		expect_nothing(test);
		if (test->status == KUNIT_FAILURE)
			return;
	}
}

/* ---- Flow labels ---- */

/* A network may write a label of its own over ours: such segments are not joined
 * to others, but none of them is lost.
 */
static void path_test_other_label(struct kunit *test)
{
	static const struct scenario calm = { .join = 0 };
	static const struct test_kind kind = TCP6;
	struct path_test *path = test->priv;
	unsigned int round, i;

	if (path->hosts.a.addr.family == AF_INET) {
		kunit_skip(test, "IPv4 has none");
		return;
	}
	test_host_set_gro(&path->hosts.b, true);
	for (round = 0; round < ROUNDS; round++) {
		seed(path, round);
		draw_and_send(test, &kind);
		for (i = 0; i < path->n; i++)
			if (random_chance(&path->rnd, 20))
				path->segment[i]->data[3] ^= 1;
		draw_arrivals(path, &calm);
		receive_arrivals(test, 0);
		expect_received(test);
		KUNIT_ASSERT_EQ(test, faults(&path->hosts.b), 0);
		if (test->status == KUNIT_FAILURE)
			return;
	}
}

/* ---- What is refused ---- */

/* A packet of one segment, sent in the path's usual way */
static void send_small(struct kunit *test)
{
	static const struct test_kind kind = { .proto = IPPROTO_UDP,
					       .payload = 1000 };
	struct path_test *path = test->priv;

	draw_and_send(test, &kind);
	KUNIT_ASSERT_EQ(test, path->n, 1);
}

/* Lengths and sums as they are to be */
static void repair(struct sk_buff *skb)
{
	struct tcphdr *th = &segment_header(skb)->tcp;
	u32 len = skb->len - vnencap_outer_len(skb);

	finish_outer(skb);
	if (len < sizeof(*th))
		return;
	th->check = 0;
	th->check = outer_tcp_sum(skb, csum_partial(th, len, 0));
}

static void receive_changed(struct kunit *test, struct sk_buff *skb)
{
	struct path_test *path = test->priv;
	u32 linear = random_range(&path->rnd, 0, skb->len);
	struct sk_buff *copy;

	copy = test_skb_make(test, skb->data, skb->len, linear,
			     random_range(&path->rnd, 0, TEST_LAYOUTS - 1),
			     random_range(&path->rnd, 200, 2000));
	local_bh_disable();
	receive_skb(&path->hosts.b, copy);
	local_bh_enable();
	test_host_settle(&path->hosts.b);
}

enum change {
	OTHER_SOURCE, OTHER_TAG, OTHER_ID, OTHER_VNI, WRONG_SUM,
	MORE_FRAGMENTS, EXTENDED, URGENT, NO_OPTION, SHORT_PAYLOAD,
	LONG_PAYLOAD, SHORT_SHARD, SHORT_HEADER, NO_PAYLOAD,
};

struct refusal {
	const char *name;
	enum change change;
	unsigned int counter;
};

static const struct refusal refusals[] = {
	{ "other source", OTHER_SOURCE, VNENCAP_A_STATS_RX_SPOOFED },
	{ "other tag", OTHER_TAG, VNENCAP_A_STATS_RX_BAD_TAG },
	{ "other frame id", OTHER_ID, VNENCAP_A_STATS_RX_BAD_TAG },
	{ "other VNI", OTHER_VNI, VNENCAP_A_STATS_RX_UNKNOWN_VNI },
	{ "wrong sum", WRONG_SUM, VNENCAP_A_STATS_RX_BAD_CHECKSUM },
	{ "more fragments", MORE_FRAGMENTS, VNENCAP_A_STATS_RX_MALFORMED },
	{ "options before TCP", EXTENDED, VNENCAP_A_STATS_RX_MALFORMED },
	{ "urgent", URGENT, VNENCAP_A_STATS_RX_MALFORMED },
	{ "no option", NO_OPTION, VNENCAP_A_STATS_RX_MALFORMED },
	{ "payload too short", SHORT_PAYLOAD, VNENCAP_A_STATS_RX_MALFORMED },
	{ "payload too long", LONG_PAYLOAD, VNENCAP_A_STATS_RX_MALFORMED },
	{ "shard cut off", SHORT_SHARD, VNENCAP_A_STATS_RX_MALFORMED },
	{ "header cut off", SHORT_HEADER, VNENCAP_A_STATS_RX_MALFORMED },
	{ "no payload", NO_PAYLOAD, VNENCAP_A_STATS_RX_DUPLICATES },
};

static void refusal_describe(const struct refusal *r, char *desc)
{
	strscpy(desc, r->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refusal, refusals, refusal_describe);

static void change_source(struct sk_buff *skb)
{
	if (vnencap_outer_is_ipv6(skb))
		((struct ipv6hdr *)skb->data)->saddr.s6_addr[15] ^= 4;
	else
		((struct iphdr *)skb->data)->saddr ^= htonl(4);
}

/* An extension header of eight bytes before TCP */
static void insert_extension(struct sk_buff *skb, u8 type, const u8 bytes[8])
{
	u32 len = sizeof(struct ipv6hdr);
	struct ipv6hdr *ip6h;

	ip6h = skb_push(skb, 8);
	memmove(ip6h, skb->data + 8, len);
	memcpy(skb->data + len, bytes, 8);
	skb->data[len] = ip6h->nexthdr;
	ip6h->nexthdr = type;
	ip6h->payload_len = htons(skb->len - len);
}

/* The first part of a fragmented packet */
static void make_fragment(struct sk_buff *skb)
{
	static const u8 more[8] = { 0, 0, 0, IP6_MF };

	if (vnencap_outer_is_ipv6(skb)) {
		insert_extension(skb, NEXTHDR_FRAGMENT, more);
	} else {
		((struct iphdr *)skb->data)->frag_off = htons(IP_MF);
		ip_send_check((struct iphdr *)skb->data);
	}
}

/* What the stack would look past to find TCP; IPv4 options are none of that */
static void make_extended(struct sk_buff *skb)
{
	static const u8 padding[8] = { 0, 0, IPV6_TLV_PADN, 4 };

	if (vnencap_outer_is_ipv6(skb))
		insert_extension(skb, NEXTHDR_DEST, padding);
}

static void change_headers(struct sk_buff *skb, enum change change)
{
	struct vnencap_segment_hdr *hdr = segment_header(skb);

	switch (change) {
	case OTHER_SOURCE:
		change_source(skb);
		break;
	case OTHER_TAG:
		((u8 *)(hdr + 1))[0] ^= 1;
		break;
	case OTHER_ID:
		hdr->tcp.ack_seq ^= htonl(1);
		break;
	case OTHER_VNI:
		hdr->word ^= htonl(1);
		break;
	case URGENT:
		hdr->tcp.urg = 1;
		break;
	case NO_OPTION:
		hdr->option ^= htonl(1 << 24);
		break;
	default:
		break;
	}
}

static void change_length(struct sk_buff *skb, enum change change)
{
	u32 headers = vnencap_outer_len(skb) +
		      sizeof(struct vnencap_segment_hdr);

	switch (change) {
	case SHORT_PAYLOAD:
		skb_trim(skb, skb->len - 1);
		break;
	case LONG_PAYLOAD:
		skb_put_u8(skb, 0);
		break;
	case SHORT_SHARD:
		skb_trim(skb, headers + 11);
		break;
	case SHORT_HEADER:
		skb_trim(skb, headers - 1);
		break;
	case NO_PAYLOAD:
		skb_trim(skb, headers);
		break;
	default:
		break;
	}
}

/* ---- What waits ---- */

static void change_to_own_source(struct path_test *path, struct sk_buff *skb)
{
	const struct vnencap_addr *own = &path->hosts.b.addr;

	if (vnencap_outer_is_ipv6(skb))
		((struct ipv6hdr *)skb->data)->saddr = own->ip6;
	else
		((struct iphdr *)skb->data)->saddr = own->ip4;
	finish_outer(skb);
}

/* Segments without a shard, of frames that are never going to be whole, from
 * another host: by the address of the receiver, which is mapped too.
 */
static void receive_flood(struct kunit *test, unsigned int frames)
{
	static const u16 order[] = { 2, 3, 4, 5, 6, 7, 8, 9 };
	struct path_test *path = test->priv;
	struct sk_buff *skb;
	unsigned int i;

	for (i = 0; i < frames; i++) {
		skb = make_run(test, order, ARRAY_SIZE(order));
		change_to_own_source(path, skb);
		segment_header(skb)->tcp.ack_seq = htonl(i);
		local_bh_disable();
		receive_skb(&path->hosts.b, skb);
		local_bh_enable();
	}
}

/* One host's frames that wait for ever take no room from another's. */
static void path_test_flood(struct kunit *test)
{
	static const struct test_kind kind = UDP4_DONE;
	static const struct scenario late = { .join = 100 };
	struct path_test *path = test->priv;
	struct test_host *b = &path->hosts.b;
	unsigned int i;
	int timeout;

	/* however slow the machine is, no frame is given up for its age */
	timeout = vnencap_reasm_set_timeout(b->vn->net, 60 * HZ);
	seed(path, 1);
	do
		draw_and_send(test, &kind);
	while (path->n < 30);
	for (path->n_order = 0, i = 0; i < path->n / 2; i++) {
		path->order[path->n_order++] = i;
		path->arrived[i] = true;
	}
	receive_arrivals(test, 100);
	receive_flood(test, 600);
	KUNIT_EXPECT_GT(test, test_host_count(b, RX_OVER_LIMIT), 0);
	draw_late(path, &late);
	receive_arrivals(test, 100);
	expect_plain(test);
	vnencap_reasm_set_timeout(b->vn->net, timeout);
}

static void path_test_refused(struct kunit *test)
{
	const struct refusal *r = test->param_value;
	struct path_test *path = test->priv;
	struct test_host *b = &path->hosts.b;
	unsigned int round;

	if (r->change == EXTENDED && b->addr.family == AF_INET) {
		kunit_skip(test, "IPv4 has none");
		return;
	}
	for (round = 0; round < ROUNDS; round++) {
		struct sk_buff *skb;

		seed(path, round);
		send_small(test);
		/* of a payload that is too short there must be some */
		if (!path->packet.payload)
			continue;
		skb = skb_copy_expand(path->segment[0], 64, 64, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, skb);
		change_headers(skb, r->change);
		change_length(skb, r->change);
		repair(skb);
		if (r->change == MORE_FRAGMENTS)
			make_fragment(skb);
		if (r->change == EXTENDED)
			make_extended(skb);
		if (r->change == WRONG_SUM)
			((u8 *)skb->data)[skb->len - 1] ^= 1;
		KUNIT_EXPECT_EQ(test, test_host_counter(b, r->counter),
				faults(b) + test_host_count(b, RX_DUPLICATES));
		receive_changed(test, skb);
		kfree_skb(skb);
		expect_nothing(test);
	}
	KUNIT_EXPECT_GT(test, test_host_counter(b, r->counter), ROUNDS / 2);
	KUNIT_EXPECT_EQ(test, test_host_counter(b, r->counter),
			faults(b) + test_host_count(b, RX_DUPLICATES));
}

/* ---- Keys ---- */

/**
 * struct key_case - keys at one host and at the other
 * @name: to name the test
 * @sent: id of the one that is sent with
 * @n: how many the receiver has
 * @accepted: their ids
 * @comes: the packet is received
 */
struct key_case {
	const char *name;
	u32 sent;
	unsigned int n;
	u32 accepted[VNENCAP_KEYS_MAX];
	bool comes;
};

static const struct key_case key_cases[] = {
	{ "a key", 1, 1, { 1 }, true },
	{ "another key", 1, 1, { 2 } },
	{ "a key only here", 1, 1, { 0 } },
	{ "a key only there", 0, 1, { 1 } },
	{ "two keys, the first", 1, 2, { 1, 2 }, true },
	{ "two keys, the second", 1, 2, { 2, 1 }, true },
	{ "two keys, neither", 3, 2, { 1, 2 } },
	{ "two keys, neither is open", 0, 2, { 1, 2 } },
	{ "the first key is about to be used", 1, 2, { 0, 1 }, true },
	{ "the first key is used by some", 0, 2, { 1, 0 }, true },
};

static void key_case_describe(const struct key_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(key_case, key_cases, key_case_describe);

/* Both hosts are in one namespace: what differs is given between the sending and
 * the receiving.
 */
static void send_keyed(struct kunit *test, const struct key_case *c,
		       const struct test_kind *kind)
{
	test_hosts_set_keys(test, 1, c->sent, 0);
	draw_and_send(test, kind);
	test_hosts_set_keys(test, c->n, c->accepted[0], c->accepted[1]);
}

static void play_keyed(struct kunit *test, const struct key_case *c,
		       const struct scenario *sc)
{
	struct path_test *path = test->priv;
	unsigned int round;

	for (round = 0; round < ROUNDS; round++) {
		seed(path, round);
		send_keyed(test, c, &sc->kind);
		draw_arrivals(path, sc);
		receive_arrivals(test, sc->join);
		if (c->comes)
			expect_received(test);
		else
			expect_nothing(test);
		if (test->status == KUNIT_FAILURE)
			return;
	}
}

static void path_test_keys(struct kunit *test)
{
	static const struct scenario whole = { .kind = TCP4, .join = 100 };
	const struct key_case *c = test->param_value;
	struct path_test *path = test->priv;
	struct test_host *b = &path->hosts.b;
	bool other = c->comes && c->accepted[0] != c->sent;

	play_keyed(test, c, &whole);
	KUNIT_EXPECT_EQ(test, faults(b), c->comes ? 0 : ROUNDS);
	KUNIT_EXPECT_EQ(test, test_host_count(b, RX_BAD_TAG), faults(b));
	KUNIT_EXPECT_EQ(test, test_host_count(b, RX_OTHER_KEY),
			other ? ROUNDS : 0);
}

/* In parts, of which each with a shard in it is looked at until one is right */
static void path_test_keys_parts(struct kunit *test)
{
	static const struct scenario parts = {
		.kind = TCP4, .loss = 10, .reorder = 20, .twice = 20,
		.join = 80,
	};
	const struct key_case *c = test->param_value;
	struct path_test *path = test->priv;
	struct test_host *b = &path->hosts.b;

	play_keyed(test, c, &parts);
	KUNIT_EXPECT_EQ(test, test_host_count(b, RX_BAD_TAG), faults(b));
	KUNIT_EXPECT_EQ(test, !faults(b), c->comes);
}

/* What a tunnel below us found of its own sum, or of none, says nothing of ours. */
static void path_test_stale_sum(struct kunit *test)
{
	struct path_test *path = test->priv;
	struct test_host *b = &path->hosts.b;
	unsigned int round, sent = 0;
	struct sk_buff *skb;

	for (round = 0; round < ROUNDS; round++) {
		seed(path, round);
		send_small(test);
		if (!path->packet.payload)
			continue;
		skb = skb_copy_expand(path->segment[0], 64, 64, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, skb);
		repair(skb);
		((u8 *)skb->data)[skb->len - 1] ^= 1;
		skb->ip_summed = CHECKSUM_NONE;
		skb->csum_valid = 1;
		local_bh_disable();
		receive_skb(b, skb);
		local_bh_enable();
		test_host_settle(b);
		expect_nothing(test);
		sent++;
	}
	KUNIT_EXPECT_GT(test, sent, 0);
	KUNIT_EXPECT_EQ(test, test_host_count(b, RX_BAD_CHECKSUM), sent);
}

/* ---- What a stranger may send ---- */

/* Nothing came, or what was sent. */
static void expect_harmless(struct kunit *test)
{
	struct path_test *path = test->priv;
	const struct sk_buff *want = skb_peek(&path->plain);
	struct sk_buff *skb;

	KUNIT_EXPECT_LE(test, skb_queue_len(&path->hosts.b.received), 1);
	while ((skb = skb_dequeue(&path->hosts.b.received))) {
		KUNIT_ASSERT_EQ(test, skb_linearize(skb), 0);
		KUNIT_EXPECT_EQ(test, skb->len, want->len);
		if (skb->len == want->len)
			KUNIT_EXPECT_MEMEQ(test, skb->data, want->data,
					   want->len);
		kfree_skb(skb);
	}
}

static void path_test_bit_flips(struct kunit *test)
{
	struct path_test *path = test->priv;
	u32 bits, bit;

	seed(path, 1);
	send_small(test);
	/* up to the shard's end; what follows is any payload */
	bits = (path->run[0].hdr_len + path->run[0].seg.frame.shard_len) * 8;
	for (bit = 0; bit < bits; bit++) {
		struct sk_buff *skb = skb_copy(path->segment[0], GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, skb);
		/* version and header length; TOS, which is to get through; the
		 * flow label, which is the network's
		 */
		if (bit < (vnencap_outer_is_ipv6(skb) ? 32 : 16)) {
			kfree_skb(skb);
			continue;
		}
		skb->data[bit / 8] ^= 1 << bit % 8;
		repair(skb);
		receive_changed(test, skb);
		kfree_skb(skb);
		expect_harmless(test);
	}
}

static void path_test_truncated(struct kunit *test)
{
	struct path_test *path = test->priv;
	u32 len;

	seed(path, 1);
	send_small(test);
	for (len = outer_len(path); len < path->segment[0]->len; len++) {
		struct sk_buff *skb = skb_copy(path->segment[0], GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, skb);
		skb_trim(skb, len);
		if (len & 1)
			repair(skb);
		receive_changed(test, skb);
		kfree_skb(skb);
		expect_nothing(test);
	}
}

/* A right IP header and port, and random bytes */
static void path_test_garbage(struct kunit *test)
{
	struct path_test *path = test->priv;
	unsigned int round;

	for (round = 0; round < 20 * ROUNDS; round++) {
		u32 headers = outer_len(path) + sizeof(struct tcphdr), keep;
		struct sk_buff *skb;

		if (round % ROUNDS == 0) {
			seed(path, round);
			send_small(test);
		}
		skb = skb_copy(path->segment[0], GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, skb);
		/* as much of the header as there is of luck */
		keep = random_range(&path->rnd, outer_len(path) + 4,
				    headers + 8);
		prandom_bytes_state(&path->rnd, skb->data + keep,
				    skb->len - keep);
		repair(skb);
		receive_changed(test, skb);
		kfree_skb(skb);
		expect_nothing(test);
	}
}

/* Whoever rules the device's namespace can have packets arrive by the device
 * that say to be runs, and are not even as long as headers are.
 */
static void path_test_forged(struct kunit *test)
{
	struct path_test *path = test->priv;
	struct test_host *b = &path->hosts.b;
	u32 len, n = 0;

	rtnl_lock();
	netdev_rx_handler_unregister(b->dev);
	rtnl_unlock();
	seed(path, 1);
	send_small(test);
	for (len = path->segment[0]->len; len; len /= 2, n++) {
		struct sk_buff *skb = test_skb_make(test,
						    path->segment[0]->data, len,
						    len, TEST_LINEAR, len);

		skb_reset_mac_header(skb);
		skb->protocol = htons(VNENCAP_ETH_P_RUN);
		skb->pkt_type = PACKET_HOST;
		skb->dev = b->dev;
		local_bh_disable();
		netif_receive_skb(skb);
		local_bh_enable();
	}
	KUNIT_EXPECT_EQ(test, test_host_count(b, RX_FRAMES_WHOLE), 0);
	KUNIT_EXPECT_EQ(test, test_host_count(b, RX_MALFORMED), n);
}

/* What the header says of its length is read twice where it lies in a page, and
 * the page may be its sender's.
 */
static void path_test_changed_since(struct kunit *test)
{
	struct path_test *path = test->priv;
	const struct sk_buff *segment;
	struct vnencap_peek peek;
	struct sk_buff *skb;
	struct iphdr *iph;

	if (path->hosts.a.addr.family == AF_INET6) {
		kunit_skip(test, "IPv6 has headers of one length");
		return;
	}
	seed(path, 1);
	send_small(test);
	segment = path->segment[0];
	skb = test_skb_make(test, segment->data, segment->len, 0, TEST_FRAGS,
			    segment->len);
	skb->protocol = htons(ETH_P_IP);
	KUNIT_EXPECT_TRUE(test, vnencap_outer_peek(skb, &peek));
	iph = skb_frag_address(&skb_shinfo(skb)->frags[0]);
	iph->ihl++;
	ip_send_check(iph);
	KUNIT_EXPECT_FALSE(test, vnencap_outer_trim(skb, &peek));
	kfree_skb(skb);
}

/* ---- Another VNI ---- */

/* While a device's VNI is changed it has the new one's mappings already: what is
 * sent by them is of the new one, and in no case of the old.
 */
static void path_test_vni_change(struct kunit *test)
{
	struct path_test *path = test->priv;
	struct vnencap_dev *vn = path->hosts.a.vn;
	struct vnencap_mapping m = {
		.vni = TEST_HOSTS_VNI + 1,
		.len = 32,
		.dst = { AF_INET, .ip4 = path->hosts.b.inner4 },
		.via = path->hosts.b.addr,
	};
	struct vnencap_map *map, *old;

	vnencap_map_lock(vn->net);
	KUNIT_EXPECT_EQ(test, vnencap_map_set(vn->net, &m, NLM_F_CREATE), 0);
	vnencap_map_unlock(vn->net);
	rtnl_lock();
	map = vnencap_map_get(vn->net, m.vni);
	old = rtnl_dereference(vn->map);
	rcu_assign_pointer(vn->map, map);
	rtnl_unlock();

	seed(path, 1);
	send_small(test);
	KUNIT_EXPECT_EQ(test, path->run[0].seg.vni, m.vni);

	rtnl_lock();
	rcu_assign_pointer(vn->map, old);
	synchronize_net();
	vnencap_map_put(map);
	rtnl_unlock();
	vnencap_map_lock(vn->net);
	KUNIT_EXPECT_EQ(test, vnencap_map_del(vn->net, &m), 0);
	vnencap_map_unlock(vn->net);
}

/* ---- Pages that are lent ---- */

static void lent_complete(struct sk_buff *skb, struct ubuf_info *lender,
			  bool not_copied)
{
	refcount_dec(&lender->refcnt);
}

static const struct ubuf_info_ops lent_ops = {
	.complete = lent_complete,
};

/* Send what is in path->packet from pages that io_uring has registered: its skb
 * has no references to them. Afterwards nobody has any.
 */
static void send_lent(struct kunit *test)
{
	struct path_test *path = test->priv;
	struct ubuf_info lender = {
		.ops = &lent_ops,
		.refcnt = REFCOUNT_INIT(2),
		.flags = SKBFL_ZEROCOPY_FRAG | SKBFL_DONT_ORPHAN,
	};
	struct page *page[MAX_SKB_FRAGS];
	struct sk_buff *skb;
	unsigned int i, n;

	skb = test_packet_skb(test, &path->rnd, &path->packet, TEST_FRAGS);
	skb_zcopy_init(skb, &lender);
	skb_shinfo(skb)->flags |= SKBFL_MANAGED_FRAG_REFS;
	n = skb_shinfo(skb)->nr_frags;
	for (i = 0; i < n; i++)
		page[i] = skb_frag_page(&skb_shinfo(skb)->frags[i]);
	test_host_send(&path->hosts.a, skb);
	skb = skb_dequeue(&path->hosts.a.sent);
	KUNIT_EXPECT_NOT_NULL(test, skb);
	kfree_skb(skb);
	KUNIT_EXPECT_EQ(test, refcount_read(&lender.refcnt), 1);
	for (i = 0; i < n; i++) {
		KUNIT_EXPECT_EQ(test, page_ref_count(page[i]), 1);
		put_page(page[i]);
	}
}

static void path_test_lent(struct kunit *test)
{
	static const struct test_kind kind = UDP4;
	struct path_test *path = test->priv;
	unsigned int round;

	set_mtu(test, 1500);
	for (round = 0; round < ROUNDS; round++) {
		seed(path, round);
		draw_packet(path, &kind);
		send_lent(test);
		if (test->status == KUNIT_FAILURE)
			return;
	}
}

static int make_path(struct kunit *test, u16 family)
{
	struct path_test *path = kvzalloc(sizeof(*path), GFP_KERNEL);

	if (!path)
		return -ENOMEM;
	test->priv = path;
	/* what a CPU remembers of frames, another does not know */
	set_cpus_allowed_ptr(current, cpumask_of(raw_smp_processor_id()));
	skb_queue_head_init(&path->plain);
	test_hosts_make(test, &path->hosts, family);
	test_host_set_gro(&path->hosts.b, false);
	return 0;
}

static int path_test_init(struct kunit *test)
{
	return make_path(test, AF_INET);
}

static int path6_test_init(struct kunit *test)
{
	return make_path(test, AF_INET6);
}

/* How it was, and what the receiver has counted */
static void tell_failure(struct kunit *test)
{
	struct path_test *path = test->priv;
	unsigned int i;
	u64 value;

	kunit_err(test, "the seed was %u", path->seed);
	for (i = 1; path->hosts.b.vn && i <= VNENCAP_A_STATS_MAX; i++) {
		value = test_host_counter(&path->hosts.b, i);
		if (value)
			kunit_err(test, "%s: %llu", vnencap_stats_name(i),
				  value);
	}
}

static void path_test_exit(struct kunit *test)
{
	struct path_test *path = test->priv;

	if (!path)
		return;
	if (test->status == KUNIT_FAILURE)
		tell_failure(test);
	if (path->hosts.b.lower)
		forget_frame(path);
	test_hosts_free(&path->hosts);
	kvfree(path);
}

/* KUnit keeps the results with the cases: each suite has its own. */
#define PATH_TEST_CASES {						\
	KUNIT_CASE_PARAM(path_test_whole, scenario_gen_params),		\
	KUNIT_CASE_PARAM(path_test_random, scenario_gen_params),	\
	KUNIT_CASE_PARAM(path_test_every_pattern, pattern_gen_params),	\
	KUNIT_CASE_PARAM(path_test_forward, gso_gen_params),		\
	KUNIT_CASE_PARAM(path_test_mark_stream, mark_gen_params),	\
	KUNIT_CASE_PARAM(path_test_mark_atomic, mark_gen_params),	\
	KUNIT_CASE(path_test_order),					\
	KUNIT_CASE(path_test_order_atomic),				\
	KUNIT_CASE(path_test_stale_sum),				\
	KUNIT_CASE(path_test_other_label),				\
	KUNIT_CASE(path_test_flood),					\
	KUNIT_CASE_PARAM(path_test_refused, refusal_gen_params),	\
	KUNIT_CASE_PARAM(path_test_keys, key_case_gen_params),		\
	KUNIT_CASE_PARAM(path_test_keys_parts, key_case_gen_params),	\
	KUNIT_CASE(path_test_bit_flips),				\
	KUNIT_CASE(path_test_truncated),				\
	KUNIT_CASE(path_test_garbage),					\
	KUNIT_CASE(path_test_forged),					\
	KUNIT_CASE(path_test_changed_since),				\
	KUNIT_CASE(path_test_vni_change),				\
	KUNIT_CASE(path_test_lent),					\
	{}								\
}

static struct kunit_case path_test_cases[] = PATH_TEST_CASES;
static struct kunit_case path6_test_cases[] = PATH_TEST_CASES;

static struct kunit_suite path_test_suite = {
	.name = "vnencap_path",
	.init = path_test_init,
	.exit = path_test_exit,
	.test_cases = path_test_cases,
};

static struct kunit_suite path6_test_suite = {
	.name = "vnencap_path6",
	.init = path6_test_init,
	.exit = path_test_exit,
	.test_cases = path6_test_cases,
};

kunit_test_suites(&path_test_suite, &path6_test_suite);
