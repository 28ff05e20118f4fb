// SPDX-License-Identifier: GPL-2.0-only
/*
 * A run meets what waits of its frame. A run of a stream or a train waits only
 * until the metadata is known; then the metadata waits for late runs. An atomic
 * packet's runs wait for each other. A frame of which all has arrived is
 * remembered till its time is up, or room is short, to know duplicates by.
 */
#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/inet_ecn.h>
#include <net/inet_frag.h>

#include "compat.h"
#include "map/map.h"
#include "rx/limits.h"
#include "rx/peer.h"
#include "rx/pending.h"
#include "rx/ready.h"
#include "rx/reasm.h"
#include "rx/recent.h"
#include "rx/run.h"
#include "rx/sorted.h"
#include "rx/verify.h"
#include "skb/strip.h"
#include "stats/drop.h"
#include "stats/stats.h"
#include "vnencap.h"
#include "wire/frame.h"
#include "wire/meta.h"
#include "wire/outer.h"

/* May frames from that host wait? A host that no mapping names can have none
 * that is right, and must not fill the table. Where sources are not checked,
 * any may.
 */
static bool source_named(const struct vnencap_dev *vn,
			 const struct vnencap_addr *source)
{
	return !rcu_dereference(vn->config)->spoofcheck ||
	       vnencap_map_endpoint(rcu_dereference(vn->map), source);
}

/* The first of a run's segments, counted from the frame's first */
static unsigned int first_segment(const struct vnencap_run *run)
{
	return run->seg.offset / run->seg.frame.segsz;
}

/* The segment after the run's last */
static unsigned int end_segment(const struct vnencap_run *run)
{
	return DIV_ROUND_UP(vnencap_run_end(run), run->seg.frame.segsz);
}

/* Can the frame have such a run? Once the metadata is known, more is asked. */
static bool belongs(const struct vnencap_pending *fq,
		    const struct vnencap_run *run)
{
	if (end_segment(run) > VNENCAP_SEGMENTS_MAX)
		return false;
	if (fq->bytes && fq->seg.win != run->seg.win)
		return false;
	if (!vnencap_run_aligned(run))
		return false;
	return !fq->known ||
	       vnencap_run_within(run,
				  vnencap_frame_wire_len(&run->seg.frame,
							 fq->meta.payload));
}

static void mark_arrived(struct vnencap_pending *fq,
			 const struct vnencap_run *run)
{
	bitmap_set(fq->got, first_segment(run),
		   end_segment(run) - first_segment(run));
	fq->bytes += run->len;
}

/* The metadata is known now. Drop those of the waiting runs that turn out not
 * to belong to the frame.
 */
static void drop_strangers(struct vnencap_dev *vn, struct vnencap_pending *fq)
{
	struct sk_buff *skb, *next;
	struct vnencap_run run;

	for (skb = vnencap_sorted_first(&fq->waiting); skb; skb = next) {
		next = skb_rb_next(skb);
		vnencap_run_read(skb, &run);
		if (belongs(fq, &run))
			continue;
		vnencap_drop(vn, skb, RX_MALFORMED);
		fq->bytes -= run.len;
		bitmap_clear(fq->got, first_segment(&run),
			     end_segment(&run) - first_segment(&run));
		vnencap_pending_take(fq, skb);
		kfree_skb(skb);
	}
}

/* Find the metadata, unless it is known. Return: as vnencap_verify_meta(). */
static int learn_meta(struct vnencap_dev *vn, struct vnencap_pending *fq,
		      const struct sk_buff *skb, const struct vnencap_run *run)
{
	int err;

	if (fq->known)
		return 0;
	err = vnencap_verify_meta(vn, skb, run, &fq->meta);
	if (!err) {
		fq->known = true;
		drop_strangers(vn, fq);
		if (!belongs(fq, run)) {
			vnencap_drop(vn, skb, RX_MALFORMED);
			err = -EPROTO;
		}
	}
	return err;
}

/* Have a copy of the run wait: the skb itself is the caller's to free. */
static int wait_for_more(struct vnencap_dev *vn, struct vnencap_pending *fq,
			 struct sk_buff *skb, const struct vnencap_run *run)
{
	struct sk_buff *clone = skb_clone(skb, GFP_ATOMIC);

	if (!clone) {
		vnencap_drop(vn, skb, RX_NOMEM);
		return -ENOMEM;
	}
	mark_arrived(fq, run);
	fq->ecn |= BIT(vnencap_outer_tos(skb) & INET_ECN_MASK);
	vnencap_pending_keep(fq, clone, run);
	return -EINPROGRESS;
}

/* Take a run of which nothing has arrived before. Return: as
 * vnencap_ready_add().
 */
static int add_new(struct vnencap_dev *vn, struct vnencap_pending *fq,
		   struct sk_buff *skb, const struct vnencap_run *run,
		   struct sk_buff_head *ready)
{
	int err;

