/* SPDX-License-Identifier: GPL-2.0-only */
/* The path from one host to another, and one frame on it. */
#ifndef _VNENCAP_TESTS_PATH_H
#define _VNENCAP_TESTS_PATH_H

#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/skbuff.h>

#include "rx/run.h"
#include "tests/hosts.h"
#include "tests/packet.h"

#define TEST_PATH_SEGMENTS	300
#define TEST_PATH_ARRIVALS	(2 * TEST_PATH_SEGMENTS)

/**
 * struct test_path - what a test of the whole path has at hand
 * @rnd: where all choices come from
 * @seed: what @rnd was seeded with
 * @hosts: sender and receiver
 * @packet: the inner packet
 * @plain: @packet as plain packets, which is what is to come out
 * @segment: what its frame was cut into, data at the outer IP header; then its parity
 * @run: what their headers say
 * @n: how many the frame was cut into
 * @parity: how many parity segments follow
 * @order: the segments in the order in which they arrive, by number
 * @n_order: how many arrive
 * @arrived: at least once
 * @patience: frames that the receiver had given up before
 * @hasty: rounds in which it gave up one because the test was too slow
 * @seen: how often each byte of @packet's payload was received
 * @joined: a run of segments
 */
struct test_path {
	struct rnd_state rnd;
	u32 seed;
	struct test_hosts hosts;
	struct test_packet packet;
	struct sk_buff_head plain;
	struct sk_buff *segment[TEST_PATH_SEGMENTS];
	struct vnencap_run run[TEST_PATH_SEGMENTS];
	unsigned int n;
	unsigned int parity;
	u16 order[TEST_PATH_ARRIVALS];
	unsigned int n_order;
	bool arrived[TEST_PATH_SEGMENTS];
	u64 patience;
	unsigned int hasty;
	u8 seen[TEST_PACKET_MAX];
	u8 joined[2 * TEST_PACKET_MAX];
};

int test_path_init4(struct kunit *test);
int test_path_init6(struct kunit *test);
void test_path_exit(struct kunit *test);

int test_path_kept_init4(struct kunit *test);
int test_path_kept_init6(struct kunit *test);
void test_path_kept_exit(struct kunit *test);
void test_path_suite_exit(struct kunit_suite *suite);

void test_path_set_mtu(struct kunit *test, int mtu);
void test_path_set_fec(struct kunit *test, u8 percent);
void test_path_seed(struct test_path *path, u32 value);
u32 test_path_seed_for(struct kunit *test, const struct test_kind *kind,
		       unsigned int segments);

void test_path_draw(struct test_path *path, const struct test_kind *kind);
void test_path_send(struct kunit *test);
void test_path_draw_and_send(struct kunit *test, const struct test_kind *kind);
void test_path_send_small(struct kunit *test);
bool test_path_too_slow(const struct test_path *path);

/* KUnit keeps the results with the cases: each suite has its own. */
#define TEST_PATH_SUITES_BY(noun, how, ...)				\
static struct kunit_case noun##_cases[] = { __VA_ARGS__, {} };		\
static struct kunit_case noun##6_cases[] = { __VA_ARGS__, {} };		\
									\
static struct kunit_suite noun##_suite = {				\
	.name = "vnencap_" #noun,					\
	.init = how##_init4,						\
	.exit = how##_exit,						\
	.suite_exit = test_path_suite_exit,				\
	.test_cases = noun##_cases,					\
};									\
									\
static struct kunit_suite noun##6_suite = {				\
	.name = "vnencap_" #noun "6",					\
	.init = how##_init6,						\
	.exit = how##_exit,						\
	.suite_exit = test_path_suite_exit,				\
	.test_cases = noun##6_cases,					\
};									\
									\
kunit_test_suites(&noun##_suite, &noun##6_suite)

/**
 * TEST_PATH_SUITES() - run cases over IPv4, and again over IPv6
 * @noun: what the suites vnencap_@noun and vnencap_@noun##6 are named for
 * @...: the cases
 */
#define TEST_PATH_SUITES(noun, ...)					\
	TEST_PATH_SUITES_BY(noun, test_path, __VA_ARGS__)

/**
 * TEST_PATH_SUITES_KEPT() - the same, with hosts that a test leaves to the next
 * @noun: what the suites are named for
 * @...: the cases; all that they change of the hosts each sets for itself
 */
#define TEST_PATH_SUITES_KEPT(noun, ...)				\
	TEST_PATH_SUITES_BY(noun, test_path_kept, __VA_ARGS__)

#endif /* _VNENCAP_TESTS_PATH_H */
