/* SPDX-License-Identifier: GPL-2.0-only */
/* The metadata block: what rebuilds the inner headers. */
#ifndef _VNENCAP_META_H
#define _VNENCAP_META_H

#include <linux/siphash.h>
#include <linux/types.h>

#include "wire/option.h"
#include "wire/tag.h"

/* IPv4 options, or IPv6 extension headers, that can be lifted */
#define VNENCAP_META_IPOPT_MAX	64
/* IPv6 header, extension headers, TCP header with all its options */
#define VNENCAP_META_IMAGE_MAX	(40 + VNENCAP_META_IPOPT_MAX + 60)
#define VNENCAP_META_BLOCK_MAX	VNENCAP_SHARD_LEN_MAX
/* The least bytes of a segment of a stream: what the smallest MSS of Linux (48) leaves
 * beside the longest options. A receiver may have to segment for others what it gets.
 */
#define VNENCAP_STREAM_SIZE_MIN	8

/**
 * struct vnencap_block - a metadata block
 * @data: the block as it travels, in each shard
 */
struct vnencap_block {
	u8 data[VNENCAP_META_BLOCK_MAX];
} __aligned(8);

/**
 * struct vnencap_meta - the inner headers of a frame, and what they lack
 * @payload: inner bytes after the lifted headers
 * @gso_size: inner segment size in bytes, 0 where there is none
 * @ipv6: the inner packet is IPv6, not IPv4
 * @partial: the transport checksum is still to be done (CHECKSUM_PARTIAL)
 * @accecn: TCP's CWR is in all segments (Accurate ECN), not in the first only
 * @report: of the loss of what the frame's receiver sends, see wire/report.h
 * @l4: enum vnencap_l4
 * @l4_off: length of the IP header with its options or extension headers
 * @image_len: length of the lifted headers
 * @image: the lifted headers; length and checksum fields mean nothing in it,
 *	but for the transport checksum where not @partial
 */
struct vnencap_meta {
	u32 payload;
	u16 gso_size;
	bool ipv6;
	bool partial;
	bool accecn;
	u8 report;
	u8 l4;
	u8 l4_off;
	u8 image_len;
	u8 image[VNENCAP_META_IMAGE_MAX] __aligned(4);
};

/**
 * vnencap_meta_stream_ok - is it a stream that a sender makes and a receiver takes?
 * @gso_size: bytes of its segments, 0 where there is only one
 *
 * Return: true if it is: they are not too small.
 */
static inline bool vnencap_meta_stream_ok(u16 gso_size)
{
	return !gso_size || gso_size >= VNENCAP_STREAM_SIZE_MIN;
}

u32 vnencap_meta_tcp_len(bool ipv6);
u32 vnencap_meta_encode(const struct vnencap_meta *m, const void *image,
			u8 class, u8 block[VNENCAP_META_BLOCK_MAX]);
int vnencap_meta_decode(struct vnencap_meta *m, u8 class, const u8 *block,
			u32 len);

#endif /* _VNENCAP_META_H */
