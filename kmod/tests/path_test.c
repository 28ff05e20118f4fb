// SPDX-License-Identifier: GPL-2.0-only
/*
 * The whole path: an inner packet is sent by one vnencap device, cut by the
 * kernel's own segmentation, and its segments, some of them lost, in another
 * order, twice, joined to runs of any layout, are received by another device.
 * What comes out must be what went in, less exactly what was lost.
 */
#include <kunit/test.h>
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <net/inet_ecn.h>
#include <net/tcp.h>

#include "../device.h"
#include "../rx.h"
#include "hosts.h"
#include "packet.h"
#include "random.h"

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

#define ROUNDS	200

#define TCP4	{ .proto = IPPROTO_TCP, .gso = true, .partial = true, \
		  .payload = 60000 }
#define TCP6	{ .proto = IPPROTO_TCP, .gso = true, .partial = true, \
		  .payload = 60000, .ipv6 = true }
#define TCP4_LONG { .proto = IPPROTO_TCP, .partial = true, .payload = 60000 }
#define TCP4_DONE { .proto = IPPROTO_TCP, .payload = 9000 }
#define TCP6_DONE { .proto = IPPROTO_TCP, .payload = 9000, .ipv6 = true }
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
	{ "TCP not GSO, nothing happens", TCP4_LONG, 1500, .join = 100 },
	{ "TCP not GSO, all of it", TCP4_LONG, 1500, 10, 20, 20, 80 },
	{ "TCP summed, nothing happens", TCP4_DONE, 1500, .join = 100 },
	{ "TCP summed, all of it", TCP4_DONE, 1500, 10, 20, 20, 80 },
	{ "TCP summed, in IPv6", TCP6_DONE, 1500, 10, 20, 20, 80 },
	{ "UDP, nothing happens", UDP4, 1500, .join = 100 },
	{ "UDP, all of it", UDP4, 1500, 10, 20, 20, 80 },
	{ "UDP, all of it, GRO", UDP4, 1500, .loss = 10, .reorder = 20,
	  .join = 80, .gro = true },
	{ "UDP summed, all of it", UDP4_DONE, 1500, 10, 20, 20, 80 },
	{ "UDP in IPv6, all of it", UDP6, 1500, 10, 20, 20, 80 },
	{ "UDP summed, in IPv6", UDP6_DONE, 1500, 10, 20, 20, 80 },
	{ "ICMP, nothing happens", ICMP4, 1500, .join = 100 },
	{ "ICMP, all of it", ICMP4, 1500, 10, 20, 20, 80 },
	{ "ICMPv6, all of it", ICMP6, 1500, 10, 20, 20, 80 },
	{ "SCTP, all of it", SCTP4, 1500, 10, 20, 20, 80 },
	{ "fragments, all of it", FRAGMENT, 1500, 10, 20, 20, 80 },
};

