// SPDX-License-Identifier: GPL-2.0-only
/*
 * A frame's metadata, found in a run and seen to be right: made with a key of
 * the VNI, sound in itself, and with an inner source that may come from there.
 */
#include <linux/errno.h>
#include <linux/skbuff.h>

#include "compat.h"
#include "rx/found.h"
#include "rx/run.h"
#include "rx/source.h"
#include "rx/verify.h"
#include "stats/drop.h"
#include "stats/stats.h"
#include "vnencap.h"
#include "wire/outer.h"

static void count_source(const struct vnencap_dev *vn,
			 const struct sk_buff *skb, unsigned int counter)
{
	struct vnencap_addr source = vnencap_outer_source(skb);

	vnencap_source_count(vn, &source, counter, 1);
}

/**
 * vnencap_verify_refuse - count a run that is not what it should be
 * @vn: the device
 * @skb: the run, data at the outer header
 * @err: what is wrong, as vnencap_verify_meta() returns it
 *
 * Context: softirq, in RCU.
 * Return: @err.
 */
noinline int vnencap_verify_refuse(struct vnencap_dev *vn,
				   const struct sk_buff *skb, int err)
{
	if (err == -EBADMSG) {
		vnencap_drop(vn, skb, RX_BAD_TAG);
	} else if (err == -EPERM) {
		vnencap_drop(vn, skb, RX_SPOOFED);
		count_source(vn, skb, VNENCAP_A_TRAFFIC_RX_SPOOFED);
	} else {
		vnencap_drop(vn, skb, RX_MALFORMED);
	}
	return err;
}

/**
 * vnencap_verify_count_rebuilt - count metadata that was not found in the first shard
 * @vn: the device
 * @skb: a run of the frame, data at the outer header
 *
 * Context: softirq, in RCU.
 */
noinline void vnencap_verify_count_rebuilt(struct vnencap_dev *vn,
					   const struct sk_buff *skb)
{
	vnencap_count(vn, RX_META_REBUILT);
	count_source(vn, skb, VNENCAP_A_TRAFFIC_RX_META_REBUILT);
}

/**
 * vnencap_verify_meta - find a frame's metadata in a run, and see that it is
 * right
 * @vn: the device
 * @skb: the run, data at the outer header
 * @run: its headers
 * @meta: written
 *
 * Context: softirq, in RCU. What is wrong is counted; that there is no shard is
 * not.
 * Return: 0; -ENODATA where no shard is in the run; -EBADMSG, -EPROTO or -EPERM
 * where the tag, the layout or the inner source is wrong.
 */
int vnencap_verify_meta(struct vnencap_dev *vn, const struct sk_buff *skb,
			const struct vnencap_run *run,
			struct vnencap_meta *meta)
{
	return vnencap_found_meta(vn, skb, run, meta);
}

/**
 * vnencap_verify_parity - was a parity segment's header made with a key of the VNI?
 * @vn: the device
 * @seg: what its TCP header says
 * @hdr: the header
 *
 * Context: softirq, in RCU.
 * Return: true if it was.
 */
bool vnencap_verify_parity(struct vnencap_dev *vn,
			   const struct vnencap_segment *seg,
			   const struct vnencap_parity_hdr *hdr)
{
	return vnencap_found_genuine(vn, seg, (const u8 *)hdr, sizeof(*hdr));
}
