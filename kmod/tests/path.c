// SPDX-License-Identifier: GPL-2.0-only
/*
 * The path from one host to another, and one frame on it: an inner packet is
 * drawn and sent by one vnencap device, and cut by the kernel's own segmentation.
 * What arrives of it is for arrival.c, and what is to come out for expect.c.
 */
#include <kunit/test.h>
#include <linux/if_ether.h>
#include <linux/ipv6.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>

#include "dev/device.h"
#include "tests/hosts.h"
#include "tests/packet.h"
#include "tests/path.h"
#include "tests/random.h"

/* Frames that the receiver's table has room to remember at a time */
#define FRAMES_MAX	1000

/* ---- Sending ---- */

static void forget_frame(struct test_path *path)
{
	for (path->n += path->parity; path->n; )
		kfree_skb(path->segment[--path->n]);
	path->parity = 0;
	skb_queue_purge(&path->plain);
	skb_queue_purge(&path->hosts.a.sent);
	skb_queue_purge(&path->hosts.b.received);
}

/**
 * test_path_seed - begin anew with what is drawn
 * @path: the path
 * @value: the same draws come of the same value
 */
void test_path_seed(struct test_path *path, u32 value)
{
	path->seed = value;
	prandom_seed_state(&path->rnd, value);
}

/* What every wire may expect of a segment, and each receiver of a frame's */
static void expect_segment(struct kunit *test, unsigned int i)
{
	struct test_path *path = test->priv;
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
	struct test_path *path = test->priv;

	test_skb_cut(test, piece, random_chance(&path->rnd, 50) ? 0 :
		     NETIF_F_SG | NETIF_F_HW_CSUM, segments);
}

/* Parity lies behind the frame's own segments: they count up. */
static void take_segment(struct kunit *test, struct sk_buff *skb)
{
	struct test_path *path = test->priv;
	unsigned int at = path->n + path->parity;
	struct vnencap_run run;

	KUNIT_ASSERT_LT(test, at, TEST_PATH_SEGMENTS);
	skb_pull(skb, ETH_HLEN);
	KUNIT_ASSERT_EQ(test, vnencap_run_read(skb, &run), 0);
	if (run.seg.class == VNENCAP_PARITY) {
		path->parity++;
	} else {
		memmove(&path->segment[path->n + 1], &path->segment[path->n],
			path->parity * sizeof(*path->segment));
		memmove(&path->run[path->n + 1], &path->run[path->n],
			path->parity * sizeof(*path->run));
		at = path->n++;
	}
	path->segment[at] = skb;
	path->run[at] = run;
}

static void take_segments(struct kunit *test, struct sk_buff_head *segments)
{
	struct test_path *path = test->priv;
	struct sk_buff *skb;
	unsigned int i;

	while ((skb = __skb_dequeue(segments)))
		take_segment(test, skb);
	for (i = 0; i < path->n; i++)
		expect_segment(test, i);
}

/* Send an skb, or as TCP does a clone, of which the other half must stay as it
 * is.
 */
