// SPDX-License-Identifier: GPL-2.0-only
/* Frames in pieces: no byte lost, nothing counted twice, and all given back. */
#include <kunit/test.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/net.h>
#include <linux/refcount.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "compat.h"
#include "rx/run.h"
#include "tests/hosts.h"
#include "tests/lender.h"
#include "tests/packet.h"
#include "tests/random.h"
#include "tx/build.h"
#include "tx/cut.h"

#define LEN_MAX		TEST_PACKET_MAX
#define HEADROOM	100

/**
 * struct cut_case - how a payload lies, and what it is cut to
 * @name: to name the test
 * @len: bytes
 * @linear: of these, in the head
 * @chunk: bytes of a frag
 * @max: of a piece
 */
struct cut_case {
	const char *name;
	u32 len, linear, chunk, max;
};

static const struct cut_case cut_cases[] = {
	{ "frags", 60000, 0, 4096, 14480 },
	{ "frags, at their ends", 65536, 0, 8192, 16384 },
	{ "long frags", 66000, 0, 32768, 1000 },
	{ "one frag", 20000, 0, 20000, 7000 },
	{ "some linear", 60000, 100, 12000, 14480 },
	{ "first piece linear", 60000, 14480, 4096, 14480 },
	{ "much linear", 60000, 30000, 4096, 14480 },
	{ "all linear", 60000, 60000, 4096, 14480 },
	{ "segments", 30000, 100, 4096, 1448 },
	{ "a last byte", 14481, 100, 4096, 14480 },
	{ "nothing to cut", 14480, 100, 4096, 14480 },
};

KUNIT_ARRAY_PARAM_DESC(cut, cut_cases, name);

struct cut_test {
	struct rnd_state rnd;
	struct test_hosts hosts;
	struct socket *sock;
	u8 bytes[LEN_MAX];
	u8 got[LEN_MAX];
};

static struct sk_buff *make_skb(struct kunit *test, const struct cut_case *c)
{
	struct cut_test *ct = test->priv;
	struct sk_buff *skb = test_skb_make(test, ct->bytes, c->len, c->linear,
					    TEST_FRAGS, c->chunk);

	skb->protocol = htons(ETH_P_IP);
	skb->mark = 42;
	return skb;
}

/* What TCP would say of it where it is received as it is (skb_try_coalesce()) */
static void expect_truesize(struct kunit *test, const struct sk_buff *skb)
{
	KUNIT_EXPECT_GE(test, skb->truesize,
			SKB_TRUESIZE(skb_end_offset(skb)) + skb->data_len);
}

/* The pieces, as long as they are to be, and all that the skb was */
static void expect_pieces(struct kunit *test, struct sk_buff *list,
			  const struct cut_case *c)
{
	struct cut_test *ct = test->priv;
	struct sk_buff *skb;
	u32 at = 0;

	for (skb = list; skb; skb = skb->next) {
		KUNIT_ASSERT_LE(test, at + skb->len, c->len);
		KUNIT_EXPECT_EQ(test, skb->len, min(c->max, c->len - at));
		KUNIT_EXPECT_EQ(test, skb_copy_bits(skb, 0, ct->got + at,
						    skb->len), 0);
		at += skb->len;
		KUNIT_EXPECT_GE(test, skb_headroom(skb), HEADROOM);
		KUNIT_EXPECT_FALSE(test, skb_cloned(skb));
		KUNIT_EXPECT_FALSE(test, skb_is_gso(skb));
		KUNIT_EXPECT_EQ(test, skb->protocol, htons(ETH_P_IP));
		KUNIT_EXPECT_EQ(test, skb->mark, 42);
		expect_truesize(test, skb);
	}
	KUNIT_EXPECT_EQ(test, at, c->len);
	KUNIT_EXPECT_MEMEQ(test, ct->got, ct->bytes, c->len);
}

