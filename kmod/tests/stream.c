// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames of streams that are made by hand, so that their runs can be any, and
 * such as no sender makes.
 */
#include <kunit/test.h>
#include <linux/hash.h>
#include <linux/sched.h>
#include <linux/tcp.h>
#include <net/ip.h>

#include "map/key.h"
#include "map/map.h"
#include "rx/limits.h"
#include "stats/stats.h"
#include "tests/hosts.h"
#include "tests/packet.h"
#include "tests/stream.h"
#include "vnencap.h"

#define GSO_SIZE	1400
#define INNER_LEN	(sizeof(struct iphdr) + sizeof(struct tcphdr))

/* ---- Frames ---- */

/* Bytes from 0 on: what TCP's sequence number is, too */
static void fill_image(struct test_stream *st)
{
	struct iphdr *iph = (struct iphdr *)st->meta.image;
	struct tcphdr *th = (struct tcphdr *)(iph + 1);

	memset(iph, 0, INNER_LEN);
	iph->version = 4;
	iph->ihl = 5;
	iph->ttl = 64;
	iph->frag_off = htons(IP_DF);
	iph->protocol = IPPROTO_TCP;
	iph->saddr = st->from->inner4;
	iph->daddr = st->to->inner4;
	th->source = htons(1);
	th->dest = htons(2);
	th->doff = sizeof(*th) / 4;
	th->ack = 1;
}

/**
 * test_stream_seal - seal a block, for any layout that is in @st->seg
 * @st: whose frame
 * @block: the block
 */
void test_stream_seal(struct test_stream *st, u8 *block)
{
	struct vnencap_segment *seg = &st->seg;
	const struct vnencap_map *map;

	vnencap_option_pack(seg);
	rcu_read_lock();
	map = rcu_dereference(st->to->vn->map);
	vnencap_meta_seal(block, seg->frame.shard_len, seg,
			  &vnencap_map_keys(map)->key[0].secret);
	rcu_read_unlock();
}

/* Shards and payload as they travel */
static void fill_wire(struct test_stream *st, const u8 *block)
{
	const struct vnencap_frame *f = &st->seg.frame;
	u8 *wire = st->bytes + TEST_STREAM_OUTER;
	u32 at = 0, from = 0, next;
	unsigned int i;

	st->wire = vnencap_frame_wire_len(f, st->meta.payload);
	for (i = 0; i < f->n; i++) {
		memcpy(wire + at, block, f->shard_len);
		at += f->shard_len;
		next = i + 1 < f->n ? vnencap_frame_shard_at(f, i + 1) :
				      st->wire;
		memcpy(wire + at, st->payload + from, next - at);
		from += next - at;
		at = next;
	}
}

/**
 * test_stream_next_id - an id that no frame had
 *
 * Those of the test before are remembered.
 *
 * Return: the id.
 */
u32 test_stream_next_id(void)
{
	static u32 ids;

	return ++ids;
}

/**
 * test_stream_describe - what a frame is, but for how it is cut
 * @st: of which the segment header and the metadata are written
 * @id: of the frame
 * @payload: its bytes
 */
void test_stream_describe(struct test_stream *st, u32 id, u32 payload)
{
	memset(st->seen, 0, sizeof(st->seen));
	memset(&st->seg, 0, sizeof(st->seg));
	memset(&st->meta, 0, sizeof(st->meta));
	st->seg.vni = TEST_HOSTS_VNI;
	st->seg.class = VNENCAP_STREAM;
	st->seg.id = id;
	st->meta.payload = payload;
	st->meta.gso_size = GSO_SIZE;
	st->meta.partial = true;
	st->meta.l4 = VNENCAP_L4_TCP;
	st->meta.l4_off = sizeof(struct iphdr);
	st->meta.image_len = INNER_LEN;
	fill_image(st);
}

/**
 * test_stream_make_id - make a frame with an id
 * @test: fails where there can be no such frame
 * @id: of the frame
 * @payload: its bytes
 */