	if (!fq->bytes)
		fq->seg = run->seg;
	err = learn_meta(vn, fq, skb, run);
	if (err && err != -ENODATA)
		return err;
	if (!fq->known || run->seg.class == VNENCAP_ATOMIC) {
		err = wait_for_more(vn, fq, skb, run);
		if (vnencap_pending_whole(fq))
			vnencap_ready_assemble(vn, fq, ready);
		return err;
	}
	mark_arrived(fq, run);
	vnencap_ready_release(vn, fq, ready);
	err = vnencap_ready_add(vn, fq, skb, run, ready);
	if (!vnencap_run_lost(err) && vnencap_pending_whole(fq))
		vnencap_count(vn, RX_FRAMES_WHOLE);
	return err;
}

/* Cut a run down to the segments from @first to before @end. Return: 0, or
 * -ENOMEM with the skb in no state but to be freed.
 */
static int cut_run(struct sk_buff *skb, struct vnencap_run *run,
		   unsigned int first, unsigned int end)
{
	u32 segsz = run->seg.frame.segsz;
	u32 skip = first * segsz - run->seg.offset;
	u32 len = min(end * segsz, vnencap_run_end(run)) - first * segsz;
	struct vnencap_cuts cuts = {
		.n = 1, .cut = { { run->hdr_len, skip } },
	};
	struct vnencap_segment_hdr *hdr;

	if (pskb_trim(skb, run->hdr_len + skip + len) ||
	    (skip && vnencap_strip(skb, &cuts)))
		return -ENOMEM;
	hdr = (void *)skb->data + run->hdr_len - sizeof(*hdr);
	hdr->tcp.seq = htonl(first * segsz);
	if (end < end_segment(run))
		hdr->tcp.psh = 0;
	return vnencap_run_read(skb, run);
}

/* Copy some segments of a run. @run becomes the copy's headers. */
static struct sk_buff *copy_run(struct sk_buff *skb, struct vnencap_run *run,
				unsigned int first, unsigned int end)
{
	struct sk_buff *part = skb_clone(skb, GFP_ATOMIC);

	if (part && (vnencap_strip_own(part) ||
		     cut_run(part, run, first, end))) {
		kfree_skb(part);
		part = NULL;
	}
	return part;
}

/* Take a stretch of a run. An earlier stretch may have taught the metadata, by
 * which the frame cannot have this one. Return: as vnencap_ready_add().
 */
static int add_stretch(struct vnencap_dev *vn, struct vnencap_pending *fq,
		       struct sk_buff *skb, const struct vnencap_run *run,
		       struct sk_buff_head *ready)
{
	if (!belongs(fq, run)) {
		vnencap_drop(vn, skb, RX_MALFORMED);
		return -EPROTO;
	}
	return add_new(vn, fq, skb, run, ready);
}

/* Some of the run's segments came before. Take the others, stretch by stretch:
 * copies of them, but for the last stretch, which the run itself is cut down
 * to. Return: as vnencap_ready_add().
 */
static int add_overlapping(struct vnencap_dev *vn, struct vnencap_pending *fq,
			   struct sk_buff *skb, const struct vnencap_run *run,
			   struct sk_buff_head *ready)
{
	unsigned int stop = end_segment(run), first, end, next;
	struct vnencap_run part_run;
	struct sk_buff *part;
	int err;

	first = find_next_zero_bit(fq->got, stop, first_segment(run));
	for (;; first = next) {
		end = find_next_bit(fq->got, stop, first);
		next = find_next_zero_bit(fq->got, stop, end);
		part_run = *run;
		if (next >= stop)
			break;
		part = copy_run(skb, &part_run, first, end);
		if (!part)
			goto nomem;
		err = add_stretch(vn, fq, part, &part_run, ready);
		if (err != -EALREADY)
			vnencap_run_free(part, err);
	}
	if (cut_run(skb, &part_run, first, end))
		goto nomem;
	return add_stretch(vn, fq, skb, &part_run, ready);

nomem:
	vnencap_drop(vn, skb, RX_NOMEM);
	return -ENOMEM;
}

/* Count the segments of a run that have arrived before. */
static unsigned int count_known(const struct vnencap_pending *fq,
				const struct vnencap_run *run)
{
	unsigned int i, n = 0;

	for (i = first_segment(run); i < end_segment(run); i++)
		n += test_bit(i, fq->got);
	return n;
}

/* Take a run. Return: as vnencap_ready_add(). */
static int add_locked(struct vnencap_dev *vn, struct vnencap_pending *fq,
		      struct sk_buff *skb, const struct vnencap_run *run,
		      struct sk_buff_head *ready)
{
	unsigned int known;

	if (!belongs(fq, run)) {
		vnencap_drop(vn, skb, RX_MALFORMED);
		return -EPROTO;
	}
	known = count_known(fq, run);
	if (!known)
		return add_new(vn, fq, skb, run, ready);
	vnencap_drop_some(vn, skb, RX_DUPLICATES, known);
	if (known == end_segment(run) - first_segment(run))
		return -EEXIST;
	return add_overlapping(vn, fq, skb, run, ready);
}

