// SPDX-License-Identifier: GPL-2.0-only
/* Loss: whichever segments of a frame are lost, the others are delivered. */
#include <kunit/test.h>

#include "tests/arrival.h"
#include "tests/expect.h"
#include "tests/hosts.h"
#include "tests/packet.h"
#include "tests/path.h"

/* Frames of so many segments lose any of them: short ones, and the shortest of
 * the long.
 */
static const u8 pattern_segments[] = { 2, 3, 5, 9 };

/* See TEST_ROUNDS(): there, every so many of the patterns */
#define PATTERN_STEP	(IS_ENABLED(CONFIG_KASAN) ? 7 : 1)

static const struct test_kind pattern_kinds[] = {
	{ "TCP", .proto = IPPROTO_TCP, .gso = true, .partial = true,
	  .payload = 14000 },
	{ "TCP in IPv6", .proto = IPPROTO_TCP, .gso = true, .partial = true,
	  .payload = 14000, .ipv6 = true },
	{ "train", .proto = IPPROTO_UDP, .gso = true, .partial = true,
	  .payload = 14000 },
	{ "UDP", .proto = IPPROTO_UDP, .partial = true, .payload = 14000 },
};

KUNIT_ARRAY_PARAM_DESC(pattern, pattern_kinds, name);

/* Whatever is lost of a frame, the rest is delivered if one shard of it is left;
 * what was lost, where it comes late; and nothing twice.
 */
static void path_test_every_pattern(struct kunit *test)
{
	const struct test_kind *kind = test->param_value;
	struct test_path *path = test->priv;
	const struct test_scenario calm = {};
	unsigned long pattern;
	unsigned int i;
	u32 value;

	test_path_set_mtu(test, 1500);
	for (i = 0; i < ARRAY_SIZE(pattern_segments); i++) {
		value = test_path_seed_for(test, kind, pattern_segments[i]);
		for (pattern = 1; pattern < BIT(pattern_segments[i]);
		     pattern += PATTERN_STEP) {
			test_path_seed(path, value);
			test_path_draw_and_send(test, kind);
			test_arrival_set(path, pattern);
			test_arrival_receive(test, 50);
			test_expect_received(test);
			test_expect_late(test, &calm, 50);
			if (test->status == KUNIT_FAILURE)
				return;
		}
	}
	KUNIT_EXPECT_EQ(test, test_host_faults(&path->hosts.b), 0);
}

TEST_PATH_SUITES(loss,
		 KUNIT_CASE_PARAM(path_test_every_pattern, pattern_gen_params));
