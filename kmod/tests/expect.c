// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is to come out of a path: what went in, less exactly what was lost.
 */
#include <kunit/test.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>

#include "compat.h"
#include "tests/arrival.h"
#include "tests/expect.h"
#include "tests/hosts.h"
#include "tests/packet.h"
#include "tests/path.h"

/* ---- Streams ---- */

static bool metadata_arrived(const struct test_path *path)
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
	struct test_path *path = test->priv;
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
	struct test_path *path = test->priv;
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

/**
 * test_expect_part - a plain packet is a part of the stream that was sent
 * @test: of which path->seen counts its bytes
 * @skb: linear, data at the inner IP header
 */
void test_expect_part(struct kunit *test, const struct sk_buff *skb)
{
	struct test_path *path = test->priv;
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
	struct test_path *path = test->priv;
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
	struct test_path *path = test->priv;
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
	struct test_path *path = test->priv;
	struct sk_buff_head plain;
	bool known = metadata_arrived(path);
	struct sk_buff *skb;
	unsigned int i;

	take_received(test, &plain);
	while ((skb = __skb_dequeue(&plain))) {
		test_expect_part(test, skb);
		kfree_skb(skb);
	}
	for (i = 0; i < path->n; i++)
		expect_seen(test, i, known && path->arrived[i]);
}

/* ---- Trains ---- */

/* The datagram of a train that a plain packet is, or -1 */
static int datagram_number(const struct test_path *path,
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

/**
 * test_expect_datagram - a plain packet is as segmentation would have made it
 * @test: of which path->seen counts it
 * @skb: linear, data at the inner IP header
 */
void test_expect_datagram(struct kunit *test, const struct sk_buff *skb)
{
	struct test_path *path = test->priv;
	const struct test_packet *p = &path->packet;
	int i = datagram_number(path, skb);

	KUNIT_EXPECT_STREQ(test, test_packet_fault(skb->data, skb->len) ?: "",
			   "");
	KUNIT_ASSERT_GE(test, i, 0);
	path->seen[p->gso_size ? i * p->gso_size : 0]++;
}

/* Have all bytes of the datagram arrived that begins there in the payload? */
static bool datagram_arrived(const struct test_path *path, u32 at)
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
	struct test_path *path = test->priv;
	bool known = metadata_arrived(path);
	struct sk_buff_head plain;
	struct sk_buff *skb;
	u32 at;

	take_received(test, &plain);
	while ((skb = __skb_dequeue(&plain))) {
		test_expect_datagram(test, skb);
		kfree_skb(skb);
	}
	for (at = 0; at < path->packet.payload; at += path->packet.gso_size)
		KUNIT_EXPECT_EQ(test, path->seen[at],
				known && datagram_arrived(path, at));
}

/* ---- All ---- */

/**
 * test_expect_plain - exactly what segmentation would have made came out
 * @test: fails where it is not
 */
void test_expect_plain(struct kunit *test)
{
	struct test_path *path = test->priv;
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

/**
 * test_expect_nothing - nothing came out
 * @test: fails where something did
 */
void test_expect_nothing(struct kunit *test)
{
	struct test_path *path = test->priv;

	KUNIT_EXPECT_EQ(test, skb_queue_len(&path->hosts.b.received), 0);
}

/**
 * test_expect_received - what came out is what went in, less what was lost
 * @test: of which path->arrived says what was not
 */
void test_expect_received(struct kunit *test)
{
	struct test_path *path = test->priv;
	u8 class = path->run[0].seg.class;

	if (test_path_too_slow(path))
		return;
	if (path->n == 1 && path->arrived[0])
		test_expect_plain(test);
	else if (class == VNENCAP_STREAM)
		expect_stream(test);
	else if (class == VNENCAP_TRAIN)
		expect_train(test);
	else if (test_arrival_is_whole(path))
		test_expect_plain(test);
	else
		test_expect_nothing(test);
}

/**
 * test_expect_late - what was lost arrives late, and comes out
 * @test: fails where it does not
 * @sc: how many segments change places
 * @join: segments joined to the one before, where they follow it, in percent
 */
void test_expect_late(struct kunit *test, const struct test_scenario *sc,
		      u32 join)
{
	struct test_path *path = test->priv;

	if (test_arrival_is_whole(path))
		return;
	test_arrival_draw_late(path, sc);
	test_arrival_receive(test, join);
	test_expect_received(test);
}
