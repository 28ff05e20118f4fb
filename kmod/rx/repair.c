// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a frame's lost segments are found from: its runs, those too that were handed up
 * already, and its parity. Of a run that is handed up a clone is kept, which shares its
 * pages. Nothing is read of any before something is lost and enough has come to find
 * it.
 *
 * All of it is kept in the frame's place in the table (pending.c), is counted for the
 * peer that the frame comes from, and goes as soon as the frame is whole.
 */
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/skbuff.h>
#include <linux/slab.h>

#include "compat.h"
#include "rx/limits.h"
#include "rx/pending.h"
#include "rx/repair.h"
#include "rx/run.h"
#include "skb/chain.h"
#include "skb/columns.h"
#include "skb/room.h"
#include "wire/frame.h"
#include "wire/outer.h"
#include "wire/parity.h"

#define GFP_REPAIR	(GFP_ATOMIC | __GFP_NOWARN)
/* Until the frame's end has come, runs are held back so many times longer */
#define PATIENCE	4

/**
 * vnencap_repair_of - what is kept of a frame
 * @fq: the frame, entered
 *
 * Context: softirq, the frame's lock held.
 * Return: it; made, if need be. NULL where there is no memory.
 */
struct vnencap_repair *vnencap_repair_of(struct vnencap_pending *fq)
{
	struct vnencap_repair *repair = fq->repair;

	if (repair)
		return repair;
	repair = kzalloc(sizeof(*repair), GFP_REPAIR);
	if (!repair)
		return NULL;
	/* what of it was handed up before was not kept */
	repair->broken = fq->known && fq->bytes &&
			 fq->seg.class != VNENCAP_ATOMIC;
	repair->hasty = repair->broken ||
			!vnencap_limits_fec_wait(fq->q.fqdir->net);
	vnencap_sorted_init(&repair->kept);
	vnencap_quota_charge(&fq->wait, sizeof(*repair));
	fq->repair = repair;
	return repair;
}

static void charge(struct vnencap_pending *fq, const struct sk_buff *skb)
{
	vnencap_quota_charge(&fq->wait, skb->truesize);
}

static void release(struct vnencap_pending *fq, struct sk_buff *skb)
{
	vnencap_quota_charge(&fq->wait, -(long)skb->truesize);
	vnencap_chain_consume(skb);
}

/**
 * vnencap_repair_keep - keep a clone of a run that is going to be handed up
 * @fq: its frame, which vnencap_repair_of() was asked for
 * @skb: the run, data at the outer header
 * @run: its headers
 *
 * Context: softirq, the frame's lock held.
 */
void vnencap_repair_keep(struct vnencap_pending *fq, struct sk_buff *skb,
			 const struct vnencap_run *run)
{
	struct sk_buff *clone;

	if (fq->repair->broken)
		return;
	clone = skb_clone(skb, GFP_REPAIR);
	if (!clone) {
		fq->repair->broken = true;
		return;
	}
	vnencap_sorted_add(&fq->repair->kept, clone, run->seg.offset);
	charge(fq, clone);
}

/* ---- Groups and their parity ---- */

static void drop_parity(struct vnencap_pending *fq,
			struct vnencap_repair_group *group)
{
	struct sk_buff *skb = group->parity, *next;

	group->parity = NULL;
	group->got = 0;
	skb_list_walk_safe(skb, skb, next)
		release(fq, skb);
}

/* The group that parity is of; a new one, if it has no segment in common with any
 * other. Return: NULL where there can be no such group.
 */
static struct vnencap_repair_group *find_group(struct vnencap_repair *repair,
					       const struct vnencap_parity *p,
					       __be16 win)
{
	struct vnencap_repair_group *group;

	for (group = repair->group; group < &repair->group[repair->n]; group++) {
		if (!memcmp(&group->p, p, sizeof(*p)) && group->win == win)
			return group;
		if (p->first < group->p.first + group->p.n &&
		    group->p.first < p->first + p->n)
			return NULL;
	}
	if (repair->n == VNENCAP_REPAIR_GROUPS)
		return NULL;
	repair->n++;
	group->p = *p;
	group->win = win;
	return group;
}

/**
 * vnencap_repair_add - keep parity
 * @fq: the frame that it follows, entered
 * @skb: parity segments of one group, data at the outer header; a clone is kept
 * @run: their headers; all of them are of full length
 * @p: the group
 * @win: the window of its segments, as it travels
 *
 * Context: softirq, the frame's lock held.
 * Return: 0; -EEXIST where all of them came before, -EPROTO where there can be no such
 * group, -ENOMEM.
 */
