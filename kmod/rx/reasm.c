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
#include "rx/congestion.h"
#include "rx/held.h"
#include "rx/limits.h"
#include "rx/pending.h"
#include "rx/quota.h"
#include "rx/ready.h"
#include "rx/reasm.h"
#include "rx/recent.h"
#include "rx/repair.h"
#include "rx/run.h"
#include "rx/sorted.h"
#include "rx/source.h"
#include "rx/verify.h"
#include "stats/drop.h"
#include "stats/stats.h"
#include "vnencap.h"
#include "wire/frame.h"
#include "wire/meta.h"
#include "wire/outer.h"
#include "wire/parity.h"

/* Can the frame have such a run? Once the metadata is known, more is asked. */
static bool belongs(const struct vnencap_pending *fq,
		    const struct vnencap_run *run)
{
	if (vnencap_run_stop(run) > VNENCAP_SEGMENTS_MAX)
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
	bitmap_set(fq->got, vnencap_run_first(run),
		   vnencap_run_stop(run) - vnencap_run_first(run));
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
		bitmap_clear(fq->got, vnencap_run_first(&run),
			     vnencap_run_stop(&run) - vnencap_run_first(&run));
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
			/* it was right for this run's layout only */
			if (!fq->bytes)
				fq->known = false;
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

/* Take a run of a frame that parity follows. Where something is missing before it, it
 * is held back: it may be found. Return: as vnencap_ready_add().
 */
static int add_in_order(struct vnencap_dev *vn, struct vnencap_pending *fq,
			struct sk_buff *skb, const struct vnencap_run *run,
			struct sk_buff_head *ready)
{
	int err;

	vnencap_held_release(vn, fq, ready);
	if (run->seg.offset > fq->repair->next && !fq->repair->hasty)
		return wait_for_more(vn, fq, skb, run);
	mark_arrived(fq, run);
	err = vnencap_held_hand_up(vn, fq, skb, run, ready);
	vnencap_held_release(vn, fq, ready);
	if (!vnencap_run_lost(err) && vnencap_pending_whole(fq))
		vnencap_count(vn, RX_FRAMES_WHOLE);
	return err;
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
	if (unlikely(fq->repair))
		return add_in_order(vn, fq, skb, run, ready);
	mark_arrived(fq, run);
	vnencap_ready_release(vn, fq, ready);
	err = vnencap_ready_add(vn, fq, skb, run, ready);
	if (!vnencap_run_lost(err) && vnencap_pending_whole(fq))
		vnencap_count(vn, RX_FRAMES_WHOLE);
	return err;
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

/* Some of the run's segments came before. Take the others, stretch by stretch.
 * Return: as vnencap_ready_add().
 */
static int add_overlapping(struct vnencap_dev *vn, struct vnencap_pending *fq,
			   struct sk_buff *skb, const struct vnencap_run *run,
			   struct sk_buff_head *ready)
{
	struct vnencap_run last = *run, part_run;
	struct sk_buff_head parts;
	struct sk_buff *part;
	int err;

	__skb_queue_head_init(&parts);
	err = vnencap_run_part(skb, &last, fq->got, &parts);
	if (err) {
		__skb_queue_purge(&parts);
		vnencap_drop(vn, skb, RX_NOMEM);
		return err;
	}
	while ((part = __skb_dequeue(&parts))) {
		vnencap_run_read(part, &part_run);
		err = add_stretch(vn, fq, part, &part_run, ready);
		if (err != -EALREADY)
			vnencap_run_free(part, err);
	}
	return add_stretch(vn, fq, skb, &last, ready);
}

/* Count the segments of a run that have arrived before. */
static unsigned int count_known(const struct vnencap_pending *fq,
				const struct vnencap_run *run)
{
	unsigned int i, n = 0;

	for (i = vnencap_run_first(run); i < vnencap_run_stop(run); i++)
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
	if (known == vnencap_run_stop(run) - vnencap_run_first(run))
		return -EEXIST;
	return add_overlapping(vn, fq, skb, run, ready);
}

/* Count a run of a frame that is through. */
static void drop_duplicate(struct vnencap_dev *vn, const struct sk_buff *skb,
			   const struct vnencap_run *run)
{
	vnencap_drop_some(vn, skb, RX_DUPLICATES,
			  vnencap_run_stop(run) - vnencap_run_first(run));
}

static int enter_and_add(struct vnencap_dev *vn, struct vnencap_pending *fq,
			 const struct vnencap_party *party, struct sk_buff *skb,
			 const struct vnencap_run *run,
			 struct sk_buff_head *ready)
{
	if (fq->q.flags & INET_FRAG_COMPLETE) {
		drop_duplicate(vn, skb, run);
		return -EEXIST;
	}
	vnencap_pending_enter(fq, party);
	if (run->seg.parity && !vnencap_pending_whole(fq) &&
	    vnencap_repair_of(fq))
		fq->repair->ended |= run->seg.last;
	return add_locked(vn, fq, skb, run, ready);
}

/* ---- Parity ---- */

/* Find what was lost of the frame, if enough has come for that. */
static void repair(struct vnencap_dev *vn, struct vnencap_pending *fq,
		   struct sk_buff_head *ready)
{
	struct vnencap_repair_group *group;
	struct vnencap_addr source;
	struct vnencap_repaired r __uninitialized;
	struct vnencap_run run;
	struct sk_buff *skb;
	int err;

	while ((group = vnencap_repair_ready(fq))) {
		if (vnencap_repair_begin(fq, group, &r)) {
			fq->repair->broken = true;
			break;
		}
		while ((skb = vnencap_repair_next(fq, &r, &run))) {
			vnencap_congestion_tell(vn, skb,
						fq->known ? &fq->meta : NULL);
			source = vnencap_outer_source(skb);
			err = add_locked(vn, fq, skb, &run, ready);
			vnencap_congestion_count(vn, &source, err);
			if (err != -EALREADY)
				vnencap_run_free(skb, err);
		}
		vnencap_repair_end(fq, &r);
	}
}

/* The copy of a segment that is not the frame's first. It can be told how long it is
 * only once the metadata is known. Return: as vnencap_ready_add().
 */
static int add_copy(struct vnencap_dev *vn, struct vnencap_pending *fq,
		    struct sk_buff *skb, const struct vnencap_run *run,
		    const struct vnencap_parity *p, struct sk_buff_head *ready)
{
	struct vnencap_addr source = vnencap_outer_source(skb);
	struct vnencap_segment seg = fq->seg;
	struct vnencap_run copy = *run;
	u32 len;
	int err;

	if (!fq->known || test_bit(p->first, fq->got))
		return -ENODATA;
	seg.offset = p->first * seg.frame.segsz;
	len = vnencap_repair_len(fq, p, &seg);
	if (!len || ALIGN(len, VNENCAP_SEGSZ_UNIT) != p->len ||
	    vnencap_repair_copy(skb, &copy, &seg, len))
		return vnencap_verify_refuse(vn, skb, -EPROTO);
	vnencap_congestion_tell(vn, skb, &fq->meta);
	err = add_locked(vn, fq, skb, &copy, ready);
	vnencap_congestion_count(vn, &source, err);
	return err;
}

/* Does the frame end with a group, as far as that can be told? */
static bool is_last(const struct vnencap_pending *fq,
		    const struct vnencap_parity *p)
{
	const struct vnencap_frame *f = &fq->seg.frame;

	return !fq->known ||
	       p->first + p->n >=
	       DIV_ROUND_UP(vnencap_frame_wire_len(f, fq->meta.payload),
			    f->segsz);
}

/* Take parity. Return: as vnencap_ready_add(); -ENODATA where it is not needed. */
static int add_parity(struct vnencap_dev *vn, struct vnencap_pending *fq,
		      const struct vnencap_party *party, struct sk_buff *skb,
		      const struct vnencap_run *run, const struct vnencap_parity_come *parity,
		      struct sk_buff_head *ready)
{
	int err;

	if (fq->q.flags & INET_FRAG_COMPLETE || vnencap_pending_whole(fq))
		return -ENODATA;
	vnencap_pending_enter(fq, party);
	if (!fq->bytes)
		fq->seg = *parity->of;
	if (!fq->seg.parity || fq->seg.win != parity->of->win)
		return vnencap_verify_refuse(vn, skb, -EPROTO);
	if (parity->group->n == 1)
		return add_copy(vn, fq, skb, run, parity->group, ready);
	err = vnencap_repair_add(fq, skb, run, parity->group,
				 parity->of->win);
	if (err == -EPROTO)
		return vnencap_verify_refuse(vn, skb, err);
	if (err == -ENOMEM)
		vnencap_drop(vn, skb, RX_NOMEM);
	else if (err)
		drop_duplicate(vn, skb, run);
	else
		fq->repair->ended |= is_last(fq, parity->group);
	return err ?: -EINPROGRESS;
}

/* What has come of a frame that parity follows may be enough to find the rest. If it is
 * not, it may have to be held back.
 */
static void see_to_repair(struct vnencap_dev *vn, struct vnencap_pending *fq,
			  struct sk_buff_head *ready)
{
	repair(vn, fq, ready);
	if (vnencap_pending_whole(fq)) {
		vnencap_repair_free(fq);
		return;
	}
	if (!vnencap_pending_held(fq))
		return;
	if (fq->repair->broken)
		/* nothing can be found any more */
		vnencap_held_release_all(vn, fq, ready);
	else
		vnencap_repair_hold(vn->net, fq);
}

/* ---- What comes meets its frame ---- */

/* A run, or parity, meets its frame, of which a reference is given up. Return: as
 * vnencap_ready_add().
 */
static int meet(struct vnencap_dev *vn, struct vnencap_pending *fq,
		const struct vnencap_party *party, struct sk_buff *skb,
		const struct vnencap_run *run, const struct vnencap_parity_come *parity,
		u64 name, struct sk_buff_head *ready)
{
	int refs = compat_frag_refs_found(), err;

	spin_lock(&fq->q.lock);
	err = unlikely(parity) ?
	      add_parity(vn, fq, party, skb, run, parity, ready) :
	      enter_and_add(vn, fq, party, skb, run, ready);
	if (!(fq->q.flags & INET_FRAG_COMPLETE)) {
		if (unlikely(fq->repair))
			see_to_repair(vn, fq, ready);
		vnencap_pending_note_missing(vn, fq);
	}
	if (vnencap_pending_crowding(fq) &&
	    !(fq->q.flags & INET_FRAG_COMPLETE)) {
		vnencap_pending_kill(fq, &refs);
		vnencap_recent_add(vn, name, true);
		if (fq->seg.parity)
			vnencap_recent_add_followed(vn, name);
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
	struct vnencap_party party = vnencap_limits_party(vn->net, &source,
							  run->seg.vni);
	struct vnencap_pending *fq = vnencap_pending_find(vn, &party, skb,
							  &run->seg);

	if (!fq)
		return;
	spin_lock(&fq->q.lock);
	if (!(fq->q.flags & INET_FRAG_COMPLETE) && !fq->bytes) {
		vnencap_pending_enter(fq, &party);
		fq->seg = run->seg;
		fq->meta = *meta;
		fq->known = true;
		fq->bytes = end;
		bitmap_set(fq->got, 0, end / run->seg.frame.segsz);
	}
	spin_unlock(&fq->q.lock);
	compat_frag_put(&fq->q, compat_frag_refs_found());
}

/* Find a frame, and have what has come meet it: a run, or the parity that @parity tells
 * of. Return: as vnencap_reasm_add().
 */
static int find_and_meet(struct vnencap_dev *vn, struct sk_buff *skb,
			 const struct vnencap_run *run,
			 const struct vnencap_parity_come *parity, u64 name,
			 enum vnencap_run_via via)
{
	struct vnencap_addr source = vnencap_outer_source(skb);
	const struct vnencap_segment *seg = parity ? parity->of : &run->seg;
	struct vnencap_pending *fq;
	struct vnencap_party party;
	struct sk_buff_head ready;
	int err;

	if (!vnencap_source_named(vn, &source)) {
		vnencap_drop(vn, skb, RX_SPOOFED);
		return -EPERM;
	}
	party = vnencap_limits_party(vn->net, &source, seg->vni);
	fq = vnencap_pending_find(vn, &party, skb, seg);
	if (!fq) {
		vnencap_drop(vn, skb, RX_OVER_LIMIT);
		return -ENOBUFS;
	}
	vnencap_recent_add(vn, name, false);
	__skb_queue_head_init(&ready);
	err = meet(vn, fq, &party, skb, run, parity, name, &ready);
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
	if (vnencap_recent_whole(vn, name)) {
		drop_duplicate(vn, skb, run);
		return -EEXIST;
	}
	return find_and_meet(vn, skb, run, NULL, name, via);
}

/**
 * vnencap_reasm_add_parity - take parity of a frame that has not come whole
 * @vn: the device
 * @skb: parity segments, data at the outer header, all ours
 * @run: their headers
 * @parity: what they are of
 * @name: the frame's, from vnencap_recent_name()
 * @via: which way they have come so far
 *
 * Context: softirq, in RCU.
 * Return: as vnencap_reasm_add(); -ENODATA where they are not needed.
 */
int vnencap_reasm_add_parity(struct vnencap_dev *vn, struct sk_buff *skb,
			     const struct vnencap_run *run,
			     const struct vnencap_parity_come *parity,
			     u64 name, enum vnencap_run_via via)
{
	return find_and_meet(vn, skb, run, parity, name, via);
}

/* By the cell: the timer's CPU may be polling it. */
static void hand_up_held(struct vnencap_dev *vn, struct sk_buff_head *ready)
{
	vnencap_ready_hand_up(vn, ready, VNENCAP_RUN_CELL);
}

static const struct vnencap_pending_ops held_ops = {
	.release = vnencap_held_release_all,
	.hand_up = hand_up_held,
};

/**
 * vnencap_reasm_init - make ready for frames of which only parts arrive
 *
 * Context: process.
 * Return: 0 or a negative error.
 */
int vnencap_reasm_init(void)
{
	return vnencap_pending_init(&held_ops);
}

/**
 * vnencap_reasm_exit - give up all frames that still wait
 *
 * Context: process; nothing is received any more.
 */
void vnencap_reasm_exit(void)
{
	vnencap_pending_exit();
}
