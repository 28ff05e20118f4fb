// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trains of datagrams: inner UDP that is to be segmented (UDP_SEGMENT, as QUIC
 * sends). The datagrams that lie whole in a run go up with it. A datagram that
 * a run has only a part of waits, as a copy, for the run that has the rest. A
 * lost wire segment costs the one or two datagrams that it had a part of.
 */
#include <linux/errno.h>
#include <linux/math.h>
#include <linux/skbuff.h>
#include <net/inet_ecn.h>

#include "rx/quota.h"
#include "rx/train.h"
#include "skb/copy.h"
#include "skb/strip.h"
#include "wire/inner.h"
#include "wire/meta.h"

/* Room for the inner headers, and for those of a device that the datagram may
 * be forwarded to
 */
#define HEADROOM	(NET_SKB_PAD + VNENCAP_META_IMAGE_MAX)

/**
 * struct datagram - what an skb that waits holds; in its cb
 * @part: which part of the frame's inner payload it is to be
 * @have: bytes of it that have arrived
 * @tos: outer TOS or traffic class, with a CE mark where any byte came with one
 */
struct datagram {
	struct vnencap_part part;
	u32 have;
	u8 tos;
};

static struct datagram *datagram_of(const struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct datagram) > sizeof(skb->cb));
	/* which it waits by */
	BUILD_BUG_ON(offsetof(struct datagram, part.at));
	return (struct datagram *)skb->cb;
}

/**
 * vnencap_train_tos - TOS or traffic class that a datagram came with
 * @skb: a complete one, from vnencap_train_split()
 *
 * Return: the byte of the outer header.
 */
u8 vnencap_train_tos(const struct sk_buff *skb)
{
	return datagram_of(skb)->tos;
}

/**
 * vnencap_train_part - which part of the inner payload a datagram is
 * @skb: a complete one, from vnencap_train_split()
 *
 * Return: where it begins and how long it is, in bytes.
 */
struct vnencap_part vnencap_train_part(const struct sk_buff *skb)
{
	return datagram_of(skb)->part;
}

/* A long datagram lies in pages: its memory need not be in one piece. */
static struct sk_buff *datagram_alloc(u32 len)
{
	u32 linear = len <= SKB_MAX_HEAD(HEADROOM) ? len : 0;
	struct sk_buff *skb;
	int err;

	skb = alloc_skb_with_frags(HEADROOM + linear, len - linear,
				   PAGE_ALLOC_COSTLY_ORDER, &err, GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, HEADROOM);
	skb_put(skb, linear);
	skb->data_len = len - linear;
	skb->len = len;
	return skb;
}

/* The datagram that the byte at @at is in: one that waits, or a new one */
static struct sk_buff *datagram_at(struct vnencap_train *train,
				   struct vnencap_wait *wait,
				   const struct vnencap_meta *m, u32 at)
{
	struct datagram fresh = {
		.part.at = rounddown(at, m->gso_size),
	};
	struct sk_buff *skb;

	skb = vnencap_sorted_find(&train->waiting, fresh.part.at);
	if (skb)
		return skb;
	fresh.part.len = min_t(u32, m->gso_size, m->payload - fresh.part.at);
	skb = datagram_alloc(fresh.part.len);
	if (!skb)
		return NULL;
	*datagram_of(skb) = fresh;
	vnencap_sorted_add(&train->waiting, skb, fresh.part.at);
	vnencap_quota_charge(wait, skb->truesize);
	return skb;
}

static void wait_end(struct vnencap_train *train, struct vnencap_wait *wait,
		     struct sk_buff *skb)
{
	vnencap_sorted_take(&train->waiting, skb);
	vnencap_quota_charge(wait, -(long)skb->truesize);
}

/* Copy a stretch of the run into its datagram, which other runs have bytes of.
 */
static int add_bytes(struct vnencap_train *train, struct vnencap_wait *wait,
		     const struct vnencap_meta *m, struct sk_buff *run,
		     const struct vnencap_part *part, u32 from, u32 to, u8 tos,
		     struct sk_buff_head *done)
{
	struct sk_buff *skb = datagram_at(train, wait, m, from);
	struct datagram *d;
	int err;

	if (!skb)
		return -ENOMEM;
	d = datagram_of(skb);
	err = vnencap_skb_copy(skb, from - d->part.at, run, from - part->at,
			       to - from);
	if (err)
		return err;
	d->have += to - from;
	if (!d->tos || INET_ECN_is_ce(tos))
		d->tos = tos;
	if (d->have == d->part.len) {
		wait_end(train, wait, skb);
		__skb_queue_tail(done, skb);
	}
	return 0;
}

/* Cut the run down to the bytes from @from to before @to, offsets in the inner
 * payload.
 */
static int keep_only(struct sk_buff *run, struct vnencap_part *part, u32 from,
		     u32 to)
{
	struct vnencap_cuts cuts = {
		.n = 1, .cut = { { 0, from - part->at } },
	};
	int err = 0;

	if (from == to)
		goto out;	/* the caller is not going to look at it */
	if (to < part->at + part->len)
		err = pskb_trim(run, to - part->at);
	if (!err && from > part->at)
		err = vnencap_strip(run, &cuts);
out:
	part->at = from;
	part->len = to - from;
	return err;
}

/**
 * vnencap_train_split - take out of a run the datagrams that are not whole in
 * it
 * @train: datagrams of the frame that wait; no byte of the run is among them
 * @wait: the frame, which their memory counts for
 * @m: the frame's metadata
 * @skb: the run, inner payload only; on return the datagrams that are whole in
 *	it, or anything where there are none
 * @part: which part of the inner payload @skb is; on return @part->len is zero
 *	where there are none
 * @tos: outer TOS or traffic class of the run
 * @done: datagrams that are complete now are added
 *
 * Context: softirq, the frame's lock held.
 * Return: 0, -ENOMEM, or -EFAULT where @skb has not the bytes it should have.
 */
int vnencap_train_split(struct vnencap_train *train, struct vnencap_wait *wait,
			const struct vnencap_meta *m, struct sk_buff *skb,
			struct vnencap_part *part, u8 tos,
			struct sk_buff_head *done)
{
	u32 begin = part->at, end = part->at + part->len;
	u32 head = min_t(u32, roundup(begin, m->gso_size), end);
	u32 tail = end == m->payload ? end :
		   max_t(u32, rounddown(end, m->gso_size), head);
	int err = 0;

	if (begin < head)
		err = add_bytes(train, wait, m, skb, part, begin, head, tos,
				done);
	if (!err && tail < end)
		err = add_bytes(train, wait, m, skb, part, tail, end, tos,
				done);
	return err ?: keep_only(skb, part, head, tail);
}

/**
 * vnencap_train_purge - give up the datagrams that wait
 * @train: the train
 * @wait: the frame, which their memory counts for
 *
 * Context: any but hard interrupts; the frame's lock held, or its last reference.
 */
void vnencap_train_purge(struct vnencap_train *train, struct vnencap_wait *wait)
{
	struct sk_buff *skb;

	while ((skb = vnencap_sorted_first(&train->waiting))) {
		wait_end(train, wait, skb);
		kfree_skb(skb);
	}
}
