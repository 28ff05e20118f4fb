// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames of streams that come in runs, one after the other or not. A frame is
 * made by hand, so that its runs can be any, and such as no sender makes.
 */
#include <kunit/test.h>
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/tcp.h>
#include <net/ip.h>

#include "dev/device.h"
#include "map/key.h"
#include "map/map.h"
#include "rx/limits.h"
#include "stats/stats.h"
#include "tests/hosts.h"
#include "tests/packet.h"
#include "wire/meta.h"
#include "wire/option.h"

#define SEGSZ		1000
#define GSO_SIZE	1400
#define PAYLOAD_MAX	200000
#define WIRE_MAX	(1300 * VNENCAP_SEGSZ_MIN)
#define OUTER_LEN	(sizeof(struct iphdr) + \
			 sizeof(struct vnencap_segment_hdr))
#define INNER_LEN	(sizeof(struct iphdr) + sizeof(struct tcphdr))

/**
 * struct order_test - what a test has at hand
 * @hosts: of which one receives
 * @timeout: how long frames waited before the test
 * @seg: of the frame that was made last
 * @meta: its metadata
 * @wire: bytes of its wire payload
 * @bytes: its headers, and the wire payload
 * @payload: what its payload is
 * @seen: how often each byte of that was received
 */
struct order_test {
	struct test_hosts hosts;
	int timeout;
	struct vnencap_segment seg;
	struct vnencap_meta meta;
	u32 wire;
	u8 bytes[OUTER_LEN + WIRE_MAX];
	u8 payload[PAYLOAD_MAX];
	u8 seen[PAYLOAD_MAX];
};

/* ---- Frames ---- */

/* Bytes from 0 on: what TCP's sequence number is, too */
static void fill_image(struct order_test *ot)
{
	struct iphdr *iph = (struct iphdr *)ot->meta.image;
	struct tcphdr *th = (struct tcphdr *)(iph + 1);

	memset(iph, 0, INNER_LEN);
	iph->version = 4;
	iph->ihl = 5;
	iph->ttl = 64;
	iph->frag_off = htons(IP_DF);
	iph->protocol = IPPROTO_TCP;
	iph->saddr = ot->hosts.a.inner4;
	iph->daddr = ot->hosts.b.inner4;
	th->source = htons(1);
	th->dest = htons(2);
	th->doff = sizeof(*th) / 4;
	th->ack = 1;
}

/* The block, for any layout that is in @ot->seg */
static void seal(struct order_test *ot, u8 *block)
{
	struct vnencap_segment *seg = &ot->seg;
	const struct vnencap_map *map;

	vnencap_option_pack(seg);
	rcu_read_lock();
	map = rcu_dereference(ot->hosts.b.vn->map);
	vnencap_meta_seal(block, seg->frame.shard_len, seg,
			  &vnencap_map_keys(map)->key[0].secret);
	rcu_read_unlock();
}

/* Shards and payload as they travel */
static void fill_wire(struct order_test *ot, const u8 *block)
{
	const struct vnencap_frame *f = &ot->seg.frame;
	u8 *wire = ot->bytes + OUTER_LEN;
	u32 at = 0, from = 0, next;
	unsigned int i;

	ot->wire = vnencap_frame_wire_len(f, ot->meta.payload);
	for (i = 0; i < f->n; i++) {
		memcpy(wire + at, block, f->shard_len);
		at += f->shard_len;
		next = i + 1 < f->n ? vnencap_frame_shard_at(f, i + 1) :
				      ot->wire;
		memcpy(wire + at, ot->payload + from, next - at);
		from += next - at;
		at = next;
	}
}

/* Those of the test before are remembered. */
static u32 next_id(void)
{
	static u32 ids;

	return ++ids;
}

static void describe_frame(struct order_test *ot, u32 id, u32 payload)
{
	memset(ot->seen, 0, sizeof(ot->seen));
	memset(&ot->seg, 0, sizeof(ot->seg));
	memset(&ot->meta, 0, sizeof(ot->meta));
	ot->seg.vni = TEST_HOSTS_VNI;
	ot->seg.class = VNENCAP_STREAM;
	ot->seg.id = id;
	ot->meta.payload = payload;
	ot->meta.gso_size = GSO_SIZE;
	ot->meta.partial = true;
	ot->meta.l4 = VNENCAP_L4_TCP;
	ot->meta.l4_off = sizeof(struct iphdr);
	ot->meta.image_len = INNER_LEN;
	fill_image(ot);
}

