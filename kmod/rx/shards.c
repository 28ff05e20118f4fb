// SPDX-License-Identifier: GPL-2.0-only
/* The shards that lie among the payload of a run are taken out of it. */
#include <linux/skbuff.h>

#include "rx/run.h"
#include "rx/shards.h"
#include "skb/strip.h"
#include "wire/frame.h"

/**
 * vnencap_shards_take_out - take shards out of the wire payload of a run
 * @skb: the run, all ours, the outer headers taken off
 * @run: its headers
 * @i: from which of the frame's shards on
 * @gone: bytes before it that have been taken out already
 *
 * Return: as vnencap_strip().
 */
int vnencap_shards_take_out(struct sk_buff *skb, const struct vnencap_run *run,
			    unsigned int i, u32 gone)
{
	const struct vnencap_frame *f = &run->seg.frame;
	struct vnencap_cuts cuts __uninitialized;

	cuts.n = 0;
	for (; i < f->n; i++) {
		u32 at = vnencap_frame_shard_at(f, i);

		if (at >= vnencap_run_end(run))
			break;
		cuts.cut[cuts.n].at = at - run->seg.offset - gone;
		cuts.cut[cuts.n].len = f->shard_len;
		cuts.n++;
	}
	return vnencap_strip(skb, &cuts);
}
