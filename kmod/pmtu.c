// SPDX-License-Identifier: GPL-2.0-only
/*
 * Path MTU of the substrate. A router's "fragmentation needed" (RFC 1191) or
 * "packet too big" (RFC 8201) names a TCP connection that the stack does not
 * know, and would be forgotten; here it changes the route to the peer, as it
 * does for UDP tunnels.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/route.h>

#include "lower.h"
#include "outer.h"
#include "pmtu.h"
#include "route.h"
#include "wire.h"

/* Of the packet that was too big, a router returns that much at least: its IP
 * header and the ports.
 */
#define RETURNED_MIN	8

/* Was it one of our segments, from this host? */
static bool ours_returned(const struct vnencap_lower *lower, const void *ip,
			  const __be16 *ports)
{
	struct vnencap_addr saddr;

	if (!test_bit(ntohs(ports[1]), lower->ports))
		return false;
	if (((const struct iphdr *)ip)->version == 4) {
		saddr.family = AF_INET;
		saddr.ip4 = ((const struct iphdr *)ip)->saddr;
	} else {
		saddr.family = AF_INET6;
		saddr.ip6 = ((const struct ipv6hdr *)ip)->saddr;
	}
	return vnencap_route_local(lower->dev, &saddr);
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

static void learn_ipv4(const struct vnencap_lower *lower, struct sk_buff *skb)
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
	    ours_returned(lower, iph, (const __be16 *)(iph + 1)))
		ipv4_update_pmtu(skb, dev_net(lower->dev), mtu,
				 lower->dev->ifindex, IPPROTO_TCP);
	__skb_push(skb, inner);
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

static void learn_ipv6(const struct vnencap_lower *lower, struct sk_buff *skb)
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
	    ours_returned(lower, ip6h, (const __be16 *)(ip6h + 1)))
		ip6_update_pmtu(skb, dev_net(lower->dev), mtu,
				lower->dev->ifindex, 0,
				sock_net_uid(dev_net(lower->dev), NULL));
	__skb_push(skb, inner);
}
#else
static void learn_ipv6(const struct vnencap_lower *lower, struct sk_buff *skb)
{
}
#endif

/**
 * vnencap_pmtu_learn - maybe learn a path MTU from an ICMP message
 * @lower: the lower device that it came by
 * @skb: a packet without IPv6 extension headers, data at its IP header; as
 *	before after, but that headers may have been pulled in
 *
 * The stack gets the message all the same, and counts it.
 *
 * Context: softirq, in RCU. @skb not shared.
 */
void vnencap_pmtu_learn(const struct vnencap_lower *lower, struct sk_buff *skb)
{
	if (!pskb_may_pull(skb, sizeof(struct iphdr)))
		return;
	if (vnencap_outer_is_ipv6(skb))
		learn_ipv6(lower, skb);
	else
		learn_ipv4(lower, skb);
}