static void make_frame_id(struct kunit *test, u32 id, u32 payload)
{
	struct order_test *ot = test->priv;
	struct vnencap_block block = {};
	u32 len;

	describe_frame(ot, id, payload);
	len = vnencap_meta_encode(&ot->meta, ot->meta.image, ot->seg.class,
				  block.data);
	KUNIT_ASSERT_EQ(test, vnencap_frame_plan(&ot->seg.frame, payload, len,
						 GSO_SIZE, SEGSZ), 0);
	seal(ot, block.data);
	fill_wire(ot, block.data);
}

static void make_frame(struct kunit *test, u32 payload)
{
	make_frame_id(test, next_id(), payload);
}

/* ---- Runs ---- */

/* The outer headers of a run */
static void run_headers(const struct order_test *ot, u8 *start, u32 at, u32 len,
			bool last)
{
	struct iphdr *iph = (struct iphdr *)start;
	struct vnencap_segment seg = ot->seg;

	seg.offset = at;
	seg.last = last;
	memset(iph, 0, sizeof(*iph));
	iph->version = 4;
	iph->ihl = 5;
	iph->ttl = 64;
	iph->frag_off = htons(IP_DF);
	iph->protocol = IPPROTO_TCP;
	iph->tot_len = test_ip_len(OUTER_LEN + len);
	iph->saddr = ot->hosts.a.addr.ip4;
	iph->daddr = ot->hosts.b.addr.ip4;
	ip_send_check(iph);
	vnencap_option_build((struct vnencap_segment_hdr *)(iph + 1), &seg,
			     htons(0xc000), TEST_HOSTS_PORT);
}

/* Bytes of @ot->bytes, as those of a run that is said to begin at @at */
static struct sk_buff *make_run(struct kunit *test, u8 *bytes, u32 at, u32 len,
				bool last)
{
	struct order_test *ot = test->priv;
	u8 kept[OUTER_LEN], *start = bytes - OUTER_LEN;
	struct sk_buff *skb;

	memcpy(kept, start, OUTER_LEN);
	run_headers(ot, start, at, len, last);
	skb = test_skb_make(test, start, OUTER_LEN + len, OUTER_LEN,
			    TEST_FRAGS, 16384);
	memcpy(start, kept, OUTER_LEN);
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	if (len > ot->seg.frame.segsz) {
		skb_shinfo(skb)->gso_size = ot->seg.frame.segsz;
		skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(len,
							 ot->seg.frame.segsz);
		skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;
	}
	return skb;
}

static void receive_skb(struct kunit *test, struct sk_buff *skb)
{
	struct order_test *ot = test->priv;

	__skb_push(skb, ETH_HLEN);
	skb_reset_mac_header(skb);
	memset(skb->data, 0, ETH_HLEN);
	__skb_pull(skb, ETH_HLEN);
	skb->protocol = htons(ETH_P_IP);
	skb->pkt_type = PACKET_HOST;
	skb->dev = ot->hosts.b.lower;
	local_bh_disable();
	netif_receive_skb(skb);
	local_bh_enable();
	test_host_settle(&ot->hosts.b);
}

/* A run with the frame's bytes from there on */
static void receive(struct kunit *test, u32 at, u32 len, bool last)
{
	struct order_test *ot = test->priv;

	receive_skb(test, make_run(test, ot->bytes + OUTER_LEN + at, at, len,
				   last));
}

/* A run that says so, with some bytes */
static void receive_as(struct kunit *test, u32 at, u32 len, bool last)
{
	struct order_test *ot = test->priv;

	receive_skb(test, make_run(test, ot->bytes + OUTER_LEN, at, len,
				   last));
}

/* The segments from the one to before the other; the frame may end there. */
static void receive_segments(struct kunit *test, u32 first, u32 end)
{
	struct order_test *ot = test->priv;
	u32 segsz = ot->seg.frame.segsz;
	u32 to = min(end * segsz, ot->wire);

	receive(test, first * segsz, to - first * segsz, to == ot->wire);
}

/* ---- What came out ---- */

