// SPDX-License-Identifier: GPL-2.0-only
/* Runs: their headers, and their end. */
#include <linux/errno.h>
#include <linux/skbuff.h>

#include "rx/run.h"
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
	if (end < vnencap_run_stop(run))
		hdr->tcp.psh = 0;
	return vnencap_run_read(skb, run);
}

/**
 * vnencap_run_copy - copy some segments of a run
 * @skb: the run
 * @run: its headers; the copy's afterwards
 * @first: the first segment to be copied
 * @end: the segment after the last one
 *
 * Context: softirq.
 * Return: the copy, which shares the run's pages, or NULL where there is no memory.
 */
struct sk_buff *vnencap_run_copy(struct sk_buff *skb, struct vnencap_run *run,
				 unsigned int first, unsigned int end)
{
	struct sk_buff *part = skb_clone(skb, GFP_ATOMIC);

	if (part && (vnencap_strip_own(part) ||
		     vnencap_run_cut(part, run, first, end))) {
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
