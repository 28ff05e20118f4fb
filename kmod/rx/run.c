// SPDX-License-Identifier: GPL-2.0-only
/* Runs: their headers, and their end. */
#include <linux/errno.h>
#include <linux/skbuff.h>

#include "rx/run.h"
#include "skb/chain.h"
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

/* Cut a run down to its segments from @first to before @end. Where there is no memory,
 * it is in no state but to be freed.
 */
static int run_cut(struct sk_buff *skb, struct vnencap_run *run,
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

/* An skb that says of itself what @skb does, with @skb's headers and room for payload.
 * Where that is long, it lies in pages: its memory need not be in one piece.
 */
static struct sk_buff *alloc_like(struct sk_buff *skb, u32 hdr_len, u32 len)
{
	u32 linear = len <= SKB_MAX_HEAD(NET_SKB_PAD + hdr_len) ? len : 0;
	struct sk_buff *new;
	int err;

	new = alloc_skb_with_frags(NET_SKB_PAD + hdr_len + linear, len - linear,
				   PAGE_ALLOC_COSTLY_ORDER, &err,
				   GFP_ATOMIC | __GFP_NOWARN);
	if (!new)
		return NULL;
	skb_copy_header(new, skb);
	skb_reserve(new, NET_SKB_PAD);
	skb_reset_mac_header(new);
	skb_reset_network_header(new);
	*skb_hwtstamps(new) = *skb_hwtstamps(skb);
	skb_shinfo(new)->tx_flags = skb_shinfo(skb)->tx_flags;
	skb_put_data(new, skb->data, hdr_len);
	skb_put(new, linear);
	new->data_len = len - linear;
	new->len += new->data_len;
	return new;
}

/* Copy some of a run's segments. @from reads its payload from front to back. */
static struct sk_buff *copy_part(struct sk_buff *skb,
				 const struct vnencap_run *run,
				 struct skb_seq_state *from,
				 unsigned int first, unsigned int end)
{
	u32 hdr_len = run->hdr_len, len = part_len(run, first, end);
	struct sk_buff *part = alloc_like(skb, hdr_len, len);
	struct vnencap_run part_run = *run;

	if (part && (vnencap_skb_copy_on(part, hdr_len, from,
					 part_at(run, first), len) ||
		     become_part(part, &part_run, first, end))) {
		kfree_skb(part);
		part = NULL;
	}
	return part;
}

/* Find the first stretch of segments that have not come before, from @first on, which
 * becomes where it begins. Return: where it ends.
 */
static unsigned int find_stretch(const unsigned long *got, unsigned int *first,
				 unsigned int stop)
{
	*first = find_next_zero_bit(got, stop, *first);
	return find_next_bit(got, stop, *first);
}

/* Copy all stretches but the last, which is from @first to before @end then. */
static int copy_parts(struct sk_buff *skb, const struct vnencap_run *run,
		      const unsigned long *got, struct sk_buff_head *parts,
		      unsigned int *first, unsigned int *end)
{
	unsigned int stop = vnencap_run_stop(run), next, next_end;
	struct skb_seq_state from;
	struct sk_buff *part;
	int err = 0;

	skb_prepare_seq_read(skb, run->hdr_len, run->hdr_len + run->len, &from);
	*first = vnencap_run_first(run);
	*end = find_stretch(got, first, stop);
	for (;; *first = next, *end = next_end) {
		next = *end;
		next_end = find_stretch(got, &next, stop);
		if (next == stop)
			break;
		part = copy_part(skb, run, &from, *first, *end);
		if (!part) {
			err = -ENOMEM;
			break;
		}
		__skb_queue_tail(parts, part);
	}
	skb_abort_seq_read(&from);
	return err;
}

/**
 * vnencap_run_part - part a run into the stretches that have not come before
 * @skb: the run, all ours; it is the last stretch afterwards
 * @run: its headers, those of that stretch afterwards
 * @got: the segments that have come, by number; not all of the run's
 * @parts: the other stretches are added, in their order
 *
 * Whoever sends may have a run have many gaps. Clones of it, cut down, would take as
 * much work for each gap as there are segments. So the bytes are copied, in one go from
 * front to back.
 *
 * Context: softirq.
 * Return: 0, or -ENOMEM with the skb in no state but to be freed, and @parts to be
 * purged.
 */
int vnencap_run_part(struct sk_buff *skb, struct vnencap_run *run,
		     const unsigned long *got, struct sk_buff_head *parts)
{
	unsigned int first, end;

	return copy_parts(skb, run, got, parts, &first, &end) ?:
	       run_cut(skb, run, first, end);
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
		vnencap_chain_consume(skb);
}