static u64 count(struct kunit *test, unsigned int counter)
{
	struct order_test *ot = test->priv;

	return test_host_counter(&ot->hosts.b, counter);
}

static void expect_count(struct kunit *test, unsigned int counter, u64 value)
{
	KUNIT_EXPECT_EQ_MSG(test, count(test, counter), value, "%s",
			    vnencap_stats_name(counter));
}

static void take_received(struct kunit *test)
{
	struct order_test *ot = test->priv;
	struct sk_buff *skb;
	u32 at, i;

	while ((skb = skb_dequeue(&ot->hosts.b.received))) {
		KUNIT_ASSERT_EQ(test, skb_linearize(skb), 0);
		KUNIT_ASSERT_GT(test, skb->len, INNER_LEN);
		at = ntohl(((struct tcphdr *)(skb->data +
					      sizeof(struct iphdr)))->seq);
		KUNIT_ASSERT_LE(test, at + skb->len - INNER_LEN,
				ot->meta.payload);
		KUNIT_EXPECT_MEMEQ(test, skb->data + INNER_LEN,
				   ot->payload + at, skb->len - INNER_LEN);
		for (i = 0; i < skb->len - INNER_LEN; i++)
			ot->seen[at + i]++;
		kfree_skb(skb);
	}
}

/* The segments' bytes, and no others, were received, and once each. */
static void expect_seen(struct kunit *test, u32 first, u32 end)
{
	struct order_test *ot = test->priv;
	const struct vnencap_frame *f = &ot->seg.frame;
	u32 from = vnencap_frame_payload_at(f, first * f->segsz);
	u32 to = vnencap_frame_payload_at(f, min(end * f->segsz, ot->wire));
	u32 at;

	take_received(test);
	for (at = 0; at < ot->meta.payload; at++)
		if (ot->seen[at] != (at >= from && at < to))
			break;
	KUNIT_EXPECT_EQ_MSG(test, at, ot->meta.payload, "byte %u seen %u times",
			    at, ot->seen[at]);
}

static u32 segments(const struct order_test *ot)
{
	return DIV_ROUND_UP(ot->wire, ot->seg.frame.segsz);
}

/* ---- The tests ---- */

/* Each is handed up when it comes. */
static void order_test_in_order(struct kunit *test)
{
	struct order_test *ot = test->priv;
	u32 step, at;

	for (step = 1; step <= 60; step += 7) {
		make_frame(test, PAYLOAD_MAX);
		for (at = 0; at < segments(ot); at += step) {
			receive_segments(test, at, at + step);
			expect_seen(test, 0, at + step);
			if (test->status == KUNIT_FAILURE)
				return;
		}
		expect_count(test, VNENCAP_A_STATS_RX_FRAMES_WHOLE, step / 7 + 1);
	}
	expect_count(test, VNENCAP_A_STATS_RX_DUPLICATES, 0);
	expect_count(test, VNENCAP_A_STATS_RX_MALFORMED, 0);
}

/* What comes too early is handed up too, and what is late then is no duplicate. */
static void order_test_gap(struct kunit *test)
{
	struct order_test *ot = test->priv;
	u32 end;

	make_frame(test, PAYLOAD_MAX);
	end = segments(ot);
	receive_segments(test, 0, 40);
	receive_segments(test, 80, 120);
	receive_segments(test, 40, 60);
	receive_segments(test, 120, end);
	expect_count(test, VNENCAP_A_STATS_RX_FRAMES_WHOLE, 0);
	receive_segments(test, 60, 80);
	expect_seen(test, 0, end);
	expect_count(test, VNENCAP_A_STATS_RX_FRAMES_WHOLE, 1);
	expect_count(test, VNENCAP_A_STATS_RX_DUPLICATES, 0);
	expect_count(test, VNENCAP_A_STATS_RX_MALFORMED, 0);
}

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