/* Free pieces from the first on, or from the last. */
static void free_pieces(struct sk_buff *list, bool backwards)
{
	struct sk_buff *skb = list, *next;

	if (!skb)
		return;
	next = skb->next;
	skb_mark_not_on_list(skb);
	if (backwards)
		free_pieces(next, true);
	kfree_skb(skb);
	if (!backwards)
		free_pieces(next, false);
}

static void cut_test_pieces(struct kunit *test)
{
	const struct cut_case *c = test->param_value;
	struct sk_buff *skb = make_skb(test, c);

	KUNIT_EXPECT_EQ(test, vnencap_cut(skb, c->max, HEADROOM), 0);
	expect_pieces(test, skb, c);
	free_pieces(skb, false);
}

/* More than there is memory for: what was to be cut is there, and all of it. */
static void cut_test_no_memory(struct kunit *test)
{
	static const struct cut_case c = {
		.len = 60000, .linear = 100, .chunk = 4096, .max = 60000,
	};
	struct sk_buff *skb = make_skb(test, &c);

	KUNIT_EXPECT_EQ(test, vnencap_cut(skb, 14480, 1 << 30), -ENOMEM);
	expect_pieces(test, skb, &c);
	free_pieces(skb, false);
}

/* ---- Owners ---- */

/* As tcp_wfree() does, which is for those who know it */
static void count_freed(struct sk_buff *skb)
{
	WARN_ON(refcount_sub_and_test(skb->truesize, &skb->sk->sk_wmem_alloc));
}

/* Each piece is counted for what it has, and at the end nothing is. */
static void play_owned(struct kunit *test, const struct cut_case *c, bool tcp,
		       bool backwards)
{
	struct cut_test *ct = test->priv;
	struct sk_buff *skb = make_skb(test, c), *piece;
	struct sock *sk = ct->sock->sk;
	u32 sum = 0;

	/* shards, which the socket does not know of */
	if (c->chunk > 8192)
		skb->truesize -= 500;
	skb_set_owner_w(skb, sk);
	sk->sk_protocol = tcp ? IPPROTO_TCP : IPPROTO_UDP;
	if (tcp)
		skb->destructor = count_freed;
	KUNIT_EXPECT_EQ(test, vnencap_cut(skb, c->max, HEADROOM), 0);
	for (piece = skb; piece; piece = piece->next) {
		KUNIT_EXPECT_PTR_EQ(test, piece->sk, sk);
		KUNIT_EXPECT_GT(test, piece->truesize, 0);
		sum += piece->truesize;
	}
	KUNIT_EXPECT_EQ(test, refcount_read(&sk->sk_wmem_alloc), 1 + sum);
	free_pieces(skb, backwards);
	KUNIT_EXPECT_EQ(test, refcount_read(&sk->sk_wmem_alloc), 1);
	sk->sk_protocol = IPPROTO_UDP;
}

static void cut_test_owned(struct kunit *test)
{
	unsigned int way;

	for (way = 0; way < 4; way++)
		play_owned(test, test->param_value, way & 1, way & 2);
}

static u32 freed_truesize;

static void note_freed(struct sk_buff *skb)
{
	freed_truesize += skb->truesize;
}

/* Another owner, a packet socket's ring for one, counts as it did before. */
static void cut_test_other_owner(struct kunit *test)
{
	const struct cut_case *c = test->param_value;
	struct sk_buff *skb = make_skb(test, c);
	u32 truesize = skb->truesize;

	freed_truesize = 0;
	skb->destructor = note_freed;
	KUNIT_EXPECT_EQ(test, vnencap_cut(skb, c->max, HEADROOM), 0);
	free_pieces(skb, false);
	KUNIT_EXPECT_EQ(test, freed_truesize, truesize);
}

/* ---- Pages that are lent ---- */

