/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames of which only parts have arrived. */
#ifndef _VNENCAP_PENDING_H
#define _VNENCAP_PENDING_H

#include <linux/skbuff.h>
#include <linux/types.h>
#include <net/inet_frag.h>

#include "rx/quota.h"
#include "rx/repair.h"
#include "rx/sorted.h"
#include "rx/train.h"
#include "wire/frame.h"
#include "wire/meta.h"
#include "wire/option.h"

struct vnencap_addr;
struct vnencap_dev;
struct vnencap_repair;
struct vnencap_run;

/**
 * struct vnencap_pending - a frame of which only parts have arrived
 * @q: its place in the table; its lock guards what follows
 * @seg: header of the run that came first
 * @meta: the metadata, where @known
 * @known: a shard has arrived, and was right
 * @ecn: outer ECN fields of an atomic packet's runs, as IPFRAG_ECN_*
 * @bytes: wire payload bytes that have arrived, each counted once
 * @got: the segments that have arrived
 * @missed: how many are counted as lost for now: some before the last that came
 * @waiting: runs that are not handed up yet, by offset; outer headers on
 * @train: of a train, the datagrams that runs had only parts of
 * @wait: its place among the frames of its peer
 * @expires: when it is given up, in jiffies; the timer may be set for earlier
 * @repair: what lost segments are found from; NULL where there is nothing of it
 */
struct vnencap_pending {
	struct inet_frag_queue q;
	struct vnencap_segment seg;
	struct vnencap_meta meta;
	bool known;
	u8 ecn;
	u32 bytes;
	DECLARE_BITMAP(got, VNENCAP_SEGMENTS_MAX);
	u16 missed;
	struct vnencap_sorted waiting;
	struct vnencap_train train;
	struct vnencap_wait wait;
	unsigned long expires;
	struct vnencap_repair *repair;
};

/**
 * struct vnencap_pending_ops - what is done with runs that are held back too long
 * @release: have them be handed up, and put in the list what is; the frame's lock is held
 * @hand_up: hand that up; no lock is held
 */
struct vnencap_pending_ops {
	void (*release)(struct vnencap_dev *vn, struct vnencap_pending *fq,
			struct sk_buff_head *ready);
	void (*hand_up)(struct vnencap_dev *vn, struct sk_buff_head *ready);
};

struct vnencap_pending *vnencap_pending_find(const struct vnencap_dev *vn,
					     const struct vnencap_party *party,
					     const struct sk_buff *skb,
					     const struct vnencap_segment *seg);
void vnencap_pending_enter(struct vnencap_pending *fq,
			   const struct vnencap_party *party);
void vnencap_pending_kill(struct vnencap_pending *fq, int *refs);

void vnencap_pending_keep(struct vnencap_pending *fq, struct sk_buff *skb,
			  const struct vnencap_run *run);
void vnencap_pending_take(struct vnencap_pending *fq, struct sk_buff *skb);
void vnencap_pending_note_missing(struct vnencap_dev *vn,
				  struct vnencap_pending *fq);

/**
 * vnencap_pending_whole - has all of a frame arrived?
 * @fq: the frame
 *
 * Context: the frame's lock held.
 * Return: true if its metadata is known, and every byte has arrived.
 */
static inline bool vnencap_pending_whole(const struct vnencap_pending *fq)
{
	return fq->known &&
	       fq->bytes == vnencap_frame_wire_len(&fq->seg.frame,
						   fq->meta.payload);
}

/**
 * vnencap_pending_crowding - does a frame take room that others need?
 * @fq: the frame
 *
 * Frames that are through must not take the room of those that are not.
 *
 * Context: the frame's lock held.
 * Return: true if it is whole, and more than half of the table's room is taken.
 */
static inline bool vnencap_pending_crowding(const struct vnencap_pending *fq)
{
	const struct fqdir *fqdir = fq->q.fqdir;

	return vnencap_pending_whole(fq) &&
	       frag_mem_limit(fqdir) > READ_ONCE(fqdir->high_thresh) / 2;
}

/* Do runs wait for nothing but parity? */
static inline bool vnencap_pending_held(const struct vnencap_pending *fq)
{
	return fq->repair && !fq->repair->hasty && fq->known &&
	       fq->seg.class != VNENCAP_ATOMIC &&
	       !vnencap_sorted_empty(&fq->waiting);
}

void vnencap_pending_count_lost(struct vnencap_dev *vn,
				const struct vnencap_addr *source,
				unsigned int segments, unsigned int came);

int vnencap_pending_init(const struct vnencap_pending_ops *ops);
void vnencap_pending_exit(void);

#endif /* _VNENCAP_PENDING_H */
