// SPDX-License-Identifier: GPL-2.0-only
/* Runs: their headers, and their end. */
#include <linux/errno.h>
#include <linux/skbuff.h>

#include "rx/run.h"
#include "skb/copy.h"
#include "skb/strip.h"
#include "stats/drop.h"
#include "wire/outer.h"

/**
 * vnencap_run_read - read the headers of a run
 * @skb: data at the outer IP header; headers linear
 * @run: written
 *
 * Return: 0, or -EPROTO where it is not one of ours.
 */
int vnencap_run_read(const struct sk_buff *skb, struct vnencap_run *run)
{
	return vnencap_run_parse(skb, vnencap_outer_len(skb), run);
}

/* Where some of a run's segments begin, in bytes from its first byte of payload */
static u32 part_at(const struct vnencap_run *run, unsigned int first)
{
	return first * run->seg.frame.segsz - run->seg.offset;
}

/* How many bytes they are */
static u32 part_len(const struct vnencap_run *run, unsigned int first,
		    unsigned int end)
{
	u32 segsz = run->seg.frame.segsz;

	return min(end * segsz, vnencap_run_end(run)) - first * segsz;
}

/* Have the headers be those of the run's segments from @first to before @end, which are
 * all that is left of it.
 */
static int become_part(struct sk_buff *skb, struct vnencap_run *run,
		       unsigned int first, unsigned int end)
{
	struct vnencap_segment_hdr *hdr;

	hdr = (void *)skb->data + run->hdr_len - sizeof(*hdr);
	hdr->tcp.seq = htonl(first * run->seg.frame.segsz);
	if (end < vnencap_run_stop(run))
		hdr->tcp.psh = 0;
	return vnencap_run_read(skb, run);
}

/**
 * vnencap_run_cut - cut a run down to some of its segments
 * @skb: the run, all ours
 * @run: its headers; what is left's afterwards
 * @first: the first segment to be left
 * @end: the segment after the last one
 *
 * Context: softirq.
 * Return: 0, or -ENOMEM with the skb in no state but to be freed.
 */
int vnencap_run_cut(struct sk_buff *skb, struct vnencap_run *run,
		    unsigned int first, unsigned int end)
{
	u32 skip = part_at(run, first), len = part_len(run, first, end);
	struct vnencap_cuts cuts = {
		.n = 1, .cut = { { run->hdr_len, skip } },
	};

	if (pskb_trim(skb, run->hdr_len + skip + len) ||
	    (skip && vnencap_strip(skb, &cuts)))
		return -ENOMEM;
	return become_part(skb, run, first, end);
}

/* Headers, and room for payload. That may be long, and need not be in one piece. */
static struct sk_buff *alloc_like(const struct sk_buff *skb, u32 hdr_len,
				  u32 len)
{
	struct sk_buff *new;
	int err;

	new = alloc_skb_with_frags(NET_SKB_PAD + hdr_len, len,
				   PAGE_ALLOC_COSTLY_ORDER, &err, GFP_ATOMIC);
	if (!new)
		return NULL;
	skb_copy_header(new, skb);
	skb_reserve(new, NET_SKB_PAD);
	skb_reset_mac_header(new);
	skb_reset_network_header(new);
	skb_put_data(new, skb->data, hdr_len);
	new->len += len;
	new->data_len = len;
	return new;
}

/**
 * vnencap_run_copy - copy some segments of a run
 * @skb: the run
 * @run: its headers; the copy's afterwards
 * @first: the first segment to be copied
 * @end: the segment after the last one
 *
 * Whoever sends may have a run have many gaps. A clone for each part of it would be a
 * clone of all of the run, to be cut down: that would be as much work for each gap as
 * there are segments. So the bytes are copied.
 *
 * Context: softirq.
 * Return: the copy, or NULL where there is no memory.
 */
struct sk_buff *vnencap_run_copy(struct sk_buff *skb, struct vnencap_run *run,
				 unsigned int first, unsigned int end)
{
	u32 hdr_len = run->hdr_len, len = part_len(run, first, end);
	struct sk_buff *part = alloc_like(skb, hdr_len, len);

	if (part &&
	    (vnencap_skb_copy(part, hdr_len, skb, hdr_len + part_at(run, first),
			      len) ||
	     become_part(part, run, first, end))) {
		kfree_skb(part);
		part = NULL;
	}
	return part;
}

/**
 * vnencap_run_free - free a run that did not become an inner packet
 * @skb: the run
 * @err: why; not -EALREADY
 *
 * Context: any but hard interrupts.
 */
void vnencap_run_free(struct sk_buff *skb, int err)
{
	if (vnencap_run_lost(err))
		kfree_skb_reason(skb, vnencap_drop_reason(err));
	else
		consume_skb(skb);
}
