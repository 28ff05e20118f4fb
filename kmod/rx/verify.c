// SPDX-License-Identifier: GPL-2.0-only
/*
 * A frame's metadata, found in a run and seen to be right: made with a key of
 * the VNI, sound in itself, and with an inner source that may come from there.
 */
#include <linux/errno.h>
#include <linux/skbuff.h>
#include <net/tcp.h>

#include "compat.h"
#include "map/map.h"
#include "rx/run.h"
#include "rx/shards.h"
#include "rx/source.h"
#include "rx/verify.h"
#include "stats/drop.h"
#include "stats/stats.h"
#include "vnencap.h"
#include "wire/frame.h"
#include "wire/inner.h"
#include "wire/meta.h"
#include "wire/option.h"
#include "wire/outer.h"

static void count_source(const struct vnencap_dev *vn,
			 const struct sk_buff *skb, unsigned int counter)
{
	struct vnencap_addr source = vnencap_outer_source(skb);

	vnencap_source_count(vn, &source, counter, 1);
}

/* Does the layout that each segment tells agree with the metadata's lengths? */
static bool layout_agrees(const struct vnencap_segment *seg,
			  const struct vnencap_meta *meta)
{
	const struct vnencap_frame *f = &seg->frame;
	u32 wire = vnencap_frame_wire_len(f, meta->payload);

	if (f->slots > (wire - f->shard_len) / f->segsz + 1)
		return false;
	if (seg->class == VNENCAP_TRAIN)
		return vnencap_inner_train_ok(meta->payload, meta->gso_size);
	return !meta->gso_size || meta->gso_size >= TCP_MIN_GSO_SIZE;
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

static noinline void count_rebuilt(struct vnencap_dev *vn,
				   const struct sk_buff *skb)
{
	vnencap_count(vn, RX_META_REBUILT);
	count_source(vn, skb, VNENCAP_A_TRAFFIC_RX_META_REBUILT);
}

/* Was the block made with a key of the VNI? While keys are changed there are
 * two: the first is the one that this host sends with.
 */
static __always_inline bool genuine(struct vnencap_dev *vn,
				    const struct vnencap_segment *seg,
				    const u8 *block, u32 len)
{
	const struct vnencap_map *map = rcu_dereference(vn->map);
	const struct vnencap_keys *keys = vnencap_map_keys(map);

	/* the device's VNI is being changed: the keys are the new VNI's */
	if (unlikely(map->vni != seg->vni))
		return false;
	if (likely(vnencap_meta_genuine(block, len, seg, &keys->key[0].secret)))
		return true;
	if (keys->n == 1 ||
	    !vnencap_meta_genuine(block, len, seg, &keys->key[1].secret))
		return false;
	vnencap_count(vn, RX_OTHER_KEY);
	return true;
}

/* Decode the metadata, and see that it is right in all it says. Return: 0,
 * -EBADMSG, -EPROTO or -EPERM.
 */
static int decode_block(struct vnencap_dev *vn, const struct sk_buff *skb,
			const struct vnencap_segment *seg,
			const u8 *block, struct vnencap_meta *meta)
{
	u32 len = seg->frame.shard_len;

	if (!genuine(vn, seg, block, len))
		return -EBADMSG;
	if (vnencap_meta_decode(meta, seg->class, block, len) ||
	    !layout_agrees(seg, meta))
		return -EPROTO;
	return vnencap_source_mapped(vn, skb, &seg->frame, meta) ? 0 : -EPERM;
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
	struct vnencap_block copy __uninitialized;
	const u8 *block = copy.data;
	int shard, err;

	shard = vnencap_shards_find(skb, run, &copy, &block);
	if (shard == -ENODATA)
		return shard;
	err = shard < 0 ? shard :
			  decode_block(vn, skb, &run->seg, block, meta);
	if (unlikely(err))
		return vnencap_verify_refuse(vn, skb, err);
	if (unlikely(shard))
		count_rebuilt(vn, skb);
	return 0;
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
	return genuine(vn, seg, (const u8 *)hdr, sizeof(*hdr));
}