/* Count a run of a frame that is through. */
static void drop_duplicate(struct vnencap_dev *vn, const struct sk_buff *skb,
			   const struct vnencap_run *run)
{
	vnencap_drop_some(vn, skb, RX_DUPLICATES,
			  end_segment(run) - first_segment(run));
}

static int enter_and_add(struct vnencap_dev *vn, struct vnencap_pending *fq,
			 struct vnencap_peer *peer, struct sk_buff *skb,
			 const struct vnencap_run *run,
			 struct sk_buff_head *ready)
{
	if (fq->q.flags & INET_FRAG_COMPLETE) {
		drop_duplicate(vn, skb, run);
		return -EEXIST;
	}
	vnencap_pending_enter(fq, peer);
	return add_locked(vn, fq, skb, run, ready);
}

/* A run meets its frame, of which a reference is given up. Return: as
 * vnencap_ready_add().
 */
static int meet(struct vnencap_dev *vn, struct vnencap_pending *fq,
		struct vnencap_peer *peer, struct sk_buff *skb,
		const struct vnencap_run *run, u64 name,
		struct sk_buff_head *ready)
{
	int refs = compat_frag_refs_found(), err;

	spin_lock(&fq->q.lock);
	err = enter_and_add(vn, fq, peer, skb, run, ready);
	if (vnencap_pending_crowding(fq) &&
	    !(fq->q.flags & INET_FRAG_COMPLETE)) {
		vnencap_pending_kill(fq, &refs);
		vnencap_recent_add(vn, name, true);
	}
	spin_unlock(&fq->q.lock);
	compat_frag_put(&fq->q, refs);
	return err;
}

/**
 * vnencap_reasm_adopt - take over a frame of which some has been handed up
 * @vn: the device that it is for
 * @skb: a run of it, data at the outer header
 * @run: its headers
 * @meta: the frame's metadata
 * @end: wire offset up to which all has been handed up; a segment's first byte
 *
 * Where there is no room for the frame, its later runs have to find the
 * metadata again.
 *
 * Context: softirq, in RCU.
 */
void vnencap_reasm_adopt(struct vnencap_dev *vn, const struct sk_buff *skb,
			 const struct vnencap_run *run,
			 const struct vnencap_meta *meta, u32 end)
{
	struct vnencap_addr source = vnencap_outer_source(skb);
	struct vnencap_peer *peer = vnencap_limits_peer(vn->net, &source);
	struct vnencap_pending *fq = vnencap_pending_find(vn, peer, skb, run);

	if (!fq)
		return;
	spin_lock(&fq->q.lock);
	if (!(fq->q.flags & INET_FRAG_COMPLETE) && !fq->bytes) {
		vnencap_pending_enter(fq, peer);
		fq->seg = run->seg;
		fq->meta = *meta;
		fq->known = true;
		fq->bytes = end;
		bitmap_set(fq->got, 0, end / run->seg.frame.segsz);
	}
	spin_unlock(&fq->q.lock);
	compat_frag_put(&fq->q, compat_frag_refs_found());
}

/**
 * vnencap_reasm_add - take a run that is not a whole frame
 * @vn: the device
 * @skb: the run, data at the outer header, all ours
 * @run: its headers
 * @name: from vnencap_recent_name()
 * @via: which way it has come so far
 *
 * Runs that waited and that this one makes ready are handed up from here, and
 * then so is this one, in its place among them.
 *
 * Context: softirq, in RCU.
 * Return: 0 where @skb is an inner packet now, to be handed up; -EALREADY where
 * it has been, and is not the caller's any more; or else negative, and the
 * caller is to free it: it was dropped, and counted, or its bytes wait in a
 * copy.
 */
int vnencap_reasm_add(struct vnencap_dev *vn, struct sk_buff *skb,
		      const struct vnencap_run *run, u64 name,
		      enum vnencap_run_via via)
{
	struct vnencap_addr source = vnencap_outer_source(skb);
	struct vnencap_pending *fq;
	struct vnencap_peer *peer;
	struct sk_buff_head ready;
	int err;

	if (vnencap_recent_whole(vn, name)) {
		drop_duplicate(vn, skb, run);
		return -EEXIST;
	}
	if (!source_named(vn, &source)) {
		vnencap_drop(vn, skb, RX_SPOOFED);
		return -EPERM;
	}
	peer = vnencap_limits_peer(vn->net, &source);
	fq = vnencap_pending_find(vn, peer, skb, run);
	if (!fq) {
		vnencap_drop(vn, skb, RX_OVER_LIMIT);
		return -ENOBUFS;
	}
	vnencap_recent_add(vn, name, false);
	__skb_queue_head_init(&ready);
	err = meet(vn, fq, peer, skb, run, name, &ready);
	/* as mostly: only the run is ready, and the caller hands it up */
	if (err == -EALREADY && skb_queue_len(&ready) == 1) {
		__skb_unlink(skb, &ready);
		return 0;
	}
	if (err == -EALREADY && via == VNENCAP_RUN_LENT)
		skb_get(skb);
	vnencap_ready_hand_up(vn, &ready, via);
	return err;
}