int vnencap_repair_add(struct vnencap_pending *fq, struct sk_buff *skb,
		       const struct vnencap_run *run,
		       const struct vnencap_parity *p, __be16 win)
{
	struct vnencap_repair *repair = vnencap_repair_of(fq);
	unsigned int k = vnencap_run_first(run), end = vnencap_run_stop(run);
	struct vnencap_repair_group *group;
	struct sk_buff *clone;
	u16 got;

	if (!repair)
		return -ENOMEM;
	group = find_group(repair, p, win);
	if (!group)
		return -EPROTO;
	got = GENMASK(end - 1, k);
	if (group->done || !(got & ~group->got))
		return -EEXIST;
	clone = skb_clone(skb, GFP_REPAIR);
	if (!clone)
		return -ENOMEM;
	clone->next = group->parity;
	group->parity = clone;
	group->got |= got;
	charge(fq, clone);
	return 0;
}

/* How many of a group's segments are missing. Where there are more than @most, nobody
 * asks how many more: each segment that comes has this asked again.
 */
static unsigned int count_lost(const struct vnencap_pending *fq,
			       const struct vnencap_parity *p, unsigned int most)
{
	unsigned int i = p->first, end = p->first + p->n, lost = 0;

	while (lost <= most && (i = find_next_zero_bit(fq->got, end, i)) < end) {
		lost++;
		i++;
	}
	return lost;
}

/* Can the frame have such a group? It is known what size its segments have once one of
 * them has come, and how many there are once the metadata has.
 */
static bool group_fits(const struct vnencap_pending *fq,
		       const struct vnencap_repair_group *group)
{
	const struct vnencap_frame *f = &fq->seg.frame;

	if (group->win != fq->seg.win)
		return false;
	return !fq->known ||
	       group->p.first + group->p.n <=
	       DIV_ROUND_UP(vnencap_frame_wire_len(f, fq->meta.payload),
			    f->segsz);
}

/**
 * vnencap_repair_ready - a group of which lost segments can be found
 * @fq: the frame
 *
 * Context: softirq, the frame's lock held.
 * Return: the group, or NULL where there is none.
 */
struct vnencap_repair_group *vnencap_repair_ready(struct vnencap_pending *fq)
{
	struct vnencap_repair *repair = fq->repair;
	struct vnencap_repair_group *group;
	unsigned int lost, most;

	if (!repair || repair->broken)
		return NULL;
	for (group = repair->group; group < &repair->group[repair->n]; group++) {
		if (!group->parity)
			continue;
		most = hweight16(group->got);
		lost = count_lost(fq, &group->p, most);
		if (!lost || !group_fits(fq, group))
			drop_parity(fq, group);
		else if (lost <= most)
			return group;
	}
	return NULL;
}

/**
 * vnencap_repair_hold - have runs be held back
 * @net: namespace of the substrate
 * @fq: their frame
 *
 * They are for so long after the last run of the frame, or the last parity, has come.
 * While the frame's end has not come there may be more on the way: then they are held
 * for longer.
 *
 * Context: softirq, the frame's lock held.
 */
void vnencap_repair_hold(const struct net *net, struct vnencap_pending *fq)
{
	unsigned long wait = vnencap_limits_fec_wait(net);
	unsigned long until;

	if (!fq->repair->ended)
		wait *= PATIENCE;
	until = jiffies + wait + 1;
	if (time_before(until, fq->expires))
		mod_timer_pending(&fq->q.timer, until);
}

/* ---- Finding what was lost ---- */

/* Return: how many columns are missing. */
static unsigned int list_lost(struct vnencap_repaired *r,
			      const struct vnencap_pending *fq)
{
	const struct vnencap_parity *p = &r->group->p;
	unsigned int i, n = 0;

	for (i = 0; i < p->n; i++)
		if (!test_bit(p->first + i, fq->got))
			r->lost[n++] = i;
	r->segments = n;
	for (i = 0; i < p->r; i++)
		if (!(r->group->got & BIT(i)))
			r->lost[n++] = p->n + i;
	return n;
}