/* Lend for as many skbs as there come to be, or for one only. */
static void play_lent(struct kunit *test, const struct cut_case *c, bool one)
{
	u32 pieces = DIV_ROUND_UP(c->len, c->max);
	struct sk_buff *skb = make_skb(test, c);
	struct test_lender lender;

	test_lender_init(&lender, one ? 0 : SKBFL_DONT_ORPHAN);
	skb_zcopy_init(skb, &lender.info);
	KUNIT_EXPECT_EQ(test, vnencap_cut(skb, c->max, HEADROOM), 0);
	expect_pieces(test, skb, c);
	free_pieces(skb, false);
	KUNIT_EXPECT_EQ(test, lender.completed, one ? 1 : pieces);
	KUNIT_EXPECT_EQ(test, refcount_read(&lender.info.refcnt), 1);
}

static void cut_test_lent(struct kunit *test)
{
	play_lent(test, test->param_value, false);
}

static void cut_test_lent_for_one(struct kunit *test)
{
	play_lent(test, test->param_value, true);
}

/* ---- Timestamps ---- */

/* One for all of it: when the last piece is sent. */
static void cut_test_timestamp(struct kunit *test)
{
	const struct cut_case *c = test->param_value;
	struct sk_buff *skb = make_skb(test, c), *piece;
	unsigned int n = 0;

	skb_shinfo(skb)->tx_flags = SKBTX_SW_TSTAMP | SKBTX_SCHED_TSTAMP;
	skb_shinfo(skb)->tskey = 77;
	KUNIT_EXPECT_EQ(test, vnencap_cut(skb, c->max, HEADROOM), 0);
	for (piece = skb; piece; piece = piece->next) {
		if (!(skb_shinfo(piece)->tx_flags & SKBTX_ANY_TSTAMP))
			continue;
		n++;
		KUNIT_EXPECT_NULL(test, piece->next);
		KUNIT_EXPECT_EQ(test, skb_shinfo(piece)->tx_flags,
				SKBTX_SW_TSTAMP | SKBTX_SCHED_TSTAMP);
		KUNIT_EXPECT_EQ(test, skb_shinfo(piece)->tskey, 77);
	}
	KUNIT_EXPECT_EQ(test, n, 1);
	free_pieces(skb, false);
}

/* ---- What lower devices take ---- */

struct lower_case {
	const char *name;
	u32 size;
	u16 segs;
};

static const struct lower_case lower_cases[] = {
	{ "64 KB", 65536, 65535 },
	{ "big", 200000, 65535 },
	{ "32000 bytes", 32000, 65535 },
	{ "odd", 10007, 65535 },
	{ "less than two segments", 2000, 65535 },
	{ "less than one", 321, 65535 },
	{ "ten segments", 65536, 10 },
	{ "one segment", 65536, 1 },
	{ "none", 65536, 0 },
};

KUNIT_ARRAY_PARAM_DESC(lower, lower_cases, name);

static void limit(struct net_device *lower, const struct lower_case *l)
{
	compat_set_gso_max_size(lower, l->size);
	WRITE_ONCE(lower->gso_max_segs, l->segs);
}

/* The longest that is no more than it takes: nobody has cut it since. */
static void expect_piece(struct kunit *test, const struct lower_case *l,
			 struct sk_buff *skb, u32 offset, bool last,
			 struct vnencap_run *run)
{
	const struct skb_shared_info *si = skb_shinfo(skb);
	u32 segs, segsz, max = l->segs;

	KUNIT_ASSERT_NOT_NULL(test, skb_pull(skb, ETH_HLEN));
	KUNIT_ASSERT_EQ(test, vnencap_run_read(skb, run), 0);
	segsz = run->seg.frame.segsz;
	segs = DIV_ROUND_UP(run->len, segsz);
	KUNIT_EXPECT_EQ(test, run->seg.offset, offset);
	KUNIT_EXPECT_EQ(test, run->seg.last, last);
	KUNIT_EXPECT_TRUE(test, skb->ip_summed == CHECKSUM_PARTIAL);
	KUNIT_EXPECT_EQ(test, si->gso_size, segs > 1 ? segsz : 0);
	KUNIT_EXPECT_EQ(test, si->gso_segs, segs > 1 ? segs : 0);
	max = min(max, (l->size - 1 - ETH_HLEN - run->hdr_len) / segsz);
	if (last)
		KUNIT_EXPECT_LE(test, segs, max(max, 1U));
	else
		KUNIT_EXPECT_EQ(test, run->len, max(max, 1U) * segsz);
}

