/* SPDX-License-Identifier: GPL-2.0-only */
/* What the substrate must not know of an inner packet, nor a tenant's socket of the
 * frame. It is inlined, for it is on each packet's way.
 */
#ifndef _VNENCAP_SCRUB_H
#define _VNENCAP_SCRUB_H

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/skbuff.h>
#include <net/sch_generic.h>
#include <net/sock.h>

#include "lower/route.h"
#include "vnencap.h"

/* What a tenant's namespace can have put on an skb, to choose a queue or a class
 * of the substrate by, or to keep a neighbour there that does not answer any more
 * (MSG_CONFIRM): skb_scrub_packet() leaves that on.
 */
static inline void vnencap_scrub_forget(struct sk_buff *skb)
{
	/* A socket remembers the queue that it was sent by last, which goes before all that
	 * chooses one. That may have been a queue of another device, of the tenant's choice.
	 */
	if (skb->sk && sk_fullsock(skb->sk) && sk_tx_queue_get(skb->sk) >= 0)
		sk_tx_queue_clear(skb->sk);
	skb_set_dst_pending_confirm(skb, 0);
	skb->priority = 0;
#ifdef CONFIG_NET_SCHED
	skb->tc_index = 0;
#endif
	skb_set_queue_mapping(skb, 0);
	skb_init_secmark(skb);
}

/* A socket that asked for timestamps, or for what a wireless NIC has to say, gets the
 * packet back as it was sent, outer header and all. So does one that gave a time to send
 * at, where the substrate's qdisc (etf) finds that too late. That is not for a tenant to
 * see.
 *
 * TCP may ask for the timestamp of what it has sent already, by what the packet has in
 * common with the one that it keeps. So the packet is to have nothing in common with it.
 */
static inline bool vnencap_scrub_comes_back(struct sk_buff *skb)
{
	if (skb->sk && skb_unclone(skb, GFP_ATOMIC))
		return true;
	if (skb_shinfo(skb)->tx_flags & (SKBTX_ANY_TSTAMP | SKBTX_WIFI_STATUS))
		return true;
	return skb->sk && sk_fullsock(skb->sk) &&
	       (sock_flag(skb->sk, SOCK_TXTIME) ||
		sock_flag(skb->sk, SOCK_WIFI_STATUS));
}

/**
 * vnencap_scrub - take off an skb what was the inner packet's
 * @vn: the device that sends it
 * @config: its configuration
 * @skb: a frame
 *
 * As iptunnel_xmit() and ip6tunnel_xmit() do. Connection tracking is ours to decide:
 * it would take the segments for connections that never open or close, and its table
 * would fill up. So they are not tracked, unless the device is set to.
 *
 * The socket stays, for TCP has to know what is under way. Another namespace's
 * filters do not look at it. But IPsec does: it would tell the socket of a frame that
 * is too long for it, and of the endpoint, and hold the socket's own policies to be
 * those of the frame. So where there is IPsec, the frame is nobody's, and is told of
 * by ICMP, to this host.
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 */
static inline void vnencap_scrub(const struct vnencap_dev *vn,
				 const struct vnencap_config *config,
				 struct sk_buff *skb)
{
	bool xnet = vnencap_device_away(vn);

	if (unlikely(vnencap_route_policed(vn->net) ||
		     (xnet && vnencap_scrub_comes_back(skb))))
		skb_orphan(skb);
	skb_scrub_packet(skb, xnet);
	/* What an IFB gives back passes over the next actions of traffic control. Those
	 * of the device had their chance, and the lower device's are not for it to pass.
	 */
	skb_skip_tc_classify(skb);
	/* What mirred has redirected passes over programs of XDP where it comes in. Over
	 * veth that would be the next host's.
	 */
	skb_reset_redirect(skb);
	if (xnet)
		vnencap_scrub_forget(skb);
	if (unlikely(config->fwmark))
		skb->mark = config->fwmark;
	if (likely(config->notrack))
		skb_set_nfct(skb, IP_CT_UNTRACKED);
	skb_clear_hash_if_not_l4(skb);
	skb->encapsulation = 0;
}

#endif /* _VNENCAP_SCRUB_H */
