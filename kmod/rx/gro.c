// SPDX-License-Identifier: GPL-2.0-only
/*
 * A GRO handler for runs, on the NAPI contexts of the vnencap device. A run
 * that is not a whole frame is held here for the runs that follow it. The lower
 * device's NAPI budget may have parted them, or its lack of GRO. The vnencap
 * device's gro_flush_timeout lets what is held outlive one poll.
 */
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/gro.h>

#include "rx/cells.h"
#include "rx/deliver.h"
#include "rx/gro.h"
#include "rx/run.h"
#include "skb/chain.h"
#include "stats/drop.h"
#include "vnencap.h"
#include "wire/frame.h"
#include "wire/option.h"
#include "wire/outer.h"

static const struct vnencap_segment_hdr *segment_hdr(const struct sk_buff *skb)
{
	return (const void *)skb->data + vnencap_outer_len(skb);
}

/* Find the run of the same flow that is held. What GRO says may be of the same
 * flow has the same device: those are runs, too. Return: NULL where none is.
 */
static struct sk_buff *find_held(struct list_head *head,
				 const struct sk_buff *skb)
{
	struct sk_buff *p, *held = NULL;

	list_for_each_entry(p, head, list) {
		if (!NAPI_GRO_CB(p)->same_flow)
			continue;
		NAPI_GRO_CB(p)->same_flow = 0;
		if (!held && vnencap_outer_same_flow(p, skb)) {
			NAPI_GRO_CB(p)->same_flow = 1;
			held = p;
		}
	}
	return held;
}

/* Are both of one frame? The flow is known to be the same: the rest of what all
 * of a frame's segments say alike is compared.
 */
static bool same_frame(const struct sk_buff *a, const struct sk_buff *b)
{
	const struct vnencap_segment_hdr *ha = segment_hdr(a);
	const struct vnencap_segment_hdr *hb = segment_hdr(b);

	return vnencap_outer_alike(a, b) &&
	       ha->tcp.ack_seq == hb->tcp.ack_seq &&
	       ha->tcp.window == hb->tcp.window && ha->word == hb->word;
}

/* Where a run that was read before ends in its frame's wire payload */
static u32 end_of(const struct sk_buff *skb,
		  const struct vnencap_segment_hdr *hdr)
{
	return ntohl(hdr->tcp.seq) + skb->len -
	       ((const u8 *)(hdr + 1) - skb->data);
}

/* Is the run the next one after @p, and may it be hung on it? */
static bool follows(const struct vnencap_dev *vn, const struct sk_buff *p,
		    const struct sk_buff *skb, const struct vnencap_run *run)
{
	const struct vnencap_segment_hdr *hdr = segment_hdr(p);

	return same_frame(p, skb) && !hdr->tcp.psh &&
	       end_of(p, hdr) == run->seg.offset &&
	       p->len + run->len <= READ_ONCE(vn->dev->gro_max_size) &&
	       p->pp_recycle == skb->pp_recycle;
}

/* Hang @skb, less its headers, on @p. */
static void join(struct sk_buff *p, struct sk_buff *skb,
		 const struct vnencap_run *run)
{
	struct vnencap_segment_hdr *hdr = (void *)segment_hdr(p);
	struct sk_buff *last = NAPI_GRO_CB(p)->last;

	/* GRO knows nothing of a chain that the run came with */
	if (last == p)
		last = vnencap_chain_tail(p);
	NAPI_GRO_CB(p)->last = vnencap_chain_add(p, last, skb, run->hdr_len);
	NAPI_GRO_CB(p)->count++;
	__skb_header_release(skb);
	if (run->seg.last)
		hdr->tcp.psh = 1;
	NAPI_GRO_CB(skb)->same_flow = 1;
}

/* Free a run that GRO is to forget. */
static struct sk_buff *consumed(struct vnencap_dev *vn, struct sk_buff *skb,
				int err)
{
	vnencap_deliver_free(vn, skb, err);
	return ERR_PTR(-EINPROGRESS);
}

/* GRO's callback for each packet. Return: the held one that is to be completed
 * now, if any, or -EINPROGRESS where @skb is gone.
 */
static struct sk_buff *gro_receive(struct list_head *head, struct sk_buff *skb)
{
	struct vnencap_dev *vn = vnencap_cells_owner(skb->dev);
	struct vnencap_run run;
	struct sk_buff *p;
	int err;

	NAPI_GRO_CB(skb)->flush = 1;
	/* Not a run of ours: it was in a tunnel's packet, or tun or tc made it
	 * up. It is let through, as if there were no handler.
	 */
	if (unlikely(!vn))
		return NULL;
	if (WARN_ON_ONCE(vnencap_run_read(skb, &run)))
		return consumed(vn, skb, -EPROTO);
	p = find_held(head, skb);
	if (p && follows(vn, p, skb, &run)) {
		join(p, skb, &run);
		return run.seg.last ? p : NULL;
	}
	/* parity waits behind what is held of its frame */
	if (!vnencap_run_whole(&run) || run.seg.class == VNENCAP_PARITY) {
		/* GRO hands up what has a count of one without gro_complete()
		 */
		NAPI_GRO_CB(skb)->count = 2;
		NAPI_GRO_CB(skb)->flush = 0;
		return p;
	}
	err = vnencap_deliver_run(vn, skb, &run, VNENCAP_RUN_CELL);
	return err ? consumed(vn, skb, err) : p;
}

/* GRO's callback for a run that is held no more */
static int gro_complete(struct sk_buff *skb, int nhoff)
{
	struct vnencap_dev *vn = vnencap_cells_owner(skb->dev);
	struct vnencap_run run;
	int err;

	/* by a tunnel, but for gro_receive() to have held it */
	if (unlikely(!vn))
		return -ENOENT;
	/* it was read when it came, and has only become longer since */
	if (WARN_ON_ONCE(vnencap_run_read(skb, &run)))
		return -EPROTO;
	err = vnencap_deliver_run(vn, skb, &run, VNENCAP_RUN_LENT);
	/* GRO frees it as dropped, unless another has it, too */
	if (err && !vnencap_deliver_drop(vn, err) && err != -EALREADY)
		vnencap_cells_put_off(vn, skb);
	return err;
}

static struct packet_offload run_offload __read_mostly = {
	.type = cpu_to_be16(VNENCAP_ETH_P_RUN),
	.callbacks = {
		.gro_receive = gro_receive,
		.gro_complete = gro_complete,
	},
};

/**
 * vnencap_gro_init - take part in GRO
 *
 * Context: process.
 */
void vnencap_gro_init(void)
{
	dev_add_offload(&run_offload);
}

/**
 * vnencap_gro_exit - take no part any more
 *
 * Context: process; no vnencap device is left, so no run is on its way.
 */
void vnencap_gro_exit(void)
{
	dev_remove_offload(&run_offload);
}
