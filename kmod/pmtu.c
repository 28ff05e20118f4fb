// SPDX-License-Identifier: GPL-2.0-only
/*
 * Path MTU of the substrate. A router's "fragmentation needed" (RFC 1191) names
 * a TCP connection that the stack does not know, and would be forgotten; here
 * it changes the route to the peer, as it does for UDP tunnels.
 */
#include <linux/icmp.h>
#include <linux/ip.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/route.h>

#include "lower.h"
#include "pmtu.h"
#include "wire.h"

/* Of the packet that was too big, a router returns that much at least. */
#define RETURNED_MIN	(sizeof(struct iphdr) + 8)

static bool too_big_told(const struct sk_buff *skb, unsigned int at)
{
	struct icmphdr buffer;
	const struct icmphdr *icmp;

	icmp = skb_header_pointer(skb, at, sizeof(buffer), &buffer);
	return icmp && icmp->type == ICMP_DEST_UNREACH &&
	       icmp->code == ICMP_FRAG_NEEDED;
}

/* Was it one of our segments, from this host? */
static bool ours_returned(const struct vnencap_lower *lower,
			  const struct iphdr *iph)
{
	const __be16 *ports = (const __be16 *)(iph + 1);

	return iph->version == 4 && iph->ihl == 5 &&
	       iph->protocol == IPPROTO_TCP &&
	       iph->frag_off == htons(IP_DF) &&
	       test_bit(ntohs(ports[1]), lower->ports) &&
	       inet_addr_type(dev_net(lower->dev), iph->saddr) == RTN_LOCAL;
}

/**
 * vnencap_pmtu_learn - maybe learn a path MTU from an ICMP message
 * @lower: the lower device that it came by
 * @skb: an IPv4 packet, data at its header; as before after, but that headers
 *	may have been pulled in
 *
 * The stack gets the message all the same, and counts it.
 *
 * Context: softirq, in RCU. @skb not shared.
 */
void vnencap_pmtu_learn(const struct vnencap_lower *lower, struct sk_buff *skb)
{
	unsigned int ihl = ((const struct iphdr *)skb->data)->ihl * 4;
	unsigned int inner = ihl + sizeof(struct icmphdr);
	u16 mtu;

	if (!too_big_told(skb, ihl) ||
	    !pskb_may_pull(skb, inner + RETURNED_MIN) ||
	    ip_fast_csum(skb->data, ihl / 4) ||
	    csum_fold(skb_checksum(skb, ihl, skb->len - ihl, 0)))
		return;
	mtu = ntohs(((struct icmphdr *)(skb->data + ihl))->un.frag.mtu);
	__skb_pull(skb, inner);
	if (ours_returned(lower, (const struct iphdr *)skb->data))
		ipv4_update_pmtu(skb, dev_net(lower->dev), mtu,
				 lower->dev->ifindex, IPPROTO_TCP);
	__skb_push(skb, inner);
}