void test_stream_make_id(struct kunit *test, u32 id, u32 payload)
{
	struct test_stream *st = test->priv;
	struct vnencap_block block = {};
	u32 len;

	test_stream_describe(st, id, payload);
	rcu_read_lock();
	st->seg.vni = rcu_dereference(st->to->vn->config)->vni;
	rcu_read_unlock();
	len = vnencap_meta_encode(&st->meta, st->meta.image, st->seg.class,
				  block.data);
	KUNIT_ASSERT_EQ(test, vnencap_frame_plan(&st->seg.frame, payload, len,
						 GSO_SIZE, TEST_STREAM_SEGSZ),
			0);
	test_stream_seal(st, block.data);
	fill_wire(st, block.data);
}

/**
 * test_stream_make - make a frame
 * @test: fails where there can be no such frame
 * @payload: its bytes
 */
void test_stream_make(struct kunit *test, u32 payload)
{
	test_stream_make_id(test, test_stream_next_id(), payload);
}

/**
 * test_stream_segments - how many segments the frame has
 * @st: whose frame
 *
 * Return: that.
 */
u32 test_stream_segments(const struct test_stream *st)
{
	return DIV_ROUND_UP(st->wire, st->seg.frame.segsz);
}

/* ---- Runs ---- */

/* The outer headers of a run */
static void run_headers(const struct test_stream *st, u8 *start, u32 at, u32 len,
			bool last)
{
	struct iphdr *iph = (struct iphdr *)start;
	struct vnencap_segment seg = st->seg;

	seg.offset = at;
	seg.last = last;
	memset(iph, 0, sizeof(*iph));
	iph->version = 4;
	iph->ihl = 5;
	iph->ttl = 64;
	iph->frag_off = htons(IP_DF);
	iph->protocol = IPPROTO_TCP;
	iph->tot_len = test_ip_len(TEST_STREAM_OUTER + len);
	iph->saddr = st->from->addr.ip4;
	iph->daddr = st->to->addr.ip4;
	ip_send_check(iph);
	vnencap_option_build((struct vnencap_segment_hdr *)(iph + 1), &seg,
			     htons(0xc000), TEST_HOSTS_PORT);
}

/* Bytes of @st->bytes, as those of a run that is said to begin at @at */
static struct sk_buff *make_run(struct kunit *test, u8 *bytes, u32 at, u32 len,
				bool last)
{
	struct test_stream *st = test->priv;
	u8 kept[TEST_STREAM_OUTER], *start = bytes - TEST_STREAM_OUTER;
	struct sk_buff *skb;

	memcpy(kept, start, TEST_STREAM_OUTER);
	run_headers(st, start, at, len, last);
	skb = test_skb_make(test, start, TEST_STREAM_OUTER + len,
			    TEST_STREAM_OUTER, TEST_FRAGS, 16384);
	memcpy(start, kept, TEST_STREAM_OUTER);
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	if (len > st->seg.frame.segsz) {
		skb_shinfo(skb)->gso_size = st->seg.frame.segsz;
		skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(len,
							 st->seg.frame.segsz);
		skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;
	}
	return skb;
}

/**
 * test_stream_receive_as - receive a run that says so, with some bytes
 * @test: fails where there is no memory
 * @at: where it says to begin in the wire payload
 * @len: its bytes
 * @last: does it say that the frame ends there?
 */
void test_stream_receive_as(struct kunit *test, u32 at, u32 len, bool last)
{
	struct test_stream *st = test->priv;
	struct sk_buff *skb;

	skb = make_run(test, st->bytes + TEST_STREAM_OUTER, at, len, last);
	test_host_receive_one(st->to, skb);
}

/**
 * test_stream_run - make a run of the frame's segments
 * @test: fails where there is no memory
 * @first: the first one's number
 * @end: the number of the one after the last; the frame may end before
 *
 * Return: the run, data at the outer header.
 */
struct sk_buff *test_stream_run(struct kunit *test, u32 first, u32 end)
{
	struct test_stream *st = test->priv;
	u32 segsz = st->seg.frame.segsz;
	u32 at = first * segsz, to = min(end * segsz, st->wire);

	return make_run(test, st->bytes + TEST_STREAM_OUTER + at, at, to - at,
			to == st->wire);
}

/**
 * test_stream_receive - receive a run of the frame's segments
 * @test: fails where there is no memory
 * @first: the first one's number
 * @end: the number of the one after the last; the frame may end before
 */
