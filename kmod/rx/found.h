/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A frame's metadata, found in a run and seen to be right. It is inlined where a run is a
 * whole frame, as most small packets are; all others call vnencap_verify_meta().
 */
#ifndef _VNENCAP_FOUND_H
#define _VNENCAP_FOUND_H

#include <linux/errno.h>
#include <linux/skbuff.h>
#include <net/tcp.h>

#include "compat.h"
#include "map/map.h"
#include "rx/run.h"
#include "rx/shards.h"
#include "rx/source.h"
#include "rx/verify.h"
#include "stats/stats.h"
#include "vnencap.h"
#include "wire/frame.h"
#include "wire/inner.h"
#include "wire/meta.h"

/* Does the layout that each segment tells agree with the metadata's lengths? */
static __always_inline bool
vnencap_found_layout_agrees(const struct vnencap_segment *seg,
			    const struct vnencap_meta *meta)
{
	const struct vnencap_frame *f = &seg->frame;
	u32 wire = vnencap_frame_wire_len(f, meta->payload);

	if (f->slots > 1 && f->slots > (wire - f->shard_len) / f->segsz + 1)
		return false;
	if (seg->class == VNENCAP_TRAIN)
		return vnencap_inner_train_ok(meta->payload, meta->gso_size);
	return !meta->gso_size || meta->gso_size >= TCP_MIN_GSO_SIZE;
}

/* Was the block made with a key of the VNI? While keys are changed there are
 * two: the first is the one that this host sends with.
 */
static __always_inline bool
vnencap_found_genuine(struct vnencap_dev *vn, const struct vnencap_segment *seg,
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
static __always_inline int
vnencap_found_decode(struct vnencap_dev *vn, const struct sk_buff *skb,
		     const struct vnencap_segment *seg, const u8 *block,
		     struct vnencap_meta *meta)
{
	u32 len = seg->frame.shard_len;

	if (!vnencap_found_genuine(vn, seg, block, len))
		return -EBADMSG;
	if (vnencap_meta_decode(meta, seg->class, block, len) ||
	    !vnencap_found_layout_agrees(seg, meta))
		return -EPROTO;
	return vnencap_source_mapped(vn, skb, seg, meta) ? 0 : -EPERM;
}

/**
 * vnencap_found_meta - the same as vnencap_verify_meta()
 * @vn: as there
 * @skb: as there
 * @run: as there
 * @meta: as there
 *
 * Context: as there.
 * Return: as there.
 */
static __always_inline int
vnencap_found_meta(struct vnencap_dev *vn, const struct sk_buff *skb,
		   const struct vnencap_run *run, struct vnencap_meta *meta)
{
	struct vnencap_block copy __uninitialized;
	const u8 *block = copy.data;
	int shard, err;

	shard = vnencap_shards_find(skb, run, &copy, &block);
	if (shard == -ENODATA)
		return shard;
	err = shard < 0 ? shard :
			  vnencap_found_decode(vn, skb, &run->seg, block, meta);
	if (unlikely(err))
		return vnencap_verify_refuse(vn, skb, err);
	if (unlikely(shard))
		vnencap_verify_count_rebuilt(vn, skb);
	return 0;
}

#endif /* _VNENCAP_FOUND_H */
