// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parity that has arrived. Mostly all of its frame has come before: then it is for
 * nothing, and nobody reads it. Else it is kept where the frame's runs are (reasm.c).
 * The copy of a lone segment takes the place of that segment.
 */
#include <linux/errno.h>
#include <linux/skbuff.h>
#include <linux/string.h>

#include "rx/congestion.h"
#include "rx/parity.h"
#include "rx/reasm.h"
#include "rx/recent.h"
#include "rx/repair.h"
#include "rx/restore.h"
#include "rx/verify.h"
#include "stats/drop.h"
#include "stats/stats.h"
#include "vnencap.h"
#include "wire/frame.h"
#include "wire/meta.h"
#include "wire/outer.h"
#include "wire/parity.h"

/* GRO joins segments whose TCP headers are alike. What comes after these has to be, too.
 */
static bool headers_alike(const struct sk_buff *skb,
			  const struct vnencap_run *run,
			  const struct vnencap_parity_hdr *hdr)
{
	struct vnencap_parity_hdr other;
	u32 at;

	for (at = run->seg.frame.segsz; at < run->len;
	     at += run->seg.frame.segsz)
		if (skb_copy_bits(skb, run->hdr_len + at, &other,
				  sizeof(other)) ||
		    memcmp(&other, hdr, sizeof(other)))
			return false;
	return true;
}

/* Read the header that all of a run's parity segments have. Return: 0, -EPROTO or
 * -EBADMSG.
 */
static int read_header(struct vnencap_dev *vn, const struct sk_buff *skb,
		       const struct vnencap_run *run, struct vnencap_parity *p,
		       struct vnencap_segment *of)
{
	u32 segsz = run->seg.frame.segsz;
	struct vnencap_parity_hdr hdr;

	if (run->len % segsz ||
	    vnencap_run_end(run) / segsz > run->seg.frame.slots ||
	    skb_copy_bits(skb, run->hdr_len, &hdr, sizeof(hdr)))
		return -EPROTO;
	if (!vnencap_verify_parity(vn, &run->seg, &hdr))
		return -EBADMSG;
	if (vnencap_parity_parse(&hdr, &run->seg, p, of) ||
	    !headers_alike(skb, run, &hdr))
		return -EPROTO;
	return 0;
}

/* How long a frame's first segment is, of which this is a copy, and whether it is the
 * only one: its metadata tells. It is not trusted yet. Return: 0 where it cannot be.
 */
static u32 first_len(const struct sk_buff *skb, const struct vnencap_run *run,
		     struct vnencap_segment *of, struct vnencap_meta *meta)
{
	const struct vnencap_frame *f = &of->frame;
	struct vnencap_block copy;
	const u8 *block;
	u32 wire;

	block = skb_header_pointer(skb, run->hdr_len +
				   sizeof(struct vnencap_parity_hdr),
				   f->shard_len, copy.data);
	if (!block || vnencap_meta_decode(meta, of->class, block, f->shard_len))
		return 0;
	wire = vnencap_frame_wire_len(f, meta->payload);
	of->last = wire <= f->segsz;
	return min_t(u32, wire, f->segsz);
}

/* The copy of a frame's first segment becomes that. Return: as vnencap_deliver_run(). */
static int take_first(struct vnencap_dev *vn, struct sk_buff *skb,
		      const struct vnencap_run *run,
		      const struct vnencap_parity *p,
		      struct vnencap_segment *of, u64 name,
		      enum vnencap_run_via via)
{
	struct vnencap_addr source = vnencap_outer_source(skb);
	struct vnencap_run copy = *run;
	struct vnencap_meta meta;
	u32 len = first_len(skb, run, of, &meta);
	int err;

	if (!len || ALIGN(len, VNENCAP_SEGSZ_UNIT) != p->len ||
	    vnencap_repair_copy(skb, &copy, of, len))
		return vnencap_verify_refuse(vn, skb, -EPROTO);
	vnencap_congestion_tell(vn, skb, &meta);
	if (vnencap_run_whole(&copy) && !vnencap_recent_seen(vn, name))
		err = vnencap_restore_whole(vn, skb, &copy, name);
	else
		err = vnencap_reasm_add(vn, skb, &copy, name, via);
	vnencap_congestion_count(vn, &source, err);
	return err;
}

/**
 * vnencap_parity_take - take parity
 * @vn: the device
 * @skb: parity segments, data at the outer header, all ours
 * @run: their headers
 * @name: the frame's, from vnencap_recent_name()
 * @via: which way they have come so far
 *
 * Context: softirq, in RCU.
 * Return: as vnencap_deliver_run(); -ENODATA where they were not needed.
 */
int vnencap_parity_take(struct vnencap_dev *vn, struct sk_buff *skb,
			const struct vnencap_run *run, u64 name,
			enum vnencap_run_via via)
{
	struct vnencap_segment of;
	struct vnencap_parity p;
	struct vnencap_parity_come parity = { .group = &p, .of = &of };
	int err;

	if (vnencap_recent_whole(vn, name) ||
	    vnencap_recent_followed(vn, name))
		return -ENODATA;
	err = read_header(vn, skb, run, &p, &of);
	if (err)
		return vnencap_verify_refuse(vn, skb, err);
	if (p.n == 1 && !p.first)
		return take_first(vn, skb, run, &p, &of, name, via);
	return vnencap_reasm_add_parity(vn, skb, run, &parity, name, via);
}
