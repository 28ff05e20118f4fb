// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way in: the lower device's rx_handler takes the runs that are ours. A run
 * that has nothing to wait for is delivered at once, see deliver.h. Another
 * goes to the device's cell, where gro.c joins it with what belongs to it, and
 * is delivered from there.
 */
#include <linux/errno.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/dst_metadata.h>
#include <net/gro.h>
#include <net/ip.h>
#include <net/tcp.h>

#include "compat.h"
#include "lower/lower.h"
#include "lower/pmtu.h"
#include "rx/cells.h"
#include "rx/deliver.h"
#include "rx/run.h"
#include "rx/rx.h"
#include "rx/verify.h"
#include "skb/strip.h"
#include "stats/drop.h"
#include "stats/stats.h"
#include "vnencap.h"
#include "wire/frame.h"
#include "wire/option.h"
#include "wire/outer.h"

/* Find the device of a packet that is for our port, but has not even the room
 * for a header of ours.
 */
static noinline struct vnencap_dev *
find_by_port(const struct sk_buff *skb, const struct vnencap_lower *lower,
	     const struct vnencap_peek *peek)
{
	const __be16 *port;
	__be16 copy;

	port = skb_header_pointer(skb, peek->len + offsetof(struct tcphdr, dest),
				  sizeof(copy), &copy);
	if (!port || !test_bit(ntohs(*port), lower->ports))
		return NULL;
	return vnencap_lower_owner(lower, &peek->daddr, *port);
}

/* Does the device receive at that address and port? */
static bool takes(const struct vnencap_dev *vn,
		  const struct vnencap_addr *daddr, __be16 port)
{
	const struct vnencap_config *config = rcu_dereference(vn->config);

	if (config->port != port || !netif_running(vn->dev))
		return false;
	if (vnencap_config_local(config, daddr->family))
		return vnencap_config_receives(config, daddr);
	return vnencap_lower_receives(vn->lower, daddr);
}

/* The device that a packet is for, by its VNI. Where there is none, it is one
 * that the packet's address and port belong to, for which the drop is counted.
 */
static struct vnencap_dev *find_device(const struct sk_buff *skb,
				       const struct vnencap_lower *lower,
				       const struct vnencap_peek *peek)
{
	const struct vnencap_segment_hdr *hdr;
	struct vnencap_segment_hdr copy __uninitialized;
	struct vnencap_dev *vn;

	if (peek->proto != IPPROTO_TCP)
		return NULL;
	hdr = skb_header_pointer(skb, peek->len, sizeof(copy), &copy);
	if (unlikely(!hdr))
		return find_by_port(skb, lower, peek);
	if (!test_bit(ntohs(hdr->tcp.dest), lower->ports))
		return NULL;
	vn = vnencap_lower_find(lower, be32_to_cpu(hdr->word) &
				       VNENCAP_WORD_VNI);
	if (likely(vn && takes(vn, &peek->daddr, hdr->tcp.dest)))
		return vn;
	return vnencap_lower_owner(lower, &peek->daddr, hdr->tcp.dest);
}

/* Make the segment header linear, and see that the TCP checksum is right. */
static int check_segment(struct vnencap_dev *vn, struct sk_buff *skb,
			 const struct vnencap_peek *peek)
{
	if (!pskb_may_pull(skb, peek->len +
			   sizeof(struct vnencap_segment_hdr))) {
		vnencap_drop(vn, skb, RX_MALFORMED);
		return -EPROTO;
	}
	if (!vnencap_outer_sum_right(skb, peek->len)) {
		vnencap_drop(vn, skb, RX_BAD_CHECKSUM);
		return -EBADMSG;
	}
	return 0;
}

static void count_arrival(struct vnencap_dev *vn, const struct sk_buff *skb,
			  const struct vnencap_run *run)
{
	const struct vnencap_frame *f = &run->seg.frame;
	unsigned int shards = f->n;

	if (!vnencap_run_whole(run))
		shards = vnencap_frame_shards_before(f, vnencap_run_end(run)) -
			 vnencap_frame_shards_before(f, run->seg.offset);
	vnencap_count(vn, RX_RUNS);
	vnencap_count_add(vn, RX_SEGMENTS, skb_shinfo(skb)->gso_segs ?: 1);
	vnencap_count_add(vn, RX_PAYLOAD_BYTES,
			  run->len - min(run->len, shards * f->shard_len));
}

static int accept_run(struct vnencap_dev *vn, struct sk_buff *skb,
		      const struct vnencap_peek *peek, struct vnencap_run *run)
{
	if (check_segment(vn, skb, peek))
		return -EPROTO;
	if (peek->part || vnencap_run_parse(skb, peek->len, run)) {
		vnencap_drop(vn, skb, RX_MALFORMED);
		return -EPROTO;
	}
	/* QEMU's e1000 ends a frame so where its last segment is full */
	if (unlikely(!run->len)) {
		vnencap_drop(vn, skb, RX_DUPLICATES);
		return -ENODATA;
	}
	if (!vnencap_verify_vni(vn, run->seg.vni)) {
		vnencap_drop(vn, skb, RX_UNKNOWN_VNI);
		return -ENODEV;
	}
	count_arrival(vn, skb, run);
	/* Pages lent by a sender on this host must be copied. The stack does
	 * that for sockets and taps, but not before an rx_handler.
	 */
	if (skb_orphan_frags_rx(skb, GFP_ATOMIC) || vnencap_strip_own(skb)) {
		vnencap_drop(vn, skb, RX_NOMEM);
		return -ENOMEM;
	}
	return 0;
}