static void cut_test_lower(struct kunit *test)
{
	static const struct test_kind kind = {
		.proto = IPPROTO_TCP, .gso = true, .partial = true,
		.payload = LEN_MAX - 200,
	};
	const struct lower_case *l = test->param_value;
	struct cut_test *ct = test->priv;
	struct test_host *a = &ct->hosts.a;
	unsigned int round, frames = 0, segments = 0;
	struct test_packet *p;
	struct vnencap_run run;
	struct sk_buff *skb;

	test_hosts_make(test, &ct->hosts, AF_INET);
	p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	limit(a->lower, l);
	for (round = 0; round < TEST_ROUNDS(100); round++) {
		u32 offset = 0;

		test_packet_draw(&ct->rnd, &kind, a, &ct->hosts.b, p);
		test_host_send(a, test_packet_skb(test, &ct->rnd, p,
						  round % TEST_LAYOUTS));
		frames++;
		while ((skb = skb_dequeue(&a->sent))) {
			expect_piece(test, l, skb, offset,
				     skb_queue_empty(&a->sent), &run);
			offset += run.len;
			segments += DIV_ROUND_UP(run.len,
						 run.seg.frame.segsz);
			kfree_skb(skb);
		}
		KUNIT_EXPECT_EQ(test, offset,
				vnencap_frame_wire_len(&run.seg.frame,
						       p->payload));
		if (test->status == KUNIT_FAILURE)
			return;
	}
	KUNIT_EXPECT_EQ(test, test_host_count(a, TX_FRAMES), frames);
	KUNIT_EXPECT_EQ(test, test_host_count(a, TX_SEGMENTS), segments);
}

static int cut_test_init(struct kunit *test)
{
	struct cut_test *ct = kvzalloc(sizeof(*ct), GFP_KERNEL);
	int err;

	if (!ct)
		return -ENOMEM;
	test->priv = ct;
	prandom_seed_state(&ct->rnd, 1);
	prandom_bytes_state(&ct->rnd, ct->bytes, sizeof(ct->bytes));
	err = sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, IPPROTO_UDP,
			       &ct->sock);
	KUNIT_EXPECT_EQ(test, err, 0);
	return err;
}

static void cut_test_exit(struct kunit *test)
{
	struct cut_test *ct = test->priv;

	if (!ct)
		return;
	if (ct->sock)
		sock_release(ct->sock);
	test_hosts_free(&ct->hosts);
	kvfree(ct);
}

static struct kunit_case cut_test_cases[] = {
	KUNIT_CASE_PARAM(cut_test_pieces, cut_gen_params),
	KUNIT_CASE(cut_test_no_memory),
	KUNIT_CASE_PARAM(cut_test_owned, cut_gen_params),
	KUNIT_CASE_PARAM(cut_test_other_owner, cut_gen_params),
	KUNIT_CASE_PARAM(cut_test_lent, cut_gen_params),
	KUNIT_CASE_PARAM(cut_test_lent_for_one, cut_gen_params),
	KUNIT_CASE_PARAM(cut_test_timestamp, cut_gen_params),
	KUNIT_CASE_PARAM(cut_test_lower, lower_gen_params),
	{}
};

static struct kunit_suite cut_test_suite = {
	.name = "vnencap_cut",
	.init = cut_test_init,
	.exit = cut_test_exit,
	.test_cases = cut_test_cases,
};

kunit_test_suite(cut_test_suite);
