// SPDX-License-Identifier: GPL-2.0-only
/*
 * Path MTU of the substrate, and of the overlay.
 *
 * A router of the substrate that cannot forward a segment says so:
 * "fragmentation needed" (RFC 1191) or "packet too big" (RFC 8201). TCP would
 * ignore the message, as it knows no such connection. Here the path MTU is kept
 * with the route to the peer, as it is for UDP tunnels, and the next frames have
 * shorter segments.
 *
 * The path MTU of the overlay is the device's MTU, whatever the substrate's.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ip_tunnels.h>
#include <net/route.h>
#include <net/sock.h>

#include "lower/icmp.h"
#include "lower/lower.h"
#include "lower/pmtu.h"
#include "lower/substrate.h"
#include "vnencap.h"
#include "wire/outer.h"

static bool too_big_told(const struct sk_buff *skb, unsigned int at)
{
	struct icmphdr buffer;
	const struct icmphdr *icmp;

	icmp = skb_header_pointer(skb, at, sizeof(buffer), &buffer);
	return icmp && icmp->type == ICMP_DEST_UNREACH &&
	       icmp->code == ICMP_FRAG_NEEDED;
}

/* Does what ipv4_update_pmtu() does, which has no parameter for a mark. @skb's data
 * is the packet that was too big.
 */
static void update_marked_ipv4(const struct vnencap_lower *lower,
			       struct sk_buff *skb, u32 mtu, u32 mark)
{
	struct rtable *rt = vnencap_icmp_route(lower, skb, mark);
	u16 network_header = skb->network_header;
	u32 own_mark = skb->mark;

	if (IS_ERR(rt))
		return;
	/* update_pmtu() looks the route up again, by what the skb says */
	skb_reset_network_header(skb);
	skb->mark = mark;
	rt->dst.ops->update_pmtu(&rt->dst, NULL, skb, mtu, false);
	skb->mark = own_mark;
	skb->network_header = network_header;
	ip_rt_put(rt);
}

static void update_ipv4(const struct vnencap_lower *lower, struct sk_buff *skb,
			u32 mtu)
{
	u32 mark = vnencap_icmp_mark(lower, skb, sizeof(struct iphdr));

	if (mark)
		update_marked_ipv4(lower, skb, mtu, mark);
	else
		ipv4_update_pmtu(skb, lower->substrate->net, mtu,
				 vnencap_lower_oif(lower), IPPROTO_TCP);
}

/* Does the host believe routers, and what (net.ipv4.ip_no_pmtu_disc)? icmp_unreach()
 * goes by the same. Nothing tells that a message is true, as TCP's sequence numbers do.
 */
static bool believed_ipv4(const struct net *net, u32 *mtu)
{
	switch (READ_ONCE(net->ipv4.sysctl_ip_no_pmtu_disc)) {
	case 0:
		return true;
	case 1:
		*mtu = 0; /* the least that there may be */
		return true;
	default:
		return false;
	}
}

static void learn_ipv4(const struct vnencap_substrate *s, struct sk_buff *skb)
{
	unsigned int ihl = ((const struct iphdr *)skb->data)->ihl * 4;
	unsigned int at;
	u32 mtu;

	if (!too_big_told(skb, ihl))
		return;
	at = vnencap_icmp_ipv4(s, skb);
	if (!at)
		return;
	mtu = ntohs(((struct icmphdr *)(skb->data + ihl))->un.frag.mtu);
	if (believed_ipv4(s->net, &mtu))
		vnencap_icmp_tell(s, skb, at, update_ipv4, mtu);
}

#if IS_ENABLED(CONFIG_IPV6)
static bool too_big_told_ipv6(const struct sk_buff *skb)
{
	struct icmp6hdr buffer;
	const struct icmp6hdr *icmp;

	icmp = skb_header_pointer(skb, sizeof(struct ipv6hdr), sizeof(buffer),
				  &buffer);
	return icmp && icmp->icmp6_type == ICMPV6_PKT_TOOBIG;
}

static void update_ipv6(const struct vnencap_lower *lower, struct sk_buff *skb,
			u32 mtu)
{
	struct net *net = lower->substrate->net;

	ip6_update_pmtu(skb, net, htonl(mtu), vnencap_lower_oif(lower),
			vnencap_icmp_mark(lower, skb, sizeof(struct ipv6hdr)),
			sock_net_uid(net, NULL));
}