/* Add what a run has of a group's segments. Return: how many of them. */
static unsigned int add_run(struct vnencap_repaired *r, struct sk_buff *skb)
{
	const struct vnencap_parity *p = &r->group->p;
	struct vnencap_run run;
	u32 segsz, begin, end;

	if (vnencap_run_read(skb, &run) || run.seg.win != r->group->win)
		return 0;
	segsz = run.seg.frame.segsz;
	begin = max(run.seg.offset, p->first * segsz);
	end = min(vnencap_run_end(&run), (p->first + p->n) * segsz);
	if (begin >= end)
		return 0;
	vnencap_columns_add(&r->erasure, skb,
			    run.hdr_len + begin - run.seg.offset, end - begin,
			    begin - p->first * segsz, segsz);
	return DIV_ROUND_UP(end - begin, segsz);
}

static unsigned int add_sorted(struct vnencap_repaired *r,
			       const struct vnencap_sorted *runs)
{
	const struct vnencap_parity *p = &r->group->p;
	u32 segsz = vnencap_option_segsz(r->group->win);
	unsigned int n = 0;
	struct sk_buff *skb;

	for (skb = vnencap_sorted_from(runs, p->first * segsz);
	     skb && vnencap_sorted_at(skb) < (p->first + p->n) * segsz;
	     skb = skb_rb_next(skb))
		n += add_run(r, skb);
	return n;
}

/* Add a run of parity, but for what is in @done already, which becomes all of it. */
static void add_parity_run(struct vnencap_repaired *r, struct sk_buff *skb,
			   u16 *done)
{
	const struct vnencap_parity *p = &r->group->p;
	u32 hdr_len = sizeof(struct vnencap_parity_hdr), k, at;
	struct vnencap_run run;

	vnencap_run_read(skb, &run);
	k = vnencap_run_first(&run);
	for (at = 0; at < run.len; at += run.seg.frame.segsz, k++) {
		if (*done & BIT(k))
			continue;
		*done |= BIT(k);
		vnencap_columns_add(&r->erasure, skb,
				    run.hdr_len + at + hdr_len, p->len,
				    (p->n + k) * p->len, p->len);
	}
}

static void add_parity(struct vnencap_repaired *r)
{
	struct sk_buff *skb;
	u16 done = 0;

	for (skb = r->group->parity; skb; skb = skb->next)
		add_parity_run(r, skb, &done);
}

/**
 * vnencap_repair_begin - find the lost segments of a group
 * @fq: the frame
 * @group: the group, from vnencap_repair_ready()
 * @r: written
 *
 * Context: softirq, the frame's lock held.
 * Return: 0, and vnencap_repair_end() is to be called; -ENOMEM; -ENODATA where not all
 * that has come was kept.
 */
int vnencap_repair_begin(struct vnencap_pending *fq,
			 struct vnencap_repair_group *group,
			 struct vnencap_repaired *r)
{
	const struct vnencap_parity *p = &group->p;
	unsigned int there;
	bool all;

	r->group = group;
	r->i = 0;
	r->size = vnencap_erasure_plan(&r->erasure, p->len, list_lost(r, fq));
	r->memory = vnencap_room_take(r->size);
	if (!r->memory)
		return -ENOMEM;
	vnencap_erasure_init(&r->erasure, r->memory, true);
	there = add_sorted(r, &fq->repair->kept) + add_sorted(r, &fq->waiting);
	all = there == p->n - r->segments;
	if (all) {
		add_parity(r);
		vnencap_erasure_solve(&r->erasure, r->lost);
	}
	vnencap_erasure_end(&r->erasure);
	if (all)
		return 0;
	vnencap_room_give(r->memory, r->size);
	return -ENODATA;
}

/**
 * vnencap_repair_len - how long a segment is, and whether it is the frame's last
 * @fq: the frame
 * @p: the segment's group
 * @seg: the segment's header; @seg->offset is read, @seg->last is written
 *
 * Context: softirq, the frame's lock held.
 * Return: bytes; 0 where that cannot be told yet, or the frame has no such segment.
 */
u32 vnencap_repair_len(const struct vnencap_pending *fq,
		       const struct vnencap_parity *p,
		       struct vnencap_segment *seg)
{
	u32 segsz = seg->frame.segsz, wire;

	seg->last = false;
	if (!fq->known)
		return seg->offset / segsz < p->first + p->n - 1 ? segsz : 0;
	wire = vnencap_frame_wire_len(&seg->frame, fq->meta.payload);
	if (seg->offset >= wire)
		return 0;
	seg->last = seg->offset + segsz >= wire;
	return min(segsz, wire - seg->offset);
}

