// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parity that follows a piece of a frame: how much of it there is, and the headers that
 * it is sent with. Most frames have none, so that this is out of their way.
 */
#include <linux/kernel.h>
#include <linux/skbuff.h>

#include "map/loss.h"
#include "tx/follow.h"
#include "tx/parity.h"
#include "tx/push.h"
#include "wire/frame.h"
#include "wire/outer.h"
#include "wire/parity.h"

/**
 * vnencap_follow_count - how many parity segments follow some of a frame's
 * @endpoint: where the frame goes
 * @by_loss: @fec is what the loss on the way there asks for
 * @fec: percent
 * @n: how many of the frame's
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 * Return: how many.
 */
unsigned int vnencap_follow_count(struct vnencap_endpoint *endpoint,
				  bool by_loss, u8 fec, unsigned int n)
{
	if (!by_loss)
		return vnencap_parity_count(n, fec);
	return vnencap_loss_count(endpoint, n, fec, vnencap_parity_most(n));
}

static unsigned int count_of(const struct vnencap_follow *f, unsigned int n)
{
	return n == f->group ? f->n :
	       vnencap_follow_count(f->endpoint, f->by_loss, f->fec, n);
}

/**
 * vnencap_follow_piece - have a piece be followed by its parity
 * @f: by what, and with what
 * @skb: the piece, data at its outer header; the parity becomes the next in its list
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 * Return: the parity; or the piece where there is none, for one because there is no
 * memory.
 */
struct sk_buff *vnencap_follow_piece(struct vnencap_follow *f,
				     struct sk_buff *skb)
{
	u32 len = skb->len - f->headers, segsz = f->seg->frame.segsz;
	unsigned int n = DIV_ROUND_UP(len, segsz);
	struct vnencap_parity group = {
		.first = f->seg->offset / segsz,
		.n = n,
		.r = count_of(f, n),
		.len = n == 1 ? ALIGN(len, VNENCAP_SEGSZ_UNIT) :
				vnencap_parity_len(segsz),
	};
	struct vnencap_parity_hdr hdr;
	struct vnencap_parity_of of = {
		.skb = skb,
		.at = f->headers,
		.segsz = segsz,
		.group = &group,
		.hdr = &hdr,
	};
	struct vnencap_segment seg;
	struct sk_buff *parity;

	if (!group.r)
		return skb;
	vnencap_parity_build(&hdr, &seg, &group, f->seg, f->key);
	parity = vnencap_parity_make(&of, f->headroom);
	if (unlikely(!parity))
		return skb;
	f->segments = group.r;
	f->bytes = parity->len;
	vnencap_push_segment(parity, &seg, f->source, f->port,
			     f->outer->saddr.family);
	vnencap_outer_push(parity, f->outer);
	parity->next = skb->next;
	skb->next = parity;
	return parity;
}
