// SPDX-License-Identifier: GPL-2.0-only
/* Flow labels of the outer IPv6 header, which are the network's. */
#include <kunit/test.h>

#include "tests/arrival.h"
#include "tests/expect.h"
#include "tests/hosts.h"
#include "tests/kinds.h"
#include "tests/packet.h"
#include "tests/path.h"
#include "tests/random.h"

#define ROUNDS	TEST_ROUNDS(200)

/* A network may write a label of its own over ours: such segments are not joined
 * to others, but none of them is lost.
 */
static void path_test_other_label(struct kunit *test)
{
	static const struct test_scenario calm = { .join = 0 };
	static const struct test_kind kind = TCP6;
	struct test_path *path = test->priv;
	unsigned int round, i;

	if (path->hosts.a.addr.family == AF_INET) {
		kunit_skip(test, "IPv4 has none");
		return;
	}
	test_host_set_gro(&path->hosts.b, true);
	for (round = 0; round < ROUNDS; round++) {
		test_path_seed(path, round);
		test_path_draw_and_send(test, &kind);
		for (i = 0; i < path->n; i++)
			if (random_chance(&path->rnd, 20))
				path->segment[i]->data[3] ^= 1;
		test_arrival_draw(path, &calm);
		test_arrival_receive(test, 0);
		test_expect_received(test);
		KUNIT_ASSERT_EQ(test, test_host_faults(&path->hosts.b), 0);
		if (test->status == KUNIT_FAILURE)
			return;
	}
}

TEST_PATH_SUITES(label,
		 KUNIT_CASE(path_test_other_label));
