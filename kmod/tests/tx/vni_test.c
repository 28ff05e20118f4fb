// SPDX-License-Identifier: GPL-2.0-only
/* A device that is given another VNI while it sends */
#include <kunit/test.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "map/map.h"
#include "tests/hosts.h"
#include "tests/path.h"
#include "vnencap.h"

/* While a device's VNI is changed it has the new one's mappings already: what is
 * sent by them is of the new one, and in no case of the old.
 */
static void path_test_vni_change(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct vnencap_dev *vn = path->hosts.a.vn;
	struct vnencap_mapping m = {
		.vni = TEST_HOSTS_VNI + 1,
		.len = 32,
		.dst = { AF_INET, .ip4 = path->hosts.b.inner4 },
		.via = path->hosts.b.addr,
		.fec = VNENCAP_FEC_UNSET,
	};
	struct vnencap_map *map, *old;

	vnencap_map_lock(vn->net);
	KUNIT_EXPECT_EQ(test, vnencap_map_set(vn->net, &m, NLM_F_CREATE), 0);
	vnencap_map_unlock(vn->net);
	rtnl_lock();
	map = vnencap_map_get(vn->net, m.vni);
	old = rtnl_dereference(vn->map);
	rcu_assign_pointer(vn->map, map);
	rtnl_unlock();

	test_path_seed(path, 1);
	test_path_send_small(test);
	KUNIT_EXPECT_EQ(test, path->run[0].seg.vni, m.vni);

	rtnl_lock();
	rcu_assign_pointer(vn->map, old);
	synchronize_net();
	vnencap_map_put(map);
	rtnl_unlock();
	vnencap_map_lock(vn->net);
	KUNIT_EXPECT_EQ(test, vnencap_map_del(vn->net, &m), 0);
	vnencap_map_unlock(vn->net);
}

TEST_PATH_SUITES(vni,
		 KUNIT_CASE(path_test_vni_change));
