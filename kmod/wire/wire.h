/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What goes over the wire, and nothing else. The byte diagrams and the test
 * vectors are in Documentation/wire-format.rst.
 */
#ifndef _VNENCAP_WIRE_H
#define _VNENCAP_WIRE_H

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/tcp.h>
#include <linux/types.h>

/* The kind is that of TCP options for experiments (RFC 4727). The ExID (RFC
 * 6994) tells ours from others'. It is the version, too: an incompatible format
 * would take another ExID.
 */
#define VNENCAP_OPT_KIND	253U
#define VNENCAP_OPT_LEN		8U
#define VNENCAP_OPT_EXID	0x5651U
#define VNENCAP_OPTION		(VNENCAP_OPT_KIND << 24 | \
				 VNENCAP_OPT_LEN << 16 | VNENCAP_OPT_EXID)
/* That of frames which parity follows has another ExID; no one bit makes it of the
 * first.
 */
#define VNENCAP_OPTION_PARITY	(VNENCAP_OPTION + 1)

/**
 * struct vnencap_segment_hdr - the fake TCP header of every segment
 * @tcp: source port: hash of the inner flow; destination port: service;
 *	seq: offset in the frame's wire payload; ack: frame id; flags: ACK,
 *	and PSH on the frame's last segment; window: VNENCAP_WIN_*
 * @option: the option's kind, length and ExID, VNENCAP_OPTION
 * @word: VNENCAP_WORD_*
 *
 * All but seq, PSH and the checksum is the same in a frame's segments, which
 * is what lets GRO join them.
 */
struct vnencap_segment_hdr {
	struct tcphdr tcp;
	__be32 option;
	__be32 word;
} __packed __aligned(4);

static_assert(sizeof(struct vnencap_segment_hdr) ==
	      sizeof(struct tcphdr) + VNENCAP_OPT_LEN);

#define VNENCAP_WORD_CLASS	GENMASK(31, 30)	/* enum vnencap_class */
#define VNENCAP_WORD_SLOTS	GENMASK(29, 24)	/* segments fit for a shard */
#define VNENCAP_WORD_VNI	GENMASK(23, 0)

#define VNENCAP_WIN_SEGSZ	GENMASK(15, 4)	/* segment size / 4 */
#define VNENCAP_WIN_SHARD	GENMASK(3, 0)	/* code of the shard length */

/**
 * enum vnencap_class - how the parts of a frame may be delivered
 * @VNENCAP_ATOMIC: all of it or nothing
 * @VNENCAP_STREAM: TCP; any run of bytes is worth having
 * @VNENCAP_TRAIN: UDP that is to be segmented; any datagram is worth having
 * @VNENCAP_PARITY: no part of a frame, but what brings back parts of it
 */
enum vnencap_class {
	VNENCAP_ATOMIC = 0,
	VNENCAP_STREAM = 1,
	VNENCAP_TRAIN = 2,
	VNENCAP_PARITY = 3,
};

/**
 * struct vnencap_parity_hdr - what the payload of each parity segment begins with
 * @tag: authenticator of what follows and of the segment header's constant part, as
 *	of a metadata block
 * @first: the first segment that it is parity of, counted from the frame's first
 * @win: the window of these segments
 * @class: the highest byte of their option's word: class and slots
 * @n: how many there are
 *
 * See wire/parity.c.
 */
struct vnencap_parity_hdr {
	u8 tag[6];
	__be16 first;
	__be16 win;
	u8 class;
	u8 n;
} __packed;

static_assert(sizeof(struct vnencap_parity_hdr) == 12);

/**
 * struct vnencap_meta_hdr - what every metadata block begins with
 * @tag: authenticator of all that follows and of the segment header's
 *	constant part, see vnencap_meta_seal()
 * @flags: VNENCAP_META_*
 * @tos: inner IPv4 TOS or IPv6 traffic class
 * @len: in the lower 19 bits, inner payload bytes in the frame: those behind the
 *	lifted headers; then VNENCAP_META_REPORT; the highest bit is
 *	VNENCAP_META_ACCECN
 * @ttl: inner TTL or hop limit
 *
 * What follows, each only where @flags or the class says so, in this order:
 * be16 inner segment size (not atomic); IPv4: be16 id, saddr, daddr; IPv6:
 * 24-bit flow label, saddr, daddr; u8 protocol or next header; be16 frag_off;
 * u8 length and bytes of IPv4 options or extension headers; TCP: ports, seq,
 * ack, be16 data offset and flags, be16 window, be16 urgent pointer, options;
 * UDP: ports; be16 checksum.
 */
struct vnencap_meta_hdr {
	u8 tag[6];
	u8 flags;
	u8 tos;
	u8 len[3];
	u8 ttl;
} __packed;

static_assert(sizeof(struct vnencap_meta_hdr) == 12);

#define VNENCAP_META_IPV6	BIT(0)
#define VNENCAP_META_L4		GENMASK(2, 1)	/* enum vnencap_l4 */
#define VNENCAP_META_DF		BIT(3)		/* IPv4 with TCP or UDP */
#define VNENCAP_META_IPOPT	BIT(4)		/* IP options, extensions */
#define VNENCAP_META_TSOPT	BIT(5)		/* TCP options: timestamps */
#define VNENCAP_META_PARTIAL	BIT(6)		/* inner checksum is to do */
#define VNENCAP_META_URGPTR	BIT(7)		/* TCP urgent pointer, not 0 */

#define VNENCAP_META_PAYLOAD	GENMASK(18, 0)
#define VNENCAP_META_REPORT	GENMASK(22, 19)	/* see wire/report.h */
#define VNENCAP_META_ACCECN	BIT(23)		/* CWR is in all segments */

/**
 * enum vnencap_l4 - the transport header that is lifted into the metadata
 * @VNENCAP_L4_NONE: none, the payload begins after the IP header
 * @VNENCAP_L4_TCP: TCP with its options
 * @VNENCAP_L4_UDP: UDP
 */
enum vnencap_l4 {
	VNENCAP_L4_NONE = 0,
	VNENCAP_L4_TCP = 1,
	VNENCAP_L4_UDP = 2,
};

#endif /* _VNENCAP_WIRE_H */
