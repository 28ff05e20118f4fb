// SPDX-License-Identifier: GPL-2.0-only
/* What becomes of a run that is not handed up. */
#include <linux/errno.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

#include "rx/deliver.h"
#include "rx/run.h"
#include "vnencap.h"

/**
 * vnencap_deliver_drop - count what vnencap_deliver_run() gave back as dropped
 * @vn: the device
 * @err: what was returned for it
 *
 * Context: softirq.
 * Return: whether anything was lost.
 */
bool vnencap_deliver_drop(struct vnencap_dev *vn, int err)
{
	if (!vnencap_run_lost(err))
		return false;
	DEV_STATS_INC(vn->dev, rx_dropped);
	return true;
}

/**
 * vnencap_deliver_free - free what vnencap_deliver_run() gave back
 * @vn: the device
 * @skb: the run; with -EALREADY it is nobody's to free any more
 * @err: what was returned for it
 *
 * Context: softirq.
 */
void vnencap_deliver_free(struct vnencap_dev *vn, struct sk_buff *skb, int err)
{
	vnencap_deliver_drop(vn, err);
	if (err != -EALREADY)
		vnencap_run_free(skb, err);
}
