// SPDX-License-Identifier: GPL-2.0-only
/*
 * How the segments of a frame arrive: some of them, in another order, twice, and
 * joined to runs of any layout, as NICs and native GRO would leave them.
 */
#include <kunit/test.h>
#include <linux/interrupt.h>
#include <linux/tcp.h>

#include "tests/arrival.h"
#include "tests/hosts.h"
#include "tests/outer.h"
#include "tests/packet.h"
#include "tests/path.h"
#include "tests/random.h"

/* ---- Which, and in what order ---- */

static void swap_some(struct test_path *path, u32 percent)
{
	unsigned int i;

	for (i = 0; i < path->n_order; i++) {
		unsigned int j = i + random_range(&path->rnd, 1, 10);

		if (random_chance(&path->rnd, percent) && j < path->n_order)
			swap(path->order[i], path->order[j]);
	}
}

static void repeat_some(struct test_path *path, u32 percent)
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

static void note_arrivals(struct test_path *path)
{
	unsigned int i;

	for (i = 0; i < path->n_order; i++)
		path->arrived[path->order[i]] = true;
}

/**
 * test_arrival_draw - draw which segments arrive, and in what order
 * @path: of which path->order is written
 * @sc: how many are lost, change places, or come twice
 */
void test_arrival_draw(struct test_path *path, const struct test_scenario *sc)
{
	unsigned int i;

	path->n_order = 0;
	for (i = 0; i < path->n + path->parity; i++)
		if (!random_chance(&path->rnd, sc->loss))
			path->order[path->n_order++] = i;
	swap_some(path, sc->reorder);
	repeat_some(path, sc->twice);
	note_arrivals(path);
}

/**
 * test_arrival_draw_late - have arrive what has not, after all
 * @path: of which path->order is written
 * @sc: how many change places
 */
void test_arrival_draw_late(struct test_path *path,
			    const struct test_scenario *sc)
{
	unsigned int i;

	path->n_order = 0;
	for (i = 0; i < path->n; i++)
		if (!path->arrived[i])
			path->order[path->n_order++] = i;
	swap_some(path, sc->reorder);
	note_arrivals(path);
}

/**
 * test_arrival_set - say which segments arrive, in their order
 * @path: of which path->order is written
 * @pattern: bit i: segment i
 */
void test_arrival_set(struct test_path *path, unsigned long pattern)
{
	unsigned int i;

	path->n_order = 0;
	for_each_set_bit(i, &pattern, path->n + path->parity)
		path->order[path->n_order++] = i;
	note_arrivals(path);
}

/**
 * test_arrival_is_whole - has every segment arrived?
 * @path: the path
 *
 * Return: true if so.
 */
bool test_arrival_is_whole(const struct test_path *path)
{
	unsigned int i;

	for (i = 0; i < path->n; i++)
		if (!path->arrived[i])
			return false;
	return true;
}

/* ---- Runs ---- */

/* The bytes of a run: the first segment's headers, and all the payload */
static u32 join_bytes(struct test_path *path, const u16 *order, unsigned int n)
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
	struct tcphdr *th = &test_outer_header(skb)->tcp;

	test_outer_finish(skb);
	th->psh = last->seg.last;
	th->check = ~test_outer_tcp_sum(skb, 0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = (u8 *)th - skb->head;
	skb->csum_offset = offsetof(struct tcphdr, check);
	skb_shinfo(skb)->gso_size = last->seg.frame.segsz;
	skb_shinfo(skb)->gso_segs = n;
	skb_shinfo(skb)->gso_type = vnencap_outer_is_ipv6(skb) ?
				    SKB_GSO_TCPV6 : SKB_GSO_TCPV4;
}

/* One segment, as NICs leave it: summed or not, in this way or that */
static void complete_segment(struct test_path *path, struct sk_buff *skb)
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

/**
 * test_arrival_run - join segments to a run, of any layout
 * @test: fails where there is no memory
 * @order: their numbers, one after the other
 * @n: how many
 *
 * Return: the run.
 */
struct sk_buff *test_arrival_run(struct kunit *test, const u16 *order,
				 unsigned int n)
{
	struct test_path *path = test->priv;
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

/* May GRO join a segment to another? */
static bool joins(const struct test_path *path, u16 to, u16 segment)
{
	const struct vnencap_run *a = &path->run[to], *b = &path->run[segment];

	return segment == to + 1 && a->seg.word == b->seg.word &&
	       a->seg.win == b->seg.win &&
	       vnencap_run_end(a) == b->seg.offset;
}

/* Where a run of the arrivals ends that begins with the @at'th */
static unsigned int run_end(struct test_path *path, unsigned int at, u32 join)
{
	do
		at++;
	while (at < path->n_order && joins(path, path->order[at - 1],
					   path->order[at]) &&
	       random_chance(&path->rnd, join));
	return at;
}

static void make_runs(struct kunit *test, u32 join, struct sk_buff_head *runs)
{
	struct test_path *path = test->priv;
	unsigned int at, end;

	__skb_queue_head_init(runs);
	for (at = 0; at < path->n_order; at = end) {
		end = run_end(path, at, join);
		__skb_queue_tail(runs, test_arrival_run(test, &path->order[at],
							end - at));
	}
}

/* ---- Arriving ---- */

/**
 * test_arrival_receive - receive what arrives, in a few polls
 * @test: of which path->order says what that is
 * @join: segments joined to the one before, where they follow it, in percent
 */
void test_arrival_receive(struct kunit *test, u32 join)
{
	struct test_path *path = test->priv;
	struct sk_buff_head runs;
	struct sk_buff *skb;

	make_runs(test, join, &runs);
	local_bh_disable();
	while ((skb = __skb_dequeue(&runs))) {
		test_host_receive(&path->hosts.b, skb);
		if (random_chance(&path->rnd, 10)) {
			local_bh_enable();
			local_bh_disable();
		}
	}
	local_bh_enable();
	test_host_settle(&path->hosts.b);
}

/**
 * test_arrival_receive_copy - receive bytes in an skb of any layout
 * @test: fails where there is no memory
 * @skb: linear, data at the outer IP header; stays the caller's
 */
void test_arrival_receive_copy(struct kunit *test, struct sk_buff *skb)
{
	struct test_path *path = test->priv;
	u32 linear = random_range(&path->rnd, 0, skb->len);
	struct sk_buff *copy;

	copy = test_skb_make(test, skb->data, skb->len, linear,
			     random_range(&path->rnd, 0, TEST_LAYOUTS - 1),
			     random_range(&path->rnd, 200, 2000));
	test_host_receive_one(&path->hosts.b, copy);
}
