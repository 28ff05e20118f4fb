// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fast way in: the lower device's rx_handler takes runs that are ours. It is
 * open to packets that neither the host's rules nor its routing could object to.
 * All other packets are left to the stack. If they are ours, input.c takes them at
 * local input.
 *
 * A run that has nothing to wait for is delivered at once, see deliver.h. Any other
 * goes to the device's cell. There gro.c joins it with other runs of its frame, and
 * delivers them.
 */
#include <linux/errno.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

#include "compat.h"
#include "lower/admit.h"
#include "lower/lower.h"
#include "rx/accept.h"
#include "rx/cells.h"
#include "rx/deliver.h"
#include "rx/firewall.h"
#include "rx/run.h"
#include "rx/rx.h"
#include "vnencap.h"
#include "wire/option.h"
#include "wire/outer.h"

/* The device on the lower device that a packet is for */
static struct vnencap_dev *find_device(const struct sk_buff *skb,
				       const struct vnencap_lower *lower,
				       const struct vnencap_peek *peek)
{
	struct vnencap_segment_hdr copy __uninitialized;
	const struct vnencap_segment_hdr *hdr;
	struct vnencap_dev *vn;

	if (peek->proto != IPPROTO_TCP)
		return NULL;
	hdr = skb_header_pointer(skb, peek->len, sizeof(copy), &copy);
	if (!hdr || !test_bit(ntohs(hdr->tcp.dest), lower->substrate->ports) ||
	    !vnencap_option_there(hdr))
		return NULL;
	vn = vnencap_lower_find(lower, be32_to_cpu(hdr->word) &
				       VNENCAP_WORD_VNI);
	return vn && vnencap_substrate_takes(vn, &peek->daddr,
					     hdr->tcp.dest) ? vn : NULL;
}

/* Is the packet one that the stack would do nothing with but deliver it to this
 * host? IPv4 options and IPv6 extension headers may ask for more. What is left to the
 * stack is as it came.
 */
static bool is_plain(struct vnencap_lower *lower, const struct vnencap_dev *vn,
		     struct sk_buff *skb, struct vnencap_peek *peek)
{
	skb_reset_network_header(skb);
	if (unlikely(peek->part ||
		     (peek->extended && !compat_jumbo_there(skb))))
		return false;
	if (!vnencap_outer_is_ipv6(skb) && peek->len != sizeof(struct iphdr))
		return false;
	if (!vnencap_admit(lower, vn, skb))
		return false;
	if (unlikely(peek->extended && vnencap_outer_remove_jumbo(skb, peek)))
		return false;
	return vnencap_outer_trim(skb, peek);
}

/* May a run go up without a stay in the cell? A whole frame has nothing to be
 * joined with; nor has any run where the device has GRO turned off. A run of a
 * stream that GRO has joined already is as good as a packet of its own, and
 * nothing follows the frame's last run. In the cell they would wait for
 * nothing. They might also be overtaken there, where the lower device's NAPI
 * context moves to another CPU, as that of veth does. Nor is a run joined of a frame
 * that parity follows: what is brought back of that must not be overtaken by the next
 * frame. But no run must overtake what is in the cell.
 */
static bool goes_directly(const struct vnencap_dev *vn,
			  const struct sk_buff *skb,
			  const struct vnencap_run *run)
{
	bool alone = vnencap_run_whole(run) || run->seg.parity ||
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

	vnencap_accept_scrub(vn, skb);
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

/**
 * vnencap_rx_handler - rx_handler of a lower device
 * @pskb: the packet, data at its network header
 *
 * A packet that cannot go the fast way is left to the stack, ours or not.
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
	if (!vnencap_outer_peek(skb, &peek, VNENCAP_PEEK_FEW))
		return RX_HANDLER_PASS;
	vn = find_device(skb, lower, &peek);
	if (!vn || unlikely(!vnencap_firewall_absent(vn->net, skb)))
		return RX_HANDLER_PASS;

	skb = skb_share_check(skb, GFP_ATOMIC);
	if (!skb)
		return RX_HANDLER_CONSUMED;
	*pskb = skb;
	if (!is_plain(lower, vn, skb, &peek))
		return RX_HANDLER_PASS;
	/* if there is a VLAN tag, it has no VLAN in it but only a priority */
	__vlan_hwaccel_clear_tag(skb);
	err = vnencap_accept_run(vn, skb, &peek, &run);
	if (unlikely(err))
		vnencap_deliver_free(vn, skb, err);
	else
		hand_up(vn, skb, &run);
	return RX_HANDLER_CONSUMED;
}
