// SPDX-License-Identifier: GPL-2.0-only
/* What becomes of a run that is not handed up. */
#include <linux/errno.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

#include "rx/deliver.h"
#include "stats/drop.h"
#include "vnencap.h"

/**
 * vnencap_deliver_drop - count what vnencap_deliver_run() gave back as dropped
 * @vn: the device
 * @err: what was returned for it; with -EINPROGRESS and -ENODATA nothing is
 *	lost: the bytes wait in a copy, have gone up, or there were none
 *
 * Context: softirq.
 * Return: whether anything was lost.
 */
bool vnencap_deliver_drop(struct vnencap_dev *vn, int err)
{
	if (err == -EINPROGRESS || err == -ENODATA)
		return false;
	DEV_STATS_INC(vn->dev, rx_dropped);
	return true;
}

/**
 * vnencap_deliver_free - free what vnencap_deliver_run() gave back
 * @vn: the device
 * @skb: the run
 * @err: what was returned for it
 *
 * Context: softirq.
 */
void vnencap_deliver_free(struct vnencap_dev *vn, struct sk_buff *skb, int err)
{
	if (vnencap_deliver_drop(vn, err))
		kfree_skb_reason(skb, vnencap_drop_reason(err));
	else
		consume_skb(skb);
}
