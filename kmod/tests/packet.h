/* SPDX-License-Identifier: GPL-2.0-only */
/* Inner packets for tests: drawn at random, put in skbs, and judged. */
#ifndef _VNENCAP_TESTS_PACKET_H
#define _VNENCAP_TESTS_PACKET_H

#include <linux/in6.h>
#include <linux/prandom.h>
#include <linux/skbuff.h>

struct kunit;
struct test_host;

/* As long as TCP makes them (BIG TCP), and a bit more */
#define TEST_PACKET_MAX	190000

/* What a header says of a length: nothing, of more than 64 KB */
static inline __be16 test_ip_len(u32 len)
{
	return len <= U16_MAX ? htons(len) : 0;
}

/**
 * enum test_layout - where the bytes of an skb lie
 * @TEST_LINEAR: all in the head
 * @TEST_FRAGS: in frags, and where these do not suffice in those of a list
 * @TEST_LIST: in the heads of a frag_list
 * @TEST_LAYOUTS: how many there are
 */
enum test_layout {
	TEST_LINEAR,
	TEST_FRAGS,
	TEST_LIST,
	TEST_LAYOUTS,
};

/**
 * struct test_kind - what packets are drawn
 * @name: to name the test
 * @ipv6: IPv6, else IPv4
 * @proto: IPPROTO_TCP, IPPROTO_UDP or another that is not lifted
 * @gso: TCP or UDP that is to be segmented
 * @partial: the transport checksum is still to be done
 * @fragment: an IPv4 fragment
 * @accecn: TCP with Accurate ECN, where the kernel has it
 * @payload: the most bytes after the headers
 */
struct test_kind {
	const char *name;
	bool ipv6;
	u8 proto;
	bool gso;
	bool partial;
	bool fragment;
	bool accecn;
	u32 payload;
};

/**
 * struct test_packet - a packet as it is sent
 * @kind: what it is
 * @ip_len: length of the IP header, with options
 * @hdr_len: length of the headers that are not payload to vnencap
 * @payload: bytes after them
 * @gso_size: 0 where it is not to be segmented
 * @bytes: headers and payload
 */
struct test_packet {
	const struct test_kind *kind;
	u32 ip_len;
	u32 hdr_len;
	u32 payload;
	u16 gso_size;
	u8 bytes[TEST_PACKET_MAX];
};

void test_packet_draw(struct rnd_state *rnd, const struct test_kind *kind,
		      const struct test_host *from, const struct test_host *to,
		      struct test_packet *p);
void test_packet_set_ecn(struct test_packet *p, u8 ecn);
u8 test_packet_ecn(const struct sk_buff *skb);
struct sk_buff *test_packet_skb(struct kunit *test, struct rnd_state *rnd,
				const struct test_packet *p,
				enum test_layout layout);
struct sk_buff *test_skb_make(struct kunit *test, const u8 *data, u32 len,
			      u32 linear, enum test_layout layout, u32 chunk);
void test_skb_cut(struct kunit *test, struct sk_buff *skb,
		  netdev_features_t features, struct sk_buff_head *to);
const char *test_packet_fault(const u8 *data, u32 len);

#endif /* _VNENCAP_TESTS_PACKET_H */