static void learn_ipv6(const struct vnencap_substrate *s, struct sk_buff *skb)
{
	const unsigned int at = sizeof(struct ipv6hdr) +
				sizeof(struct icmp6hdr);
	const struct icmp6hdr *icmp;

	if (!too_big_told_ipv6(skb) || !vnencap_icmp_ipv6(s, skb, at))
		return;
	icmp = (const void *)(skb->data + sizeof(struct ipv6hdr));
	vnencap_icmp_tell(s, skb, at, update_ipv6, ntohl(icmp->icmp6_mtu));
}
#else
static void learn_ipv6(const struct vnencap_substrate *s, struct sk_buff *skb)
{
}
#endif

/**
 * vnencap_pmtu_learn - maybe learn a path MTU from an ICMP message
 * @s: the substrate that it came to
 * @skb: a message for this host, without IPv6 extension headers, data at its IP
 *	header; it is left as it was, except that more of it may be linear
 *
 * The stack is to get the message, too, and counts it.
 *
 * Context: softirq, in RCU. @skb not shared.
 */
void vnencap_pmtu_learn(const struct vnencap_substrate *s, struct sk_buff *skb)
{
	if (!pskb_may_pull(skb, sizeof(struct iphdr)))
		return;
	if (vnencap_outer_is_ipv6(skb))
		learn_ipv6(s, skb);
	else
		learn_ipv4(s, skb);
}

/* The kernel's function that builds the message wants a link layer header. */
static int build_reply(struct sk_buff *skb, struct dst_entry *dst, u32 mtu)
{
	struct ethhdr *eth;
	int err;

	err = skb_cow_head(skb, ETH_HLEN);
	if (err)
		return err;
	eth = skb_push(skb, ETH_HLEN);
	memset(eth, 0, ETH_HLEN);
	eth->h_proto = skb->protocol;
	skb_reset_mac_header(skb);
	err = skb_tunnel_check_pmtu(skb, dst, dst_mtu(dst) - mtu, true);
	__skb_pull(skb, ETH_HLEN);
	return err;
}

/* Did the packet come from a socket of the device's namespace? Its IP layer has
 * measured it then.
 */
static bool sent_here(const struct vnencap_dev *vn, const struct sk_buff *skb)
{
	const struct sock *sk = skb->sk;

	return sk && (sk->sk_family == AF_INET || sk->sk_family == AF_INET6) &&
	       net_eq(sock_net(sk), dev_net(vn->dev));
}

/**
 * vnencap_pmtu_enforce - refuse a packet that is longer than the device's MTU
 * @vn: the device
 * @skb: the packet, data at its IP header
 * @dst: the way to its endpoint
 *
 * The IP layer sends no such packet. But the MTU may have changed since it
 * looked, and what traffic control redirects from another device has not been
 * measured at all. The sender of such a packet is told, as a bridged VXLAN
 * device tells it. A sender on this host will learn from the device: its packet
 * is carried.
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 * Return: 0 where @skb is to be carried all the same; -EMSGSIZE where it has
 * become the answer, for vnencap_pmtu_reply(); or another error.
 */
int vnencap_pmtu_enforce(const struct vnencap_dev *vn, struct sk_buff *skb,
			 struct dst_entry *dst)
{
	int err;

	if (sent_here(vn, skb))
		return 0;
	err = build_reply(skb, dst, READ_ONCE(vn->dev->mtu));
	return err > 0 ? -EMSGSIZE : err;
}

/**
 * vnencap_pmtu_reply - hand up an answer, as if it had come by the device
 * @vn: the device
 * @skb: from vnencap_pmtu_enforce(); taken over
 *
 * Context: softirq, or bottom halves disabled.
 */
void vnencap_pmtu_reply(const struct vnencap_dev *vn, struct sk_buff *skb)
{
	skb_orphan(skb);
	skb_scrub_packet(skb, true);
	skb_reset_mac_header(skb);
	skb_reset_mac_len(skb);
	skb->dev = vn->dev;
	netif_rx(skb);
}
