/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A packet for a device becomes a run, in the lower device's rx_handler or at the
 * host's local input. Its headers are checked and read, it is counted, and the skb
 * is made ours alone. All of it is inlined, for it is on each packet's way.
 */
#ifndef _VNENCAP_ACCEPT_H
#define _VNENCAP_ACCEPT_H

#include <linux/errno.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/dst_metadata.h>

#include "rx/run.h"
#include "rx/verify.h"
#include "skb/strip.h"
#include "stats/drop.h"
#include "stats/stats.h"
#include "vnencap.h"
#include "wire/outer.h"

/* Make the segment header linear, and check the sum over it and the payload. */
static inline int vnencap_accept_check(struct vnencap_dev *vn,
				       struct sk_buff *skb,
				       const struct vnencap_peek *peek)
{
	if (!pskb_may_pull(skb, peek->len +
			   sizeof(struct vnencap_segment_hdr))) {
		vnencap_drop(vn, skb, RX_MALFORMED);
		return -EPROTO;
	}
	if (!vnencap_outer_sum_right(skb, peek->len)) {
		vnencap_drop(vn, skb, RX_BAD_CHECKSUM);
		return -EBADMSG;
	}
	return 0;
}

static inline void vnencap_accept_count(struct vnencap_dev *vn,
					const struct sk_buff *skb,
					const struct vnencap_run *run)
{
	const struct vnencap_frame *f = &run->seg.frame;
	unsigned int shards = f->n;

	if (unlikely(run->seg.class == VNENCAP_PARITY)) {
		vnencap_count_add(vn, RX_PARITY_SEGMENTS,
				  DIV_ROUND_UP(run->len, f->segsz));
		return;
	}
	if (!vnencap_run_whole(run))
		shards = vnencap_frame_shards_before(f, vnencap_run_end(run)) -
			 vnencap_frame_shards_before(f, run->seg.offset);
	vnencap_stats_run(vn->stats, skb_shinfo(skb)->gso_segs ?: 1,
			  run->len - min(run->len, shards * f->shard_len));
}

/**
 * vnencap_accept_run - make a packet that is for a device a run
 * @vn: the device
 * @skb: the packet, not shared, data and network header at its outer header
 * @peek: what that says, from vnencap_outer_peek()
 * @run: written
 *
 * Context: softirq, in RCU. What is wrong is counted.
 * Return: 0 with @skb all ours and its headers linear; negative where the caller is
 * to free it.
 */
static __always_inline int
vnencap_accept_run(struct vnencap_dev *vn, struct sk_buff *skb,
		   const struct vnencap_peek *peek, struct vnencap_run *run)
{
	if (vnencap_accept_check(vn, skb, peek))
		return -EPROTO;
	if (peek->part || vnencap_run_parse(skb, peek->len, run)) {
		vnencap_drop(vn, skb, RX_MALFORMED);
		return -EPROTO;
	}
	/* QEMU's e1000 sends one empty segment more after a last one that is full */
	if (unlikely(!run->len)) {
		vnencap_count(vn, RX_EMPTY);
		return -ENODATA;
	}
	if (!vnencap_verify_vni(vn, run->seg.vni)) {
		vnencap_drop(vn, skb, RX_UNKNOWN_VNI);
		return -ENODEV;
	}
	vnencap_accept_count(vn, skb, run);
	/* Pages that a sender on this host has lent must be copied. The stack
	 * does that for sockets and taps, but not before an rx_handler.
	 */
	if (skb_orphan_frags_rx(skb, GFP_ATOMIC) || vnencap_strip_own(skb)) {
		vnencap_drop(vn, skb, RX_NOMEM);
		return -ENOMEM;
	}
	return 0;
}

/**
 * vnencap_accept_scrub - make a run one that the device received
 * @vn: the device
 * @skb: the run; what the substrate knew of it goes
 *
 * Context: softirq, in RCU.
 */
static inline void vnencap_accept_scrub(struct vnencap_dev *vn,
					struct sk_buff *skb)
{
	unsigned int least = SKB_TRUESIZE(skb_end_offset(skb)) + skb->data_len;

	/* as ip_rcv() does: over veth the skb may still be its sender's */
	skb_orphan(skb);
	/* A tunnel below may have given it a longer head. While a socket owns an
	 * skb that is not counted, and TCP's coalescing warns of it.
	 */
	if (unlikely(skb->truesize < least))
		skb->truesize = least;
	__skb_tunnel_rx(skb, vn->dev, vn->net);
}

#endif /* _VNENCAP_ACCEPT_H */
