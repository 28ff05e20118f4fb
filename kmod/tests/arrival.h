/* SPDX-License-Identifier: GPL-2.0-only */
/* How the segments of a frame arrive. */
#ifndef _VNENCAP_TESTS_ARRIVAL_H
#define _VNENCAP_TESTS_ARRIVAL_H

#include <linux/skbuff.h>

#include "tests/packet.h"

struct kunit;
struct test_path;

/**
 * struct test_scenario - what is sent, and what happens to it
 * @name: to name the test
 * @kind: of packets
 * @mtu: of the substrate
 * @loss: segments lost, in percent
 * @reorder: segments that change places, in percent
 * @twice: segments that arrive once more, in percent
 * @join: segments joined to the one before, where they follow it, in percent
 * @gro: the receiving device has GRO
 */
struct test_scenario {
	const char *name;
	struct test_kind kind;
	u16 mtu;
	u8 loss, reorder, twice, join;
	bool gro;
};

void test_arrival_draw(struct test_path *path, const struct test_scenario *sc);
void test_arrival_draw_late(struct test_path *path,
			    const struct test_scenario *sc);
void test_arrival_set(struct test_path *path, unsigned long pattern);
bool test_arrival_is_whole(const struct test_path *path);

struct sk_buff *test_arrival_run(struct kunit *test, const u16 *order,
				 unsigned int n);
void test_arrival_receive(struct kunit *test, u32 join);
void test_arrival_receive_copy(struct kunit *test, struct sk_buff *skb);

#endif /* _VNENCAP_TESTS_ARRIVAL_H */
