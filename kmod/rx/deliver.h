/* SPDX-License-Identifier: GPL-2.0-only */
/* Which way a run goes up: as a whole frame, in order, or after a wait. */
#ifndef _VNENCAP_DELIVER_H
#define _VNENCAP_DELIVER_H

#include <linux/errno.h>
#include <linux/skbuff.h>

#include "rx/order.h"
#include "rx/parity.h"
#include "rx/reasm.h"
#include "rx/recent.h"
#include "rx/restore.h"
#include "rx/run.h"
#include "rx/verify.h"
#include "stats/drop.h"
#include "vnencap.h"

bool vnencap_deliver_drop(struct vnencap_dev *vn, int err);
void vnencap_deliver_free(struct vnencap_dev *vn, struct sk_buff *skb, int err);

/**
 * vnencap_deliver_run - have a run, joined with all that it could be, go its
 * way
 * @vn: the device
 * @skb: the run, data at the outer header, not shared, all ours
 * @run: its headers
 * @via: which way it has come so far
 *
 * Context: softirq, in RCU.
 * Return: 0 where @skb is an inner packet now, to be handed up; negative where
 * the caller has to free it, see vnencap_deliver_free().
 */
static __always_inline int
vnencap_deliver_run(struct vnencap_dev *vn, struct sk_buff *skb,
		    const struct vnencap_run *run,
		    enum vnencap_run_via via)
{
	u64 name;
	int err;

	/* the VNI was changed while the run was on its way through the cell */
	if (via != VNENCAP_RUN_DIRECT &&
	    unlikely(!vnencap_verify_vni(vn, run->seg.vni))) {
		vnencap_drop(vn, skb, RX_UNKNOWN_VNI);
		return -ENODEV;
	}
	name = vnencap_recent_name(skb, run->seg.id);
	if (unlikely(run->seg.class == VNENCAP_PARITY))
		return vnencap_parity_take(vn, skb, run, name, via);
	if (likely(vnencap_run_whole(run) && !vnencap_recent_seen(vn, name)))
		return vnencap_restore_whole(vn, skb, run, name);
	/* reasm.c keeps what parity may be needed with */
	if (run->seg.class == VNENCAP_STREAM && likely(!run->seg.parity)) {
		err = vnencap_order_add(vn, skb, run, name);
		if (likely(err != -EAGAIN))
			return err;
	}
	return vnencap_reasm_add(vn, skb, run, name, via);
}

#endif /* _VNENCAP_DELIVER_H */