/* A segment's headers, as those of the parity say them */
static struct sk_buff *segment_alloc(const struct sk_buff *parity,
				     const struct vnencap_segment *seg, u32 room)
{
	unsigned int outer = vnencap_outer_len(parity);
	const struct vnencap_segment_hdr *from;
	struct vnencap_segment_hdr *hdr;
	struct sk_buff *skb;

	skb = alloc_skb(NET_SKB_PAD + outer + sizeof(*hdr) + room, GFP_REPAIR);
	if (!skb)
		return NULL;
	skb_reserve(skb, NET_SKB_PAD);
	skb_copy_header(skb, parity);
	skb_gso_reset(skb);
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	from = (const void *)parity->data + outer;
	skb_put_data(skb, parity->data, outer);
	hdr = skb_put(skb, sizeof(*hdr));
	vnencap_option_build(hdr, seg, from->tcp.source, from->tcp.dest);
	return skb;
}

/**
 * vnencap_repair_next - the next of the segments that were lost
 * @fq: the frame
 * @r: from vnencap_repair_begin()
 * @run: the segment's headers, written
 *
 * Context: softirq, the frame's lock held.
 * Return: the segment as if it had come, a run that is all the caller's; NULL where
 * there is no other.
 */
struct sk_buff *vnencap_repair_next(struct vnencap_pending *fq,
				    struct vnencap_repaired *r,
				    struct vnencap_run *run)
{
	const struct vnencap_parity *p = &r->group->p;
	struct vnencap_segment seg = fq->seg;
	struct sk_buff *skb;
	u32 len, headers;

	if (r->i == r->segments)
		return NULL;
	seg.offset = (p->first + r->lost[r->i]) * seg.frame.segsz;
	len = vnencap_repair_len(fq, p, &seg);
	skb = len ? segment_alloc(r->group->parity, &seg, p->len) : NULL;
	if (!skb)
		return NULL;
	headers = skb->len;
	vnencap_erasure_read(&r->erasure, r->i++, skb_put(skb, p->len));
	skb_trim(skb, headers + len);
	vnencap_run_read(skb, run);
	return skb;
}

/**
 * vnencap_repair_end - forget a group's parity
 * @fq: the frame
 * @r: from vnencap_repair_begin()
 *
 * What was found may be refused: parity may be a stranger's. Nothing is looked for in
 * that group again, for that takes long.
 *
 * Context: softirq, the frame's lock held.
 */
void vnencap_repair_end(struct vnencap_pending *fq, struct vnencap_repaired *r)
{
	vnencap_room_give(r->memory, r->size);
	drop_parity(fq, r->group);
	r->group->done = true;
}

/**
 * vnencap_repair_copy - make the copy of a segment that segment
 * @skb: parity of a group of one segment, data at the outer header, all ours; it is
 *	the segment afterwards
 * @run: its headers, those of the segment afterwards
 * @seg: what the segment's header is to say
 * @len: the segment's length in bytes
 *
 * Context: softirq.
 * Return: 0, or -EPROTO where the copy is shorter, with the skb in no state but to be
 * freed.
 */
int vnencap_repair_copy(struct sk_buff *skb, struct vnencap_run *run,
			const struct vnencap_segment *seg, u32 len)
{
	u32 gone = sizeof(struct vnencap_parity_hdr);
	struct vnencap_segment_hdr *hdr;

	if (skb->len < run->hdr_len + gone + len ||
	    pskb_trim(skb, run->hdr_len + gone + len) ||
	    !pskb_may_pull(skb, run->hdr_len + gone))
		return -EPROTO;
	memmove(skb->data + gone, skb->data, run->hdr_len);
	__skb_pull(skb, gone);
	skb_reset_network_header(skb);
	skb_gso_reset(skb);
	hdr = (void *)skb->data + run->hdr_len - sizeof(*hdr);
	vnencap_option_build(hdr, seg, hdr->tcp.source, hdr->tcp.dest);
	return vnencap_run_read(skb, run);
}

/**
 * vnencap_repair_free - forget all that is kept of a frame
 * @fq: the frame
 *
 * Context: any but hard interrupts; the frame's lock held, or its last reference.
 */
void vnencap_repair_free(struct vnencap_pending *fq)
{
	struct vnencap_repair *repair = fq->repair;
	struct sk_buff *skb;
	unsigned int i;

	if (!repair)
		return;
	while ((skb = vnencap_sorted_first(&repair->kept))) {
		vnencap_sorted_take(&repair->kept, skb);
		release(fq, skb);
	}
	for (i = 0; i < repair->n; i++)
		drop_parity(fq, &repair->group[i]);
	vnencap_quota_charge(&fq->wait, -(long)sizeof(*repair));
	fq->repair = NULL;
	kfree(repair);
}