/* May a run go up without a stay in the cell? A whole frame has nothing to be
 * joined with; nor has any run where the device has GRO turned off. A run of a
 * stream that GRO has joined already is as good as a packet of its own, and
 * nothing follows the frame's last run. In the cell they would wait for
 * nothing. They might also be overtaken there, where the lower device's NAPI
 * context moves to another CPU, as that of veth does. But no run must overtake
 * what is in the cell.
 */
static bool goes_directly(const struct vnencap_dev *vn,
			  const struct sk_buff *skb,
			  const struct vnencap_run *run)
{
	bool alone = vnencap_run_whole(run) ||
		     (run->seg.class == VNENCAP_STREAM &&
		      (skb_is_gso(skb) || run->seg.last));

	if (unlikely(netif_elide_gro(vn->dev)))
		return true;
	return alone && vnencap_cells_idle(&vn->cells);
}

static void hand_up(struct vnencap_dev *vn, struct sk_buff *skb,
		    const struct vnencap_run *run)
{
	int err;

	/* As ip_rcv() does: over veth the skb may be its sender's still. */
	skb_orphan(skb);
	__skb_tunnel_rx(skb, vn->dev, vn->net);
	if (unlikely(!goes_directly(vn, skb, run))) {
		vnencap_cells_add_run(vn, skb);
		return;
	}
	err = vnencap_deliver_run(vn, skb, run, VNENCAP_RUN_DIRECT);
	if (unlikely(err))
		vnencap_deliver_free(vn, skb, err);
	else
		netif_receive_skb(skb);
}

/* Is it ICMP? That may tell of a path MTU. */
static bool is_icmp(const struct vnencap_peek *peek)
{
	return !peek->extended && (peek->proto == IPPROTO_ICMP ||
				   peek->proto == IPPROTO_ICMPV6);
}

static rx_handler_result_t learn_and_pass(const struct vnencap_lower *lower,
					  struct sk_buff **pskb)
{
	*pskb = skb_share_check(*pskb, GFP_ATOMIC);
	if (!*pskb)
		return RX_HANDLER_CONSUMED;
	vnencap_pmtu_learn(lower, *pskb);
	return RX_HANDLER_PASS;
}

/* Is it a run of more than 64 KB? GRO has given that an extension header for
 * the length. Without the header it is like any other run.
 */
static bool is_big(struct sk_buff *skb, struct vnencap_peek *peek)
{
	if (!compat_jumbo_there(skb) || compat_jumbo_remove(skb))
		return false;
	peek->len = sizeof(struct ipv6hdr);
	return true;
}

/* Drop a segment with extension headers. TCP would find its header behind them,
 * and answer with a reset.
 */
static rx_handler_result_t drop_extended(struct vnencap_dev *vn,
					 struct sk_buff *skb)
{
	vnencap_drop(vn, skb, RX_MALFORMED);
	vnencap_deliver_free(vn, skb, -EPROTO);
	return RX_HANDLER_CONSUMED;
}

/**
 * vnencap_rx_handler - rx_handler of a lower device
 * @pskb: the packet, data at its network header
 *
 * What is for our port at our address is taken, right or wrong: a reset sent
 * by TCP would be the answer otherwise. All else passes.
 *
 * Context: softirq, in RCU.
 * Return: RX_HANDLER_CONSUMED or RX_HANDLER_PASS.
 */
rx_handler_result_t vnencap_rx_handler(struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;
	struct vnencap_peek peek __uninitialized;
	struct vnencap_run run __uninitialized;
	struct vnencap_lower *lower;
	struct vnencap_dev *vn;
	int err;

	if (skb->pkt_type != PACKET_HOST ||
	    (skb_vlan_tag_present(skb) && skb_vlan_tag_get_id(skb)))
		return RX_HANDLER_PASS;
	lower = rcu_dereference(skb->dev->rx_handler_data);
	if (!vnencap_outer_peek(skb, &peek))
		return RX_HANDLER_PASS;
	if (unlikely(is_icmp(&peek)))
		return learn_and_pass(lower, pskb);
	vn = find_device(skb, lower, &peek);
	if (!vn)
		return RX_HANDLER_PASS;

	skb = skb_share_check(skb, GFP_ATOMIC);
	if (!skb)
		return RX_HANDLER_CONSUMED;
	*pskb = skb;
	skb_reset_network_header(skb);
	if (unlikely(peek.extended) && !is_big(skb, &peek))
		return drop_extended(vn, skb);
	if (!vnencap_outer_trim(skb, &peek))
		return RX_HANDLER_PASS;
	/* of a VLAN tag only a priority can be there */
	__vlan_hwaccel_clear_tag(skb);
	err = accept_run(vn, skb, &peek, &run);
	if (unlikely(err))
		vnencap_deliver_free(vn, skb, err);
	else
		hand_up(vn, skb, &run);
	return RX_HANDLER_CONSUMED;
}