static void again_describe(const struct again *a, char *desc)
{
	strscpy(desc, a->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(again, agains, again_describe);

#define RUNS	5

static void receive_run(struct kunit *test, unsigned int i)
{
	struct order_test *ot = test->priv;
	u32 each = DIV_ROUND_UP(segments(ot), RUNS);

	receive_segments(test, i * each, (i + 1) * each);
}

static void order_test_duplicate(struct kunit *test)
{
	const struct again *a = test->param_value;
	struct order_test *ot = test->priv;
	unsigned int i, each;

	make_frame(test, PAYLOAD_MAX);
	each = DIV_ROUND_UP(segments(ot), RUNS);
	for (i = 0; i < RUNS; i++) {
		receive_run(test, i);
		if (i == a->after)
			receive_run(test, a->run);
	}
	expect_seen(test, 0, segments(ot));
	expect_count(test, VNENCAP_A_STATS_RX_FRAMES_WHOLE, 1);
	expect_count(test, VNENCAP_A_STATS_RX_DUPLICATES,
		     min(each, segments(ot) - a->run * each));
	expect_count(test, VNENCAP_A_STATS_RX_MALFORMED, 0);
}

/* A run with new segments and some that were there */
static void order_test_overlap(struct kunit *test)
{
	struct order_test *ot = test->priv;

	make_frame(test, PAYLOAD_MAX);
	receive_segments(test, 0, 50);
	receive_segments(test, 30, 90);
	receive_segments(test, 90, segments(ot));
	expect_seen(test, 0, segments(ot));
	expect_count(test, VNENCAP_A_STATS_RX_FRAMES_WHOLE, 1);
	expect_count(test, VNENCAP_A_STATS_RX_DUPLICATES, 20);
}

/* Frames of as many flows as there are, at a time: some find their place taken. */
static void order_test_many(struct kunit *test)
{
	enum { FRAMES = 1000, PAYLOAD = 3 * 8 * SEGSZ };
	unsigned int run, i;
	static u32 id[FRAMES];

	for (i = 0; i < FRAMES; i++)
		id[i] = next_id();
	for (run = 0; run < 3; run++) {
		for (i = 0; i < FRAMES; i++) {
			make_frame_id(test, id[i], PAYLOAD);
			receive_segments(test, run * 9, (run + 1) * 9);
			expect_seen(test, run * 9, (run + 1) * 9);
			if (test->status == KUNIT_FAILURE)
				return;
		}
	}
	expect_count(test, VNENCAP_A_STATS_RX_FRAMES_WHOLE, FRAMES);
	expect_count(test, VNENCAP_A_STATS_RX_OVER_LIMIT, 0);
}

/* ---- Time ---- */

static void set_timeout(struct order_test *ot, int timeout)
{
	vnencap_reasm_set_timeout(ot->hosts.b.vn->net, timeout);
}

/* Until so many frames are given up, or far too long */
static void wait_given_up(struct kunit *test, u64 frames)
{
	unsigned long end = jiffies + 10 * HZ;

	while (count(test, VNENCAP_A_STATS_RX_FRAMES_PARTIAL) < frames &&
	       time_before(jiffies, end))
		schedule_timeout_uninterruptible(1);
	expect_count(test, VNENCAP_A_STATS_RX_FRAMES_PARTIAL, frames);
}

/* Those of a frame that stays as it is are lost, whatever its place is. */
static void order_test_given_up(struct kunit *test)
{
	struct order_test *ot = test->priv;
	u32 lost;

	set_timeout(ot, HZ / 50);
	make_frame(test, PAYLOAD_MAX);
	receive_segments(test, 0, 30);
	receive_segments(test, 30, 70);
	expect_seen(test, 0, 70);
	lost = segments(ot) - 70;
	wait_given_up(test, 1);
	expect_count(test, VNENCAP_A_STATS_RX_SEGMENTS_LOST, lost);
	expect_count(test, VNENCAP_A_STATS_RX_FRAMES_WHOLE, 0);

	/* once, and the next of its place as any other */
	make_frame(test, PAYLOAD_MAX);
	receive_segments(test, 0, 1);
	wait_given_up(test, 2);
	lost += segments(ot) - 1;
	expect_count(test, VNENCAP_A_STATS_RX_SEGMENTS_LOST, lost);
}

/* One that waits long does not have others wait as long. */
static void order_test_patience(struct kunit *test)
{
	struct order_test *ot = test->priv;

	make_frame(test, PAYLOAD_MAX);
	receive_segments(test, 0, 30);
	set_timeout(ot, HZ / 50);
	make_frame(test, PAYLOAD_MAX);
	receive_segments(test, 0, 30);
	wait_given_up(test, 1);
}

/* ---- What goes while a frame comes ---- */

/* The device: nobody remembers it, KASAN would tell. */
static void order_test_removed(struct kunit *test)
{
	struct order_test *ot = test->priv;
	struct net *net = ot->hosts.b.vn->net;

	set_timeout(ot, HZ / 50);
	make_frame(test, PAYLOAD_MAX);
	receive_segments(test, 0, 30);
	take_received(test);
	test_hosts_free(&ot->hosts);
	schedule_timeout_uninterruptible(HZ / 10);
	vnencap_reasm_set_timeout(net, 60 * HZ);

	/* and others as before */
	test_hosts_make(test, &ot->hosts, AF_INET);
	test_host_set_gro(&ot->hosts.b, false);
	make_frame(test, PAYLOAD_MAX);
	receive_segments(test, 0, 30);
	receive_segments(test, 30, segments(ot));
	expect_seen(test, 0, segments(ot));
	expect_count(test, VNENCAP_A_STATS_RX_FRAMES_PARTIAL, 0);
}

static void change_vni(struct kunit *test, u32 vni)
{
	struct order_test *ot = test->priv;
	struct vnencap_dev *vn = ot->hosts.b.vn;
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
	struct order_test *ot = test->priv;

	make_frame(test, PAYLOAD_MAX);
	receive_segments(test, 0, 30);
	expect_seen(test, 0, 30);
	change_vni(test, TEST_HOSTS_VNI + 1);
	receive_segments(test, 30, segments(ot));
	expect_seen(test, 0, 30);
	expect_count(test, VNENCAP_A_STATS_RX_UNKNOWN_VNI, 1);
	expect_count(test, VNENCAP_A_STATS_RX_FRAMES_WHOLE, 0);
	change_vni(test, TEST_HOSTS_VNI);
}

/* ---- What a stranger may send ---- */

/* In the midst of a frame, by its name: what cannot be, is not handed up, and
 * keeps nothing of the frame from that.
 */
struct stranger {
	const char *name;
	u32 at;
	u32 len;
	bool last;
};

static const struct stranger strangers[] = {
	{ "the end too early", 30 * SEGSZ, 10 * SEGSZ, true },
	{ "the end too early, and odd", 30 * SEGSZ, 10 * SEGSZ + 7, true },
	{ "more than there is", 30 * SEGSZ, 250 * SEGSZ },
	{ "more than there is, and the end", 30 * SEGSZ, 250 * SEGSZ, true },
	{ "behind the end", 250 * SEGSZ, SEGSZ },
	{ "behind the end, and the end", 250 * SEGSZ, SEGSZ, true },
	{ "not at a segment", 30 * SEGSZ + 4, SEGSZ },
	{ "not to a segment", 30 * SEGSZ, SEGSZ + 4 },
	{ "far away", 0xffffff00, SEGSZ },
	{ "all of it, as it says", 0, 10 * SEGSZ, true },
};

static void stranger_describe(const struct stranger *s, char *desc)
{
	strscpy(desc, s->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(stranger, strangers, stranger_describe);

static void order_test_stranger(struct kunit *test)
{
	const struct stranger *s = test->param_value;
	struct order_test *ot = test->priv;

	make_frame(test, PAYLOAD_MAX);
	receive_segments(test, 0, 30);
	receive_as(test, s->at, s->len, s->last);
	expect_seen(test, 0, 30);
	expect_count(test, VNENCAP_A_STATS_RX_MALFORMED, 1);
	receive_segments(test, 30, 90);
	receive_segments(test, 90, segments(ot));
	expect_seen(test, 0, segments(ot));
	expect_count(test, VNENCAP_A_STATS_RX_FRAMES_WHOLE, 1);
	expect_count(test, VNENCAP_A_STATS_RX_DUPLICATES, 0);
}

/* A segment size of its own */
static void order_test_other_window(struct kunit *test)
{
	struct order_test *ot = test->priv;
	__be16 win;

	make_frame(test, PAYLOAD_MAX);
	receive_segments(test, 0, 30);
	win = ot->seg.win;
	ot->seg.win ^= htons(1 << 4);
	/* 33 times a segment size of 4 bytes more or less */
	receive_as(test, 0, 1, false);
	receive_as(test, 251 * 4 * 32, 251 * 4, false);
	receive_as(test, 249 * 4 * 32, 249 * 4, false);
	ot->seg.win = win;
	receive_segments(test, 30, segments(ot));
	expect_seen(test, 0, segments(ot));
	expect_count(test, VNENCAP_A_STATS_RX_FRAMES_WHOLE, 1);
}

/* A frame of more segments than there is a place for in the table of those that
 * are not in order: no sender makes one, but who has the key can.
 */
static void order_test_endless(struct kunit *test)
{
	struct order_test *ot = test->priv;
	struct vnencap_frame *f = &ot->seg.frame;
	struct vnencap_block block = {};
	u32 len, i;

	describe_frame(ot, next_id(), PAYLOAD_MAX);
	ot->meta.payload = 4 * VNENCAP_SEGMENTS_MAX * VNENCAP_SEGSZ_MIN;
	len = vnencap_meta_encode(&ot->meta, ot->meta.image, ot->seg.class,
				  block.data);
	f->segsz = VNENCAP_SEGSZ_MIN;
	f->slots = VNENCAP_SLOTS_MAX;
	f->shard_code = vnencap_frame_shard_code(len);
	f->shard_len = vnencap_frame_shard_len(f->shard_code);
	vnencap_frame_geometry(f);
	seal(ot, block.data);
	memcpy(ot->bytes + OUTER_LEN, block.data, f->shard_len);
	ot->wire = vnencap_frame_wire_len(f, ot->meta.payload);
	receive_segments(test, 0, 250);
	expect_count(test, VNENCAP_A_STATS_RX_MALFORMED, 1);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&ot->hosts.b.received), 0);
	for (i = 1; i < 5; i++)
		receive_segments(test, i * 250, (i + 1) * 250);
	receive_segments(test, 0, 250);
}

static int order_test_init(struct kunit *test)
{
	struct order_test *ot = kvzalloc(sizeof(*ot), GFP_KERNEL);
	u32 i;

	if (!ot)
		return -ENOMEM;
	test->priv = ot;
	/* what a CPU remembers of frames, another does not know */
	set_cpus_allowed_ptr(current, cpumask_of(raw_smp_processor_id()));
	for (i = 0; i < PAYLOAD_MAX; i++)
		ot->payload[i] = hash_32(i, 8);
	test_hosts_make(test, &ot->hosts, AF_INET);
	test_host_set_gro(&ot->hosts.b, false);
	/* however slow the machine is, no frame is given up for its age */
	ot->timeout = vnencap_reasm_set_timeout(ot->hosts.b.vn->net, 60 * HZ);
	return 0;
}

/* What the receiver has counted */
static void tell_failure(struct kunit *test)
{
	unsigned int i;

	for (i = 1; i <= VNENCAP_A_STATS_MAX; i++)
		if (count(test, i))
			kunit_err(test, "%s: %llu", vnencap_stats_name(i),
				  count(test, i));
}

static void order_test_exit(struct kunit *test)
{
	struct order_test *ot = test->priv;

	if (!ot)
		return;
	if (test->status == KUNIT_FAILURE && ot->hosts.b.vn)
		tell_failure(test);
	if (ot->timeout)
		vnencap_reasm_set_timeout(&init_net, ot->timeout);
	test_hosts_free(&ot->hosts);
	kvfree(ot);
}

static struct kunit_case order_test_cases[] = {
	KUNIT_CASE(order_test_in_order),
	KUNIT_CASE(order_test_gap),
	KUNIT_CASE_PARAM(order_test_duplicate, again_gen_params),
	KUNIT_CASE(order_test_overlap),
	KUNIT_CASE(order_test_many),
	KUNIT_CASE(order_test_given_up),
	KUNIT_CASE(order_test_patience),
	KUNIT_CASE(order_test_removed),
	KUNIT_CASE(order_test_other_vni),
	KUNIT_CASE_PARAM(order_test_stranger, stranger_gen_params),
	KUNIT_CASE(order_test_other_window),
	KUNIT_CASE(order_test_endless),
	{}
};

static struct kunit_suite order_test_suite = {
	.name = "vnencap_order",
	.init = order_test_init,
	.exit = order_test_exit,
	.test_cases = order_test_cases,
};

kunit_test_suite(order_test_suite);