void test_stream_receive(struct kunit *test, u32 first, u32 end)
{
	struct test_stream *st = test->priv;

	test_host_receive_one(st->to, test_stream_run(test, first, end));
}

/* ---- What came out ---- */

/**
 * test_stream_expect_counter - the receiver has counted so many
 * @test: fails where it has not
 * @counter: VNENCAP_A_STATS_*
 * @value: so many
 */
void test_stream_expect_counter(struct kunit *test, unsigned int counter,
				u64 value)
{
	struct test_stream *st = test->priv;

	KUNIT_EXPECT_EQ_MSG(test, test_host_counter(st->to, counter),
			    value, "%s", vnencap_stats_name(counter));
}

/**
 * test_stream_take - look at what came out since, and count its bytes
 * @test: fails where they are not the frame's
 */
void test_stream_take(struct kunit *test)
{
	struct test_stream *st = test->priv;
	struct sk_buff *skb;
	u32 at, i;

	while ((skb = skb_dequeue(&st->to->received))) {
		KUNIT_ASSERT_EQ(test, skb_linearize(skb), 0);
		KUNIT_ASSERT_GT(test, skb->len, INNER_LEN);
		at = ntohl(((struct tcphdr *)(skb->data +
					      sizeof(struct iphdr)))->seq);
		KUNIT_ASSERT_LE(test, at + skb->len - INNER_LEN,
				st->meta.payload);
		KUNIT_EXPECT_MEMEQ(test, skb->data + INNER_LEN,
				   st->payload + at, skb->len - INNER_LEN);
		for (i = 0; i < skb->len - INNER_LEN; i++)
			st->seen[at + i]++;
		kfree_skb(skb);
	}
}

/**
 * test_stream_expect - segments came out, and no others, and once each
 * @test: fails where they did not
 * @first: the first one's number
 * @end: the number of the one after the last
 */
void test_stream_expect(struct kunit *test, u32 first, u32 end)
{
	struct test_stream *st = test->priv;
	const struct vnencap_frame *f = &st->seg.frame;
	u32 from = vnencap_frame_payload_at(f, first * f->segsz);
	u32 to = vnencap_frame_payload_at(f, min(end * f->segsz, st->wire));
	u32 at;

	test_stream_take(test);
	for (at = 0; at < st->meta.payload; at++)
		if (st->seen[at] != (at >= from && at < to))
			break;
	KUNIT_EXPECT_EQ_MSG(test, at, st->meta.payload, "byte %u seen %u times",
			    at, st->seen[at]);
}

/* ---- Before a test, and after it ---- */

/**
 * test_stream_set_timeout - say how long frames wait from now on
 * @st: whose hosts'
 * @timeout: in jiffies
 */
void test_stream_set_timeout(struct test_stream *st, int timeout)
{
	vnencap_limits_set_timeout(st->hosts.b.vn->net, timeout);
}

/**
 * test_stream_init - make hosts, and payload
 * @test: test->priv is the struct test_stream
 *
 * Return: 0 or a negative error.
 */
int test_stream_init(struct kunit *test)
{
	struct test_stream *st = kvzalloc(sizeof(*st), GFP_KERNEL);
	u32 i;

	if (!st)
		return -ENOMEM;
	test->priv = st;
	/* what a CPU remembers of frames, another does not know */
	set_cpus_allowed_ptr(current, cpumask_of(raw_smp_processor_id()));
	for (i = 0; i < TEST_STREAM_MAX; i++)
		st->payload[i] = hash_32(i, 8);
	st->from = &st->hosts.a;
	st->to = &st->hosts.b;
	test_hosts_make(test, &st->hosts, AF_INET);
	test_host_set_gro(&st->hosts.b, false);
	/* however slow the machine is, no frame is given up for its age */
	st->timeout = vnencap_limits_set_timeout(st->hosts.b.vn->net, 60 * HZ);
	return 0;
}

/**
 * test_stream_exit - free it, however much there is of it
 * @test: whose
 */
void test_stream_exit(struct kunit *test)
{
	struct test_stream *st = test->priv;

	if (!st)
		return;
	if (test->status == KUNIT_FAILURE)
		test_host_tell(test, st->to);
	if (st->timeout)
		vnencap_limits_set_timeout(&init_net, st->timeout);
	test_hosts_free(&st->hosts);
	kvfree(st);
}
