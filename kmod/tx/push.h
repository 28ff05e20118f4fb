/* SPDX-License-Identifier: GPL-2.0-only */
/* The fake TCP header before a piece of a frame, or before its parity. */
#ifndef _VNENCAP_PUSH_H
#define _VNENCAP_PUSH_H

#include <linux/skbuff.h>
#include <linux/socket.h>

#include "wire/option.h"

/**
 * vnencap_push_segment - write the header that each of a piece's segments is to have
 * @skb: data at the wire payload, room before it
 * @seg: what the header is to say, packed by vnencap_option_pack()
 * @source: source port, network byte order
 * @port: destination port, network byte order
 * @family: of the outer header that is to come before
 *
 * It is inlined, for it is on each frame's way.
 *
 * Context: softirq, or bottom halves disabled.
 */
static __always_inline void
vnencap_push_segment(struct sk_buff *skb, const struct vnencap_segment *seg,
		     __be16 source, __be16 port, u16 family)
{
	struct vnencap_segment_hdr *hdr;
	u32 payload = skb->len;

	hdr = __skb_push(skb, sizeof(*hdr));
	vnencap_option_build(hdr, seg, source, port);
	skb_reset_transport_header(skb);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = offsetof(struct tcphdr, check);
	if (payload > seg->frame.segsz) {
		struct skb_shared_info *si = skb_shinfo(skb);

		si->gso_size = seg->frame.segsz;
		si->gso_type = family == AF_INET ? SKB_GSO_TCPV4 :
						   SKB_GSO_TCPV6;
		si->gso_segs = DIV_ROUND_UP(payload, si->gso_size);
	}
}

#endif /* _VNENCAP_PUSH_H */
