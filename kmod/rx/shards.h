/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The shards of a run: where the first one is, and what is left without them. What
 * each run takes is inlined.
 */
#ifndef _VNENCAP_SHARDS_H
#define _VNENCAP_SHARDS_H

#include <linux/errno.h>
#include <linux/skbuff.h>

#include "rx/run.h"
#include "wire/frame.h"
#include "wire/meta.h"

int vnencap_shards_take_out(struct sk_buff *skb, const struct vnencap_run *run,
			    unsigned int i, u32 gone);

/**
 * vnencap_shards_find - find the first shard of a run
 * @skb: the run, data at the outer header
 * @run: its headers
 * @copy: where it is copied to if it is not linear
 * @shard: where it is, written
 *
 * Return: which of the frame's shards it is, -ENODATA where there is none, -EPROTO
 * where it is cut off.
 */
static inline int vnencap_shards_find(const struct sk_buff *skb,
				      const struct vnencap_run *run,
				      struct vnencap_block *copy,
				      const u8 **shard)
{
	const struct vnencap_frame *f = &run->seg.frame;
	unsigned int i = vnencap_frame_shards_before(f, run->seg.offset);
	u32 at;

	if (i == f->n)
		return -ENODATA;
	at = vnencap_frame_shard_at(f, i);
	if (at >= vnencap_run_end(run))
		return -ENODATA;
	if (at + f->shard_len > vnencap_run_end(run))
		return -EPROTO;
	at += run->hdr_len - run->seg.offset;
	*shard = skb_header_pointer(skb, at, f->shard_len, copy->data);
	return likely(*shard) ? i : -EPROTO;
}

/**
 * vnencap_shards_take_off - take off the outer headers, and take out the shards
 * @skb: the run, data at the outer header, all ours; what is left is a part of the
 *	inner payload
 * @run: its headers
 *
 * Return: as vnencap_strip().
 */
static __always_inline int
vnencap_shards_take_off(struct sk_buff *skb, const struct vnencap_run *run)
{
	const struct vnencap_frame *f = &run->seg.frame;

	__skb_pull(skb, run->hdr_len);
	if (likely(!run->seg.offset && skb_headlen(skb) >= f->shard_len)) {
		__skb_pull(skb, f->shard_len);
		return f->n == 1 ? 0 : vnencap_shards_take_out(skb, run, 1,
							   f->shard_len);
	}
	return vnencap_shards_take_out(skb, run,
				       vnencap_frame_shards_before(f, run->seg.offset),
				       0);
}

#endif /* _VNENCAP_SHARDS_H */
