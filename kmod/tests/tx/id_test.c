// SPDX-License-Identifier: GPL-2.0-only
/* The ids of frames: what is known of one device's says nothing of another's. */
#include <kunit/test.h>

#include "tests/hosts.h"
#include "tests/path.h"
#include "vnencap.h"

/* More frames than this test's machine will ever have sent */
#define FRAMES	BIT(24)

static void path_test_ids(struct kunit *test)
{
	struct test_path *path = test->priv;
	u32 a = path->hosts.a.vn->frame_id_base;
	u32 b = path->hosts.b.vn->frame_id_base;

	test_path_seed(path, 1);
	test_path_send_small(test);
	KUNIT_EXPECT_LT(test, path->run[0].seg.id - a, FRAMES);
	/* by chance they are, once in some thirty thousand runs */
	KUNIT_EXPECT_GT(test, abs((s32)(a - b)), 1 << 16);
}

TEST_PATH_SUITES(id,
		 KUNIT_CASE(path_test_ids));