static void scenario_describe(const struct scenario *s, char *desc)
{
	strscpy(desc, s->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(scenario, scenarios, scenario_describe);

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

static void cut_frame(struct kunit *test, struct sk_buff *frame)
{
	struct path_test *path = test->priv;
	struct sk_buff_head segments;
	struct sk_buff *skb;
	unsigned int i;

	__skb_queue_head_init(&segments);
	test_skb_cut(test, frame, random_chance(&path->rnd, 50) ? 0 :
		     NETIF_F_SG | NETIF_F_HW_CSUM, &segments);
	while ((skb = __skb_dequeue(&segments))) {
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

/* Send what is in path->packet. */
static void send_packet(struct kunit *test)
{
	struct path_test *path = test->priv;
	const struct test_packet *p = &path->packet;
	struct sk_buff *skb;

	test_skb_cut(test, test_packet_skb(test, &path->rnd, p, TEST_LINEAR), 0,
		     &path->plain);
	test_host_send(&path->hosts.a,
		       test_packet_skb(test, &path->rnd, p,
				       random_range(&path->rnd, 0,
						    TEST_LAYOUTS - 1)));
	KUNIT_ASSERT_EQ(test, skb_queue_len(&path->hosts.a.sent), 1);
	skb = skb_dequeue(&path->hosts.a.sent);
	cut_frame(test, skb);
}

static void draw_and_send(struct kunit *test, const struct test_kind *kind)
{
	struct path_test *path = test->priv;

	forget_frame(path);
	memset(path->seen, 0, sizeof(path->seen));
	memset(path->arrived, 0, sizeof(path->arrived));
	test_packet_draw(&path->rnd, kind, &path->hosts.a, &path->hosts.b,
			 &path->packet);
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
	unsigned int i, different = 0;

	for (i = 0; i < path->n_order; i++) {
		if (path->arrived[path->order[i]])
			continue;
		path->arrived[path->order[i]] = true;
		/* a duplicate after the frame is complete is as one of a whole
		 * frame: nobody remembers
		 */
		if (++different == path->n)
			path->n_order = i + 1;
	}
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
	struct iphdr *iph = (struct iphdr *)skb->data;
	struct tcphdr *th = (struct tcphdr *)(iph + 1);

	iph->tot_len = htons(skb->len);
	ip_send_check(iph);
	th->psh = last->seg.last;
	th->check = ~tcp_v4_check(skb->len - sizeof(*iph), iph->saddr,
				  iph->daddr, 0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = (u8 *)th - skb->head;
	skb->csum_offset = offsetof(struct tcphdr, check);
	skb_shinfo(skb)->gso_size = last->seg.frame.segsz;
	skb_shinfo(skb)->gso_segs = n;
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;
}

static void receive_skb(struct test_host *host, struct sk_buff *skb)
{
	__skb_push(skb, ETH_HLEN);
	skb_reset_mac_header(skb);
	memset(skb->data, 0, ETH_HLEN);
	__skb_pull(skb, ETH_HLEN);
	skb->protocol = htons(ETH_P_IP);
	skb->pkt_type = PACKET_HOST;
	skb->dev = host->lower;
	netif_receive_skb(skb);
}

static void receive_run(struct kunit *test, const u16 *order, unsigned int n)
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
	else if (random_chance(&path->rnd, 50))
		skb->ip_summed = CHECKSUM_UNNECESSARY;
	receive_skb(&path->hosts.b, skb);
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

static void receive_arrivals(struct kunit *test, u32 join)
{
	struct path_test *path = test->priv;
	unsigned int at = 0, end;

	local_bh_disable();
	while (at < path->n_order) {
		end = run_end(path, at, join);
		/* a whole frame is not looked for in the table: none of it must
		 * have been received before
		 */
		if (end - at == path->n && path->n_order > path->n)
			end--;
		receive_run(test, &path->order[at], end - at);
		at = end;
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
	unsigned int i, shards = 0;

	for (i = 0; i < f->n; i++)
		if (path->arrived[vnencap_frame_shard_at(f, i) / f->segsz])
			shards++;
	return shards >= f->k;
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
	for (i = 0; i < len; i++)
		path->seen[at + i]++;
	if (p->payload)
		KUNIT_EXPECT_GT(test, len, 0);
	if (p->gso_size)
		KUNIT_EXPECT_LE(test, len, p->gso_size);
	KUNIT_EXPECT_EQ(test, !!th->cwr, orig->cwr && !at);
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
	bool stream = path->run[0].seg.class == VNENCAP_STREAM;

	if (path->n_order == path->n && path->order[0] == 0 && path->n == 1)
		expect_plain(test);
	else if (stream)
		expect_stream(test);
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

/* Frames that were given up because the test was too slow for them */
static u64 given_up(const struct test_host *host)
{
	return test_host_count(host, RX_META_LOST) +
	       test_host_count(host, RX_FRAMES_PARTIAL) +
	       test_host_count(host, RX_TIMEOUTS);
}

/* ---- The tests ---- */

static void play(struct kunit *test, const struct scenario *sc)
{
	struct path_test *path = test->priv;

	draw_and_send(test, &sc->kind);
	draw_arrivals(path, sc);
	receive_arrivals(test, sc->join);
	expect_received(test);
	if (!all_arrived(path)) {
		draw_late(path, sc);
		receive_arrivals(test, sc->join);
		expect_received(test);
	}
}

static void path_test_random(struct kunit *test)
{
	const struct scenario *sc = test->param_value;
	struct path_test *path = test->priv;
	struct test_host *b = &path->hosts.b;
	u64 delivered = test_host_count(b, RX_DELIVERED_BYTES);
	unsigned int round, bytes = 0;

	test_host_set_mtu(test, &path->hosts.a, sc->mtu);
	test_host_set_gro(b, sc->gro);
	for (round = 0; round < ROUNDS; round++) {
		seed(path, (sc - scenarios) * 1000 + round);
		play(test, sc);
		bytes += path->packet.payload;
		if (test->status == KUNIT_FAILURE)
			return;
		KUNIT_ASSERT_EQ_MSG(test, given_up(b), 0,
				    "this machine is too slow");
		KUNIT_ASSERT_EQ(test, faults(b), 0);
	}
	KUNIT_EXPECT_EQ(test, test_host_count(b, RX_DELIVERED_BYTES) -
			delivered, bytes);
}

/* All at once, and back to the very packets that were sent */
static void path_test_whole(struct kunit *test)
{
	const struct scenario *sc = test->param_value;
	struct path_test *path = test->priv;
	unsigned int round;

	test_host_set_mtu(test, &path->hosts.a, sc->mtu);
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

static int path_test_init(struct kunit *test)
{
	struct path_test *path = kvzalloc(sizeof(*path), GFP_KERNEL);

	if (!path)
		return -ENOMEM;
	test->priv = path;
	skb_queue_head_init(&path->plain);
	test_hosts_make(test, &path->hosts);
	return 0;
}

static void path_test_exit(struct kunit *test)
{
	struct path_test *path = test->priv;

	if (!path)
		return;
	if (test->status == KUNIT_FAILURE)
		kunit_err(test, "the seed was %u", path->seed);
	if (path->hosts.b.lower)
		forget_frame(path);
	test_hosts_free(&path->hosts);
	kvfree(path);
}

static struct kunit_case path_test_cases[] = {
	KUNIT_CASE_PARAM(path_test_whole, scenario_gen_params),
	KUNIT_CASE_PARAM(path_test_random, scenario_gen_params),
	{}
};

static struct kunit_suite path_test_suite = {
	.name = "vnencap_path",
	.init = path_test_init,
	.exit = path_test_exit,
	.test_cases = path_test_cases,
};

kunit_test_suites(&path_test_suite);
