// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs of a frame that wait no more are made inner packets here, and go up in
 * the order that the packets were sent in.
 */
#include <linux/errno.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/inet_ecn.h>
#include <net/inet_frag.h>

#include "rx/cells.h"
#include "rx/pending.h"
#include "rx/ready.h"
#include "rx/restore.h"
#include "rx/run.h"
#include "rx/sorted.h"
#include "rx/train.h"
#include "skb/chain.h"
#include "skb/strip.h"
#include "stats/drop.h"
#include "stats/stats.h"
#include "vnencap.h"
#include "wire/frame.h"
#include "wire/inner.h"
#include "wire/meta.h"
#include "wire/outer.h"

/**
 * struct ready - an inner packet that is ready; in its cb
 * @at: where it begins in the inner payload of the frame
 */
struct ready {
	u32 at;
};

static struct ready *ready_of(const struct sk_buff *skb)
{
	return (struct ready *)skb->cb;
}

/* Put an inner packet in its place. That is mostly the end. */
static void add_ready(struct sk_buff_head *ready, struct sk_buff *skb, u32 at)
{
	struct sk_buff *before;

	ready_of(skb)->at = at;
	skb_queue_reverse_walk(ready, before)
		if (ready_of(before)->at <= at)
			break;
	__skb_queue_after(ready, before, skb);
}

/* Make the datagrams of a train that are complete now inner packets, for
 * @ready.
 */
static void release_datagrams(struct vnencap_dev *vn,
			      struct vnencap_pending *fq,
			      struct sk_buff_head *done,
			      struct sk_buff_head *ready)
{
	struct vnencap_part part;
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(done))) {
		part = vnencap_train_part(skb);
		if (vnencap_restore_inner(vn, skb, &fq->meta, &part,
					  vnencap_train_tos(skb)))
			kfree_skb(skb);
		else
			add_ready(ready, skb, part.at);
	}
}

/* Make a train's run an inner packet of the datagrams that lie whole in it.
 * What is part of a datagram waits for the rest of that. Return: as
 * vnencap_restore_run(), or -EINPROGRESS where no datagram is whole.
 */
static int restore_train(struct vnencap_dev *vn, struct vnencap_pending *fq,
			 struct sk_buff *skb, const struct vnencap_run *run,
			 struct sk_buff_head *ready, u32 *at)
{
	u8 tos = vnencap_outer_tos(skb);
	struct vnencap_part part;
	struct sk_buff_head done;
	int err;

	err = vnencap_restore_payload(vn, skb, run, &part);
	if (err)
		return err;
	__skb_queue_head_init(&done);
	err = vnencap_train_split(&fq->train, &fq->wait, &fq->meta, skb,
				  &part, tos, &done);
	release_datagrams(vn, fq, &done, ready);
	if (err) {
		vnencap_drop(vn, skb, RX_NOMEM);
		return err;
	}
	if (!part.len)
		return -EINPROGRESS;
	*at = part.at;
	return vnencap_restore_inner(vn, skb, &fq->meta, &part, tos);
}

/**
 * vnencap_ready_add - make a run an inner packet
 * @vn: the device
 * @fq: its frame, of which the metadata is known
 * @skb: the run, data at the outer header, all ours
 * @run: its headers
 * @ready: the packet is added, and others that become ready by it
 *
 * Context: softirq, in RCU, the frame's lock held. Errors are counted.
 * Return: -EALREADY where the run is one of @ready now; or else the caller is
 * to free it.
 */
int vnencap_ready_add(struct vnencap_dev *vn, struct vnencap_pending *fq,
		      struct sk_buff *skb, const struct vnencap_run *run,
		      struct sk_buff_head *ready)
{
	u32 at = vnencap_frame_payload_at(&run->seg.frame, run->seg.offset);
	int err;

	if (run->seg.class == VNENCAP_TRAIN)
		err = restore_train(vn, fq, skb, run, ready, &at);
	else
		err = vnencap_restore_run(vn, skb, run, &fq->meta);
	if (err)
		return err;
	add_ready(ready, skb, at);
	return -EALREADY;
}

/**
 * vnencap_ready_release - make inner packets of the runs that wait
 * @vn: the device
 * @fq: their frame, of a stream or a train, of which the metadata is known now
 * @ready: the packets are added
 *
 * Context: softirq, in RCU, the frame's lock held. Errors are counted.
 */
void vnencap_ready_release(struct vnencap_dev *vn, struct vnencap_pending *fq,
			   struct sk_buff_head *ready)
{
	struct vnencap_run run;
	struct sk_buff *skb;
	int err;

	while ((skb = vnencap_sorted_first(&fq->waiting))) {
		vnencap_pending_take(fq, skb);
		vnencap_run_read(skb, &run);
		err = vnencap_strip_own(skb);
		if (err)
			vnencap_drop(vn, skb, RX_NOMEM);
		else
			err = vnencap_ready_add(vn, fq, skb, &run, ready);
		if (err != -EALREADY)
			vnencap_run_free(skb, err);
	}
}

/* Give the packet the ECN field that follows from those of its runs, by RFC
 * 3168, section 5.3. Return: false where no packet can have runs with such
 * fields.
 */
static bool merge_ecn(const struct vnencap_pending *fq, struct sk_buff *head)
{
	u8 ecn = ip_frag_ecn_table[fq->ecn];

	vnencap_outer_mark(head, ecn & INET_ECN_MASK);
	return ecn != 0xff;
}

/**
 * vnencap_ready_assemble - make one inner packet of the runs that wait
 * @vn: the device
 * @fq: their frame, of an atomic packet, of which all has arrived
 * @ready: the packet is added
 *
 * Context: softirq, in RCU, the frame's lock held. Errors are counted.
 */
void vnencap_ready_assemble(struct vnencap_dev *vn, struct vnencap_pending *fq,
			    struct sk_buff_head *ready)
{
	struct sk_buff *head = vnencap_sorted_first(&fq->waiting), *last, *skb;
	struct vnencap_run run, whole;

	vnencap_pending_take(fq, head);
	vnencap_run_read(head, &whole);
	if (vnencap_strip_own(head))
		goto nomem;
	last = vnencap_chain_tail(head);
	while ((skb = vnencap_sorted_first(&fq->waiting))) {
		vnencap_pending_take(fq, skb);
		vnencap_run_read(skb, &run);
		if (vnencap_strip_own(skb)) {
			kfree_skb(skb);
			goto nomem;
		}
		last = vnencap_chain_add(head, last, skb, run.hdr_len);
		whole.len += run.len;
	}
	if (!merge_ecn(fq, head)) {
		vnencap_drop(vn, head, RX_MALFORMED);
		kfree_skb(head);
		return;
	}
	if (vnencap_restore_run(vn, head, &whole, &fq->meta)) {
		kfree_skb(head);
		return;
	}
	vnencap_count(vn, RX_FRAMES_WHOLE);
	add_ready(ready, head, 0);
	return;

nomem:
	vnencap_drop(vn, head, RX_NOMEM);
	kfree_skb(head);
}

/**
 * vnencap_ready_hand_up - hand up what is ready
 * @vn: the device
 * @ready: the packets
 * @via: which way the run has come that made them ready
 *
 * All go the same way: none overtakes another, nor what came before them.
 *
 * Context: softirq, in RCU.
 */
void vnencap_ready_hand_up(struct vnencap_dev *vn, struct sk_buff_head *ready,
			   enum vnencap_run_via via)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(ready))) {
		if (via == VNENCAP_RUN_DIRECT)
			netif_receive_skb(skb);
		else
			vnencap_cells_add_packet(vn, skb);
	}
}
