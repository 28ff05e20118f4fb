// SPDX-License-Identifier: GPL-2.0-only
/* Each test of mappings starts and ends with nothing. */
#include <kunit/test.h>

#include "map/map.h"
#include "tests/map/mapping.h"

/**
 * test_map_flush - remove the tests' mappings
 * @last_vni: up to this VNI, included
 */
void test_map_flush(u32 last_vni)
{
	struct vnencap_mapping m = { .vni = VNI };

	while (!next(&m, last_vni))
		del(m);
}

/**
 * test_map_init - begin with no mappings
 * @test: test->priv is a struct test_map
 *
 * Return: 0 or a negative error.
 */
int test_map_init(struct kunit *test)
{
	struct test_map *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	test_map_flush(VNI_END);
	f->sizes = sizes();
	f->map = vnencap_map_get(NET, VNI);
	if (IS_ERR(f->map))
		return PTR_ERR(f->map);
	test->priv = f;
	return 0;
}

/**
 * test_map_exit - end with none
 * @test: fails where more is left than there was
 */
void test_map_exit(struct kunit *test)
{
	struct test_map *f = test->priv;
	struct vnencap_map_sizes now;

	if (!f)
		return;
	vnencap_map_put(f->map);
	test_map_flush(VNI_END);
	now = sizes();
	KUNIT_EXPECT_EQ(test, now.maps, f->sizes.maps);
	KUNIT_EXPECT_EQ(test, now.mappings, f->sizes.mappings);
	KUNIT_EXPECT_EQ(test, now.nodes, f->sizes.nodes);
	KUNIT_EXPECT_EQ(test, now.endpoints, f->sizes.endpoints);
}
