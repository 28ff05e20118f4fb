// SPDX-License-Identifier: GPL-2.0-only
/* Runs: their headers, and their end. */
#include <linux/errno.h>
#include <linux/skbuff.h>

#include "rx/run.h"
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
