// SPDX-License-Identifier: GPL-2.0-only
/*
 * A run is made the inner packet that it is a part of: outer headers and shards
 * go, inner headers made from the metadata come.
 */
#include <linux/errno.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>

#include "compat.h"
#include "rx/found.h"
#include "rx/mss.h"
#include "rx/recent.h"
#include "rx/restore.h"
#include "rx/run.h"
#include "rx/shards.h"
#include "rx/verify.h"
#include "skb/chain.h"
#include "skb/strip.h"
#include "stats/drop.h"
#include "stats/stats.h"
#include "vnencap.h"
#include "wire/frame.h"
#include "wire/inner.h"
#include "wire/meta.h"
#include "wire/outer.h"

static noinline void count_restore_error(struct vnencap_dev *vn,
					 const struct sk_buff *skb, int err)
{
	if (err == -ENOMEM)
		vnencap_drop(vn, skb, RX_NOMEM);
	else
		vnencap_drop(vn, skb, RX_MALFORMED);
}

/**
 * vnencap_restore_payload - leave of a run the inner payload only
 * @vn: the device
 * @skb: the run, data at the outer header, all ours
 * @run: its headers
 * @part: which part of the inner payload it is, written
 *
 * Context: softirq. Errors are counted.
 * Return: 0, or negative with the skb in no state but to be freed: an error, or
 * -ENODATA where there was nothing but shards in a run of a longer frame.
 */
__always_inline int
vnencap_restore_payload(struct vnencap_dev *vn, struct sk_buff *skb,
			const struct vnencap_run *run,
			struct vnencap_part *part)
{
	const struct vnencap_frame *f = &run->seg.frame;
	int err;

	part->at = vnencap_frame_payload_at(f, run->seg.offset);
	err = vnencap_shards_take_off(skb, run);
	if (unlikely(err)) {
		count_restore_error(vn, skb, err);
		return err;
	}
	part->len = skb->len;
	return part->len || vnencap_run_whole(run) ? 0 : -ENODATA;
}

/* What a tenant must not find of the substrate. The outer headers still lie in memory
 * before the packet, where tc's u32 looks if its rule says so. A socket may ask for the
 * NIC's clock (SO_TIMESTAMPING) and for its NAPI context, by which the kernel finds its
 * index. Queues would go by the priority that the substrate's rules gave, and rules by the
 * class. Members of a frag_list are only pages to the kernel.
 */
static noinline void hide_substrate(struct sk_buff *skb)
{
	skb->priority = 0;
#ifdef CONFIG_NET_SCHED
	skb->tc_index = 0;
#endif
	skb_init_secmark(skb);
	memset(skb->head, 0, skb_headroom(skb));
	memset(skb_hwtstamps(skb), 0, sizeof(*skb_hwtstamps(skb)));
	skb_shinfo(skb)->tx_flags = 0;
#ifdef CONFIG_NET_RX_BUSY_POLL
	skb->napi_id = 0;
#endif
}

/**
 * vnencap_restore_inner - make an inner packet of a part of the inner payload
 * @vn: the device
 * @skb: the part and nothing else, all ours
 * @meta: the frame's metadata
 * @part: which part it is
 * @tos: outer TOS or traffic class
 *
 * Context: softirq. Errors are counted.
 * Return: 0, or an error, with the skb in no state but to be freed.
 */
__always_inline int
vnencap_restore_inner(struct vnencap_dev *vn, struct sk_buff *skb,
		      const struct vnencap_meta *meta,
		      const struct vnencap_part *part, u8 tos)
{
	int err;

	/* what is not cut again may wait in a socket for long */
	if (!meta->gso_size && skb_is_nonlinear(skb))
		vnencap_chain_condense(skb);
	err = vnencap_strip_members(skb);
	if (!err)
		err = vnencap_inner_restore(skb, meta, part, tos);
	if (unlikely(err)) {
		count_restore_error(vn, skb, err);
		return err;
	}
	if (unlikely(vnencap_device_away(vn)))
		hide_substrate(skb);
	skb->dev = vn->dev;
	dev_sw_netstats_rx_add(vn->dev, skb->len);
	vnencap_count_add(vn, RX_DELIVERED_BYTES, part->len);
	trace_vnencap_rx_frame(vn->dev, skb, part->len);
	return 0;
}

static bool is_syn(const struct vnencap_meta *meta)
{
	return meta->l4 == VNENCAP_L4_TCP &&
	       ((const struct tcphdr *)(meta->image + meta->l4_off))->syn;
}

/**
 * vnencap_restore_run - make a run the inner packet that it is a part of
 * @vn: the device
 * @skb: the run, data at the outer header, all ours
 * @run: its headers
 * @meta: the frame's metadata
 *
 * Context: softirq. Errors are counted.
 * Return: 0, or negative with the skb in no state but to be freed: an error, or
 * -ENODATA as vnencap_restore_payload().
 */
__always_inline int
vnencap_restore_run(struct vnencap_dev *vn, struct sk_buff *skb,
		    const struct vnencap_run *run,
		    const struct vnencap_meta *meta)
{
	struct vnencap_part part __uninitialized;
	u8 tos = vnencap_outer_tos(skb);
	int err;

	err = vnencap_restore_payload(vn, skb, run, &part) ?:
	      vnencap_restore_inner(vn, skb, meta, &part, tos);
	if (unlikely(!err && is_syn(meta)) &&
	    rcu_dereference(vn->config)->mssclamp)
		vnencap_mss_lower(vn, skb, meta, run->hdr_len);
	return err;
}

/**
 * vnencap_restore_whole - make a run that is a whole frame its inner packet
 * @vn: the device
 * @skb: the run, data at the outer header, all ours
 * @run: its headers
 * @name: the frame's, from vnencap_recent_name()
 *
 * It is never inlined, so that its metadata is off the stack while the packet
 * goes up.
 *
 * Context: softirq, in RCU. Errors are counted.
 * Return: 0, or negative with the skb in no state but to be freed.
 */
noinline int vnencap_restore_whole(struct vnencap_dev *vn, struct sk_buff *skb,
				   const struct vnencap_run *run, u64 name)
{
	struct vnencap_meta meta __uninitialized;
	int err;

	err = vnencap_found_meta(vn, skb, run, &meta);
	if (unlikely(err))
		return err;
	if (vnencap_frame_wire_len(&run->seg.frame, meta.payload) != run->len)
		return vnencap_verify_refuse(vn, skb, -EPROTO);
	err = vnencap_restore_run(vn, skb, run, &meta);
	if (!err) {
		vnencap_count(vn, RX_FRAMES_WHOLE);
		vnencap_recent_add(vn, name, true);
		if (unlikely(run->seg.parity))
			vnencap_recent_add_followed(vn, name);
	}
	return err;
}
