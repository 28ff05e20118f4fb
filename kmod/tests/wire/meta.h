/* SPDX-License-Identifier: GPL-2.0-only */
/* A packet's headers as a metadata block. */
#ifndef _VNENCAP_TESTS_WIRE_META_H
#define _VNENCAP_TESTS_WIRE_META_H

#include <linux/prandom.h>
#include <linux/siphash.h>

#include "tests/hosts.h"
#include "tests/packet.h"
#include "wire/meta.h"
#include "wire/option.h"

struct kunit;

/**
 * struct test_meta - what a test has at hand
 * @rnd: where all choices come from
 * @from: sender of the packets
 * @to: their receiver
 * @packet: whose headers are carried
 * @class: enum vnencap_class
 * @meta: what @packet is; its image is the headers
 * @len: length of @block, padding excluded
 * @padded: length of @block
 * @seg: header of the frame's segments
 * @block: the block
 * @key: what it is sealed with
 */
struct test_meta {
	struct rnd_state rnd;
	struct test_host from, to;
	struct test_packet packet;
	u8 class;
	struct vnencap_meta meta;
	u32 len, padded;
	struct vnencap_segment seg;
	struct vnencap_block block;
	siphash_key_t key;
};

int test_meta_init(struct kunit *test);
void test_meta_exit(struct kunit *test);

void test_meta_draw(struct kunit *test, const struct test_kind *kind);
int test_meta_decode(struct kunit *test, struct vnencap_meta *m, u8 class,
		     const u8 *data, u32 len);
void test_meta_expect_same(struct kunit *test, const struct vnencap_meta *got,
			   const struct vnencap_meta *want);

#endif /* _VNENCAP_TESTS_WIRE_META_H */
