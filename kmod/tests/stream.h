/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames of streams that are made by hand, and their runs. */
#ifndef _VNENCAP_TESTS_STREAM_H
#define _VNENCAP_TESTS_STREAM_H

#include <linux/ip.h>
#include <linux/types.h>

#include "tests/hosts.h"
#include "wire/meta.h"
#include "wire/option.h"

struct kunit;
struct sk_buff;

#define TEST_STREAM_SEGSZ	1000
#define TEST_STREAM_MAX		200000
#define TEST_STREAM_WIRE	(1300 * VNENCAP_SEGSZ_MIN)
#define TEST_STREAM_OUTER	(sizeof(struct iphdr) + \
				 sizeof(struct vnencap_segment_hdr))

/**
 * struct test_stream - what a test of streams has at hand
 * @hosts: of which @from sends, and @to receives
 * @from: mostly the first
 * @to: the other one
 * @timeout: how long frames waited before the test
 * @seg: of the frame that was made last
 * @meta: its metadata
 * @wire: bytes of its wire payload
 * @bytes: its headers, and the wire payload
 * @payload: what its payload is
 * @seen: how often each byte of that was received
 */
struct test_stream {
	struct test_hosts hosts;
	struct test_host *from;
	struct test_host *to;
	int timeout;
	struct vnencap_segment seg;
	struct vnencap_meta meta;
	u32 wire;
	u8 bytes[TEST_STREAM_OUTER + TEST_STREAM_WIRE];
	u8 payload[TEST_STREAM_MAX];
	u8 seen[TEST_STREAM_MAX];
};

int test_stream_init(struct kunit *test);
void test_stream_exit(struct kunit *test);
void test_stream_set_timeout(struct test_stream *st, int timeout);

u32 test_stream_next_id(void);
void test_stream_make(struct kunit *test, u32 payload);
void test_stream_make_id(struct kunit *test, u32 id, u32 payload);
void test_stream_describe(struct test_stream *st, u32 id, u32 payload);
void test_stream_seal(struct test_stream *st, u8 *block);
u32 test_stream_segments(const struct test_stream *st);

struct sk_buff *test_stream_run(struct kunit *test, u32 first, u32 end);
void test_stream_receive(struct kunit *test, u32 first, u32 end);
void test_stream_receive_as(struct kunit *test, u32 at, u32 len, bool last);

void test_stream_take(struct kunit *test);
void test_stream_expect(struct kunit *test, u32 first, u32 end);
void test_stream_expect_counter(struct kunit *test, unsigned int counter,
				u64 value);

/* test_stream_expect_count(test, RX_DUPLICATES, 0) */
#define test_stream_expect_count(test, name, value) \
	test_stream_expect_counter(test, VNENCAP_A_STATS_##name, value)

#endif /* _VNENCAP_TESTS_STREAM_H */
