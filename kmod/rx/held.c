// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs that are held back. Of a frame that parity follows, what is behind a hole waits
 * until the hole is filled, or for long enough. What is handed up of such a frame is
 * kept, too: what is lost may be found from it (repair.c).
 */
#include <linux/errno.h>
#include <linux/skbuff.h>

#include "rx/held.h"
#include "rx/pending.h"
#include "rx/ready.h"
#include "rx/repair.h"
#include "rx/run.h"
#include "rx/sorted.h"
#include "skb/strip.h"
#include "stats/drop.h"
#include "stats/stats.h"
#include "vnencap.h"

/**
 * vnencap_held_hand_up - hand up a run, but keep what may be needed of it
 * @vn: the device
 * @fq: its frame, which parity follows
 * @skb: the run, data at the outer header, all ours
 * @run: its headers
 * @ready: where what is ready goes
 *
 * Context: softirq, in RCU, the frame's lock held.
 * Return: as vnencap_ready_add().
 */
int vnencap_held_hand_up(struct vnencap_dev *vn, struct vnencap_pending *fq,
			 struct sk_buff *skb, const struct vnencap_run *run,
			 struct sk_buff_head *ready)
{
	if (!vnencap_pending_whole(fq))
		vnencap_repair_keep(fq, skb, run);
	if (vnencap_run_end(run) > fq->repair->next)
		fq->repair->next = vnencap_run_end(run);
	if (vnencap_strip_own(skb)) {
		vnencap_drop(vn, skb, RX_NOMEM);
		return -ENOMEM;
	}
	return vnencap_ready_add(vn, fq, skb, run, ready);
}

/**
 * vnencap_held_release - hand up runs that were held back
 * @vn: the device
 * @fq: their frame
 * @ready: where what is ready goes
 *
 * Those go that nothing is missing before, or all if they were held for long enough.
 *
 * Context: softirq, in RCU, the frame's lock held.
 */
void vnencap_held_release(struct vnencap_dev *vn, struct vnencap_pending *fq,
			  struct sk_buff_head *ready)
{
	struct vnencap_run run;
	struct sk_buff *skb;
	int err;

	while ((skb = vnencap_sorted_first(&fq->waiting))) {
		vnencap_run_read(skb, &run);
		if (run.seg.offset > fq->repair->next && !fq->repair->hasty)
			break;
		vnencap_pending_take(fq, skb);
		err = vnencap_held_hand_up(vn, fq, skb, &run, ready);
		if (err != -EALREADY)
			vnencap_run_free(skb, err);
	}
}

/**
 * vnencap_held_release_all - hold no run of a frame back any more
 * @vn: the device
 * @fq: the frame
 * @ready: where what is ready goes
 *
 * Context: softirq, in RCU, the frame's lock held.
 */
void vnencap_held_release_all(struct vnencap_dev *vn,
			      struct vnencap_pending *fq,
			      struct sk_buff_head *ready)
{
	fq->repair->hasty = true;
	vnencap_held_release(vn, fq, ready);
}