static void send_skb(struct kunit *test, struct sk_buff *skb)
{
	struct test_path *path = test->priv;
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

/**
 * test_path_send - send what is in path->packet
 * @test: of which path->segment is written; fails where segments are not as every
 *	wire may expect
 */
void test_path_send(struct kunit *test)
{
	struct test_path *path = test->priv;
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

/**
 * test_path_too_slow - was the test too slow for the receiver?
 * @path: the path
 *
 * Return: true where a frame was given up since the last one was drawn.
 */
bool test_path_too_slow(const struct test_path *path)
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

/**
 * test_path_draw - draw a packet, and forget the one before
 * @path: of which path->packet is written
 * @kind: what it is to be
 */
void test_path_draw(struct test_path *path, const struct test_kind *kind)
{
	pace();
	forget_frame(path);
	memset(path->seen, 0, sizeof(path->seen));
	memset(path->arrived, 0, sizeof(path->arrived));
	path->patience = given_up(&path->hosts.b);
	test_packet_draw(&path->rnd, kind, &path->hosts.a, &path->hosts.b,
			 &path->packet);
}

/**
 * test_path_draw_and_send - draw a packet, and send it
 * @test: fails where it is not sent as it should
 * @kind: what it is to be
 */
void test_path_draw_and_send(struct kunit *test, const struct test_kind *kind)
{
	test_path_draw(test->priv, kind);
	test_path_send(test);
}

/**
 * test_path_send_small - draw and send a packet of one segment
 * @test: fails where it is none
 */
void test_path_send_small(struct kunit *test)
{
	static const struct test_kind kind = { .proto = IPPROTO_UDP,
					       .payload = 1000 };
	struct test_path *path = test->priv;

	test_path_draw_and_send(test, &kind);
	KUNIT_ASSERT_EQ(test, path->n, 1);
}

/**
 * test_path_seed_for - find a seed that makes a frame of so many segments
 * @test: fails where there is none
 * @kind: of the packet
 * @segments: how many
 *
 * Return: the seed.
 */
u32 test_path_seed_for(struct kunit *test, const struct test_kind *kind,
		       unsigned int segments)
{
	struct test_path *path = test->priv;
	u32 value;

	for (value = 0; value < 10000; value++) {
		test_path_seed(path, value);
		test_path_draw_and_send(test, kind);
		if (path->n == segments)
			break;
	}
	KUNIT_ASSERT_EQ(test, path->n, segments);
	return value;
}

/**
 * test_path_set_mtu - change the sender's MTU of the substrate
 * @test: fails where that cannot be done
 * @mtu: in bytes; over IPv6, no less than it goes by
 */
void test_path_set_mtu(struct kunit *test, int mtu)
{
	struct test_host *a = &((struct test_path *)test->priv)->hosts.a;

	if (a->addr.family == AF_INET6)
		mtu = max(mtu, IPV6_MIN_MTU);
	test_host_set_mtu(test, a, mtu);
}

/**
 * test_path_set_fec - have the sender's frames be followed by parity
 * @test: fails where that cannot be done
 * @percent: as many segments of it to a hundred of the frame
 */
void test_path_set_fec(struct kunit *test, u8 percent)
{
	struct test_path *path = test->priv;

	test_host_set_fec(test, &path->hosts.a, percent,
			  VNENCAP_FEC_MAX, VNENCAP_FEC_ECN_AUTO);
}

/* ---- Before a test, and after it ---- */

static int path_init(struct kunit *test, u16 family)
{
	struct test_path *path = kvzalloc(sizeof(*path), GFP_KERNEL);

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

/**
 * test_path_init4 - make a path over IPv4
 * @test: test->priv is the path
 *
 * Return: 0 or a negative error.
 */
int test_path_init4(struct kunit *test)
{
	return path_init(test, AF_INET);
}

/**
 * test_path_init6 - make a path over IPv6
 * @test: test->priv is the path
 *
 * Return: 0 or a negative error.
 */
int test_path_init6(struct kunit *test)
{
	return path_init(test, AF_INET6);
}

static void path_free(struct test_path *path)
{
	if (path->hosts.b.lower)
		forget_frame(path);
	test_hosts_free(&path->hosts);
	kvfree(path);
}

/**
 * test_path_exit - free the path, however much there is of it
 * @test: whose
 */
void test_path_exit(struct kunit *test)
{
	struct test_path *path = test->priv;

	if (!path)
		return;
	/* how it was, and what the receiver has counted */
	if (test->status == KUNIT_FAILURE) {
		kunit_err(test, "the seed was %u", path->seed);
		test_host_tell(test, &path->hosts.b);
	}
	path_free(path);
}

/* ---- A path for a whole suite ---- */

/* Where a test has a hundred parameters, most of its time would go into making hosts:
 * they are made by the first, and again after one that failed.
 */
static struct test_path *kept;

static int path_init_kept(struct kunit *test, u16 family)
{
	int err;

	if (!kept) {
		err = path_init(test, family);
		kept = test->priv;
		return err;
	}
	test->priv = kept;
	set_cpus_allowed_ptr(current, cpumask_of(raw_smp_processor_id()));
	kept->hasty = 0;
	test_host_forget(&kept->hosts.a);
	test_host_forget(&kept->hosts.b);
	test_host_set_gro(&kept->hosts.b, false);
	return 0;
}

/**
 * test_path_kept_init4 - make a path over IPv4, or take that of the test before
 * @test: test->priv is the path; it is to set an MTU and keys by itself
 *
 * Return: 0 or a negative error.
 */
int test_path_kept_init4(struct kunit *test)
{
	return path_init_kept(test, AF_INET);
}

/**
 * test_path_kept_init6 - make a path over IPv6, or take that of the test before
 * @test: test->priv is the path; it is to set an MTU and keys by itself
 *
 * Return: 0 or a negative error.
 */
int test_path_kept_init6(struct kunit *test)
{
	return path_init_kept(test, AF_INET6);
}

/**
 * test_path_kept_exit - leave the path to the next test, if it is in order
 * @test: whose
 */
void test_path_kept_exit(struct kunit *test)
{
	if (test->status != KUNIT_FAILURE && test->priv == kept)
		return;
	if (test->priv == kept)
		kept = NULL;
	test_path_exit(test);
}

/**
 * test_path_suite_exit - free the path that a suite's tests have left
 * @suite: the suite
 */
void test_path_suite_exit(struct kunit_suite *suite)
{
	if (kept)
		path_free(kept);
	kept = NULL;
}
