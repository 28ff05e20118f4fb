// SPDX-License-Identifier: GPL-2.0-only
/*
 * Path MTU, of the substrate: a router's "fragmentation needed" (RFC 1191) or
 * "packet too big" (RFC 8201) names a TCP connection that the stack does not
 * know, and would be forgotten; here it changes the route to the peer, as it
 * does for UDP tunnels. And of the overlay: that is the device's MTU, whatever
 * the substrate's.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ip_tunnels.h>
#include <net/route.h>
#include <net/sock.h>

#include "lower/local.h"
#include "lower/lower.h"
#include "lower/pmtu.h"
#include "lower/substrate.h"
#include "vnencap.h"
#include "wire/outer.h"
#include "wire/wire.h"

/* Of the packet that was too big, a router returns that much at least: its IP
 * header and the ports.
 */
#define RETURNED_MIN	8

/* Lower devices that are told of a message which came by none of them */
#define LOWERS_MAX	16

/* Was it one of our segments, from this host? */
static bool ours_returned(const struct vnencap_substrate *s,
			  const struct sk_buff *skb, const void *ip,
			  const __be16 *ports)
{
	struct vnencap_addr saddr;

	if (!test_bit(ntohs(ports[1]), s->ports))
		return false;
	if (((const struct iphdr *)ip)->version == 4) {
		saddr.family = AF_INET;
		saddr.ip4 = ((const struct iphdr *)ip)->saddr;
	} else {
		saddr.family = AF_INET6;
		saddr.ip6 = ((const struct ipv6hdr *)ip)->saddr;
	}
	return vnencap_local_is(skb->dev, &saddr);
}

typedef void (*update_fn)(struct sk_buff *skb, struct net *net, int oif,
			  u32 mtu);

/* Tell the route by the lower device that the message came by; where it came by
 * another one, those by each lower device, for the message does not say which.
 */
static void tell_routes(const struct vnencap_substrate *s, struct sk_buff *skb,
			update_fn update, u32 mtu)
{
	const struct vnencap_lower *lower = vnencap_lower_of(skb->dev);
	unsigned int left = LOWERS_MAX;

	if (likely(lower)) {
		update(skb, s->net, lower->dev->ifindex, mtu);
		return;
	}
	hlist_for_each_entry_rcu(lower, &s->lowers, node) {
		if (!left--)
			return;
		update(skb, s->net, lower->dev->ifindex, mtu);
	}
}

static void update_ipv4(struct sk_buff *skb, struct net *net, int oif, u32 mtu)
{
	ipv4_update_pmtu(skb, net, mtu, oif, IPPROTO_TCP);
}

static bool too_big_told(const struct sk_buff *skb, unsigned int at)
{
	struct icmphdr buffer;
	const struct icmphdr *icmp;

	icmp = skb_header_pointer(skb, at, sizeof(buffer), &buffer);
	return icmp && icmp->type == ICMP_DEST_UNREACH &&
	       icmp->code == ICMP_FRAG_NEEDED;
}

static bool segment_like(const struct iphdr *iph)
{
	return iph->version == 4 && iph->ihl == 5 &&
	       iph->protocol == IPPROTO_TCP && iph->frag_off == htons(IP_DF);
}

static void learn_ipv4(const struct vnencap_substrate *s, struct sk_buff *skb)
{
	unsigned int ihl = ((const struct iphdr *)skb->data)->ihl * 4;
	unsigned int inner = ihl + sizeof(struct icmphdr);
	const struct iphdr *iph;
	u16 mtu;

	if (!too_big_told(skb, ihl) ||
	    !pskb_may_pull(skb, inner + sizeof(*iph) + RETURNED_MIN) ||
	    ip_fast_csum(skb->data, ihl / 4) ||
	    csum_fold(skb_checksum(skb, ihl, skb->len - ihl, 0)))
		return;
	mtu = ntohs(((struct icmphdr *)(skb->data + ihl))->un.frag.mtu);
	iph = __skb_pull(skb, inner);
	if (segment_like(iph) &&
	    ours_returned(s, skb, iph, (const __be16 *)(iph + 1)))
		tell_routes(s, skb, update_ipv4, mtu);
	__skb_push(skb, inner);
}

#if IS_ENABLED(CONFIG_IPV6)
static void update_ipv6(struct sk_buff *skb, struct net *net, int oif, u32 mtu)
{
	ip6_update_pmtu(skb, net, htonl(mtu), oif, 0, sock_net_uid(net, NULL));
}

static bool too_big_told_ipv6(const struct sk_buff *skb)
{
	struct icmp6hdr buffer;
	const struct icmp6hdr *icmp;

	icmp = skb_header_pointer(skb, sizeof(struct ipv6hdr), sizeof(buffer),
				  &buffer);
	return icmp && icmp->icmp6_type == ICMPV6_PKT_TOOBIG;
}

/* Message and pseudo-header; what follows the message is padding. */
static bool sum_right_ipv6(const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)skb->data;
	u32 len = ntohs(ip6h->payload_len);

	if (len > skb->len - sizeof(*ip6h))
		return false;
	return !csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, len,
				IPPROTO_ICMPV6,
				skb_checksum(skb, sizeof(*ip6h), len, 0));
}

static void learn_ipv6(const struct vnencap_substrate *s, struct sk_buff *skb)
{
	const unsigned int inner = sizeof(struct ipv6hdr) +
				   sizeof(struct icmp6hdr);
	const struct ipv6hdr *ip6h;
	__be32 mtu;

	if (!too_big_told_ipv6(skb) ||
	    !pskb_may_pull(skb, inner + sizeof(*ip6h) + RETURNED_MIN) ||
	    !sum_right_ipv6(skb))
		return;
	mtu = ((struct icmp6hdr *)(skb->data + sizeof(*ip6h)))->icmp6_mtu;
	ip6h = __skb_pull(skb, inner);
	if (ip6h->version == 6 && ip6h->nexthdr == IPPROTO_TCP &&
	    ours_returned(s, skb, ip6h, (const __be16 *)(ip6h + 1)))
		tell_routes(s, skb, update_ipv6, ntohl(mtu));
	__skb_push(skb, inner);
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
 *	header; as before after, but that headers may have been pulled in
 *
 * The stack gets the message all the same, and counts it.
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

/* What builds the message takes a packet that has a link layer header. */
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

/* Did a socket of the device's namespace send it, and so its IP layer? */
static bool sent_here(const struct vnencap_dev *vn, const struct sk_buff *skb)
{
	const struct sock *sk = skb->sk;

	return sk && (sk->sk_family == AF_INET || sk->sk_family == AF_INET6) &&
	       net_eq(sock_net(sk), dev_net(vn->dev));
}

/**
 * vnencap_pmtu_enforce - see to a packet that is longer than the device's MTU
 * @vn: the device
 * @skb: the packet, data at its IP header
 * @dst: the way to its endpoint
 *
 * The IP layer lets none out; but the MTU may have been changed meanwhile, and
 * what traffic control redirects from another device nobody has measured. The
 * sender is told, where a bridged VXLAN device would; one on this host need not
 * be, and loses nothing.
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
