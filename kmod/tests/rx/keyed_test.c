// SPDX-License-Identifier: GPL-2.0-only
/* Keys: what is received of a host that sends with this one or that. */
#include <kunit/test.h>
#include <net/inet_frag.h>

#include "map/key.h"
#include "rx/limits.h"
#include "tests/arrival.h"
#include "tests/expect.h"
#include "tests/hosts.h"
#include "tests/kinds.h"
#include "tests/outer.h"
#include "tests/packet.h"
#include "tests/path.h"
#include "tests/random.h"
#include "vnencap.h"

#define ROUNDS	TEST_ROUNDS(200)

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

KUNIT_ARRAY_PARAM_DESC(key_case, key_cases, name);

/* Both hosts are in one namespace: what differs is given between the sending and
 * the receiving.
 */
static void send_keyed(struct kunit *test, const struct key_case *c,
		       const struct test_kind *kind)
{
	test_hosts_set_keys(test, 1, c->sent, 0);
	test_path_draw_and_send(test, kind);
	test_hosts_set_keys(test, c->n, c->accepted[0], c->accepted[1]);
}

static void play_keyed(struct kunit *test, const struct key_case *c,
		       const struct test_scenario *sc)
{
	struct test_path *path = test->priv;
	unsigned int round;

	for (round = 0; round < ROUNDS; round++) {
		test_path_seed(path, round);
		send_keyed(test, c, &sc->kind);
		test_arrival_draw(path, sc);
		test_arrival_receive(test, sc->join);
		if (c->comes)
			test_expect_received(test);
		else
			test_expect_nothing(test);
		if (test->status == KUNIT_FAILURE)
			return;
	}
}

static void path_test_keys(struct kunit *test)
{
	static const struct test_scenario whole = { .kind = TCP4, .join = 100 };
	const struct key_case *c = test->param_value;
	struct test_path *path = test->priv;
	struct test_host *b = &path->hosts.b;
	bool other = c->comes && c->accepted[0] != c->sent;

	play_keyed(test, c, &whole);
	KUNIT_EXPECT_EQ(test, test_host_faults(b), c->comes ? 0 : ROUNDS);
	KUNIT_EXPECT_EQ(test, test_host_count(b, RX_BAD_TAG),
			test_host_faults(b));
	KUNIT_EXPECT_EQ(test, test_host_count(b, RX_OTHER_KEY),
			other ? ROUNDS : 0);
}

/* What waits of the case before takes room. It waits only for so long. */
static void wait_for_room(const struct test_host *b)
{
	const struct fqdir *fqdir = vnencap_limits_of(b->vn->net)->fqdir;

	while (frag_mem_limit(fqdir))
		schedule_timeout_uninterruptible(1);
}

/* In parts, of which each with a shard in it is looked at until one is right */
static void path_test_keys_parts(struct kunit *test)
{
	static const struct test_scenario parts = {
		.kind = TCP4, .loss = 10, .reorder = 20, .twice = 20,
		.join = 80,
	};
	const struct key_case *c = test->param_value;
	struct test_path *path = test->priv;
	struct test_host *b = &path->hosts.b;

	wait_for_room(b);
	play_keyed(test, c, &parts);
	/* where none is right, more may wait than there is room for */
	KUNIT_EXPECT_EQ(test, test_host_count(b, RX_BAD_TAG) +
			test_host_count(b, RX_OVER_LIMIT),
			test_host_faults(b));
	KUNIT_EXPECT_EQ(test, !test_host_faults(b), c->comes);
}

/* Payloads have no tag. Who sends from the frame's source and knows its id can have a
 * segment of his taken before the true one comes.
 */
static void path_test_keys_payload(struct kunit *test)
{
	static const struct test_kind atomic = { .proto = IPPROTO_UDP,
						 .payload = 5000 };
	struct test_path *path = test->priv;
	struct sk_buff *forged, *got, *want;
	unsigned int i;

	test_hosts_set_keys(test, 1, 1, 0);
	test_path_seed_for(test, &atomic, 3);
	test_arrival_receive_copy(test, path->segment[0]);
	forged = skb_copy(path->segment[2], GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, forged);
	forged->data[forged->len - 1] ^= 1;
	test_outer_repair(forged);
	test_arrival_receive_copy(test, forged);
	kfree_skb(forged);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&path->hosts.b.received), 0);
	for (i = 1; i < 3; i++)
		test_arrival_receive_copy(test, path->segment[i]);

	got = skb_dequeue(&path->hosts.b.received);
	want = skb_peek(&path->plain);
	KUNIT_ASSERT_NOT_NULL(test, got);
	KUNIT_ASSERT_EQ(test, got->len, want->len);
	KUNIT_ASSERT_EQ(test, skb_linearize(got), 0);
	KUNIT_EXPECT_MEMEQ(test, got->data, want->data, want->len - 1);
	KUNIT_EXPECT_EQ(test, got->data[want->len - 1] ^ 1,
			want->data[want->len - 1]);
	kfree_skb(got);
}

TEST_PATH_SUITES_KEPT(keyed,
		      KUNIT_CASE(path_test_keys_payload),
		      KUNIT_CASE_PARAM(path_test_keys, key_case_gen_params),
		      KUNIT_CASE_PARAM(path_test_keys_parts, key_case_gen_params));
