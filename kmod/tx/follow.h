/* SPDX-License-Identifier: GPL-2.0-only */
/* Parity that follows a piece of a frame: how much, and with which headers. */
#ifndef _VNENCAP_FOLLOW_H
#define _VNENCAP_FOLLOW_H

#include <linux/siphash.h>
#include <linux/types.h>

struct sk_buff;
struct vnencap_endpoint;
struct vnencap_outer;
struct vnencap_segment;

/**
 * struct vnencap_follow - what follows a piece
 * @endpoint: where the frame goes
 * @seg: header of the piece
 * @outer: outer header of the frame
 * @key: that of the VNI which is sent with
 * @headers: bytes before the piece's wire payload
 * @headroom: room to keep before the parity's, in bytes
 * @source: source port, network byte order
 * @port: destination port, network byte order
 * @fec: percent
 * @by_loss: that is what the loss asks for
 * @group: segments that parity was counted for already; 0 for none
 * @n: how much that was
 * @segments: written: parity segments
 * @bytes: written: bytes of these, but for headers
 */
struct vnencap_follow {
	struct vnencap_endpoint *endpoint;
	const struct vnencap_segment *seg;
	const struct vnencap_outer *outer;
	const siphash_key_t *key;
	u32 headers;
	u32 headroom;
	__be16 source;
	__be16 port;
	u8 fec;
	bool by_loss;
	u8 group;
	u8 n;
	u32 segments;
	u32 bytes;
};

unsigned int vnencap_follow_count(struct vnencap_endpoint *endpoint,
				  bool by_loss, u8 fec, unsigned int n);
struct sk_buff *vnencap_follow_piece(struct vnencap_follow *f,
				     struct sk_buff *skb);

#endif /* _VNENCAP_FOLLOW_H */
